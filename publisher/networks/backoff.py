"""When to try again: arithmetic only. Sleeping, the clock and chance are arguments of those who call."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

# Without a stated time, the waits between attempts sum up to 7.5 seconds at most.
ATTEMPTS = 5
"""How often a safe call is tried in all."""

FIRST_DELAY = 0.5
LONGEST_DELAY = 20.0
# A longer wait is left to the next run: a job in CI costs money while it sleeps.
LONGEST_WAIT = 60.0
"""Seconds a run waits for a stated ``Retry-After``; with a longer one it gives up and says until when."""


def delay(attempt: int, chance: float) -> float:
    """Return the seconds to wait after failed attempt number ``attempt`` (from 1).

    The wait is exponential with jitter, and at least half of the exponential step. ``chance`` is in [0, 1).
    """
    # the exponent is bounded, since 2.0 ** 2000 is not a float
    step = min(LONGEST_DELAY, FIRST_DELAY * 2.0 ** min(attempt - 1, 30))
    return step / 2 + step / 2 * chance


def retry_after(value: str | None, now: datetime) -> float | None:
    """Return the seconds in a ``Retry-After`` header (a number or an HTTP date), or None.

    The result is never negative.
    """
    if not value:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        # a server may state any number of digits
        return float(min(int(text[:12]), 10**9))
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())


def polls(first: float, longest: float, total: float) -> list[float]:
    """Return the waits between status polls, in seconds: doubling up to ``longest``, ``total`` in all."""
    waits: list[float] = []
    step, left = first, total
    while left > 0:
        waits.append(min(step, left))
        left -= step
        step = min(step * 2, longest)
    return waits
