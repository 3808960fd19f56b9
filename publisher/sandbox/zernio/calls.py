"""How the emulated service reads requests and refuses them."""

import json
from typing import Any

from publisher.sandbox.emulator import NetworkCall
from publisher.sandbox.messages import ApiError, Response, json_response

# The type of an error by its status (OpenAPI file of `zernio-sdk` 1.4.1385, read 2026-11).
_TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    403: "permission_error",
    404: "not_found",
    409: "invalid_request_error",
    429: "rate_limit_error",
}


def error_response(status: int, message: str, code: str = "", **more: Any) -> Response:
    """Return an error in the service's shape."""
    headers = {"retry-after": str(more.pop("retry_after"))} if "retry_after" in more else {}
    body = {
        "error": message,
        "type": _TYPES.get(status, "api_error"),
        **({"code": code} if code else {}),
        **more,
    }
    return json_response(status, body, headers)


def refuse(status: int, message: str, code: str = "", **more: Any) -> ApiError:
    """Return a refusal."""
    return ApiError(error_response(status, message, code, **more))


def read_object(call: NetworkCall) -> dict[str, Any]:
    """Return the JSON body, which must be an object."""
    try:
        document = json.loads(call.request.body or b"{}")
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        raise refuse(400, "Invalid JSON body", "invalid_json")
    return document
