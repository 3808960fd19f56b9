"""Requests counted a UTC day, for each app and each member of it."""

import threading
from collections import Counter

from publisher.sandbox.clock import Clock
from publisher.sandbox.settings import Settings


class Quota:
    """LinkedIn's two counters; both begin again at 00:00 UTC of the sandbox's clock."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._lock = threading.Lock()
        self._day = ""
        self._counts: Counter[tuple[str, str]] = Counter()
        self._closed: dict[tuple[str, str], float] = {}

    def spend(self, app: str, member: str) -> str | None:
        """Count one request. Return the counter that is full (APPLICATION or MEMBER), or None."""
        with self._lock:
            self._turn_page()
            limits = (
                ("APPLICATION", (app, ""), self._settings.app_quota),
                ("MEMBER", (app, member), self._settings.member_quota),
            )
            for name, key, limit in limits:
                if self._closed.get(key, 0.0) > self._clock.now():
                    return name
                if limit is not None and self._counts[key] >= limit:
                    return name
            # a refused request isn't counted, so that the counters show what was let through
            for _, key, _ in limits:
                self._counts[key] += 1
            return None

    def close(self, app: str, member: str = "") -> None:
        """Answer 429 to the app, or to one of its members, until the next UTC midnight."""
        with self._lock:
            self._closed[app, member] = self._clock.midnight()

    def used(self) -> dict[str, int]:
        """Return today's counts: ``app`` and ``app member`` -> requests."""
        with self._lock:
            self._turn_page()
            return {
                " ".join(part for part in key if part): count for key, count in sorted(self._counts.items())
            }

    def clear(self) -> None:
        """Begin the day again."""
        with self._lock:
            self._counts.clear()
            self._closed.clear()

    def _turn_page(self) -> None:
        if (day := self._clock.day()) != self._day:
            self._day = day
            self._counts.clear()
