"""Zernio's own OpenAPI file, as a judge of requests and responses."""

import os
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

FILE = (
    Path(os.environ.get("PUBLISHER_ZERNIO_SPEC", Path.home() / ".cache/publisher-tests/zernio"))
    / "openapi.yaml"
)


def require_spec() -> None:
    """Skip the test where the file is missing, or fail where it is required."""
    if FILE.is_file():
        return
    reason = f"no {FILE}; tests/support/install-zernio-spec gets it"
    if os.environ.get("PUBLISHER_REQUIRE_PDS"):
        pytest.fail(reason)
    pytest.skip(reason)


@cache
def _spec() -> dict[str, Any]:
    document = yaml.load(FILE.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)

    # `oneOf` of lenient variants refuses every legitimate value; `anyOf` is what the file means
    def mend(value: Any) -> None:
        if isinstance(value, dict):
            if "oneOf" in value:
                value["anyOf"] = value.pop("oneOf")
            for part in value.values():
                mend(part)
        elif isinstance(value, list):
            for part in value:
                mend(part)

    mend(document)
    return document


def problems(verb: str, path: str, value: Any, status: str = "") -> list[str]:
    """What the file has against a request's body, or against the body of a response with ``status``."""
    operation = _spec()["paths"][path][verb]
    part = operation["responses"][status] if status else operation["requestBody"]
    if "$ref" in part:
        part = _spec()["components"]["responses"][part["$ref"].rpartition("/")[2]]
    schema = {**part["content"]["application/json"]["schema"], "components": _spec()["components"]}
    validator = jsonschema.Draft202012Validator(schema)
    return [f"{error.json_path}: {error.message[:200]}" for error in validator.iter_errors(value)]
