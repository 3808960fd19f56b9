"""The budget of a template. Every value that it makes and every step that it takes is charged here."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import chain
from typing import TypeVar

WORK = 1_000_000
"""Units that one rendering may use: characters made or read, elements of lists, and `STEP` for each step."""

STEP = 10
"""Units of one turn of a loop, one call, one filter."""

SIZE = 100_000
"""Largest string (characters) and container (elements and characters in all, nested ones counted again)."""

SOURCE = 50_000
"""Longest template, in characters: compiling one takes time before anything of it runs."""

# As large as the largest float. Multiplying and printing larger numbers takes more than linear time.
_BITS = 1024
_CONTAINERS = (list, tuple, set, frozenset)

T = TypeVar("T")


class LimitExceeded(Exception):  # noqa: N818 - says what happened
    """A template wants more than it may have."""


class WorkBudget:
    """Counts the work of one rendering."""

    def __init__(self) -> None:
        self.left = WORK

    def charge(self, units: int) -> None:
        """Use up units. Raise `LimitExceeded` when none are left."""
        self.left -= units
        if self.left < 0:
            raise LimitExceeded(f"the template does more than {WORK:,} units of work")


_METER: ContextVar[WorkBudget] = ContextVar("work")


@contextmanager
def metered() -> Iterator[None]:
    """Charge everything inside to one new budget."""
    token = _METER.set(WorkBudget())
    try:
        yield
    finally:
        _METER.reset(token)


def charge(units: int = STEP) -> None:
    """Use up units of the rendering that goes on."""
    _METER.get().charge(units)


def check_size(size: int) -> None:
    """Refuse a value of that many characters or elements before it is made."""
    if size > SIZE:
        raise LimitExceeded(f"a value of over {SIZE:,} characters or elements")


def weigh(value: T) -> T:
    """Charge a value by its size and hand it back."""
    if isinstance(value, str):
        # the limit of one value comes first: its message says more
        check_size(len(value))
        charge(len(value))
    elif isinstance(value, int):
        if value.bit_length() > _BITS:
            raise LimitExceeded(f"a number of {value.bit_length():,} bits")
    elif isinstance(value, range):
        # filters such as `sum` walk a range in C, where no step is seen
        charge(len(value))
    elif isinstance(value, Mapping | list | tuple | set | frozenset):
        charge(tree_size(value))
    return value


def tree_size(value: object) -> int:
    """Return the number of elements and characters of a container.

    What occurs twice counts twice, since comparing it costs twice.

    Raise `LimitExceeded` as soon as the count is over `SIZE`, so that containers of containers of
    containers are never walked to their end.
    """
    size = 0
    stack: list[Iterable[object]] = [(value,)]
    while stack:
        # a stack instead of recursion: nesting is as hostile as size
        for element in stack.pop():
            size += 1
            if isinstance(element, str):
                size += len(element)
            elif isinstance(element, Mapping):
                stack.append(chain(element.keys(), element.values()))
            elif isinstance(element, _CONTAINERS):
                stack.append(element)
            if size > SIZE:
                check_size(size)
    return size


def each(values: Iterable[T]) -> Iterator[T]:
    """Yield the values, each charged as a step when it is taken."""
    for value in values:
        charge()
        yield value
