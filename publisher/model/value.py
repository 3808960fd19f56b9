"""What all values have in common: a short way through pickle, which caches and worker processes use."""

from typing import Any


class Value:
    """Base of frozen, slotted dataclasses: pickled as a call of the class with its fields in order.

    What ``dataclass`` generates walks the list of fields anew for every object, which is four times slower.
    """

    __slots__: tuple[str, ...] = ()

    def __reduce__(self) -> tuple[Any, ...]:
        """The class, and its arguments."""
        return type(self), tuple([getattr(self, name) for name in self.__slots__])
