"""Suggest the time zone that an author may have meant."""

import re

from publisher.wording import closest

_PLACES = {
    "America/New_York": ("est", "edt", "et", "eastern"),
    "America/Chicago": ("cst", "cdt", "ct", "central"),
    "America/Denver": ("mst", "mdt", "mt", "mountain"),
    "America/Los_Angeles": ("pst", "pdt", "pt", "pacific"),
    "Europe/Berlin": ("cet", "cest", "mez", "mesz"),
    "Europe/London": ("bst",),
    "Europe/Lisbon": ("wet", "west"),
    "Europe/Athens": ("eet", "eest"),
    "Europe/Moscow": ("msk",),
    "Asia/Kolkata": ("ist",),
    "Asia/Tokyo": ("jst",),
    "Asia/Seoul": ("kst",),
    "Australia/Sydney": ("aest", "aedt"),
}
_BY_ABBREVIATION = {short: place for place, shorts in _PLACES.items() for short in shorts}
_OFFSET = re.compile(r"(?:gmt|utc)?\s*[+-]\s*\d{1,2}(?::?\d\d)?", re.IGNORECASE)


def zone_remedy(name: str) -> str:
    """Return what to write instead of a zone that does not exist."""
    from zoneinfo import available_timezones  # here, because most projects never need it

    place = _BY_ABBREVIATION.get(name.strip().lower())
    if place:
        return f"{name} is an abbreviation: use a place in that zone, such as {place}."
    if _OFFSET.fullmatch(name.strip()):
        return (
            "An offset isn't a time zone: use a place, such as Europe/Berlin, or write offsets in publish_at."
        )
    places = sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc/"))
    city = name.strip().replace(" ", "_").lower()
    cities = [zone for zone in places if zone.rpartition("/")[2].lower() == city]
    if cities:
        return f"Did you mean {cities[0]!r}?"
    near = closest(name, places) if "/" in name else ""
    return near or "Use an IANA name, such as Europe/Berlin."
