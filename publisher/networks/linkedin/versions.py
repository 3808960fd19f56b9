"""Which versions of the versioned API are active, by LinkedIn's migration page as read on 2026-09-19."""

from datetime import date, timedelta

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
"""Version -> the day from which it answers 426. Not every month has a version."""

# A change of the version needs a test and a release; 45 days leave time for both.
WARN_BEFORE = timedelta(days=45)
"""How long before its end a version should be replaced."""


def sunset(version: str) -> date | None:
    """Return the day a version ends, or None if it is not known: it never was, or came after this table."""
    return SUNSETS.get(version.partition(".")[0])


def newest(today: date) -> str:
    """Return the newest version known to be active on a day; the newest of all where none is."""
    active = [version for version, end in SUNSETS.items() if end > today]
    return max(active or SUNSETS)
