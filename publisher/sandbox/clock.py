"""The clock every part of the sandbox reads; it can be set, frozen and moved."""

import time
from datetime import UTC, datetime

# LinkedIn counts quotas per UTC day, and a UTC day always has this length here.
DAY = 86_400


class Clock:
    """Seconds since the epoch, real by default; ``set``, ``freeze`` and ``advance`` change what it shows."""

    def __init__(self, now: float | None = None, *, frozen: bool = False) -> None:
        self._offset = 0.0
        self._frozen: float | None = None
        if frozen:
            self.freeze()
        if now is not None:
            self.set(now)

    def now(self) -> float:
        """Return epoch seconds as the sandbox sees them."""
        return self._frozen if self._frozen is not None else time.time() + self._offset

    def milliseconds(self) -> int:
        """Return epoch milliseconds, as LinkedIn's bodies and URNs carry them."""
        return int(self.now() * 1000)

    def day(self) -> str:
        """Return the UTC day, ``YYYY-MM-DD``: quotas are counted by it."""
        return datetime.fromtimestamp(self.now(), UTC).date().isoformat()

    def midnight(self) -> float:
        """Return epoch seconds of the next UTC midnight: when quotas are full again."""
        return (self.now() // DAY + 1) * DAY

    def set(self, now: float) -> None:
        """Show ``now`` (epoch seconds). Go on from there, or stay there if frozen."""
        # set while frozen, it stays frozen; the offset is for when it runs again
        if self._frozen is not None:
            self._frozen = now
        self._offset = now - time.time()

    def advance(self, seconds: float) -> None:
        """Move forward (or, with a negative number, back)."""
        self.set(self.now() + seconds)

    def freeze(self) -> None:
        """Stand still until ``run``."""
        self._frozen = self.now()

    def run(self) -> None:
        """Run again from the time shown."""
        if self._frozen is not None:
            self._offset, self._frozen = self._frozen - time.time(), None

    @property
    def frozen(self) -> bool:
        """Return whether it stands still."""
        return self._frozen is not None
