"""The used part of LinkedIn's daily budgets."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

APP = ""
"""The owner of the whole app's budget; every other owner is a member."""


@dataclass(frozen=True, slots=True)
class Usage:
    """The use of a UTC day: requests sent so far by owner, and until when LinkedIn has limited an owner."""

    requests: Mapping[str, int] = field(default_factory=dict)
    closed: Mapping[str, datetime] = field(default_factory=dict)


def next_utc_midnight(now: datetime) -> datetime:
    """Return when daily budgets and LinkedIn's daily quotas begin again; aware, UTC."""
    day = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return day + timedelta(days=1)
