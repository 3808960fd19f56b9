"""Times as people type them on the command line."""

from datetime import datetime

from publisher.content.times import TimeProblem, parse_publish_at
from publisher.errors import UsageError
from publisher.settings.durations import parse_duration


def read_time(text: str, timezone: str | None, now: datetime, option: str) -> datetime:
    """The aware time of ``2026-12-24T09:00+01:00``, of a date (its first moment), or of ``+7d`` from now.

    Without an offset it is meant in ``timezone``, the project's, or else in UTC. Raises `UsageError`,
    which names the ``option``.
    """
    if text.startswith("+"):
        try:
            return now + parse_duration(text[1:])
        except (ValueError, OverflowError) as error:
            raise UsageError(f"{option}: {error}.", "Write a span from now like +7d.") from None
    at = parse_publish_at(f"{text}T00:00" if len(text) == len("2026-12-24") else text, timezone or "UTC")
    if isinstance(at, TimeProblem):
        raise UsageError(f"{option}: {at.message}", f"{at.remedy} A span from now is possible, too: +7d.")
    return at
