"""Sends calls of ``requests`` and ``httpx`` for LinkedIn's hosts to a sandbox, within this process."""

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from publisher.sandbox.addresses import LINKEDIN_HOSTS


@contextmanager
def intercept(url: str) -> Iterator[None]:
    """Route calls for api.linkedin.com and www.linkedin.com to the sandbox at ``url``.

    All others stay as they are.

    The client's code sees LinkedIn's addresses: the ``Host`` header stays, so upload URLs are LinkedIn's as
    well.
    """
    with ExitStack() as stack:
        # only what the program under test has, or can have, loaded
        for patch in (_requests, _httpx):
            stack.enter_context(patch(url))
        yield


@contextmanager
def _replaced(owner: Any, name: str, make: Callable[[Any], Any]) -> Iterator[None]:
    original = owner.__dict__[name]
    setattr(owner, name, make(original))
    try:
        yield
    finally:
        setattr(owner, name, original)


def _is_linkedin(host: str | None) -> bool:
    return (host or "").lower() in LINKEDIN_HOSTS


@contextmanager
def _requests(url: str) -> Iterator[None]:
    try:
        from requests.adapters import HTTPAdapter
    except ModuleNotFoundError:
        yield
        return

    def make(original: Any) -> Any:
        def send(self: Any, request: Any, **named: Any) -> Any:
            parts = urlsplit(request.url)
            if not _is_linkedin(parts.hostname):
                return original(self, request, **named)
            routed = request.copy()
            target = urlsplit(url)
            routed.url = urlunsplit((target.scheme, target.netloc, parts.path, parts.query, ""))
            routed.headers["Host"] = parts.hostname
            # the environment's proxies are for LinkedIn, not for loopback
            response = original(self, routed, **{**named, "proxies": {}})
            response.request, response.url = request, request.url
            return response

        return send

    with _replaced(HTTPAdapter, "send", make):
        yield


@contextmanager
def _httpx(url: str) -> Iterator[None]:
    # httpx takes long to import: patch it only if the program under test has loaded it
    httpx = sys.modules.get("httpx")
    if httpx is None:
        yield
        return

    def routed(request: Any) -> Any:
        target = httpx.URL(url)
        address = request.url.copy_with(scheme=target.scheme, host=target.host, port=target.port)
        # headers carry the original Host, which httpx sets when it builds a request
        return httpx.Request(
            request.method,
            address,
            headers=request.headers,
            stream=request.stream,
            extensions=request.extensions,
        )

    # a transport of our own: the client's may lead to a proxy of the environment
    direct, direct_async = httpx.HTTPTransport(trust_env=False), httpx.AsyncHTTPTransport(trust_env=False)

    def make(original: Any) -> Any:
        def handle_request(self: Any, request: Any) -> Any:
            if _is_linkedin(request.url.host):
                return original(direct, routed(request))
            return original(self, request)

        return handle_request

    def make_async(original: Any) -> Any:
        async def handle_async_request(self: Any, request: Any) -> Any:
            if _is_linkedin(request.url.host):
                return await original(direct_async, routed(request))
            return await original(self, request)

        return handle_async_request

    with (
        direct,
        _replaced(httpx.HTTPTransport, "handle_request", make),
        _replaced(httpx.AsyncHTTPTransport, "handle_async_request", make_async),
    ):
        yield
