"""What a URN proves: its own time, and whether a duplicate answer names our own attempt."""

import re
from datetime import UTC, datetime, timedelta

SKEW = timedelta(seconds=5)
"""How far LinkedIn's clock may be from ours."""

_URN = re.compile(r"urn:li:(?:share|ugcPost|activity):(\d+)")


def urn_time(urn: str) -> datetime | None:
    """When a share, ugcPost or activity URN was made: its id >> 22 is epoch milliseconds."""
    match = _URN.fullmatch(urn)
    if match is None:
        return None
    try:
        return datetime.fromtimestamp((int(match[1]) >> 22) / 1000, UTC)
    except (OverflowError, ValueError, OSError):
        return None


def is_our_attempt(urn: str | None, started_at: datetime, now: datetime) -> bool:
    """Whether a URN was made between the start of an attempt and now, by the URN's own time."""
    made_at = urn_time(urn) if urn else None
    return made_at is not None and started_at - SKEW <= made_at <= now + SKEW
