"""The feed page: the sandbox's posts as readers see them, live as they arrive."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlencode

from publisher.feedview import asset, content_policy, create_environment, render_post
from publisher.sandbox.feed_posts import author_view, hashtags, neighbours, permalink, post_view
from publisher.sandbox.files import file_response
from publisher.sandbox.messages import Request, Response, page_response
from publisher.sandbox.store import Store
from publisher.sandbox.values import Event, Post

PAGE = 15
"""How many posts one page shows."""

_STATIC = {
    "post.css": "text/css",
    "feed.css": "text/css",
    "post.js": "text/javascript",
    "feed.js": "text/javascript",
}

_ASSETS = Path(__file__).parent / "feed_assets"
_INLINE = frozenset(
    {"image/png", "image/jpeg", "image/gif", "image/webp", "video/mp4", "video/webm", "application/pdf"}
)
_BEAT = 15.0  # seconds after which a silent stream says that it is alive
_PENDING_BEAT = 0.25  # and after which it looks again at posts whose media are still processed

Chosen = Callable[[Post], bool]


_FEED_PATH = re.compile(r"/feed/(author|hashtag|update)/([^/]+)/?")
_FILE_PATH = re.compile(r"/feed/(media|static)/([^/]+)")


class Missing(Exception):  # noqa: N818 - a page, not a failure
    """There is no such page."""


class Feed:
    """Answers the pages ``/`` and ``/feed/…`` and their event stream."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._templates = create_environment(_ASSETS / "templates")

    def answer(self, request: Request) -> Response:
        """Return a page, a file of one, or the stream of events."""
        if request.verb not in {"GET", "HEAD"}:
            return self._guarded(Response(405, headers={"allow": "GET, HEAD"}))
        try:
            return self._guarded(self._route(request))
        except Missing:
            return self._guarded(self._page(request, "missing.html", status=404, title="Not found"))

    def _route(self, request: Request) -> Response:
        path = request.path
        if path in {"/", "/feed/"}:
            return self.home(request)
        if path == "/feed/events":
            return self.events(request)
        if match := _FILE_PATH.fullmatch(path):
            show = self.media if match[1] == "media" else self.static
            return show(request, unquote(match[2]))
        if match := _FEED_PATH.fullmatch(path):
            pages = {"author": self.author, "hashtag": self.hashtag, "update": self.update}
            return pages[match[1]](request, unquote(match[2]))
        raise Missing

    @staticmethod
    def _guarded(response: Response) -> Response:
        """Add the headers of every page: nothing from elsewhere is loaded, nothing inline runs."""
        headers = {"x-content-type-options": "nosniff", "referrer-policy": "no-referrer", **response.headers}
        if (
            headers.get("content-type") != "application/pdf"
        ):  # browsers show PDFs in a page of their own making
            headers.setdefault("content-security-policy", content_policy(own=True))
        return replace(response, headers=headers)

    def static(self, _request: Request, name: str) -> Response:
        """Return a stylesheet or script: a shared one, or one of the feed's own."""
        kind = _STATIC.get(name)
        if kind is None:
            raise Missing
        shared = name in {"post.css", "post.js"}
        text = asset(name) if shared else (_ASSETS / "static" / name).read_text(encoding="utf-8")
        return Response(200, text.encode(), {"content-type": f"{kind}; charset=utf-8"})

    def home(self, request: Request) -> Response:
        """Every post, newest first."""
        return self._feed(request, lambda _post: True, "Feed")

    def author(self, request: Request, urn: str) -> Response:
        """The posts of one person or page."""
        if self._store.author(urn) is None:
            raise Missing
        return self._feed(request, _by(urn), f"Posts of {author_view(self._store, urn).name}", author=urn)

    def hashtag(self, request: Request, tag: str) -> Response:
        """The posts with one hashtag."""
        return self._feed(request, _tagged(tag), f"#{tag}", tag=tag)

    def update(self, request: Request, urn: str) -> Response:
        """A post's own page."""
        post = self._store.post(urn)
        if post is None or not self._store.visible(post):
            raise Missing
        return self._page(
            request, "feed.html", title="Post", posts=[post], stream=f"/feed/events?only={post.urn}"
        )

    def media(self, request: Request, urn: str) -> Response:
        """The bytes of an upload, in ranges where asked so."""
        upload = self._store.media(urn)
        if upload is None or upload.path is None or not upload.path.is_file():
            raise Missing
        inline = upload.mime_type in _INLINE
        kind = upload.mime_type if inline else "application/octet-stream"
        return file_response(upload.path, kind, request.header("range"), attachment=not inline)

    def events(self, request: Request) -> Response:
        """What happens from now on, as server-sent events."""
        author, tag, only = (request.parameters.get(name, "") for name in ("author", "tag", "only"))
        chosen: Chosen = _by(author) if author else _tagged(tag) if tag else lambda _post: True
        if only:
            chosen = lambda post: post.urn == only  # noqa: E731
        headers = {
            "content-type": "text/event-stream",
            "cache-control": "no-store",
            "x-accel-buffering": "no",
        }
        return Response(200, headers=headers, stream=(piece.encode() for piece in self._stream(chosen)))

    def _feed(self, request: Request, chosen: Chosen, title: str, **filters: str) -> Response:
        before = request.parameters.get("before", "")
        found = list(islice(self._older(chosen, before), PAGE + 1))
        posts, more = found[:PAGE], len(found) > PAGE
        return self._page(
            request,
            "feed.html",
            title=title,
            posts=posts,
            older=f"?before={posts[-1].urn}" if more else "",
            stream="" if before else "/feed/events" + _query(filters),
            heading=title if filters else "",
        )

    def _older(self, chosen: Chosen, before: str) -> Iterator[Post]:
        posts = self._store.posts.newest_first()
        if before:
            any(post.urn == before for post in posts)  # go past it
        return (post for post in posts if self._store.visible(post) and chosen(post))

    def _page(self, request: Request, template: str, status: int = 200, **named: Any) -> Response:
        store = self._store
        given = {"older": "", "stream": "", "heading": "", "posts": (), **named}
        given["posts"] = [render_post(post_view(store, post)) for post in given["posts"]]
        html = self._templates.get_template(template).render(
            **given,
            people=neighbours(store),
            total=len(store.posts),
            base=request.base_url,
            token=next((token.value for token in store.tokens.all()), ""),
            member=next((member.urn for member in store.members.all()), ""),
            now=store.clock.now(),
        )
        page = page_response(status, html)
        return replace(page, headers={**page.headers, "cache-control": "no-store"})

    def _stream(self, chosen: Chosen) -> Iterator[str]:
        pending: list[str] = []
        with self._store.subscribe() as subscription:
            yield "retry: 1000\n: hello\n\n"
            while not subscription.closed:
                event = subscription.wait(_PENDING_BEAT if pending else _BEAT)
                if event is None and not pending:
                    yield ": still here\n\n"
                for urn, kind in [(urn, "post") for urn in pending] + _named(event):
                    message = self._message(kind, urn, chosen, pending)
                    if message:
                        yield f"data: {json.dumps(message)}\n\n"

    def _message(self, kind: str, urn: str, chosen: Chosen, pending: list[str]) -> dict[str, str] | None:
        """An event as the page wants it; None where it is not for this page, or not yet."""
        if kind == "reset":
            return {"kind": kind}
        post = self._store.post(urn)
        if post is None or not chosen(post):
            return None
        ident = "post-" + urn.rpartition(":")[2]
        if not post.shown:
            return {"kind": "delete", "id": ident}
        if not self._store.visible(post):
            if urn not in pending:
                pending.append(urn)
            return None
        if urn in pending:
            pending.remove(urn)
        view = post_view(self._store, post)
        return {
            "kind": kind,
            "id": view.id,
            "html": render_post(view),
            "author": view.author.name,
            "href": permalink(urn),
        }


def _named(event: Event | None) -> list[tuple[str, str]]:
    return [(event.urn, event.kind)] if event else []


def _by(urn: str) -> Chosen:
    return lambda post: post.author == urn


def _tagged(tag: str) -> Chosen:
    return lambda post: tag.casefold() in hashtags(post)


def _query(filters: dict[str, str]) -> str:
    return f"?{urlencode(filters)}" if filters else ""
