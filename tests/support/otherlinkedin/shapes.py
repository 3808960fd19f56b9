"""The shapes of request bodies: records that know their fields, and refuse every other one."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from tests.support.otherlinkedin.answers import Refusal, unpermitted, unprocessable

Check = Callable[[Any, str], None]
Complaint = Callable[[str, str], Refusal]
URN_ID = r"[A-Za-z0-9_-]+"


def units(text: str) -> int:
    """UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def record(
    required: Mapping[str, Check],
    optional: Mapping[str, Check] | None = None,
    forbidden: tuple[str, ...] = (),
) -> Check:
    """An object with these fields, and no others."""
    known = {**required, **(optional or {})}

    def check(value: Any, path: str) -> None:
        if not isinstance(value, dict):
            raise unprocessable(path or "/", f"{type(value).__name__} is not a record")
        closed = [f"{path}/{key}" for key, item in value.items() if item is None or key in forbidden]
        if closed:
            raise unpermitted(*closed)
        for key in value:
            if key not in known:
                raise unprocessable(f"{path}/{key}", "unrecognized field found but not allowed")
        for key in required:
            if key not in value:
                raise unprocessable(
                    f"{path}/{key}", "field is required but not found and has no default value"
                )
        for key, item in value.items():
            known[key](item, f"{path}/{key}")

    return check


def union(**members: Check) -> Check:
    """An object with exactly one of these keys."""

    def check(value: Any, path: str) -> None:
        if not isinstance(value, dict) or len(value) != 1 or next(iter(value)) not in members:
            raise unprocessable(path, f"exactly one of {sorted(members)} is wanted")
        (key,) = value
        members[key](value[key], f"{path}/{key}")

    return check


def spaced(members: Mapping[str, Check]) -> Check:
    """A union whose keys are names with dots."""
    return union(**members)


def text(maximum: int | None = None, *, blank: bool = True) -> Check:
    """A string of at most so many UTF-16 units."""

    def check(value: Any, path: str) -> None:
        if not isinstance(value, str):
            raise unprocessable(path, f"{value!r} cannot be coerced to String")
        if maximum is not None and units(value) > maximum:
            raise unprocessable(path, f'length of "{value}" is out of range 0...{maximum}')
        if not blank and not value.strip():
            raise unprocessable(path, "can't be blank")

    return check


def enum(*values: str) -> Check:
    """One of these words."""

    def check(value: Any, path: str) -> None:
        if value not in values:
            raise unprocessable(path, f'"{value}" is not an enum symbol')

    return check


def boolean(value: Any, path: str) -> None:
    """true or false."""
    if not isinstance(value, bool):
        raise unprocessable(path, f"{value!r} cannot be coerced to Boolean")


def integer(value: Any, path: str) -> None:
    """A whole number."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise unprocessable(path, f"{value!r} cannot be coerced to Integer")


def urn(*kinds: str) -> Check:
    """A URN of one of these kinds."""

    def check(value: Any, path: str) -> None:
        parts = value.split(":", 3) if isinstance(value, str) else []
        if len(parts) != 4 or parts[:2] != ["urn", "li"] or parts[2] not in kinds or not parts[3]:
            raise unprocessable(path, f'"{value}" does not match urn:li:({"|".join(kinds)})')

    return check


def url(maximum: int = 8192) -> Check:
    """An absolute http(s) URL."""

    def check(value: Any, path: str) -> None:
        text(maximum)(value, path)
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.netloc or any(c.isspace() for c in value):
            raise unprocessable(path, f'"{value}" is not a URL')

    return check


def listing(item: Check, least: int = 0, most: int | None = None) -> Check:
    """An array of these."""

    def check(value: Any, path: str) -> None:
        if not isinstance(value, list):
            raise unprocessable(path, f"{type(value).__name__} is not an array")
        if len(value) < least or (most is not None and len(value) > most):
            raise unprocessable(path, f"{len(value)} items are out of range {least}...{most}")
        for number, one in enumerate(value):
            item(one, f"{path}/{number}")

    return check


def exactly(wanted: Any, complaint: Callable[[str], Refusal]) -> Check:
    """This value and no other."""

    def check(value: Any, path: str) -> None:
        if value != wanted or type(value) is not type(wanted):
            raise complaint(path)

    return check
