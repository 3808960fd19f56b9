"""Read times as authors write them, with an offset or in the project's zone. No zone is guessed."""

import re
from datetime import UTC, datetime
from typing import NamedTuple

from publisher.wording import shorten

_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
# Stricter than fromisoformat, which also takes week dates and hours alone; looser than RFC 3339 in the
# offset's colon.
_TIME = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?) ?([Zz]|[+-]\d\d:?\d\d)?", re.ASCII
)
_YEARS = range(2000, 3000)
"""Years outside this range are typing errors. Near year 1 and 9999, changing the zone overflows."""


class TimeProblem(NamedTuple):
    """Why a time can't be used: a code of `publisher.rules`, what is wrong, how to write it."""

    code: str
    message: str
    remedy: str


def parse_publish_at(text: str, timezone: str | None) -> datetime | TimeProblem:
    """Return the aware time that ``text`` means; ``timezone`` is the IANA name for times without offset."""
    if _DATE.fullmatch(text):
        return TimeProblem("time-invalid", f"{text!r} needs a time of day.", f"Write it like {text}T09:00.")
    match = _TIME.fullmatch(text)
    if match is None:
        message = f"{shorten(text)} isn't a valid date-time."
        return TimeProblem("time-invalid", message, "Write it like 2026-12-01T09:00:00+01:00.")
    day, clock, offset = match.groups(default="")
    try:
        at = datetime.fromisoformat(f"{day}T{clock}{offset.upper()}")
    except ValueError:
        message = f"{text!r} isn't an existing time."
        return TimeProblem("time-invalid", message, "Check day, month, hour and offset.")
    if at.year not in _YEARS:
        return TimeProblem("time-invalid", f"{text!r}: the year isn't plausible.", "Check the year.")
    if at.tzinfo is not None:
        return at
    if timezone is None:
        remedy = "Add an offset, such as +01:00, or set `timezone` in publisher.yaml."
        return TimeProblem("time-without-zone", f"{text!r} has no offset, and no `timezone` is set.", remedy)
    return _in_zone(at, text, timezone)


def _in_zone(at: datetime, text: str, timezone: str) -> datetime | TimeProblem:
    from zoneinfo import ZoneInfo  # here, because most projects never need it

    zone = ZoneInfo(timezone)
    earlier, later = at.replace(tzinfo=zone, fold=0), at.replace(tzinfo=zone, fold=1)
    if earlier.utcoffset() == later.utcoffset():
        return earlier
    if earlier.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != at:
        message = f"{text!r} does not exist in {timezone}: clocks are put forward over it."
        return TimeProblem("time-gap", message, "Choose another time, or add an offset.")
    offsets = " or ".join(at.isoformat()[:16] + _offset(choice) for choice in (earlier, later))
    message = f"{text!r} comes twice in {timezone}, when clocks are put back."
    return TimeProblem("time-fold", message, f"Say which one: {offsets}.")


def _offset(at: datetime) -> str:
    offset = at.strftime("%z")
    return f"{offset[:3]}:{offset[3:]}"
