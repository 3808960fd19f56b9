"""Durations as people write them in settings and options: ``30s``, ``15m``, ``24h``, ``7d``, ``2w``."""

import re
from datetime import timedelta

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def parse_duration(text: str) -> timedelta:
    """Return the duration. Raise ValueError for anything else than a whole number and one unit."""
    match = re.fullmatch(r"([0-9]{1,5})([smhdw])", text)
    if match is None:
        raise ValueError(f"{text!r} isn't a duration such as 30s, 15m, 24h, 7d or 2w")
    return timedelta(**{_UNITS[match[2]]: int(match[1])})
