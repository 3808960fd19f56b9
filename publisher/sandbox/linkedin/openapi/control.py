"""The control endpoints' part of the OpenAPI document."""

from typing import Any

from publisher.sandbox.faults import KINDS
from publisher.sandbox.values import PRODUCTS

_ANY = {"type": "object"}
_STRING = {"type": "string"}


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "additionalProperties": False}


_NAME = _object(name=_STRING)


def _answers(schema: dict[str, Any]) -> dict[str, Any]:
    wrong = {"type": "object", "properties": {"error": _STRING}, "required": ["error"]}
    return {
        "200": {"description": "Done.", "content": {"application/json": {"schema": schema}}},
        "400": {"description": "It can't be done.", "content": {"application/json": {"schema": wrong}}},
    }


def _reading(name: str, summary: str, *properties: str) -> dict[str, Any]:
    schema = {"type": "object", "required": list(properties)}
    return {"operationId": name, "summary": summary, "responses": _answers(schema)}


def _changing(name: str, summary: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    described: dict[str, Any] = {"operationId": name, "summary": summary, "responses": _answers(_ANY)}
    if body:
        described["requestBody"] = {"content": {"application/json": {"schema": body}}}
    return described


_FAULT = {
    "type": "object",
    "properties": {
        "kind": {"enum": list(KINDS)},
        "count": {"type": "integer", "minimum": 0},
        "skip": {"type": "integer", "minimum": 0},
        **dict.fromkeys(("resource", "method", "author", "text", "version"), _STRING),
        "scope": {"enum": ["app", "member"]},
        "since": {"type": "string", "pattern": r"^([0-9]{4}-[0-9]{2}-[0-9]{2})?$"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "seconds": {"type": "number", "minimum": 0},
        "at": {"type": "integer", "minimum": 0},
    },
    "required": ["kind"],
    "additionalProperties": False,
}
_CLOCK = {
    "type": "object",
    "properties": {
        "now": {"type": "number", "minimum": 0, "maximum": 7_258_118_400},
        "advance": {"type": "number"},
        "freeze": {"type": "boolean"},
    },
    "additionalProperties": False,
}
_MEMBERS = {
    "type": "object",
    "properties": {"count": {"type": "integer", "minimum": 0, "maximum": 10_000}},
    "additionalProperties": False,
}

_TEXTS = {"type": "array", "items": _STRING}
_ORGANIZATION = _object(
    id={"type": ["string", "integer"], "minLength": 1},
    name=_STRING,
    headline=_STRING,
    logo=_STRING,
    vanity_name=_STRING,
    roles={"type": "object", "additionalProperties": _STRING},
)
_APP = _object(
    client_id={"type": "string", "minLength": 1},
    client_secret=_STRING,
    name=_STRING,
    scopes=_TEXTS,
    redirect_uris=_TEXTS,
    refresh={"type": "boolean"},
    products={"type": "array", "items": {"enum": list(PRODUCTS)}},
)
_TOKEN = _object(member=_STRING, app=_STRING, scopes=_TEXTS, expires_in={"type": "number"})

CONTROL: dict[str, dict[str, Any]] = {
    "/_sandbox/state": {
        "get": _reading("getState", "Everything but posts and requests.", "now", "members", "tokens")
    },
    "/_sandbox/evidence": {
        "get": _reading("getEvidence", "How each behaviour is known.", "kinds", "evidence")
    },
    "/_sandbox/requests": {
        "get": _reading("getRequests", "What arrived, and how it was answered.", "requests", "counts"),
        "delete": _changing("forgetRequests", "Empty the request log."),
    },
    "/_sandbox/posts": {"get": _reading("listPosts", "The posts, newest first.", "posts")},
    "/_sandbox/clock": {
        "get": _reading("getClock", "What the clock shows.", "now", "frozen"),
        "post": _changing("setClock", "Set, advance or freeze the clock.", _CLOCK),
    },
    "/_sandbox/faults": {
        "get": _reading("getFaults", "The faults that wait.", "faults", "kinds"),
        "post": _changing("addFault", "Let something go wrong.", _FAULT),
        "delete": _changing("clearFaults", "Forget the faults."),
    },
    "/_sandbox/members": {"post": _changing("addMembers", "Add members, each with a token.", _MEMBERS)},
    "/_sandbox/organizations": {"post": _changing("addOrganization", "Add a page.", _ORGANIZATION)},
    "/_sandbox/apps": {"post": _changing("addApp", "Add an app.", _APP)},
    "/_sandbox/tokens": {
        "post": _changing("addToken", "Issue a token.", _TOKEN),
        "delete": _changing("revokeToken", "Revoke a token.", _object(token=_STRING)),
    },
    "/_sandbox/openapi.json": {"get": _reading("getDocument", "This document.", "openapi")},
    "/_sandbox/snapshot": {"post": _changing("takeSnapshot", "Keep everything under a name.", _NAME)},
    "/_sandbox/restore": {"post": _changing("restoreSnapshot", "Go back to a snapshot.", _NAME)},
    "/_sandbox/reset": {"post": _changing("reset", "Go back to the beginning.")},
}
