"""The last look before a write leaves: its intent must still be ours, and must not have expired."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from publisher.errors import StateConflict, Unavailable
from publisher.model.state import Entry
from publisher.publishing.marks import Marks
from publisher.state.store import Session, SharedSession

LIFETIME = timedelta(minutes=3)
"""How long an intent is in flight.

The sum is 175 s: `TO_SEND`, and 130 s for one request (connect, headers, body). When it is over, no request
of the intent can still be on its way, and other machines may call the outcome unknown.
"""

TO_SEND = timedelta(seconds=45)
"""How long after its intent a request may still leave.

A process that was paused for longer must not send: others may have settled its intent meanwhile.
"""

_FRESH = timedelta(seconds=2)
"""How long after its intent a remote state is not read again: reading it costs as much as the request."""


@dataclass(frozen=True, slots=True)
class _Armed:
    key: str
    pending: Entry
    attempt: str
    since: datetime
    thread: int


@dataclass(slots=True)
class Fence:
    """Guards the writes of one run. Requests of other threads, which only upload, pass."""

    session: Session
    now: Callable[[], datetime]
    marks: Marks
    _armed: _Armed | None = field(default=None, init=False)

    @contextmanager
    def armed(self, key: str, pending: Entry, since: datetime | None = None) -> Iterator[None]:
        """Guard the requests of this thread by the intent ``pending`` of ``key``, written at ``since``.

        Without ``since`` it was written when the attempt began.
        """
        attempt = pending.attempt
        if attempt is None:
            raise ValueError("an intent has an attempt")
        at = since or attempt.started_at
        self._armed = _Armed(key, pending, attempt.id, at, threading.get_ident())
        try:
            yield
        finally:
            self._armed = None

    def check(self) -> None:
        """Read the state again.

        Raise `StateConflict` if the intent was settled, `Unavailable` if it is too old.
        """
        armed = self._of_this_thread()
        if armed is None:
            return
        self._in_time(armed)
        if isinstance(self.session, SharedSession):
            fresh = self.now() - armed.since <= _FRESH
            ours = fresh or (
                self.session.claim(armed.key) and self.session.state.posts.get(armed.key) == armed.pending
            )
        else:
            # a write without edits only reads the state again
            ours = self.session.write().posts.get(armed.key) == armed.pending
        if not ours:
            raise StateConflict(
                f"The intent of {armed.key!r} was settled by someone else; nothing was sent.",
                "Run the command again: it starts from the current state.",
            )

    def leaving(self) -> None:
        """Check the clock once more before the first byte leaves, and mark the attempt as being sent."""
        armed = self._of_this_thread()
        if armed is not None:
            self._in_time(armed)
            self.marks.sending(armed.attempt)

    def _of_this_thread(self) -> _Armed | None:
        armed = self._armed
        return armed if armed is not None and armed.thread == threading.get_ident() else None

    def _in_time(self, armed: _Armed) -> None:
        age = self.now() - armed.since
        # a negative age means that the clock was set back, so it proves nothing
        if not timedelta(0) <= age <= TO_SEND:
            raise Unavailable(
                f"The request of {armed.key!r} was held up for {age.total_seconds():.0f} s; nothing was sent.",
                "Publish again.",
            )
