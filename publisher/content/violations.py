"""What is wrong with an instance by its schema, in words a person can act on; the best sub-error of each."""

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from publisher.content.formats import FORMATS
from publisher.content.schemas import SchemaName, subschema
from publisher.model.document import FieldPath

_KINDS = {
    "object": "a mapping",
    "array": "a list",
    "string": "a text",
    "boolean": "true or false",
    "integer": "a whole number",
}


@dataclass(frozen=True, slots=True)
class Violation:
    """One problem: the field it is about, whether the field's name (rather than its value) is wrong."""

    path: FieldPath
    code: str
    message: str
    remedy: str
    about_name: bool = False


def find_violations(instance: Any, name: SchemaName) -> tuple[Violation, ...]:
    """Every violation of the schema ``name``, in document order."""
    errors = _validator(name).iter_errors(instance)
    found = [violation for error in errors for violation in _violations(error)]
    return tuple(sorted(found, key=lambda violation: [str(part) for part in violation.path]))


@cache
def _validator(name: SchemaName) -> Any:
    from jsonschema import Draft202012Validator, FormatChecker

    checker = FormatChecker(formats=())
    for format_name, check in FORMATS.items():
        checker.checks(format_name)(check)
    return Draft202012Validator(subschema(name), format_checker=checker)


def _violations(error: Any) -> Iterator[Violation]:
    path = tuple(error.absolute_path)
    match error.validator:
        case "additionalProperties" if error.validator_value is False:
            yield from _unknown_fields(error, path)
        case "required":
            yield _missing(path, error.message.split("'")[1])  # one error for each missing field
        case "anyOf":
            yield from _best_of(error, path)
        case _:
            yield _value(error, path)


def _missing(path: FieldPath, name: str) -> Violation:
    return Violation(path, "missing-field", f"{_where(path)}{name!r} is missing.", f"Add {name!r}.")


def _unknown_fields(error: Any, path: FieldPath) -> Iterator[Violation]:
    known = list(error.schema.get("properties", {}))
    for name in error.instance:
        if name not in known:
            close = difflib.get_close_matches(str(name), known, n=1, cutoff=0.6)
            remedy = f"Did you mean {close[0]!r}?" if close else f"Known fields: {', '.join(sorted(known))}."
            yield Violation(
                (*path, name), "unknown-field", f"Unknown field {name!r}.", remedy, about_name=True
            )


def _best_of(error: Any, path: FieldPath) -> Iterator[Violation]:
    """The errors of the alternative that the author meant: the one of the same type, else the list of types."""
    by_branch: dict[int, list[Any]] = {}
    for sub in error.context:
        by_branch.setdefault(sub.schema_path[0], []).append(sub)
    for branch in sorted(by_branch):
        if all(sub.validator != "type" or list(sub.path) for sub in by_branch[branch]):
            for sub in by_branch[branch]:
                yield from _violations(sub)
            return
    kinds = [_KINDS.get(branch.get("type", ""), "something else") for branch in error.validator_value]
    wanted = " or ".join(dict.fromkeys(kinds))
    yield Violation(path, "wrong-type", f"{_name(path)} must be {wanted}, not {_shown(error.instance)}.", "")


def _value(error: Any, path: FieldPath) -> Violation:
    wanted, name, shown = error.validator_value, _name(path), _shown(error.instance)
    match error.validator:
        case "type":
            remedy = (
                "Put it in quotes."
                if wanted == "string" and not isinstance(error.instance, dict | list)
                else ""
            )
            if error.instance is None:
                remedy = "Give a value, or leave the field out."
            return Violation(
                path, "wrong-type", f"{name} must be {_KINDS.get(wanted, wanted)}, not {shown}.", remedy
            )
        case "enum":
            close = difflib.get_close_matches(str(error.instance), [str(item) for item in wanted], n=1)
            remedy = f"Did you mean {close[0]!r}?" if close else ""
            choices = ", ".join(str(item) for item in wanted)
            return Violation(path, "wrong-value", f"{name} can't be {shown}; one of: {choices}.", remedy)
        case "pattern":
            remedy = _pattern_remedy(error.schema, wanted)
            return Violation(path, "wrong-value", f"{name} can't be {shown}.", remedy)
        case "format":
            remedies = {"uri": "Write an absolute http(s) URL, with special characters percent-encoded."}
            return Violation(
                path, "wrong-value", f"{name} {shown} is no valid {wanted}.", remedies.get(wanted, "")
            )
        case "maxLength" | "maxItems":
            count = len(error.instance)
            return Violation(
                path, "wrong-value", f"{name} has {count}, more than the {wanted} allowed.", "Shorten it."
            )
        case "minLength" | "minItems":
            return Violation(
                path, "wrong-value", f"{name} is too short.", "Give a value, or leave the field out."
            )
        case "uniqueItems":
            return Violation(path, "wrong-value", f"{name} names something twice.", "Keep one.")
    return Violation(path, "wrong-value", f"{name}: {error.message}.", "")


def _pattern_remedy(schema: Mapping[str, Any], pattern: str) -> str:
    examples = schema.get("examples")
    return f"Write it like {examples[0]!r}." if examples else f"It must match {pattern}."


def _name(path: FieldPath) -> str:
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text or "The file"


def _where(path: FieldPath) -> str:
    return f"{_name(path)}: " if path else ""


def _shown(value: Any) -> str:
    if value is None:
        return "empty"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    text = str(value).lower() if isinstance(value, bool) else repr(value)
    return text if len(text) <= 60 else text[:57] + "…"
