"""LinkedIn's error bodies, word for word where they are known."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from publisher.sandbox.messages import ApiError, Response, json_response

_NAMES = {
    400: "BAD_REQUEST",
    404: "NOT_FOUND",
    405: "METHOD_NOT_ALLOWED",
    411: "LENGTH_REQUIRED",
    413: "REQUEST_ENTITY_TOO_LARGE",
    415: "UNSUPPORTED_MEDIA_TYPE",
}


def refuse(status: int, message: str, code: str = "", service_code: int | None = None) -> ApiError:
    """Return a refusal in LinkedIn's usual shape: ``status``, ``message``, and its two kinds of code."""
    body: dict[str, Any] = {} if service_code is None else {"serviceErrorCode": service_code}
    name = code or _NAMES.get(status, "")
    return ApiError(
        json_response(
            status, {**body, **({"code": name} if name else {}), "message": message, "status": status}
        )
    )


def empty_token() -> ApiError:
    """Return the 401 for a request without a bearer token."""
    # Codes and words of the four 401s: RudderStack's fixtures and ten public logs (observed, 2025).
    return refuse(401, "Empty oauth2_access_token", "EMPTY_ACCESS_TOKEN", 401)


def invalid_token(message: str = "Invalid access token") -> ApiError:
    """Return the 401 for an unknown token."""
    return refuse(401, message, "INVALID_ACCESS_TOKEN", 65600)


def revoked_token() -> ApiError:
    """Return the 401 for a token that the member, or a token with other scopes, ended."""
    return refuse(
        401, "The token used in the request has been revoked by the user", "REVOKED_ACCESS_TOKEN", 65601
    )


def expired_token() -> ApiError:
    """Return the 401 for an expired token."""
    return refuse(401, "The token used in the request has expired", "EXPIRED_ACCESS_TOKEN", 65602)


def version_missing() -> ApiError:
    """Return the 400 for a versioned call without a version."""
    message = "A version must be present. Please specify a version by adding the Linkedin-Version header."
    return refuse(400, message, "VERSION_MISSING")


def version_inactive(version: str) -> ApiError:
    """Return the 426 for a version that is unknown or sunset."""
    # The message shows the first day of the month (observed: Postiz#2005 and five others, 2026).
    shown = f"{version}01" if len(version) == 6 else version
    return refuse(426, f"Requested version {shown} is not active", "NONEXISTENT_VERSION")


def throttled(scope: str) -> ApiError:
    """Return the 429 that lasts until the next UTC midnight. ``scope`` is APPLICATION or MEMBER."""
    message = f"Resource level throttle {scope} DAY limit for calls to this resource is reached."
    # wp-calypso#32007 and public logs (observed, 2025).
    return refuse(429, message, "TOO_MANY_REQUESTS", 101)


def not_permitted(what: str) -> ApiError:
    """Return the 403 for a missing scope. ``what`` is ``resource.METHOD.version``."""
    # Public logs of 2026-06-20. 100 is the service code of every ACCESS_DENIED.
    return refuse(403, f"Not enough permissions to access: {what}", "ACCESS_DENIED", 100)


def unpermitted_fields(paths: Iterable[str]) -> ApiError:
    """Return the 403 for nulls, and for known fields that this caller may not send."""
    message = "Unpermitted fields present in REQUEST_BODY: Data Processing Exception while processing fields"
    return refuse(403, f"{message} [{', '.join(paths)}]", "ACCESS_DENIED", 100)


def field_value(paths: Iterable[str]) -> ApiError:
    """Return the 403 for a value that this caller may not use, such as another member as author."""
    message = (
        "Field Value validation failed in REQUEST_BODY: Data Processing Exception while processing fields"
    )
    return refuse(403, f"{message} [{', '.join(paths)}]", "ACCESS_DENIED", 100)


def schema_errors(problems: Iterable[tuple[str, str]]) -> ApiError:
    """Return the 422 with ``(path, reason)`` pairs as Rest.li's validator prints them, one a line."""
    message = "".join(f"ERROR :: {path} :: {reason}\n" for path, reason in problems)
    # n8n#6327 and Rest.li's validator (observed, 2023).
    return ApiError(json_response(422, {"message": message, "status": 422}))


def input_error(status: int, code: str, description: str, path: str) -> ApiError:
    """Return a structured refusal that points to one field."""
    problem = {"description": description, "input": {"inputPath": {"fieldPath": path}}, "code": code}
    return ApiError(
        json_response(
            status,
            {
                "errorDetailType": "com.linkedin.common.error.BadRequest",
                "code": code,
                "message": description,
                "errorDetails": {"inputErrors": [problem]},
                "status": status,
            },
        )
    )


def duplicate(urn: str, *, versioned: bool) -> ApiError:
    """Return the 422 for a text that the author sent a short while ago. It names the earlier post."""
    prefix = "" if versioned else "com.linkedin.content.common.exception.BadRequestResponseException: "
    problem = {"description": "Duplicate post is detected", "input": {}, "code": "DUPLICATE_POST"}
    return ApiError(
        json_response(
            422,
            {
                "errorDetailType": "com.linkedin.common.error.BadRequest",
                "message": f"{prefix}Content is a duplicate of {urn}",
                "errorDetails": {"inputErrors": [problem]},
                "status": 422,
            },
        )
    )


def not_found(message: str = "Could not find entity") -> ApiError:
    """Return the 404 for what is unknown, deleted or hidden."""
    return refuse(404, message, "NOT_FOUND")


BAD_GATEWAY = (
    "<!DOCTYPE html><html><head><title>LinkedIn</title></head>"
    "<body><h1>Bummer, something went wrong</h1><p>502 Bad Gateway</p></body></html>"
)


def failure(status: int) -> Response:
    """Return a 5xx as LinkedIn's edge does: 502 and 503 are HTML pages, 500 and 504 are JSON."""
    # Inferred from python3-linkedin#13 and public logs (2024).
    if status in {502, 503}:
        page = (
            BAD_GATEWAY
            if status == 502
            else BAD_GATEWAY.replace("502 Bad Gateway", "503 Service Unavailable")
        )
        return Response(status, page.encode(), {"content-type": "text/html; charset=utf-8"})
    words = HTTPStatus(status).phrase if status in HTTPStatus._value2member_map_ else "Error"
    code = words.upper().replace(" ", "_")
    return json_response(status, {"status": status, "code": code, "message": words})
