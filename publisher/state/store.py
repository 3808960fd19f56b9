"""The store protocol: what a place that keeps the state must be able to do.

Three things, so that a file, a git branch and a database can all do them: read the state, hold it for a
run, and write edits of which each says what it expects to find (see `publisher.state.edits`).
"""

from contextlib import AbstractContextManager
from typing import Protocol, runtime_checkable

from publisher.model.state import State
from publisher.state.edits import Edit


class Session(Protocol):
    """One run's hold on the state."""

    @property
    def state(self) -> State:
        """The state as of the last read or write."""

    def write(self, *edits: Edit) -> State:
        """Apply all edits or none, and return the new state; what it says is durable then.

        Nothing is written when nothing changes. Raises `StateConflict` where an entry is not as expected.
        """


@runtime_checkable
class SharedSession(Session, Protocol):
    """A hold on a state that others hold, too: runs on several machines share its work key by key."""

    def claim(self, key: str) -> bool:
        """Whether this run may work on ``key`` now: nobody else does, and its entry is still what ``state`` says.

        Holds until another key is claimed or the session ends, and not much longer where this machine vanishes.
        Where it is refused, ``state`` says afterwards what became of the key.
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
