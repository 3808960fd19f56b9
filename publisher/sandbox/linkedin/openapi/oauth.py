"""OAuth's part of the OpenAPI document, and that of the upload URLs."""

from typing import Any

_STRING = {"type": "string"}
_ANY = {"type": "object"}
_CLIENT = ("client_id", "client_secret")


def _json(description: str, *required: str) -> dict[str, Any]:
    schema = {"type": "object", "required": list(required)}
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _form(name: str, summary: str, required: tuple[str, ...], answer: dict[str, Any]) -> dict[str, Any]:
    properties = {field: {"type": "string", "minLength": 1} for field in (*_CLIENT, *required)}
    schema = {"type": "object", "properties": properties, "required": list(properties)}
    refusal = _json("Refused.", "error", "error_description")
    return {
        "operationId": name,
        "summary": summary,
        "requestBody": {
            "required": True,
            "content": {"application/x-www-form-urlencoded": {"schema": schema}},
        },
        "responses": {"200": answer, "400": refusal, "401": refusal},
    }


def _page(name: str, summary: str, **more: Any) -> dict[str, Any]:
    page = {"description": "A page.", "content": {"text/html": {"schema": _STRING}}}
    redirect = {
        "description": "Back to the app.",
        "headers": {"location": {"required": True, "schema": _STRING}},
    }
    return {
        "operationId": name,
        "summary": summary,
        "responses": {"200": page, "302": redirect, "400": page},
        **more,
    }


_ASKED = ("response_type", "client_id", "redirect_uri", "scope", "state")
_UPLOAD = {
    "description": "The bytes have come.",
    "headers": {"etag": {"required": False, "schema": _STRING}},
}
_KEY = {"name": "key", "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
_REFUSED = {
    str(status): _json(words, "status", "message")
    for status, words in (
        (400, "Too late, or the wrong length."),
        (401, "A token is needed."),
        (403, "Another's upload."),
        (404, "No such upload."),
        (405, "Another verb is needed."),
        (411, "No length."),
        (413, "Too large."),
    )
}

OAUTH: dict[str, dict[str, Any]] = {
    "/oauth/v2/authorization": {
        "get": _page(
            "authorize",
            "The page on which a member allows or refuses.",
            parameters=[
                {"name": name, "in": "query", "required": False, "schema": _STRING} for name in _ASKED
            ],
        ),
        "post": _page("decide", "What the member chose on the page."),
    },
    "/oauth/v2/accessToken": {
        "post": _form(
            "exchange",
            "A code, or a refresh token, for an access token.",
            ("grant_type",),
            _json("A token.", "access_token", "expires_in", "scope"),
        ),
        "get": {
            "operationId": "exchangeByGet",
            "summary": "The same by GET, if the setting token_get allows it.",
            "responses": {
                "200": _json("A token.", "access_token"),
                **dict.fromkeys(("400", "401"), _json("Refused.", "error", "error_description")),
                "405": _json("It is not allowed.", "status", "message"),
            },
        },
    },
    "/oauth/v2/introspectToken": {
        "post": _form("introspect", "What a token is worth.", ("token",), _json("Its state.", "active"))
    },
    "/oauth/v2/revoke": {
        "post": _form("revoke", "End a token.", ("token",), {"description": "It is ended."})
    },
    "/oauth/.well-known/openid-configuration": {
        "get": {"operationId": "discover", "responses": {"200": _json("Where everything is.", "issuer")}}
    },
    "/oauth/openid/jwks": {"get": {"operationId": "keys", "responses": {"200": _json("The keys.", "keys")}}},
    "/dms-uploads/sp/v2/{key}/uploaded-image/0/0": {
        "put": {
            "operationId": "upload",
            "summary": "Where the bytes of an upload go; the URL comes with the reservation.",
            "parameters": [_KEY],
            "requestBody": {"content": {"application/octet-stream": {"schema": {"type": "string"}}}},
            "responses": {"200": _UPLOAD, "201": _UPLOAD, **_REFUSED},
        }
    },
}
