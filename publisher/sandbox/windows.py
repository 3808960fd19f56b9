"""Count requests against the limits that networks publish."""

import threading
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left of a limit: ``reset`` is the epoch second at which it is full again."""

    limit: int
    remaining: int
    reset: float
    seconds: int
    exceeded: bool = False


class FixedWindow:
    """A limit of ``limit`` points in ``seconds``.

    The window begins with its first request, or at a multiple of ``seconds`` if it is ``aligned``.
    """

    def __init__(self, limit: int, seconds: int, *, aligned: bool = False) -> None:
        self.limit = limit
        self.seconds = seconds
        self._aligned = aligned
        self._lock = threading.Lock()
        self._spent: dict[str, tuple[float, int]] = {}

    def spend(self, key: str, now: float, points: int = 1) -> Allowance:
        """Spend ``points`` of ``key``'s allowance. A request that exceeds it spends them too."""
        with self._lock:
            begun, spent = self._spent.get(key, (0.0, 0))
            if now >= begun + self.seconds or now < begun:
                begun, spent = (now // self.seconds * self.seconds if self._aligned else now), 0
            spent += points
            self._spent[key] = (begun, spent)
        left = max(0, self.limit - spent)
        return Allowance(self.limit, left, begun + self.seconds, self.seconds, spent > self.limit)

    def clear(self) -> None:
        """Forget every request."""
        with self._lock:
            self._spent.clear()
