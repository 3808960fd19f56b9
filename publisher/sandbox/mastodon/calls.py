"""How the emulated Mastodon server reads requests and refuses them."""

import json
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any
from urllib.parse import parse_qsl

from publisher.sandbox.emulator import NetworkCall
from publisher.sandbox.messages import ApiError, json_response


def refuse(status: int, message: str) -> ApiError:
    """Return a refusal: Mastodon's bodies are ``{"error": …}``, in the user's language."""
    return ApiError(json_response(status, {"error": message}))


def invalid(reason: str) -> ApiError:
    """Return the 422 of a validation."""
    return refuse(422, f"Validation failed: {reason}")


def not_found() -> ApiError:
    """Return the 404."""
    return refuse(404, "Record not found")


def read_fields(call: NetworkCall) -> dict[str, Any]:
    """Return the body's fields: JSON, a form, or multipart; ``name[]`` is a list, ``name[key]`` an object."""
    request = call.request
    if request.content_type == "application/json":
        try:
            document = json.loads(request.body or b"{}")
        except (ValueError, RecursionError):
            raise refuse(400, "Error occurred while parsing request parameters") from None
        return document if isinstance(document, dict) else {}
    if request.content_type == "multipart/form-data":
        return _nested([(name, content) for name, content in _parts(call)])
    return _nested(parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True))


def text(fields: dict[str, Any], name: str) -> str:
    """Return a text field. It is empty if it is absent."""
    value = fields.get(name)
    return value if isinstance(value, str) else "" if value is None else str(value)


def flag(value: Any) -> bool:
    """Read a boolean as Rails does."""
    return value not in (None, False, 0, "", "0", "f", "F", "false", "FALSE", "off", "OFF")


def _nested(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for name, value in pairs:
        outer, _, inner = name.partition("[")
        path = inner.rstrip("]").split("][") if inner else []
        if not path:
            fields[outer] = value
        elif path == [""]:
            fields.setdefault(outer, []).append(value)
        else:
            target = fields.setdefault(outer, {})
            if len(path) == 2 and path[1] == "":
                target.setdefault(path[0], []).append(value)
            else:
                target[path[0]] = value
    return fields


def _parts(call: NetworkCall) -> list[tuple[str, Any]]:
    """Return the fields of a multipart body; a file is ``{"filename", "type", "content"}``."""
    head = f"content-type: {call.request.header('content-type')}\r\n\r\n".encode()
    message = BytesParser(policy=HTTP).parsebytes(head + call.request.body)
    fields: list[tuple[str, Any]] = []
    for part in message.walk():
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        if not isinstance(name, str) or not isinstance(content, bytes):
            continue
        if part.get_filename() is None:
            fields.append((name, content.decode("utf-8", "replace")))
        else:
            file = {"filename": part.get_filename(), "type": part.get_content_type(), "content": content}
            fields.append((name, file))
    return fields
