"""The OpenAPI 3.1 document of what the sandbox serves, built from the schemas its checks use."""

from typing import Any

from publisher.sandbox.linkedin.openapi.control import CONTROL
from publisher.sandbox.linkedin.openapi.oauth import OAUTH
from publisher.sandbox.linkedin.openapi.operations import OPERATIONS, Operation

VERSION = "1"
_STRING = {"type": "string"}
_REFUSALS = {
    400: "A value, header or media is wrong.",
    401: "The token is missing, unknown, revoked or expired.",
    403: "Scope, field or value is not permitted.",
    404: "Not there, or hidden.",
    405: "The resource has no such method or action.",
    415: "The body is not declared as JSON.",
    422: "Schema errors, one a line; or a duplicate.",
    429: "The app's or member's day is used up.",
}
_INACTIVE = {426: "Linkedin-Version is not active."}


def document(base_url: str) -> dict[str, Any]:
    """Return the document, for a sandbox at ``base_url``."""
    paths: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.verb] = _described(operation)
    refusal = {
        "type": "object",
        "properties": {"status": {"type": "integer"}, "message": _STRING, "code": _STRING},
        "required": ["status", "message"],
    }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "LinkedIn sandbox",
            "version": VERSION,
            "description": "A strict emulator of LinkedIn's publishing APIs, and its control endpoints.",
        },
        "servers": [{"url": base_url}],
        "paths": {**paths, **OAUTH, **CONTROL},
        "components": {
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
            "schemas": {"ApiError": refusal},
        },
    }


def _described(operation: Operation) -> dict[str, Any]:
    api_errors = _REFUSALS | _INACTIVE if operation.versioned else _REFUSALS
    described = {
        "operationId": operation.name,
        "summary": operation.summary,
        "security": [{"bearer": []}],
        "parameters": _parameters(operation),
        "responses": {
            **{str(status): _success(operation, schema) for status, schema in operation.answers.items()},
            **{str(status): _refusal(reason) for status, reason in api_errors.items()},
        },
    }
    schemas = [body.json_schema() for body in operation.bodies]
    if schemas:
        schema = schemas[0] if len(schemas) == 1 else {"oneOf": schemas}
        described["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    return described


def _parameters(operation: Operation) -> list[dict[str, Any]]:
    """Return headers, path keys and query. Keys are URNs, which only protocol 2.0.0 decodes."""
    keys = operation.keys
    protocol = {"const": "2.0.0"} if keys else _STRING
    found = [_parameter("X-Restli-Protocol-Version", "header", protocol, required=bool(keys))]
    if operation.versioned:
        version = {"type": "string", "pattern": "^[0-9]{6}$"}
        found.append(_parameter("Linkedin-Version", "header", version, required=True))
    if operation.method:
        found.append(_parameter("X-RestLi-Method", "header", {"const": operation.method}, required=True))
    found += [_parameter(key, "path", {"type": "string", "minLength": 1}, required=True) for key in keys]
    if operation.actions:
        found.append(_parameter("action", "query", {"enum": list(operation.actions)}, required=True))
    return found + [_parameter(name, "query", _STRING, required=False) for name in operation.query]


def _parameter(name: str, place: str, schema: dict[str, Any], *, required: bool) -> dict[str, Any]:
    return {"name": name, "in": place, "required": required, "schema": schema}


def _success(operation: Operation, schema: dict[str, Any] | None) -> dict[str, Any]:
    answer: dict[str, Any] = {"description": operation.summary}
    if schema is not None:
        answer["content"] = {"application/json": {"schema": schema}}
    if operation.makes:
        answer["headers"] = {"x-restli-id": {"required": True, "schema": _STRING}}
    return answer


def _refusal(reason: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/ApiError"}
    return {"description": reason, "content": {"application/json": {"schema": schema}}}
