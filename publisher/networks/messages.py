"""Requests, answers and failures as values, and Rest.li's way to write URNs in URLs."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol
from urllib.parse import quote


class Body(Protocol):
    """A request body that can be sent once.

    ``started`` tells whether any byte of it was taken for sending.
    """

    started: bool

    def __len__(self) -> int: ...

    def __iter__(self) -> "Body": ...

    def __next__(self) -> bytes: ...

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes, empty at the end."""

    def close(self) -> None:
        """Release what the body holds open."""


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request. ``open_body`` gives a fresh body for each attempt; ``token`` is never shown.

    ``log_url`` is what logs and errors say instead of ``url``, whose query may be a credential.
    """

    method: str
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict)
    open_body: Callable[[], Body] | None = None
    token: str | None = field(default=None, repr=False)

    @property
    def log_url(self) -> str:
        """Return the URL without its query."""
        return self.url.partition("?")[0]


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer; header names are lower case. ``complete`` is false where the body broke off."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(default=b"", repr=False)
    complete: bool = True

    @property
    def document(self) -> Mapping[str, Any]:
        """Return the body as a JSON object. It is empty if it is anything else."""
        try:
            document = json.loads(self.body)
        except (ValueError, RecursionError):
            return {}
        return document if isinstance(document, dict) else {}

    @property
    def request_id(self) -> str:
        """Return LinkedIn's support header, or an empty text."""
        names = ("x-li-uuid", "x-li-request-id", "x-request-id")
        return next((self.headers[name] for name in names if self.headers.get(name)), "")


@dataclass(frozen=True, slots=True)
class Failure:
    """No answer. ``sent`` is false where provably no byte of the request's body left this machine."""

    kind: Literal["refused", "dns", "tls", "timeout", "dropped", "proxy", "invalid", "changed"]
    reason: str
    sent: bool


def encode(value: str) -> str:
    """Return a string for a path segment or a Rest.li list. Every reserved character is percent-encoded."""
    return quote(value, safe="")


def rest_list(values: Iterable[str]) -> str:
    """Return Rest.li's ``List(a,b)`` for a query. The structure is raw and the values are encoded."""
    return f"List({','.join(encode(value) for value in values)})"


def last_part(urn: str) -> str:
    """Return the id of a URN: what follows its third colon."""
    return urn.split(":", 3)[-1]
