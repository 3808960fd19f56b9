"""Rest.li's record schemas, as far as LinkedIn's bodies need them, with the words of Rest.li's own validator.

A type checks a value (problems are ``(path, reason)`` pairs) and describes itself as JSON Schema, so that the
OpenAPI document and the checks can't drift apart.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

Problem = tuple[str, str]

# Word for word from Rest.li's validator (github.com/linkedin/rest.li, read 2026-11).
REQUIRED = "field is required but not found and has no default value"
UNRECOGNIZED = "unrecognized field found but not allowed"


class Type(Protocol):
    """A type of the schema language."""

    def problems(self, value: Any, path: str) -> Iterator[Problem]:
        """Yield what is wrong with ``value`` at ``path``."""

    def forbidden(self, value: Any, path: str) -> Iterator[str]:
        """Yield the paths under ``path`` that hold nulls or fields that callers may not send."""

    def json_schema(self) -> dict[str, Any]:
        """Return the same type as JSON Schema 2020-12."""


def utf16_length(text: str) -> int:
    """Return the length LinkedIn counts: UTF-16 code units."""
    return len(text) + sum(character > "\uffff" for character in text)


class Leaf:
    """A type without parts: a null in its place is what can be forbidden."""

    def forbidden(self, value: Any, path: str) -> Iterator[str]:
        """Yield the path itself where the value is null."""
        if value is None:
            yield path


def _shown(value: Any) -> str:
    """Return a value as Rest.li's messages show it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


@dataclass(frozen=True, slots=True)
class Text(Leaf):
    """A string; ``longest`` is in UTF-16 units."""

    longest: int | None = None

    def problems(self, value: Any, path: str) -> Iterator[Problem]:
        """Yield a problem if the value is not a string or is too long."""
        if not isinstance(value, str):
            yield path, f"{_shown(value)} cannot be coerced to String"
        elif self.longest is not None and utf16_length(value) > self.longest:
            yield path, f'length of "{value}" is out of range 0...{self.longest}'

    def json_schema(self) -> dict[str, Any]:
        """Return a string."""
        return {"type": "string"} | ({} if self.longest is None else {"maxLength": self.longest})


@dataclass(frozen=True, slots=True)
class Flag(Leaf):
    """A boolean."""

    def problems(self, value: Any, path: str) -> Iterator[Problem]:
        """Yield a problem if the value is not a boolean."""
        if not isinstance(value, bool):
            yield path, f"{_shown(value)} cannot be coerced to Boolean"

    def json_schema(self) -> dict[str, Any]:
        """Return a boolean."""
        return {"type": "boolean"}


@dataclass(frozen=True, slots=True)
class Whole(Leaf):
    """An integer that isn't negative."""

    def problems(self, value: Any, path: str) -> Iterator[Problem]:
        """Yield a problem if the value is not an integer that fits."""
        # for Python a bool is an int; for JSON it isn't
        if isinstance(value, bool) or not isinstance(value, int):
            yield path, f"{_shown(value)} cannot be coerced to Long"
        elif value < 0:
            # A Rest.li long is a signed number of 64 bits.
            yield path, f"{value} is out of range 0...9223372036854775807"

    def json_schema(self) -> dict[str, Any]:
        """Return an integer."""
        return {"type": "integer", "minimum": 0}


@dataclass(frozen=True, slots=True)
class Choice(Leaf):
    """An enum."""

    symbols: tuple[str, ...]

    def problems(self, value: Any, path: str) -> Iterator[Problem]:
        """Yield a problem if the value is none of the symbols."""
        if not isinstance(value, str):
            yield path, "enum type is not backed by a String"
        elif value not in self.symbols:
            yield path, f'"{value}" is not an enum symbol'

    def json_schema(self) -> dict[str, Any]:
        """Return an enum."""
        return {"enum": list(self.symbols)}


@dataclass(frozen=True, slots=True)
class Urn(Leaf):
    """A URN of one of ``kinds`` (empty: any)."""

    kinds: tuple[str, ...] = ()

    @property
    def pattern(self) -> str:
        """Return the regular expression that the whole value matches."""
        return f"^urn:li:({'|'.join(self.kinds) if self.kinds else '[A-Za-z][A-Za-z0-9_-]*'}):.+$"

    def problems(self, value: Any, path: str) -> Iterator[Problem]:
        """Yield a problem if the value is not a URN, or a URN of another kind."""
        if not isinstance(value, str):
            yield path, f"{_shown(value)} cannot be coerced to Urn"
        elif not re.match(self.pattern, value):
            allowed = "|".join(f"urn:li:{kind}:.+" for kind in self.kinds) or "urn:li:.+"
            yield path, f'"{value}" does not match {allowed}'

    def json_schema(self) -> dict[str, Any]:
        """Return a string with a pattern."""
        return {"type": "string", "pattern": self.pattern}


@dataclass(frozen=True, slots=True)
class List:
    """An array of one type."""

    items: Type
    longest: int | None = None

    def problems(self, value: Any, path: str) -> Iterator[Problem]:
        """Yield a problem if the value is not an array, and the problems of its items."""
        if not isinstance(value, list):
            yield path, "array type is not backed by a DataList"
            return
        if self.longest is not None and len(value) > self.longest:
            yield path, f"array length of {len(value)} is out of range 0...{self.longest}"
        for index, item in enumerate(value):
            yield from self.items.problems(item, f"{path}/{index}")

    def forbidden(self, value: Any, path: str) -> Iterator[str]:
        """Yield those of its items."""
        if value is None:
            yield path
        elif isinstance(value, list):
            for index, item in enumerate(value):
                yield from self.items.forbidden(item, f"{path}/{index}")

    def json_schema(self) -> dict[str, Any]:
        """Return an array."""
        longest = {} if self.longest is None else {"maxItems": self.longest}
        return {"type": "array", "items": self.items.json_schema(), **longest}


@dataclass(frozen=True, slots=True)
class Field:
    """A record's field. ``closed`` fields exist, but no caller may send them (403, not 422)."""

    type: Type
    required: bool = False
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Record:
    """A record: named fields and no others."""

    fields: Mapping[str, Field]

    def problems(self, value: Any, path: str) -> Iterator[Problem]:
        """Yield missing and unknown fields, and the problems of the known ones."""
        if not isinstance(value, dict):
            yield path or "/", "record type is not backed by a DataMap"
            return
        for name, field in self.fields.items():
            if field.required and name not in value:
                yield f"{path}/{name}", REQUIRED
        for name, item in value.items():
            if name in self.fields:
                yield from self.fields[name].type.problems(item, f"{path}/{name}")
            else:
                yield f"{path}/{name}", UNRECOGNIZED

    def forbidden(self, value: Any, path: str) -> Iterator[str]:
        """Yield the paths of nulls and closed fields, here and below."""
        if value is None:
            yield path
        if not isinstance(value, dict):
            return
        for name, item in value.items():
            field = self.fields.get(name)
            if item is None or (field and field.closed):
                yield f"{path}/{name}"
            elif field:
                yield from field.type.forbidden(item, f"{path}/{name}")

    def json_schema(self) -> dict[str, Any]:
        """Return an object without further properties."""
        sent = {name: field for name, field in self.fields.items() if not field.closed}
        return {
            "type": "object",
            "properties": {name: field.type.json_schema() for name, field in sent.items()},
            "required": [name for name, field in sent.items() if field.required],
            "additionalProperties": False,
        }


@dataclass(frozen=True, slots=True)
class Union:
    """A union: an object with exactly one of the members as its only key."""

    members: Mapping[str, Type]

    def problems(self, value: Any, path: str) -> Iterator[Problem]:
        """Yield a problem if the value is not one known member, and the problems in it."""
        if not isinstance(value, dict):
            yield path, "union type is not backed by a DataMap or null"
        elif len(value) != 1:
            yield path, "DataMap should have exactly one entry for a union type"
        else:
            ((name, item),) = value.items()
            if name in self.members:
                yield from self.members[name].problems(item, f"{path}/{name}")
            else:
                shown = ", ".join(f'"{member}"' for member in self.members)
                yield path, f'"{name}" is not a member type of union [ {shown} ]'

    def forbidden(self, value: Any, path: str) -> Iterator[str]:
        """Yield the paths of nulls and closed fields below."""
        if value is None:
            yield path
        if isinstance(value, dict):
            for name, item in value.items():
                if name in self.members:
                    yield from self.members[name].forbidden(item, f"{path}/{name}")

    def json_schema(self) -> dict[str, Any]:
        """Return one of several objects with one property each."""
        members = self.members.items()
        return {
            "type": "object",
            "properties": {name: member.json_schema() for name, member in members},
            "minProperties": 1,
            "maxProperties": 1,
            "additionalProperties": False,
        }


def record(required: Mapping[str, Type], optional: Mapping[str, Type], closed: Iterable[str] = ()) -> Record:
    """Return a record from its required, optional and closed fields."""
    return Record(
        {
            **{name: Field(kind, required=True) for name, kind in required.items()},
            **{name: Field(kind) for name, kind in optional.items()},
            **{name: Field(Text(), closed=True) for name in closed},
        }
    )
