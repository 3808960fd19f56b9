"""Compile a JSON Schema to closures that return whether a value is valid. Valid documents need no more.

Only the keywords that our own schemas use are known; any other is refused when compiling, so that a schema
can't be checked by half. `jsonschema` makes the messages. A property test compares the two.
"""

import re
from collections.abc import Callable, Mapping, Sized
from typing import Any

from publisher.content.formats import FORMATS

Check = Callable[[Any], bool]

_ANNOTATIONS = frozenset({"$schema", "$id", "$defs", "title", "description", "default", "examples"})
TYPES: dict[str, Check] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
}
"""JSON Schema counts 5.0 as an integer. Here, an integer is written without a point."""


def compile_check(schema: Mapping[str, Any], root: Mapping[str, Any] | None = None) -> Check:
    """Return the check of a schema. Raise NotImplementedError for a keyword it does not know."""
    root = schema if root is None else root
    checks: list[Check] = []
    for keyword, wanted in schema.items():
        if keyword in _ANNOTATIONS or (keyword == "additionalProperties" and "properties" in schema):
            continue
        if keyword not in _KEYWORDS:
            raise NotImplementedError(f"schema keyword {keyword}")
        checks.append(_KEYWORDS[keyword](wanted, schema, root))
    return checks[0] if len(checks) == 1 else _all(checks)


def _all(checks: list[Check]) -> Check:
    def check(value: Any) -> bool:
        for one in checks:  # noqa: SIM110 - a generator for each value would double the cost
            if not one(value):
                return False
        return True

    return check


def compile_pattern(pattern: str) -> re.Pattern[str]:
    """Return a schema's pattern as ECMA 262 means it: ``$`` is the very end, ``\\d`` an ASCII digit."""
    return re.compile(re.sub(r"(?<!\\)\$$", r"\\Z", pattern), re.ASCII)


def all_unique(items: list[Any]) -> bool:
    """``uniqueItems``, which our schemas ask of texts only; linear, whatever a stranger's list holds."""
    texts = [item for item in items if isinstance(item, str)]
    return len(set(texts)) == len(texts)


def _ref(wanted: str, _schema: Mapping[str, Any], root: Mapping[str, Any]) -> Check:
    target: Any = root
    for part in wanted.removeprefix("#/").split("/"):
        target = target[part]
    return compile_check(target, root)


def _properties(wanted: Mapping[str, Any], schema: Mapping[str, Any], root: Mapping[str, Any]) -> Check:
    checks = {name: compile_check(sub, root) for name, sub in wanted.items()}
    extra = _extra(schema.get("additionalProperties", True), root)

    def check(value: Any) -> bool:
        if not isinstance(value, dict):
            return True
        for name, item in value.items():  # noqa: SIM110
            if not (checks.get(name) or extra)(item):
                return False
        return True

    return check


def _additional(wanted: Any, _schema: Mapping[str, Any], root: Mapping[str, Any]) -> Check:
    extra = _extra(wanted, root)
    return lambda value: not isinstance(value, dict) or all(map(extra, value.values()))


def _extra(wanted: Any, root: Mapping[str, Any]) -> Check:
    if isinstance(wanted, bool):
        return lambda _value: wanted
    return compile_check(wanted, root)


def _items(wanted: Mapping[str, Any], _schema: Mapping[str, Any], root: Mapping[str, Any]) -> Check:
    check = compile_check(wanted, root)
    return lambda value: not isinstance(value, list) or all(map(check, value))


def _any_of(wanted: list[Any], _schema: Mapping[str, Any], root: Mapping[str, Any]) -> Check:
    checks = [compile_check(sub, root) for sub in wanted]
    return lambda value: any(check(value) for check in checks)


def _names(wanted: Mapping[str, Any], _schema: Mapping[str, Any], root: Mapping[str, Any]) -> Check:
    check = compile_check(wanted, root)
    return lambda value: not isinstance(value, dict) or all(map(check, value))


def _pattern(wanted: str, _schema: Mapping[str, Any], _root: Mapping[str, Any]) -> Check:
    search = compile_pattern(wanted).search
    return lambda value: not isinstance(value, str) or search(value) is not None


def _plain(test: Callable[[Any, Any], bool]) -> Callable[[Any, Any, Any], Check]:
    """Return a keyword that compares the instance with the schema's value and needs nothing else."""
    return lambda wanted, _schema, _root: lambda value: test(value, wanted)


def _bound(kind: type[Sized], test: Callable[[int, int], bool]) -> Callable[[Any, Any, Any], Check]:
    return _plain(lambda value, wanted: not isinstance(value, kind) or test(len(value), wanted))


_KEYWORDS: dict[str, Callable[[Any, Any, Any], Check]] = {
    "$ref": _ref,
    "type": lambda wanted, _schema, _root: TYPES[wanted],
    "properties": _properties,
    "additionalProperties": _additional,
    "propertyNames": _names,
    "items": _items,
    "anyOf": _any_of,
    "pattern": _pattern,
    "format": lambda wanted, _schema, _root: FORMATS[wanted],
    "enum": _plain(lambda value, wanted: value in wanted),
    "required": _plain(lambda value, wanted: not isinstance(value, dict) or all(n in value for n in wanted)),
    "minimum": _plain(lambda value, wanted: not isinstance(value, int) or value >= wanted),
    "minLength": _bound(str, lambda length, wanted: length >= wanted),
    "maxLength": _bound(str, lambda length, wanted: length <= wanted),
    "minItems": _bound(list, lambda length, wanted: length >= wanted),
    "maxItems": _bound(list, lambda length, wanted: length <= wanted),
    "uniqueItems": _plain(
        lambda value, wanted: not wanted or not isinstance(value, list) or all_unique(value)
    ),
}
