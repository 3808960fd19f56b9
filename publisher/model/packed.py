"""Values made with a few of their fields, the others packed until one of them is looked at."""

import pickle
from collections.abc import Sequence
from typing import Any, TypeVar

from publisher.model.value import Value


class Packable(Value):
    """Base of values that can be packed; a packed one is of a class that `packed_class` makes."""

    __slots__ = ("_packed",)

    def pack(self) -> bytes:
        """All fields, as ``_packed`` wants them: these bytes, or a function and its arguments that give them."""
        return pickle.dumps(self.__reduce__()[1], pickle.HIGHEST_PROTOCOL)


_V = TypeVar("_V", bound=Packable)


def packed_class(cls: type[_V], head: Sequence[str]) -> type[_V]:
    """The class of packed values: made without arguments, then given the fields in ``head`` and ``_packed``.

    More fields may be given. With the first look at another one the value turns into one of ``cls``; whatever is asked
    of it, it is the same value all along. A ``__getattr__`` would do too, but slows every look at every field.
    """

    def unpacked(value: Any) -> Any:
        packed = value._packed
        if not isinstance(packed, bytes):
            packed = packed[0](*packed[1:])
        for name, content in zip(cls.__slots__, pickle.loads(packed), strict=True):  # noqa: S301 - our own
            vars(cls)[name].__set__(value, content)
        value.__class__ = cls  # last, as another thread may look at it in the meantime
        return value

    def later(name: str) -> property:
        field = vars(cls)[name]

        def look(value: Any) -> Any:
            try:
                return field.__get__(value)
            except AttributeError:  # not given
                return field.__get__(unpacked(value))

        return property(look, field.__set__)

    fields: dict[str, Any] = {name: later(name) for name in cls.__slots__ if name not in head}
    methods = {
        "__eq__": lambda value, other: unpacked(value) == other,
        "__hash__": lambda value: hash(unpacked(value)),
        "__repr__": lambda value: repr(unpacked(value)),
        "__reduce__": lambda value: unpacked(value).__reduce__(),
        # of a frozen class, they are the costly part of making a value
        "__setattr__": object.__setattr__,
        "__delattr__": object.__delattr__,
    }
    return type(cls.__name__, (cls,), {"__slots__": (), **fields, **methods})
