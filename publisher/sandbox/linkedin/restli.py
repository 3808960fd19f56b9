"""Rest.li's wire rules: which method a request means, and how keys and lists are written in URLs."""

import io
import re
from dataclasses import dataclass
from email.parser import BytesParser
from urllib.parse import unquote

from publisher.sandbox.linkedin import api_errors
from publisher.sandbox.messages import Request

# Characters with a meaning in Rest.li's URLs (linkedin.github.io/rest.li, protocol 2.0.0).
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
    on_entity = len(keys) == len(names) > 0 or (len(segments) == 1 and segments[0] in SIMPLE_RESOURCES)
    return Target(family, "/".join(names), keys, _method(request, on_entity))


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


SIMPLE_RESOURCES = frozenset({"userinfo", "me"})
"""Resources of one entity, which have no key."""


def read_keys(request: Request, raw_keys: tuple[str, ...], *, raw_urns: bool = False) -> tuple[str, ...]:
    """Return the decoded keys. URNs must be percent-encoded whole, and need protocol 2.0.0 to be understood.

    ``raw_urns`` is the setting that lets URNs without encoding pass.
    """
    for raw in raw_keys:
        if raw_urns and raw.startswith("urn:li:"):
            continue
        # a compound key, such as that of a reaction: its own punctuation is raw, its values are encoded
        if raw.startswith("(") and raw.endswith(")") and not _BROKEN_ESCAPE.search(raw):
            continue
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
    """Return the items of ``name=List(a,b)``: parentheses and commas raw, every item encoded."""
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


def untunnelled(request: Request) -> Request:
    """Return the request inside a tunnelled one.

    A tunnelled request is a POST. Its body carries the query, and sometimes a body as well. Rest.li's clients
    use it for queries of more than 4,000 characters (rest.li/user_guide/request_response, 2026-11).
    """
    verb = request.header("x-http-method-override").upper()
    if request.verb != "POST" or not verb:
        return request
    if request.content_type == "application/x-www-form-urlencoded":
        query, body, kind = request.body.decode("utf-8", "replace"), b"", ""
    elif request.content_type == "multipart/mixed":
        query, body, kind = _mixed(request)
    else:
        return request
    headers = {**request.headers, "content-type": kind, "content-length": str(len(body))}
    path = request.target.partition("?")[0]
    query = "&".join(filter(None, (request.query, query.strip())))
    return Request(
        verb,
        f"{path}?{query}",
        headers,
        io.BytesIO(body),
        len(body),
        request.base_url,
        trusted_host=request.trusted_host,
    )


def _mixed(request: Request) -> tuple[str, bytes, str]:
    """Return the query, the body and the body's type of a ``multipart/mixed`` tunnel."""
    head = f"Content-Type: {request.header('content-type')}\r\n\r\n".encode("latin-1", "replace")
    query, body, kind = "", b"", ""
    for part in BytesParser().parsebytes(head + request.body).walk():
        content = part.get_payload(decode=True)
        if not isinstance(content, bytes):
            continue
        if part.get_content_type() == "application/x-www-form-urlencoded":
            query = content.decode("utf-8", "replace")
        else:
            body, kind = content.rstrip(b"\r\n"), part.get_content_type()
    return query, body, kind


def read_compound(raw: str, *names: str) -> dict[str, str]:
    """Return the values of a compound key or object such as ``(actor:urn%3Ali…,entity:…)``.

    All names must be there.
    """
    found: dict[str, str] = {}
    text = raw[1:-1] if raw.startswith("(") and raw.endswith(")") else raw
    # one level only: a URN inside may hold commas and parentheses of its own when it was decoded before
    for name in names:
        start = text.find(f"{name}:")
        if start < 0:
            raise api_errors.input_error(400, "PARAM_INVALID", f"{name} is required but missing", name)
        value = text[start + len(name) + 1 :]
        for other in names:
            if other != name:
                value = value.partition(f",{other}:")[0]
        found[name] = unquote(value)
    return found
