"""The calendar of scheduled posts: months as weeks of days, each with its posts."""

from calendar import Calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, tzinfo

MOST_MONTHS = 3
"""How many months are drawn; the timeline below them has every post."""

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True, slots=True)
class Day:
    """A day of a month, or of the month before or after it (``number`` is 0); ``posts`` are (key, link)."""

    number: int
    posts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Month:
    """A month's name with its year, and its weeks from Monday to Sunday."""

    name: str
    weeks: tuple[tuple[Day, ...], ...]


def months(due: Iterable[tuple[datetime, str, str]], where: tzinfo) -> tuple[Month, ...]:
    """Return the first months that have posts; ``due`` are (aware time, key, link) in any order."""
    by_day: dict[tuple[int, int], dict[int, list[tuple[str, str]]]] = {}
    for at, key, link in sorted(due):
        local = at.astimezone(where)
        by_day.setdefault((local.year, local.month), {}).setdefault(local.day, []).append((key, link))
    return tuple(_month(year, month, by_day[year, month]) for year, month in sorted(by_day)[:MOST_MONTHS])


def _month(year: int, month: int, by_day: dict[int, list[tuple[str, str]]]) -> Month:
    # Calendar() begins weeks on Monday (ISO 8601), and gives 0 for days of other months.
    weeks = Calendar().monthdayscalendar(year, month)
    days = tuple(tuple(Day(number, tuple(by_day.get(number, ()))) for number in week) for week in weeks)
    return Month(f"{datetime(year, month, 1):%B %Y}", days)  # noqa: DTZ001 - only its name is used
