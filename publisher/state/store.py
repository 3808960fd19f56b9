"""The store protocol: what a place that keeps the state must be able to do.

Three things, so that a file, a git branch and a database can all do them: read the state, hold it for a
run, and write edits of which each says what it expects to find (see `publisher.state.edits`).
"""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol, runtime_checkable

from publisher.model.state import State
from publisher.model.usage import Usage
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

    def verify(self) -> None:
        """Raise `StateError` where the state can't be trusted: see `Store.verify`. Call it before each create.

        The first call asks remotes, too; later ones cost little if nothing has changed.
        """


class Budget(Protocol):
    """Requests of a UTC day by owner: a member (see `publisher.planning.budget.budget_owner`) or the app."""

    def spend(self, owner: str, limits: Mapping[str, int], now: datetime) -> str | None:
        """Count one request of ``owner`` and of the app.

        Where one of them has used up its limit, or was closed, nothing is counted and it is given.
        """

    def close_until(self, owner: str, until: datetime) -> None:
        """Allow an owner no request until then."""

    def usage(self, now: datetime) -> Usage:
        """The counts of today."""


@runtime_checkable
class SharedSession(Session, Protocol):
    """A hold on a state that others hold, too: runs on several machines share its work key by key."""

    def claim(self, key: str) -> bool:
        """Whether this run may work on ``key`` now: nobody else does, and its entry is still what ``state`` says.

        Holds until another key is claimed or the session ends, and not much longer where this machine vanishes.
        Where it is refused, ``state`` says afterwards what became of the key.
        """


@runtime_checkable
class Budgeted(Protocol):
    """A session whose store counts requests for all machines."""

    @property
    def budget(self) -> Budget:
        """What all runs together may still send."""


@runtime_checkable
class Numbered(Protocol):
    """A session whose store numbers its writes, so that a restored backup is noticed."""

    def renumber(self) -> None:
        """Number what follows above everything that a machine can have seen of this state."""


class Store(Protocol):
    """A place that keeps a project's state."""

    @property
    def location(self) -> str:
        """The place as a user would recognise it; never with a password in it."""

    def read(self) -> State:
        """The state as it is now, without a lock; an empty state where nothing was kept yet.

        Raises `StateError` where what is there is broken, foreign or newer than this product.
        """

    def verify(self) -> State:
        """The same as ``read``, for a plan. Asks no remote that ``read`` does not ask.

        Raises `StateError` where a source within reach has a URN or an intent that the state lacks, where nobody can
        tell whether there ever was a state, and where the state describes another service.
        """

    def session(self) -> AbstractContextManager[Session]:
        """Hold the state for one run. Raises `StateLocked` where another run holds it."""
