"""How the emulated PDS reads requests and refuses them."""

import json
from typing import Any

from publisher.sandbox.bluesky.lexicon import Invalid, expected
from publisher.sandbox.emulator import NetworkCall
from publisher.sandbox.messages import ApiError, json_response


def refuse(status: int, error: str, message: str) -> ApiError:
    """Return a refusal in XRPC's shape."""
    return ApiError(json_response(status, {"error": error, "message": message}))


def invalid(message: str) -> ApiError:
    """Return a 400 of the general kind."""
    return refuse(400, "InvalidRequest", message)


def unauthenticated() -> ApiError:
    """Return the 401 for a request without a token."""
    return refuse(401, "AuthMissing", "Authentication Required")


def internal() -> ApiError:
    """Return the untyped 500 that several wrong requests cause."""
    return refuse(500, "InternalServerError", "Internal Server Error")


def read_object(call: NetworkCall) -> dict[str, Any]:
    """Return the JSON body, which must be an object."""
    content_type = call.request.content_type
    if not content_type:
        raise invalid("Request encoding (Content-Type) required but not provided")
    if content_type != "application/json":
        raise invalid(f"Wrong request encoding (Content-Type): {content_type}")
    try:
        document = json.loads(call.request.body, parse_float=_number)
    except (ValueError, RecursionError):
        raise refuse(400, "SyntaxError", "Unexpected token in JSON") from None
    if not isinstance(document, dict):
        raise invalid(str(expected("object", document, "$")))
    return document


def _number(text: str) -> int | float:
    """Read 1.0 as 1: JavaScript knows one type of number."""
    number = float(text)
    return int(number) if number.is_integer() else number


def field(document: dict[str, Any], name: str, kind: type = str) -> Any:
    """Return a required field of the body."""
    if name not in document:
        raise invalid(f'Missing required key "{name}" at $')
    value = document[name]
    if not isinstance(value, kind):
        raise invalid(str(expected("object" if kind is dict else "string", value, f"$.{name}")))
    return value


def checked(check: Any, value: Any, path: str, what: str) -> None:
    """Run a schema check; a value that does not fit is a 400."""
    try:
        check(value, path)
    except Invalid as problem:
        raise invalid(f"{what}{problem}") from None
