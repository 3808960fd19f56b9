"""Describe what violates a schema, in words that an author can act on."""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any
from urllib.parse import quote

from publisher.content.fastcheck import TYPES, all_unique, compile_pattern
from publisher.content.formats import FORMATS, is_uri
from publisher.content.schemas import SchemaName, subschema
from publisher.model.document import FieldPath
from publisher.wording import closest, describe, describe_root, field_name, shorten, slug

_KINDS = {
    "object": "a mapping",
    "array": "a list",
    "string": "a text",
    "boolean": "true or false",
    "integer": "a whole number",
}
_LEAVE_OUT = "Give a value, or leave the field out."
_YES, _NO = ("yes", "on", "y", "1", "true"), ("no", "off", "n", "0", "false")


MOST = 101
"""Largest number of unknown fields that are reported for one mapping."""

_SYNONYMS = {
    synonym: field
    for field, synonyms in {
        "publish_at": "date publishdate publish_date published published_at pubdate pub_date scheduled schedule "
        "scheduled_at time when datetime",
        "media": "image images cover picture pictures photo photos thumbnail video attachment attachments "
        "featured_image hero",
        "article": "link url canonical canonical_url external external_url source_url website",
        "hashtags": "categories category keywords keyword hashtag topics topic tag",
        "draft": "status state wip hidden",
        "text": "body content message caption description",
        "id": "slug key name permalink uid",
        "author": "authors by writer account",
        "first_comment": "comment comments reply",
        "layout": "template type",
        "reshare": "repost share quote",
        "document": "pdf slides carousel",
        "visibility": "audience privacy access",
        "vars": "variables params data extra",
    }.items()
    for synonym in synonyms.split()
}
"""Names that other tools have for our fields, checked before names that are spelt alike."""


@dataclass(frozen=True, slots=True)
class Violation:
    """One problem: the field it is about, whether the field's name (rather than its value) is wrong."""

    path: FieldPath
    code: str
    message: str
    remedy: str
    about_name: bool = False


def find_violations(instance: Any, name: SchemaName) -> tuple[Violation, ...]:
    """Return every violation of the schema ``name``, in the schema's order."""
    found = [
        violation for error in _validator(name).iter_errors(instance) for violation in _violations(error)
    ]
    # A value of the wrong type also breaks patterns and limits; only the type helps the author.
    mistyped = {violation.path for violation in found if violation.code == "wrong-type"}
    return tuple(one for one in found if one.code != "wrong-value" or one.path not in mistyped)


@cache
def _validator(name: SchemaName) -> Any:
    """Return `jsonschema`'s validator with our formats, patterns and linear `uniqueItems`."""
    from jsonschema import Draft202012Validator, FormatChecker, ValidationError, validators

    def pattern(_kind: Any, wanted: str, value: Any, _schema: Any) -> Iterator[ValidationError]:
        # jsonschema searches with Python's rules, where `$` also matches before a last line break.
        if isinstance(value, str) and not compile_pattern(wanted).search(value):
            yield ValidationError(f"{value!r} does not match {wanted!r}")

    def unique(_kind: Any, wanted: bool, value: Any, _schema: Any) -> Iterator[ValidationError]:
        # jsonschema compares each pair for lists of mappings, which is quadratic.
        if wanted and isinstance(value, list) and not all_unique(value):
            yield ValidationError("has a duplicate")

    types = Draft202012Validator.TYPE_CHECKER.redefine(
        "integer", lambda _checker, value: TYPES["integer"](value)
    )
    checker = FormatChecker(formats=())
    for format_name, check in FORMATS.items():
        checker.checks(format_name)(check)
    kind: Any = validators.extend(  # type: ignore[no-untyped-call]
        Draft202012Validator, {"pattern": pattern, "uniqueItems": unique}, type_checker=types
    )
    return kind(subschema(name), format_checker=checker)


def _violations(error: Any) -> Iterator[Violation]:
    path = tuple(error.absolute_path)
    if error.validator == "additionalProperties" and error.validator_value is False:
        yield from _unknown_fields(error, path)
    elif error.validator == "required":
        # jsonschema says "'text' is a required property" (4.x, 2026-11); its error has no field for the
        # name.
        name = error.message.split("'")[1]  # one error for each missing field
        where = f"{field_name(path)}: " if path else ""
        yield Violation(path, "missing-field", f"{where}{name!r} is missing.", f"Add `{name}:`.")
    elif error.validator == "anyOf":
        yield from _best_of(error, path)
    elif error.validator == "propertyNames" or "propertyNames" in error.absolute_schema_path:
        remedy = "Begin with a letter or digit; then letters, digits, dots, hyphens and underscores."
        message = f"{field_name(path)}: {shorten(error.instance)} isn't a valid name here."
        yield Violation((*path, error.instance), "wrong-value", message, remedy, about_name=True)
    else:
        yield _value(error, path)


def _unknown_fields(error: Any, path: FieldPath) -> Iterator[Violation]:
    known = sorted(error.schema.get("properties", {}))
    where = f" in {field_name(path)}" if path else ""
    unknown = (name for name in error.instance if name not in known)
    for count, name in enumerate(islice(unknown, MOST)):
        # comparing is slow, and hostile names can be many
        near = _meant(name, known) or (count < 20 and closest(name, known))
        remedy = near or f"Known fields: {', '.join(known)}."
        message = f"Unknown field {shorten(name)}{where}."
        yield Violation((*path, name), "unknown-field", message, remedy, about_name=True)


def _meant(name: object, known: Sequence[str]) -> str:
    """Return a hint to the field of ours that another tool's name means.

    Such names are not similar to ours, or are similar to the wrong one.
    """
    if "publish_at" not in known:
        return ""
    word = str(name).lower().replace("-", "_")
    if word == "title":
        return "A post has no title: begin its text with it, or add front_matter: {ignore: [title]} to publisher.yaml."
    return f"Did you mean {_SYNONYMS[word]!r}?" if word in _SYNONYMS else ""


def _best_of(error: Any, path: FieldPath) -> Iterator[Violation]:
    """Yield the errors of the alternative that the author meant: the one of the same type, else the list of
    types.
    """
    by_branch: dict[int, list[Any]] = {}
    for sub in error.context:
        by_branch.setdefault(sub.schema_path[0], []).append(sub)
    given = error.instance if isinstance(error.instance, dict) else {}

    def missing(branch: Any) -> int:
        return len([name for name in error.validator_value[branch].get("required", ()) if name not in given])

    for branch in sorted(by_branch, key=missing):  # stable: of two that are as likely, the first
        if all(sub.validator != "type" or list(sub.path) for sub in by_branch[branch]):
            for sub in by_branch[branch]:
                yield from _violations(sub)
            return
    kinds = list(dict.fromkeys(_KINDS[branch["type"]] for branch in error.validator_value))
    wanted = " or ".join(filter(None, (", ".join(kinds[:-1]), kinds[-1])))
    scalar = "string" if "a text" in kinds and not isinstance(error.instance, dict | list) else ""
    yield _wrong_type(path, wanted, scalar, error)


def _value(error: Any, path: FieldPath) -> Violation:
    wanted, shown = error.validator_value, describe(error.instance) if path else describe_root(error.instance)
    name = field_name(path) or "The file"
    if error.validator == "type":
        return _wrong_type(path, _KINDS[wanted], wanted, error)
    describe_it = _WRONG.get(error.validator)
    if describe_it is None:
        why = f": {error.message}" if path else ""
        return Violation(path, "wrong-value", f"{name} can't be {shown}{why}.", "")
    says, remedy = describe_it(wanted, error)
    return Violation(path, "wrong-value", f"{name} {says.format(shown=shown)}.", remedy)


def _wrong_type(path: FieldPath, wanted: str, kind: str, error: Any) -> Violation:
    name, value = field_name(path) or "The file", error.instance
    message = f"{name} must be {wanted}, not {describe(value) if path else describe_root(value)}."
    remedy = (
        _LEAVE_OUT if value is None else _type_remedy(kind, name.rpartition(".")[2], value) if path else ""
    )
    if not remedy and (not path or "examples" not in error.schema):
        remedy = f"Write {wanted}." if wanted != _KINDS["object"] else "Write `field: value` lines."
    elif not remedy:
        example = json.dumps(error.schema["examples"][0 if kind == "string" else -1], ensure_ascii=False)
        remedy = f"Write it like `{name.rpartition('.')[2]}: {example}`."
    return Violation(path, "wrong-type", message, remedy)


def _type_remedy(kind: str, name: str, value: Any) -> str:
    if kind == "string" and not isinstance(value, dict | list):
        return "Put it in quotes."
    word = str(value).lower()
    if kind == "boolean" and word in (*_YES, *_NO):
        return f"Write {'true' if word in _YES else 'false'}, without quotes."
    # 18 digits fit a 64-bit integer; a longer number is not an honest value of any field.
    if kind == "integer" and re.fullmatch(r"\d{1,18}", word, re.ASCII):
        return f"Write {word}, without quotes."
    if kind == "array" and isinstance(value, str):
        words = ", ".join(
            re.split(r"\s*,\s*" if "," in value else r"\s+", value[:60].replace("#", "").strip())
        )
        return f"Write a list: `{name}: [{words}]`."
    return ""


def _enum(wanted: list[Any], error: Any) -> tuple[str, str]:
    choices = [str(item) for item in wanted]
    return f"can't be {{shown}}; one of: {', '.join(choices)}", closest(
        error.instance, choices
    ) or "Use one of these."


def _pattern(wanted: str, error: Any) -> tuple[str, str]:
    if error.schema.get("title") == "Key":
        return (
            "can't be {shown}",
            f"Write lower-case letters, digits and ._/-, such as `{slug(error.instance)}`.",
        )
    examples = error.schema.get("examples")
    return "can't be {shown}", f"Write it like {examples[0]!r}." if examples else f"It must match {wanted}."


def _format(wanted: str, error: Any) -> tuple[str, str]:
    if wanted != "uri":
        return f"isn't a valid {wanted}: {{shown}}", ""
    quoted = quote(error.instance, safe="%:/?#[]@!$&'()*+,;=~")
    for better in (quoted, f"https://{quoted}"):
        host = better.partition("://")[2].partition("/")[0]
        if is_uri(better) and "." in host and "%" not in host and len(better) <= 200:
            return "needs a full URL, not {shown}", f"Write {better}"
    return (
        "needs a full URL, not {shown}",
        "Write an absolute http(s) URL, with special characters percent-encoded.",
    )


def _too_many(wanted: int, error: Any) -> tuple[str, str]:
    unit = "characters" if isinstance(error.instance, str) else "items"
    return f"has {len(error.instance):,} {unit}; at most {wanted:,} are allowed", "Shorten it."


def _too_few(wanted: int, error: Any) -> tuple[str, str]:
    if not error.instance:
        return "is empty", _LEAVE_OUT
    return f"has {len(error.instance)}; at least {wanted} are needed", "Add to it."


_WRONG: dict[str, Callable[[Any, Any], tuple[str, str]]] = {
    "enum": _enum,
    "pattern": _pattern,
    "format": _format,
    "maxLength": _too_many,
    "maxItems": _too_many,
    "minLength": _too_few,
    "minItems": _too_few,
    "minimum": lambda wanted, _error: ("can't be {shown}", f"It is at least {wanted}."),
    "uniqueItems": lambda _wanted, _error: ("has a duplicate", "Keep one."),
}
"""By keyword: what is wrong (after the field's name; ``{shown}`` is the value), and the remedy."""
