"""Load the JSON Schemas, and compile the fast checks."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal

from publisher.content.fastcheck import Check, compile_check

SchemaName = Literal["post", "config", "state", "plan", "ugc"]

NAMES: tuple[SchemaName, ...] = ("post", "config", "state", "plan", "ugc")

_PACKAGE = Path(__file__).parent.parent


def schema_path(name: SchemaName) -> Path:
    """Return where a schema lies: inside the installed package, or beside it in a checkout."""
    # The wheel contains the schemas inside the package; a checkout keeps them in its root for editors.
    installed = _PACKAGE / "schemas" / f"{name}.schema.json"
    return installed if installed.exists() else _PACKAGE.parent / "schemas" / f"{name}.schema.json"


@cache
def load_schema(name: SchemaName) -> dict[str, Any]:
    """Return the schema as a JSON document."""
    document: dict[str, Any] = json.loads(schema_path(name).read_text(encoding="utf-8"))
    return document


def subschema(name: SchemaName) -> Mapping[str, Any]:
    """Return the schema that one instance is checked by: for ``post`` that of a single post."""
    schema = load_schema(name)
    return {**schema["$defs"]["post"], "$defs": schema["$defs"]} if name == "post" else schema


@cache
def fast_check(name: Literal["post", "config"]) -> Check:
    """Return a compiled check that only says whether an instance is valid."""
    return compile_check(subschema(name))
