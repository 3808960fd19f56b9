"""One HTTP exchange on `requests`: an answer or a failure. Nothing is retried, redirected or raised here."""

import contextlib
import logging
import re
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from typing import Literal, cast
from urllib.parse import urlsplit

import requests
import urllib3.exceptions as broken
from urllib3.util.retry import Retry

from publisher import __version__
from publisher.networks.deadline import DeadlineAdapter
from publisher.networks.messages import Answer, Body, Failure, Request
from publisher.networks.redaction import redact

LOG = logging.getLogger("publisher.networks.http")
"""One line for each exchange: method, URL without query, status, support id, seconds."""

# far above any answer of LinkedIn's, far below what could hurt a small CI machine
_LARGEST_ANSWER = 1_048_576
_BLOCK = 65_536
# an upload's declared headers come from an answer, so they must not reach what guards tokens and framing
_OWN_HEADERS = frozenset(
    {"authorization", "host", "content-length", "transfer-encoding", "connection", "cookie"}
)
_TARGET = re.compile(r"https?://[^/?#]+(/[!-\"$-~]*)(?:#.*)?", re.IGNORECASE)
"""A URL whose path and query can go over the wire as they are."""
_Kind = Literal["refused", "dns", "tls", "timeout", "dropped", "proxy", "invalid"]


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds: to connect (and for each block sent), between two bytes of an answer, and for all of its body."""

    # LinkedIn publishes no times (inferred). After them the outcome of a create is in doubt, so they are
    # long.
    connect: float = 10.0
    read: float = 30.0
    answer: float = 60.0


class _Bearer(requests.auth.AuthBase):
    """Sets the token, or nothing; given always, so that a ``.netrc`` never replaces or adds credentials."""

    def __init__(self, token: str | None) -> None:
        self._token = token

    def __call__(self, prepared: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._token:
            prepared.headers["Authorization"] = f"Bearer {self._token}"
        return prepared


def open_session() -> requests.Session:
    """Return a session that keeps no cookies and retries nothing.

    Proxies and CA bundles of the environment apply.
    """
    session = requests.Session()
    # a retry hidden in a library could send a create twice
    adapter = DeadlineAdapter(pool_maxsize=16, max_retries=Retry(0, read=False, redirect=False))
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    # LinkedIn's load balancer sets cookies that would tie one author's calls to another's
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    return session


def exchange(session: requests.Session, request: Request, timeouts: Timeouts) -> Answer | Failure:
    """Send a request once and read its answer, at most 1 MiB of it."""
    started = time.monotonic()
    try:
        body = request.open_body() if request.open_body else None
    except OSError as error:
        return Failure("changed", f"the file can't be read: {error.strerror}", sent=False)
    with contextlib.closing(body) if body else contextlib.nullcontext():
        outcome = _attempt(session, request, body, timeouts)
    said = f"{outcome.status} {outcome.request_id}" if isinstance(outcome, Answer) else outcome.reason
    LOG.info(
        "%s %s -> %s (%.2f s)", request.method, request.log_url, said.strip(), time.monotonic() - started
    )
    return outcome


def _attempt(
    session: requests.Session, request: Request, body: Body | None, timeouts: Timeouts
) -> Answer | Failure:
    try:
        prepared = _prepared(session, request, body)
        settings = session.merge_environment_settings(prepared.url, {}, True, None, None)
        wait = (timeouts.connect, timeouts.read)
        response = session.send(prepared, timeout=wait, allow_redirects=False, **settings)
    except (requests.RequestException, broken.HTTPError, OSError, ValueError) as error:
        # ValueError: headers or URLs that can't be sent. A request without body is in doubt from the start
        return _failure(error, request, sent=body.started if body else True)
    with contextlib.closing(response):
        headers = {name.lower(): value for name, value in response.headers.items()}
        content, complete = _read(response, timeouts.answer)
        return Answer(response.status_code, headers, content, complete)


def _prepared(session: requests.Session, request: Request, body: Body | None) -> requests.PreparedRequest:
    """Return the request as the library makes it, with path and query as they were given."""
    asked = requests.Request(
        request.method,
        request.url,
        headers=_headers(request),
        data=cast("bytes | None", body),
        auth=_Bearer(request.token),
    )
    prepared = session.prepare_request(asked)
    # an upload's address may be signed, and the library would write it in another way
    target = _TARGET.fullmatch(request.url)
    if target is not None and prepared.url is not None:
        parts = urlsplit(prepared.url)
        prepared.url = f"{parts.scheme}://{parts.netloc}{target[1]}"
    return prepared


def _headers(request: Request) -> dict[str, str | bytes]:
    """Return the request's headers; what belongs to the transport can't be set by it."""
    wanted = {name: value for name, value in request.headers.items() if name.lower() not in _OWN_HEADERS}
    return {
        "User-Agent": f"publisher/{__version__}",
        "Accept": "*/*",
        # without compression the size bound is one on bytes that really came
        "Accept-Encoding": "identity",
        **{name: value.encode() for name, value in wanted.items()},
    }


def _read(response: requests.Response, seconds: float) -> tuple[bytes, bool]:
    """Return the body, and whether it came whole: in time, within bounds and up to its stated end."""
    until = time.monotonic() + seconds
    content = bytearray()
    try:
        # read1 returns with what is there, so that a dripping server meets the deadline between two drops
        while block := response.raw.read1(_BLOCK, decode_content=True):
            content += block
            if len(content) > _LARGEST_ANSWER or time.monotonic() > until:
                return bytes(content[:_LARGEST_ANSWER]), False
    except (broken.HTTPError, OSError, ValueError):
        return bytes(content), False
    return bytes(content), True


def _failure(error: BaseException, request: Request, *, sent: bool) -> Failure:
    kind = _kind(error)
    reasons: dict[_Kind, str] = {
        "refused": "the connection was refused or the host can't be reached",
        "dns": "the host name can't be resolved",
        "tls": f"the secure connection failed: {redact(_innermost(error), (request.token,))}",
        "timeout": "no answer came in time",
        "dropped": "the connection broke",
        "proxy": "the proxy refused or can't be reached",
        # the library's own words would repeat the header, and so perhaps the token
        "invalid": "the request can't be sent: its URL or a header has characters that can't be",
    }
    return Failure(kind, reasons[kind], sent)


def _kind(error: BaseException) -> _Kind:
    # requests wraps urllib3, which wraps sockets: the cause is somewhere in the chain
    chain = list(_chain(error))

    def has(*types: type[BaseException]) -> bool:
        return any(isinstance(link, types) for link in chain)

    if has(broken.NameResolutionError, socket.gaierror):
        return "dns"
    if has(requests.exceptions.ProxyError, broken.ProxyError):
        return "proxy"
    if has(requests.exceptions.SSLError, broken.SSLError):
        return "tls"
    if has(broken.NewConnectionError):  # before timeouts, of which urllib3 makes it one
        return "refused"
    if has(requests.Timeout, broken.TimeoutError, TimeoutError):
        return "timeout"
    if has(requests.ConnectionError, broken.HTTPError, OSError) and not has(requests.exceptions.InvalidURL):
        return "dropped" if not has(requests.exceptions.InvalidHeader) else "invalid"
    return "invalid"


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield an exception and everything it wraps, in arguments, reasons and causes."""
    seen: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        link = waiting.pop()
        if link is None or id(link) in seen:
            continue
        seen.add(id(link))
        yield link
        waiting += [link.__cause__, getattr(link, "reason", None), *link.args]
        waiting = [item for item in waiting if isinstance(item, BaseException)]


def _innermost(error: BaseException) -> str:
    """Return the plainest words for a failure: those of the last exception in the chain."""
    return str(list(_chain(error))[-1])[:200]
