"""Which versions of the versioned API are alive on a day."""

from datetime import UTC, date, datetime

SUNSETS: dict[str, date] = {
    "202509": date(2026, 9, 15),
    "202510": date(2026, 10, 15),
    "202511": date(2026, 11, 16),
    "202601": date(2027, 1, 15),
    "202602": date(2027, 2, 15),
    "202603": date(2027, 3, 16),
    "202604": date(2027, 4, 15),
    "202605": date(2027, 5, 15),
    "202606": date(2027, 6, 15),
    "202607": date(2027, 7, 15),
    "202608": date(2027, 8, 17),
    "202609": date(2027, 9, 15),
}
"""LinkedIn's migration table: version -> the day on which it is gone. There was no 202512."""


def sunset(version: str) -> date | None:
    """The day a version goes; None for one that never was.

    Versions after the table are assumed to live as long as the others do: until the 15th a year on.
    """
    if version in SUNSETS:
        return SUNSETS[version]
    if not (version.isascii() and version.isdigit() and len(version) == 6) or version < max(SUNSETS):
        return None
    year, month = int(version[:4]), int(version[4:])
    return date(year + 1, month, 15) if 1 <= month <= 12 and year < date.max.year else None


def active(version: str, now: float) -> bool:
    """Whether ``version`` (YYYYMM, or YYYYMM.RR) answers at ``now`` (epoch seconds).

    A version after the table becomes active two months after the month it is named after.
    """
    # a patch release is named as YYYYMM.RR and lives as long as its version
    base, _, patch = version.partition(".")
    today = datetime.fromtimestamp(now, UTC).date()
    end = sunset(base)
    if end is None or today >= end or (patch and not patch.isdigit()):
        return False
    return base in SUNSETS or (today.year * 12 + today.month) - (int(base[:4]) * 12 + int(base[4:])) >= 2
