"""The clock every part of the sandbox reads; it can be set, frozen and moved."""

import time
from datetime import UTC, datetime

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
        """Epoch seconds as the sandbox sees them."""
        return self._frozen if self._frozen is not None else time.time() + self._offset

    def milliseconds(self) -> int:
        """Epoch milliseconds, as LinkedIn's bodies and URNs carry them."""
        return int(self.now() * 1000)

    def day(self) -> str:
        """The UTC day, ``YYYY-MM-DD``: quotas are counted by it."""
        return datetime.fromtimestamp(self.now(), UTC).date().isoformat()

    def midnight(self) -> float:
        """Epoch seconds of the next UTC midnight: when quotas are full again."""
        return (self.now() // DAY + 1) * DAY

    def set(self, now: float) -> None:
        """Show ``now`` (epoch seconds) and go on from there, or stay there where frozen."""
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
        """Whether it stands still."""
        return self._frozen is not None
