"""Rest.li's wire rules: which method a request means, and how keys and lists are written in URLs."""

import re
from dataclasses import dataclass
from urllib.parse import unquote

from publisher.sandbox.linkedin import api_errors
from publisher.sandbox.messages import Request

_STRUCTURAL = re.compile(r"[:(),']")
_BROKEN_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")


@dataclass(frozen=True, slots=True)
class Target:
    """What a ``/v2`` or ``/rest`` URL names.

    ``resource`` is ``socialActions/comments`` for the nested one; ``raw_keys`` are as they stand in the URL;
    ``method`` is Rest.li's, such as CREATE, BATCH_GET or ACTION-registerUpload.
    """

    family: str
    resource: str
    raw_keys: tuple[str, ...]
    method: str


def read_target(request: Request) -> Target:
    """Take a path like ``/v2/socialActions/<key>/comments`` apart."""
    family, *segments = request.path.strip("/").split("/")
    names, keys = segments[0::2], tuple(segments[1::2])
    return Target(family, "/".join(names), keys, _method(request, len(keys) == len(names) > 0))


def _method(request: Request, on_entity: bool) -> str:
    parameters, named = request.parameters, request.header("x-restli-method").upper()
    if request.verb == "POST" and "action" in parameters:
        return f"ACTION-{parameters['action']}"
    if request.verb == "GET":
        if on_entity:
            return "GET"
        if "ids" in parameters:
            return "BATCH_GET"
        return f"FINDER-{parameters['q']}" if "q" in parameters else "GET_ALL"
    if request.verb == "POST" and named == "PARTIAL_UPDATE":
        return "PARTIAL_UPDATE" if on_entity else "BATCH_PARTIAL_UPDATE"
    if request.verb == "POST":
        return "UPDATE" if on_entity else "CREATE"
    return request.verb if on_entity else f"BATCH_{request.verb}"


def read_keys(request: Request, raw_keys: tuple[str, ...]) -> tuple[str, ...]:
    """The decoded keys. URNs must be percent-encoded whole, and need protocol 2.0.0 to be understood."""
    for raw in raw_keys:
        if _STRUCTURAL.search(raw) or _BROKEN_ESCAPE.search(raw):
            raise api_errors.refuse(400, "Syntax exception in path variables")
        if "%" in raw and request.header("x-restli-protocol-version") != "2.0.0":
            raise api_errors.refuse(
                400, "Syntax exception in path variables: protocol 2.0.0 is needed to decode keys"
            )
    try:
        return tuple(unquote(raw, errors="strict") for raw in raw_keys)
    except UnicodeDecodeError:
        raise api_errors.refuse(400, "Syntax exception in path variables") from None


def read_list(request: Request, name: str) -> list[str]:
    """The items of ``name=List(a,b)``: parentheses and commas raw, every item encoded."""
    # the query as it travelled: decoding it first would hide how parentheses and commas were written
    raw = next(
        (part[len(name) + 1 :] for part in request.query.split("&") if part.startswith(f"{name}=")), ""
    )
    protocol = request.header("x-restli-protocol-version")
    if protocol != "2.0.0" or not (raw.startswith("List(") and raw.endswith(")")):
        raise api_errors.input_error(
            400, "PARAM_INVALID", f"Invalid query parameters passed to request: {name}", name
        )
    items = raw[5:-1].split(",") if raw != "List()" else []
    if any(_STRUCTURAL.search(item) for item in items):
        raise api_errors.input_error(
            400, "PARAM_INVALID", f"Invalid query parameters passed to request: {name}", name
        )
    return [unquote(item) for item in items]
