"""HTTP requests and responses as values, and the exception that carries an error response."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any, BinaryIO
from urllib.parse import parse_qsl


class Ending(StrEnum):
    """What the server does with the connection instead of, or after, a whole response."""

    WHOLE = "whole"
    HANG = "hang"
    DROP = "drop"
    CUT = "cut"


class Request:
    """A request. ``path`` and ``query`` are raw (still percent-encoded); header names are lower case.

    ``trusted_host`` says whether its ``Host`` may see control endpoints and pages.
    """

    def __init__(
        self,
        verb: str,
        target: str,
        headers: Mapping[str, str],
        stream: BinaryIO,
        length: int | None,
        base_url: str,
        *,
        trusted_host: bool = True,
    ) -> None:
        self.verb = verb
        self.target = target
        self.path, _, self.query = target.partition("?")
        self.trusted_host = trusted_host
        self.headers = headers
        self.stream = stream
        self.length = length
        self.base_url = base_url
        self.unread = length or 0
        self.digest = ""

    @cached_property
    def body(self) -> bytes:
        """Return the whole body; read when first asked for."""
        return b"".join(self.chunks())

    def chunks(self, size: int = 1 << 18) -> Any:
        """Return the body, piece by piece, for uploads. Raise ConnectionError if it ends too soon."""
        while self.unread:
            chunk = self.stream.read(min(size, self.unread))
            if not chunk:
                raise ConnectionError("the request's body ended too soon")
            self.unread -= len(chunk)
            yield chunk

    def drain(self) -> None:
        """Read what is left of the body, and forget it."""
        for _ in self.chunks():
            pass

    @cached_property
    def parameters(self) -> dict[str, str]:
        """Return the query's parameters, decoded; the last one of a name counts."""
        return dict(parse_qsl(self.query, keep_blank_values=True))

    @cached_property
    def form(self) -> dict[str, str]:
        """Return the body as a form's fields."""
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))

    def header(self, name: str) -> str:
        """Return a header's value, empty if it is absent."""
        return self.headers.get(name, "")

    @property
    def content_type(self) -> str:
        """Return the media type of the body, without parameters, in lower case."""
        return self.header("content-type").partition(";")[0].strip().lower()


@dataclass(frozen=True, slots=True)
class Response:
    """A response. ``ending`` and ``cut_at`` (bytes of the whole response that are sent) are set by faults.

    With ``stream`` the body is sent piece by piece as it comes, and closing the connection ends it.
    """

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    ending: Ending = Ending.WHOLE
    cut_at: int = 0
    delay: float = 0.0
    stream: Iterator[bytes] | None = None


class ApiError(Exception):
    """A request that is refused, with the answer to give."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status)
        self.response = response


def json_response(status: int, document: Any, headers: Mapping[str, str] | None = None) -> Response:
    """Return a response with a JSON body."""
    body = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    return Response(status, body, {"content-type": "application/json", **(headers or {})})


def page_response(status: int, html: str) -> Response:
    """Return a response with an HTML body."""
    return Response(status, html.encode(), {"content-type": "text/html; charset=utf-8"})
