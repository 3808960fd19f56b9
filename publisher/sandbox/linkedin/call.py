"""A call: one request on its way, with what the checks have found out about it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from publisher.sandbox.faults import Facts, Fault
from publisher.sandbox.linkedin import api_errors
from publisher.sandbox.linkedin.schema import Type
from publisher.sandbox.messages import ApiError, Request, Response
from publisher.sandbox.store import Store
from publisher.sandbox.values import Token

# 10 MiB: far above any JSON body of the API. Uploads have their own limits.
JSON_LIMIT = 10_485_760


class Call:
    """One request, the store it acts on, and its route. ``committed`` is the URN of what was made."""

    def __init__(self, store: Store, request: Request, route: "Route", keys: tuple[str, ...] = ()) -> None:
        self.store = store
        self.request = request
        self.route = route
        self.keys = keys
        self.token: Token | None = None
        self.version = ""
        self.committed = ""
        self.struck = ""
        self.warnings: list[str] = []

    def warn(self, words: str) -> None:
        """Note in the request log that the sandbox let something pass on which LinkedIn may be stricter."""
        if words not in self.warnings:
            self.warnings.append(words)

    @property
    def bearer(self) -> Token:
        """Return the token, on a route that requires one."""
        assert self.token is not None, "the pipeline lets no call without a token come so far"  # noqa: S101
        return self.token

    @property
    def key(self) -> str:
        """Return the entity's key, decoded."""
        return self.keys[0]

    @cached_property
    def lenient(self) -> dict[str, Any]:
        """Return the body as a JSON object for faults. It is empty for uploads and other bodies."""
        if self.route.resource == "uploads":
            return {}
        try:
            document = json.loads(self.request.body)
        except (ValueError, RecursionError):
            return {}
        return document if isinstance(document, dict) else {}

    @property
    def suffix(self) -> str:
        """Return the version as permission messages show it."""
        return f"{self.version[:6]}01" if self.route.versioned else "NO_VERSION"

    def facts(self, *, with_body: bool = True) -> Facts:
        """Return what faults match."""
        document = self.lenient if with_body else {}
        # faults may strike before the token is checked, and still know whose request it is
        value = self.request.header("authorization").partition(" ")[2].strip()
        value = value or self.request.parameters.get("oauth2_access_token", "")
        token = self.token or self.store.tokens.get(value)
        member = token.member if token else ""
        return Facts(self.route.resource, self.route.method, _author(document), member, _text(document))

    def strike(self, *kinds: str, with_body: bool = True) -> Fault | None:
        """Claim a waiting fault of these kinds for this call, and note it for the request log."""
        faults = self.store.faults
        fault = faults.claim(self.facts(with_body=with_body), *kinds) if faults.waiting else None
        if fault:
            self.struck = fault.kind
        return fault

    def document(
        self, schema: Type, values: Callable[["Call", Any], None] = lambda _call, _document: None
    ) -> dict[str, Any]:
        """Return the JSON body after every check.

        The order is: content type, syntax, unpermitted fields, ``values``, schema.

        ``values`` is the resource's own check of values the caller may not use (403); it sees the body
        unchecked.
        """
        document = read_json(self.request)
        if forbidden := list(schema.forbidden(document, "")):
            raise api_errors.unpermitted_fields(forbidden)
        values(self, document)
        if problems := list(schema.problems(document, "")):
            raise api_errors.schema_errors(problems)
        checked: dict[str, Any] = document
        return checked


def read_json(request: Request) -> Any:
    """Return the JSON body; refused where it isn't declared, or isn't, JSON in UTF-8."""
    if request.content_type != "application/json":
        raise api_errors.refuse(415, f"Unsupported Content-Type: {request.content_type or 'none'}")
    try:
        text = request.body.decode()
        document = json.loads(text, parse_constant=_no_constant)
        # half of a surrogate pair is JSON, but no text that could be answered in UTF-8
        if "\\ud" in text or "\\uD" in text:
            json.dumps(document, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise api_errors.refuse(400, "Cannot parse request entity") from None
    return document


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


def _author(document: Mapping[str, Any]) -> str:
    """Return the author, actor or owner a body names."""
    inner = document.get("registerUploadRequest") or document.get("initializeUploadRequest") or document
    inner = inner if isinstance(inner, dict) else {}
    named = inner.get("author") or inner.get("actor") or inner.get("owner")
    return named if isinstance(named, str) else ""


def _text(document: Mapping[str, Any]) -> str:
    """Return the text of a post or comment, wherever the API keeps it."""
    for path in (
        ("commentary",),
        ("specificContent", "com.linkedin.ugc.ShareContent", "shareCommentary", "text"),
        ("message", "text"),
        ("text", "text"),
    ):
        value: Any = document
        for name in path:
            value = value.get(name) if isinstance(value, dict) else None
        if isinstance(value, str):
            return value
    return ""


@dataclass(frozen=True, slots=True)
class Route:
    """A resource and method, and what may reach it.

    ``gate`` is the resource's name in LinkedIn's permission messages; ``scopes`` are those of which the token
    needs at least one (none: any token will do). ``anonymous`` routes ask for no token at all.
    """

    resource: str
    method: str
    act: Callable[[Call], Response]
    gate: str = ""
    scopes: frozenset[str] = field(default_factory=frozenset)
    versioned: bool = False
    anonymous: bool = False


__all__ = ["JSON_LIMIT", "ApiError", "Call", "Route", "read_json"]
