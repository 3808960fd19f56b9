"""The pages for people. They need Jinja; without it the API works and the pages say what is missing."""

import threading
from html import escape
from typing import Any

from publisher.sandbox.linkedin import api_errors
from publisher.sandbox.messages import Request, Response, page_response
from publisher.sandbox.store import Store

_UNTRUSTED = (
    "This host name is not allowed. Open the sandbox by its address, or start it with --allow-host {host}."
)
_NO_JINJA = "The feed page needs the package Jinja2. The API works without it."


class Pages:
    """Answers every path that is not an API.

    The feed is made when it is first asked for: Jinja takes time to import.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._feed: Any = None

    def answer(self, request: Request) -> Response:
        """Return a page to a browser; what looks like an API call gets LinkedIn's 404 as JSON."""
        if not _wants_page(request):
            raise api_errors.not_found(f"No virtual resource found for: {request.path.strip('/')}")
        # DNS rebinding would let a foreign page read the token that the feed shows
        if not request.trusted_host:
            return _plain(403, _UNTRUSTED.format(host=request.header("host").rpartition(":")[0] or "NAME"))
        try:
            feed = self._loaded()
        except ModuleNotFoundError:
            return _plain(501, _NO_JINJA)
        response: Response = feed.answer(request)
        return response

    def _loaded(self) -> Any:
        # the first two requests may come at once
        with self._lock:
            if self._feed is None:
                from publisher.sandbox.feed import Feed

                self._feed = Feed(self._store)
            return self._feed


def _wants_page(request: Request) -> bool:
    if request.path == "/" or request.path.startswith("/feed/"):
        return True
    # the bare words that browsers send; clients of an API ask for JSON, or for anything
    return request.verb in {"GET", "HEAD"} and "text/html" in request.header("accept")


def _plain(status: int, words: str) -> Response:
    return page_response(
        status, f"<!doctype html><html lang=en><title>LinkedIn sandbox</title><p>{escape(words)}</p>"
    )
