"""Checks of the string formats that the schemas use."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[!#$%&'()*+,\-./0-9:;=?@A-Z\[\]_a-z~]*")


def is_uri(value: Any) -> bool:
    """Return whether a value is an absolute http or https URI of RFC 3986. Other types are valid."""
    if not isinstance(value, str):
        return True
    # urlsplit accepts blanks, controls and broken escapes, which networks refuse.
    if _URI.fullmatch(value) is None or re.search(r"%(?![0-9A-Fa-f]{2})", value):
        return False
    try:
        parts = urlsplit(value)
        return parts.scheme.lower() in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        return False


def is_date_time(value: Any) -> bool:
    """Return whether a value is an RFC 3339 date-time, with a time and an offset. Other types are valid."""
    if not isinstance(value, str):
        return True
    # fromisoformat also takes week dates and times without an offset, which RFC 3339 does not have.
    if re.fullmatch(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", value) is None:
        return False
    try:
        datetime.fromisoformat(value.upper())
    except ValueError:
        return False
    return True


FORMATS: dict[str, Callable[[Any], bool]] = {"uri": is_uri, "date-time": is_date_time}
