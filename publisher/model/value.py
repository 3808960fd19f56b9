"""What all values have in common, written once: ``dataclass`` compiles it anew for every class, at every start."""

import pickle
from enum import Enum
from typing import TYPE_CHECKING, Any, TypeVar


class Value:
    """Base of frozen, slotted dataclasses made with ``eq=False, repr=False``: equal where their fields are.

    Pickled as a call of the class with its fields in order; the way of ``dataclass`` is four times slower.
    """

    __slots__: tuple[str, ...] = ()

    def __eq__(self, other: object) -> bool:
        """Whether the other is of the same class, with equal fields."""
        if other.__class__ is not self.__class__:
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in self.__slots__)

    def __hash__(self) -> int:
        """That of the fields."""
        return hash(tuple([getattr(self, name) for name in self.__slots__]))

    def __repr__(self) -> str:
        """The class as it is called to get the same value."""
        fields = ", ".join([f"{name}={getattr(self, name)!r}" for name in self.__slots__])
        return f"{type(self).__qualname__}({fields})"

    def __reduce__(self) -> tuple[Any, ...]:
        """The class, and its arguments."""
        return type(self), tuple([getattr(self, name) for name in self.__slots__])


class Packable(Value):
    """A value that can be made with a few of its fields, the others packed until one of them is looked at.

    It is the same value: equal, hashed, replaced and pickled like one that was never packed.
    """

    __slots__ = ("_packed",)

    def pack(self) -> bytes:
        """All fields, for ``_packed`` of an `unfrozen` value."""
        return pickle.dumps(self.__reduce__()[1], pickle.HIGHEST_PROTOCOL)

    @classmethod
    def unfrozen(cls) -> type[Any]:
        """A class whose values have the same fields, can be filled in, and then be declared values of this class."""
        return type(cls.__name__, (Packable,), {"__slots__": cls.__slots__})

    if not TYPE_CHECKING:  # a type checker would take it as leave to ask for any name

        def __getattr__(self, name: str) -> Any:
            """A field that is not set yet."""
            if name not in type(self).__slots__:
                raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
            for field, content in zip(self.__slots__, pickle.loads(self._packed), strict=True):  # noqa: S301
                _set(self, field, content)
            return object.__getattribute__(self, name)


_set = object.__setattr__


_E = TypeVar("_E", bound=type[Enum])


def plain_members(enum: _E) -> _E:
    """The enumeration with its members as plain class attributes, as later Pythons have them.

    Python 3.11 asks a descriptor written in Python for each of them, a dozen times for every post of a plan.
    """
    for member in enum:
        type.__setattr__(enum, member.name, member)
    return enum
