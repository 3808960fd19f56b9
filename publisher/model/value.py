"""What all values have in common, written once: ``dataclass`` compiles it anew for every class, at every start."""

from enum import Enum
from typing import Any, TypeVar


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


_E = TypeVar("_E", bound=type[Enum])


def plain_members(enum: _E) -> _E:
    """The enumeration with its members as plain class attributes, as later Pythons have them.

    Python 3.11 asks a descriptor written in Python for each of them, a dozen times for every post of a plan.
    """
    for member in enum:
        type.__setattr__(enum, member.name, member)
    return enum
