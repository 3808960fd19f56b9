"""Answers as values, and the refusals that LinkedIn is known to give, in its own words."""

import json
from dataclasses import dataclass, replace
from typing import Any

Headers = tuple[tuple[str, str], ...]
JSON = (("Content-Type", "application/json"),)
HTML = (("Content-Type", "text/html; charset=utf-8"),)


@dataclass(frozen=True, slots=True)
class Answer:
    """A status, headers as they stand on the wire, and a body; ``style`` (see `wire.py`) says how it is sent."""

    status: int = 200
    headers: Headers = ()
    body: bytes = b""
    style: str = ""

    def having(self, *headers: tuple[str, str]) -> "Answer":
        """The same answer with more headers."""
        return replace(self, headers=(*self.headers, *headers))


class Refusal(Exception):  # noqa: N818 - the other side's word
    """A request that the strict server refuses, with its answer."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(f"{answer.status} {answer.body.decode('utf-8', 'replace')}")
        self.answer = answer


def json_answer(status: int, document: Any, headers: Headers = JSON) -> Answer:
    """A JSON answer."""
    return Answer(status, headers, json.dumps(document, ensure_ascii=False).encode())


def problem(status: int, message: str, **more: Any) -> Answer:
    """An error answer with these members."""
    return json_answer(status, {"status": status, "message": message, **more})


def html_answer(status: int, words: str = "Bummer, something went wrong.") -> Answer:
    """What the edge answers in place of the API."""
    page = f"<!DOCTYPE html><html><head><title>LinkedIn</title></head><body><h1>{words}</h1></body></html>"
    return Answer(status, HTML, page.encode())


def _refuse(status: int, code: str, message: str, number: int | None = None) -> Refusal:
    document: dict[str, Any] = {"status": status, "message": message}
    if code:
        document["code"] = code
    if number is not None:
        document["serviceErrorCode"] = number
    return Refusal(json_answer(status, document))


UNAUTHORIZED = {
    "empty": (401, "EMPTY_ACCESS_TOKEN", "Empty oauth2_access_token"),
    "invalid": (65600, "INVALID_ACCESS_TOKEN", "Invalid access token"),
    "revoked": (65601, "REVOKED_ACCESS_TOKEN", "The token used in the request has been revoked by the user"),
    "expired": (65602, "EXPIRED_ACCESS_TOKEN", "The token used in the request has expired"),
}


def unauthorized(kind: str) -> Refusal:
    """401, for one of `UNAUTHORIZED`."""
    number, code, message = UNAUTHORIZED[kind]
    return _refuse(401, code, message, number)


def forbidden(message: str) -> Refusal:
    """403 ACCESS_DENIED."""
    return _refuse(403, "ACCESS_DENIED", message, 100)


def no_permission(resource: str) -> Refusal:
    """403 for a resource, such as ``ugcPosts.CREATE.NO_VERSION``."""
    return forbidden(f"Not enough permissions to access: {resource}")


def unpermitted(*paths: str) -> Refusal:
    """403 for fields that exist but may not be set; so is every null."""
    named = ", ".join(paths)
    return forbidden(
        f"Unpermitted fields present in REQUEST_BODY: Data Processing Exception while processing fields [{named}]"
    )


def bad_value(path: str) -> Refusal:
    """403 for a value that may not be there."""
    return forbidden(
        f"Field Value validation failed in REQUEST_BODY: Data Processing Exception while processing fields [{path}]"
    )


def bad_request(code: str, message: str) -> Refusal:
    """400 with a code of the versioned API."""
    return _refuse(400, code, message)


def unprocessable(path: str, reason: str) -> Refusal:
    """422 of the schema validator."""
    return _refuse(422, "", f"ERROR :: {path} :: {reason}")


def refuse(status: int, message: str, code: str = "") -> Refusal:
    """Any other refusal."""
    return _refuse(status, code, message)


def duplicate(urn: str, *, versioned: bool = False) -> Refusal:
    """422 DUPLICATE_POST, naming the earlier post."""
    prefix = "" if versioned else "com.linkedin.content.common.exception.BadRequestResponseException: "
    document: dict[str, Any] = {
        "message": f"{prefix}Content is a duplicate of {urn}",
        "errorDetails": {
            "inputErrors": [
                {"description": "Duplicate post is detected", "input": {}, "code": "DUPLICATE_POST"}
            ]
        },
    }
    if not versioned:
        document |= {"errorDetailType": "com.linkedin.common.error.BadRequest", "status": 422}
    return Refusal(json_answer(422, document))


def throttled(who: str) -> Refusal:
    """429 for the APPLICATION or MEMBER day limit."""
    message = f"Resource level throttle {who} DAY limit for calls to this resource is reached."
    return _refuse(429, "TOO_MANY_REQUESTS", message, 101)


def oauth_error(status: int, error: str, description: str) -> Refusal:
    """An error of the token endpoints."""
    return Refusal(json_answer(status, {"error": error, "error_description": description}))
