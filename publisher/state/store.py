"""The store protocol: what a place that keeps the state must be able to do.

Three things, so that a file, a git branch and a database can all do them: read the state, hold a run's
session, and write edits of which each says what it expects to find. An edit whose expectation fails
changes nothing and raises `StateConflict`.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from publisher.model.state import Entry, Event, State


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace what is kept under ``key``: from ``before`` (None: nothing) to ``after`` (None: remove)."""

    key: str
    before: Entry | None
    after: Entry | None


@dataclass(frozen=True, slots=True)
class SlotEdit:
    """Assign a slot time to ``key``, or give it back with None."""

    key: str
    at: datetime | None


class Session(Protocol):
    """One run's hold on the state. Every ``write`` is durable when it returns."""

    @property
    def state(self) -> State:
        """The state as of the last read or write."""

    def write(
        self, edits: Sequence[Edit], *, slots: Sequence[SlotEdit] = (), events: Sequence[Event] = ()
    ) -> State:
        """Apply all edits or none, durably, and return the new state.

        Nothing is written when nothing changes. Raises `StateConflict` where an entry is not ``before``.
        """


class Store(Protocol):
    """A place that keeps a project's state."""

    @property
    def location(self) -> str:
        """The place as a user would recognise it; never with a password in it."""

    def read(self) -> State:
        """The state as it is now, without a lock; an empty state where nothing was kept yet.

        Raises `StateError` where what is there is broken, foreign or newer than this product.
        """

    def session(self) -> AbstractContextManager[Session]:
        """Hold the state for one run. Raises `StateLocked` where another run holds it."""
