"""What a config file or a control request says about a person, page or app, checked against its fields."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, get_origin


def read_fields(kind: type, given: Any) -> dict[str, Any]:
    """Return the fields of a ``kind`` from JSON or YAML values. Raise ValueError.

    An ``id`` may be a number.
    """
    known = {item.name: item.type for item in fields(kind)}
    if not isinstance(given, Mapping):
        raise ValueError(f"{given!r} is not an object")  # noqa: TRY004 - what came is at fault, not the call
    checked = {**given, "id": str(given["id"])} if type(given.get("id")) is int else dict(given)
    for name, value in checked.items():
        if name not in known:
            raise ValueError(f"unknown field {name!r}; one of {', '.join(known)}")
        if not fits(value, known[name]) or (name in {"id", "client_id"} and not value):
            raise ValueError(f"{name} can't be {value!r}")
    return checked


def fits(value: Any, kind: Any) -> bool:
    """Return whether a value fits a field: text, flag, list of texts, or mapping of texts."""
    if kind in (str, bool):
        return type(value) is kind
    if get_origin(kind) is Mapping:
        return isinstance(value, dict) and all(isinstance(item, str) for item in value.values())
    return isinstance(value, list) and all(isinstance(item, str) for item in value)
