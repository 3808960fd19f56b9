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
"""LinkedIn's migration table, read 2026-09-19: version -> the day on which it is gone."""

# The table has no version 202512, and no public trace of one was found (read 2026-09-19).
NEVER_RELEASED = frozenset({"202512"})
"""The table leaves this month out, and no other trace of it was found."""

START_DAY = 15
"""The day of its month on which a version starts. 202609 answered 426 on 2026-09-13 and worked on 2026-09-22;
the 15th fits the sunsets in the table, which are a year later."""


def lifetime(version: str) -> tuple[date, date] | None:
    """Return the day a version starts and the day it is gone; None for one that never was.

    Versions that the table doesn't name are assumed to follow its rule.
    """
    if not (version.isascii() and version.isdigit() and len(version) == 6) or version in NEVER_RELEASED:
        return None
    year, month = int(version[:4]), int(version[4:])
    # versioning began with 202206 (LinkedIn's changelog)
    if not (1 <= month <= 12 and date.min.year < year < date.max.year) or version < "202206":
        return None
    return date(year, month, START_DAY), SUNSETS.get(version, date(year + 1, month, START_DAY))


def active(version: str, now: float, allowed: str = "") -> bool:
    """Return whether ``version`` (YYYYMM, or YYYYMM.RR) answers at ``now`` (epoch seconds).

    ``allowed`` is the setting ``versions``: empty, ``any``, or the living ones with commas between them.
    """
    # a patch release is named as YYYYMM.RR and lives as long as its version
    base, _, patch = version.partition(".")
    life = lifetime(base)
    if life is None or (patch and not patch.isdigit()):
        return False
    if allowed:
        return allowed == "any" or base in allowed.split(",")
    start, end = life
    return start <= datetime.fromtimestamp(now, UTC).date() < end
