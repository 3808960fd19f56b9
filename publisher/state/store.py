"""The protocol of stores, which keep the state.

A store reads the state, holds it for a run, and writes edits. Each edit names what it expects to find
(see `publisher.state.edits`). A file, a git branch and a database can all do these three things.
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

        Nothing is written when nothing changes. Raise `StateConflict` if an entry is not as expected.
        """

    def verify(self) -> None:
        """Raise `StateError` if the state can't be trusted: see `Store.verify`.

        Call it before each create.

        The first call asks remotes, too; later ones cost little if nothing has changed.
        """


class Budget(Protocol):
    """Requests of a UTC day by owner: a member (see `publisher.planning.budget.budget_owner`) or the app."""

    def spend(self, owner: str, limits: Mapping[str, int], now: datetime) -> str | None:
        """Count one request of ``owner`` and of the app.

        If one of them has used up its limit or was closed, count nothing and return it.
        """

    def close_until(self, owner: str, until: datetime) -> None:
        """Allow an owner no request until then."""

    def usage(self, now: datetime) -> Usage:
        """Return the counts of today."""


@runtime_checkable
class SharedSession(Session, Protocol):
    """A hold on a state that others hold, too: runs on several machines share its work key by key."""

    def claim(self, key: str) -> bool:
        """Return whether this run may work on ``key`` now.

        It may if no other run does, and if the entry is still what ``state`` says. The claim holds until
        another key is claimed or the session ends, and not much longer where this machine vanishes. After a
        refusal, ``state`` shows the key's new entry.
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
        """Return the state as it is now, without a lock; an empty state where nothing was kept yet.

        Raise `StateError` if what is there is broken, foreign or newer than this product.
        """

    def verify(self) -> State:
        """Return the same as ``read``, for a plan. Asks no remote that ``read`` does not ask.

        Raise `StateError` if a source within reach has a URN or an intent that the state lacks, where nobody
        can tell whether there ever was a state, and where the state describes another service.
        """

    def session(self) -> AbstractContextManager[Session]:
        """Hold the state for one run. Raise `StateLocked` if another run holds it."""
