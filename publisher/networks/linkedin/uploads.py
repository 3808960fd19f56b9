"""Sending a file's bytes to the URLs that LinkedIn names, and waiting until LinkedIn has worked on them."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urljoin

from publisher.errors import ApiError, Forbidden, Rejected, Unauthorized, Unavailable
from publisher.networks.backoff import polls
from publisher.networks.linkedin.media_files import Upload
from publisher.networks.linkedin.transport import Transport
from publisher.networks.messages import Answer, Request

_ROOTED = re.compile(r"/(?!/)")
"""A path on the API's own host; two slashes would lead to another one."""

WAITING = frozenset({"NEW", "WAITING_UPLOAD", "PROCESSING", "MUTATING"})
"""States of a file that will become another one by themselves."""

# A write-only token gets a 403 for the status of an image (observed 2026-06-20).
_UNREADABLE = frozenset({403, 404, 405, 501})
"""How a status answers that this token may not read, or that nobody can."""

# The page "Share on LinkedIn" says POST and shows PUT (learn.microsoft.com, read 2026).
_WRONG_METHOD = frozenset({405, 501})

_PARALLEL = 8
"""Parts of 4 MiB sent at once. Where an answer takes 100 ms, 3 take 2.9 times as long as one PUT by curl, and 8 less
than twice as long (measured 2026-11-24, docs/performance.md)."""


@dataclass(frozen=True, slots=True)
class Part:
    """One slice of a file (bounds included) and where it goes, with the headers LinkedIn wants."""

    url: str = field(repr=False)
    first: int
    last: int
    headers: Mapping[str, str] = field(default_factory=dict)


def put(transport: Transport, upload: Upload, part: Part, token: str, *, bearer: bool) -> Answer:
    """PUT one slice.

    ``bearer`` says whether LinkedIn wants the token there. A foreign host never gets it. If the answer shows
    that the other habit applies (401 or 403 without token, 405 or 501 for PUT), that is tried too. Raise
    `ApiError`.
    """
    url = urljoin(transport.url, part.url) if _ROOTED.match(part.url) else part.url
    if not transport.hosts.may_take_upload(url):
        raise Rejected(
            "LinkedIn named an upload address that isn't an https URL; nothing was sent there.",
            "Check `linkedin.api_url`.",
            code="UPLOAD_URL_REFUSED",
        )
    # what LinkedIn declares wins over what we would say
    headers = {"Content-Type": "application/octet-stream", **part.headers}
    request = Request("PUT", url, headers, upload.slice(part.first, part.last))
    if bearer and transport.hosts.may_see_token(url):
        request = replace(request, token=token)
    while True:
        try:
            return transport.safe(request, asked=True)
        except (Unauthorized, Forbidden) as error:
            if request.token:
                raise
            if not transport.hosts.may_ask_for_token(url):
                raise _foreign(request, error) from None
            request = replace(request, token=token)
        except (Rejected, Unavailable) as error:
            if error.status not in _WRONG_METHOD or request.method == "POST":
                raise
            request = replace(request, method="POST")


def _foreign(request: Request, error: ApiError) -> Unavailable:
    """Return the error for an address that wants a token and is not known to be LinkedIn's.

    The token itself is valid.
    """
    return Unavailable(
        f"{request.log_url} asks for a token, but is neither LinkedIn's nor the configured API; no token was sent.",
        "Check `linkedin.api_url` and `linkedin.oauth_url`.",
        status=error.status,
        code=error.code,
        request_id=error.request_id,
    )


def put_parts(transport: Transport, upload: Upload, parts: Sequence[Part], token: str) -> list[Answer]:
    """PUT all slices, a few at once and without token. Return the answers in the parts' order.

    Raise `Rejected` if the parts don't make up the file. The first error of a part ends the upload.
    """
    _check_cover(parts, upload.size)
    # the session is shared: its pool of connections is made for threads
    pool = ThreadPoolExecutor(max_workers=_PARALLEL, thread_name_prefix="upload")
    try:
        sent = [pool.submit(put, transport, upload, part, token, bearer=False) for part in parts]
        return [item.result() for item in sent]
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def etag(answer: Answer) -> str:
    """Return a part's id: its ``ETag`` without quotes. Raise `Unavailable` if none came."""
    value = answer.headers.get("etag", "").removeprefix("W/").strip().strip('"')
    if not value:
        raise Unavailable(
            "LinkedIn took a part of the file but gave no ETag for it.",
            "Publish again; the upload starts anew.",
            status=answer.status,
            request_id=answer.request_id,
        )
    return value


def read_parts(items: Any) -> list[Part]:
    """Return the upload instructions of either API, in order. Raise `Rejected` if they are unclear."""
    try:
        parts = [_part(item) for item in items]
    except (KeyError, TypeError, ValueError):
        raise malformed("upload instructions") from None
    # ETags are given back in the order of the bytes
    return sorted(parts, key=lambda part: part.first)


def _part(item: Mapping[str, Any]) -> Part:
    bounds = item.get("byteRange", item)
    url = item.get("uploadUrl") or item["url"]
    return Part(
        str(url), int(bounds["firstByte"]), int(bounds["lastByte"]), text_headers(item.get("headers"))
    )


def text_headers(found: Any) -> dict[str, str]:
    """Return declared headers as text. Anything that is not a mapping gives no headers."""
    return {str(name): str(value) for name, value in found.items()} if isinstance(found, Mapping) else {}


def malformed(what: str) -> Unavailable:
    """Return the error for a 2xx answer without what it should carry."""
    return Unavailable(
        f"LinkedIn's answer has no usable {what}.",
        "Try again; if it stays, `linkedin.api_url` may not be LinkedIn.",
    )


def _check_cover(parts: Iterable[Part], size: int) -> None:
    # a gap or an overlap would publish a broken video, and nobody would be told
    expected = 0
    for part in parts:
        if part.first != expected or part.last < part.first:
            break
        expected = part.last + 1
    if expected != size:
        raise Rejected(
            f"LinkedIn's upload instructions don't cover the file's {size} bytes.",
            "Publish again.",
            code="UPLOAD_PARTS_UNCLEAR",
        )


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait for LinkedIn to work on a file, in seconds.

    ``blind`` applies if its status can't be read.
    """

    total: float
    blind: float = 0.0


def wait_until_ready(
    transport: Transport,
    read: Callable[[], Answer],
    state: Callable[[Mapping[str, Any]], bool],
    patience: Patience,
) -> None:
    """Poll a file's status until ``state`` says it is ready; ``state`` raises `Rejected` if it never will be.

    A token that may only write gets 403 (or 404) on reading: then wait blindly for a moment and go on.
    Raise `Unavailable` after ``patience.total`` seconds.
    """
    # Small files are ready within seconds. Long processing needs no poll each second.
    for wait in (*polls(1.0, 10.0, patience.total), None):
        try:
            answer = read()
        except (Forbidden, Rejected, Unavailable) as error:
            if error.status not in _UNREADABLE:
                raise
            if patience.blind:
                transport.runtime.sleep(patience.blind)
            return
        if state(answer.document):
            return
        if wait is not None:
            transport.runtime.sleep(wait)
    raise Unavailable(
        f"LinkedIn was still working on the file after {patience.total:.0f} seconds; nothing was published.",
        "Publish again later.",
    )


def processing_failed(why: str = "") -> ApiError:
    """Return the error for a file LinkedIn can't use."""
    return Rejected(
        f"LinkedIn could not process the file{': ' + why if why else ''}.",
        "Encode the file anew and publish again.",
        code="MEDIA_ASSET_PROCESSING_FAILED",
    )
