"""The OpenAPI 3.1 document of what the sandbox serves, built from the schemas its checks use."""

from dataclasses import dataclass, field
from typing import Any

from publisher.sandbox.api import assets, comments, posts_schema, ugc_schema, versioned_media
from publisher.sandbox.control_schema import CONTROL
from publisher.sandbox.schema import Type

VERSION = "1"


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation. ``query`` are fixed parameters such as ``action=registerUpload`` (name, value);
    ``answers`` maps a success status to the schema of its body, None for an empty one."""

    verb: str
    path: str
    name: str
    summary: str
    answers: dict[int, dict[str, Any] | None]
    body: Type | None = None
    query: tuple[tuple[str, str], ...] = ()
    parameters: tuple[str, ...] = ()
    refusals: tuple[int, ...] = (400, 401, 403, 404, 405, 415, 422, 429)
    headers: tuple[str, ...] = field(default=())

    @property
    def versioned(self) -> bool:
        """Whether ``Linkedin-Version`` is needed."""
        return self.path.startswith("/rest/")


_STRING = {"type": "string"}
_NUMBER = {"type": "integer"}
_ANY = {"type": "object"}


def _object(required: dict[str, Any], **optional: Any) -> dict[str, Any]:
    return {"type": "object", "properties": {**required, **optional}, "required": list(required)}


def _urn(*kinds: str) -> dict[str, Any]:
    return {"type": "string", "pattern": f"^urn:li:({'|'.join(kinds)}):.+$"}


_POST_URN = _urn("share", "ugcPost")
_VALUE = _object({"value": _ANY})
_BATCH = _object({"results": _ANY, "statuses": _ANY, "errors": _ANY})
_PAGE = _object({"elements": {"type": "array", "items": _ANY}, "paging": _ANY})
_ACTOR = _urn("person", "organization")
_COMMENT = _object({"id": _STRING, "actor": _ACTOR, "object": _urn("activity"), "$URN": _STRING})
_UPLOAD = _object({"id": _STRING, "owner": _ACTOR, "status": _STRING})
_USERINFO = _object({"sub": _STRING}, name=_STRING, locale=_ANY, email=_STRING)


def _media(kind: str, initialize: Type) -> tuple[Operation, ...]:
    base, name = f"/rest/{kind}s", kind.capitalize()
    action = (("action", "initializeUpload"),)
    return (
        Operation("post", base, f"initialize{name}", f"Reserve a {kind}.", {200: _VALUE}, initialize, action),
        Operation("get", f"{base}/{{urn}}", f"get{name}", f"A {kind}'s state.", {200: _UPLOAD}),
    )


OPERATIONS: tuple[Operation, ...] = (
    Operation("get", "/v2/userinfo", "getUserinfo", "The token's member.", {200: _USERINFO}),
    Operation(
        "post",
        "/v2/ugcPosts",
        "createUgcPost",
        "Publish a post (unversioned API).",
        {201: _object({"id": _POST_URN})},
        ugc_schema.UGC_POST,
        headers=("x-restli-id",),
    ),
    Operation("get", "/v2/ugcPosts/{urn}", "getUgcPost", "One post.", {200: _object({"id": _POST_URN})}),
    Operation("delete", "/v2/ugcPosts/{urn}", "deleteUgcPost", "Delete a post.", {204: None}),
    Operation(
        "post",
        "/v2/assets",
        "registerUpload",
        "Reserve an asset.",
        {200: _VALUE},
        assets.REGISTER,
        (("action", "registerUpload"),),
    ),
    Operation("get", "/v2/assets/{urn}", "getAsset", "An asset's state.", {200: _ANY}),
    Operation(
        "post",
        "/rest/posts",
        "createPost",
        "Publish a post (versioned API).",
        {201: None},
        posts_schema.POST,
        headers=("x-restli-id",),
    ),
    Operation("get", "/rest/posts/{urn}", "getPost", "One post.", {200: _object({"id": _POST_URN})}),
    Operation(
        "get",
        "/rest/posts",
        "findPosts",
        "An author's posts.",
        {200: _PAGE},
        query=(("q", "author"),),
        parameters=("author",),
    ),
    Operation("delete", "/rest/posts/{urn}", "deletePost", "Delete a post.", {204: None}),
    *_media("image", versioned_media.INITIALIZE_IMAGE),
    *_media("document", versioned_media.INITIALIZE_DOCUMENT),
    *_media("video", versioned_media.INITIALIZE_VIDEO),
    *(
        Operation(
            "post",
            f"/{family}/socialActions/{{urn}}/comments",
            f"createComment{family.capitalize()}",
            "Comment on a post.",
            {201: _COMMENT},
            comments.COMMENT,
            headers=("x-restli-id",),
        )
        for family in ("v2", "rest")
    ),
)
"""Where an URL has several actions, the document shows the one by which a client begins."""

_REASONS = {
    400: "A value, header or media is wrong.",
    401: "The token is missing, unknown, revoked or expired.",
    403: "Scope, field or value is not permitted.",
    404: "Not there, or hidden.",
    405: "The resource has no such method or action.",
    415: "The body is not declared as JSON.",
    422: "Schema errors, one a line; or a duplicate.",
    426: "Linkedin-Version is not active.",
    429: "The app's or member's day is used up.",
}


def document(base_url: str) -> dict[str, Any]:
    """The document, for a sandbox at ``base_url``."""
    paths: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.verb] = _described(operation)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "LinkedIn sandbox",
            "version": VERSION,
            "description": "A strict emulator of LinkedIn's publishing APIs, and its control endpoints.",
        },
        "servers": [{"url": base_url}],
        "paths": {**paths, **CONTROL},
        "components": {
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
            "schemas": {"Refusal": _object({"status": _NUMBER, "message": _STRING}, code=_STRING)},
        },
    }


def _described(operation: Operation) -> dict[str, Any]:
    refusals = (*operation.refusals, 426) if operation.versioned else operation.refusals
    described = {
        "operationId": operation.name,
        "summary": operation.summary,
        "security": [{"bearer": []}],
        "parameters": _parameters(operation),
        "responses": {
            **{str(status): _success(operation, schema) for status, schema in operation.answers.items()},
            **{str(status): _refusal(status) for status in refusals},
        },
    }
    if operation.body:
        content = {"application/json": {"schema": operation.body.json_schema()}}
        described["requestBody"] = {"required": True, "content": content}
    return described


def _parameters(operation: Operation) -> list[dict[str, Any]]:
    keyed = "{urn}" in operation.path
    found = [
        _parameter("X-Restli-Protocol-Version", "header", {"const": "2.0.0"} if keyed else _STRING, keyed)
    ]
    if operation.versioned:
        found.append(_parameter("Linkedin-Version", "header", {"type": "string", "pattern": "^[0-9]{6}$"}))
    if keyed:
        found.append(_parameter("urn", "path", {"type": "string", "minLength": 1}))
    found += [_parameter(name, "query", {"const": value}) for name, value in operation.query]
    found += [_parameter(name, "query", _STRING) for name in operation.parameters]
    return found


def _parameter(name: str, place: str, schema: dict[str, Any], required: bool = True) -> dict[str, Any]:
    return {"name": name, "in": place, "required": required, "schema": schema}


def _success(operation: Operation, schema: dict[str, Any] | None) -> dict[str, Any]:
    answer: dict[str, Any] = {"description": operation.summary}
    if schema is not None:
        answer["content"] = {"application/json": {"schema": schema}}
    if operation.headers:
        answer["headers"] = {name: {"required": True, "schema": _STRING} for name in operation.headers}
    return answer


def _refusal(status: int) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Refusal"}
    return {"description": _REASONS[status], "content": {"application/json": {"schema": schema}}}
