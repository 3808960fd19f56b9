"""The feed page: the sandbox's posts as readers see them, live as they arrive."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlencode

from markupsafe import Markup

from publisher.feedview import asset, content_policy, create_environment, render_post
from publisher.sandbox.feed_log import MASK, panel, requests_by_urn, trouble_of, troubles
from publisher.sandbox.feed_posts import (
    author_view,
    element_id,
    hashtags,
    neighbours,
    permalink,
    post_view,
    reader,
)
from publisher.sandbox.feed_store import find_author, find_media, find_post, is_visible, posts_of_all
from publisher.sandbox.files import file_response
from publisher.sandbox.linkedin.api.comments import TEXT_LIMIT as COMMENT_LIMIT
from publisher.sandbox.linkedin.api.comments import new_comment
from publisher.sandbox.messages import Request, Response, page_response
from publisher.sandbox.request_log import LoggedRequest
from publisher.sandbox.store import Store
from publisher.sandbox.values import Event, Post

# Enough posts for a tall screen. The page loads older ones on demand.
PAGE = 15
"""How many posts one page shows."""

# Only the newest refusals help a reader. The request log has all of them.
TROUBLES = 5
"""How many refused requests the page shows."""

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
# Idle streams are dropped by proxies. WHATWG HTML, "Server-sent events", advises a comment every 15 seconds
# or so.
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
        self._macros = self._templates.get_template("panel.html").module

    def answer(self, request: Request) -> Response:
        """Return a page, a file of one, or the stream of events."""
        try:
            if request.verb == "POST" and request.path == "/feed/act":
                return self._guarded(self.act(request))
            if request.verb not in {"GET", "HEAD"}:
                return self._guarded(Response(405, headers={"allow": "GET, HEAD"}))
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

    def act(self, request: Request) -> Response:
        """Apply an action of the reader: like, comment or vote. The reader is the first member."""
        # a page of another site, open in the same browser, must not act here
        if request.header("origin") not in {"", request.base_url}:
            return Response(403)
        given, member = request.form, reader(self._store)
        post = self._store.post(given.get("urn", ""))
        if post is None or not self._store.visible(post) or not member:
            raise Missing
        kind, text, option = (given.get(name, "") for name in ("kind", "text", "option"))
        if kind == "like":
            liked = any(item["actor"] == member for item in self._store.reactions(post.urn))
            (self._store.unreact(post.urn, member) if liked else self._store.react(post.urn, member, "LIKE"))
        elif kind == "comment" and text.strip():
            self._store.add_comment(new_comment(self._store, post, member, text.strip()[:COMMENT_LIMIT]))
        elif kind == "vote" and option.isascii() and option.isdigit():
            if int(option) < len(post.content.get("poll", {}).get("options", ())):
                self._store.vote(post.urn, member, int(option))
        else:
            return Response(400)
        return Response(204)

    def home(self, request: Request) -> Response:
        """Return every post, newest first; or those of one author or app."""
        author, app = (request.parameters.get(name, "") for name in ("author", "app"))
        named = {name: value for name, value in (("author", author), ("app", app)) if value}
        return self._feed(request, _matching(author, app), "Feed", **named)

    def author(self, request: Request, urn: str) -> Response:
        """Return the posts of one person or page."""
        if find_author(self._store, urn) is None:
            raise Missing
        return self._feed(request, _by(urn), f"Posts of {author_view(self._store, urn).name}", author=urn)

    def hashtag(self, request: Request, tag: str) -> Response:
        """Return the posts with one hashtag."""
        return self._feed(request, _tagged(tag), f"#{tag}", tag=tag)

    def update(self, request: Request, urn: str) -> Response:
        """Return a post's own page."""
        post = find_post(self._store, urn)
        if post is None or not is_visible(self._store, post):
            raise Missing
        return self._page(
            request, "feed.html", title="Post", posts=[post], stream=f"/feed/events?only={post.urn}"
        )

    def media(self, request: Request, urn: str) -> Response:
        """Return the bytes of an upload, in ranges where asked so."""
        upload = find_media(self._store, urn)
        if upload is None or upload.path is None or not upload.path.is_file():
            raise Missing
        inline = upload.mime_type in _INLINE
        kind = upload.mime_type if inline else "application/octet-stream"
        return file_response(upload.path, kind, request.header("range"), attachment=not inline)

    def events(self, request: Request) -> Response:
        """Return what happens from now on, as server-sent events."""
        names = ("author", "app", "tag", "only")
        author, app, tag, only = (request.parameters.get(name, "") for name in names)
        chosen = _matching(author, app, tag, only)
        headers = {
            "content-type": "text/event-stream",
            "cache-control": "no-store",
            "x-accel-buffering": "no",
        }
        return Response(200, headers=headers, stream=self._stream(chosen, request.base_url))

    def _feed(self, request: Request, chosen: Chosen, title: str, **filters: str) -> Response:
        before = request.parameters.get("before", "")
        found = list(islice(self._older(chosen, before), PAGE + 1))
        posts, more = found[:PAGE], len(found) > PAGE
        kept = {name: value for name, value in filters.items() if name in request.parameters}
        return self._page(
            request,
            "feed.html",
            title=title,
            posts=posts,
            older=_query({**kept, "before": posts[-1].urn}) if more else "",
            stream="" if before else "/feed/events" + _query(filters),
            heading=title if filters and not kept else "",
        )

    def _older(self, chosen: Chosen, before: str) -> Iterator[Post]:
        posts = posts_of_all(self._store)
        if before:
            any(post.urn == before for post in posts)  # go past it
        return (post for post in posts if is_visible(self._store, post) and chosen(post))

    def _page(self, request: Request, template: str, status: int = 200, **named: Any) -> Response:
        store = self._store
        given = {"older": "", "stream": "", "heading": "", "posts": (), **named}
        logged = requests_by_urn(store) if given["posts"] else {}
        given["posts"] = [self._rendered(post, logged, request.base_url) for post in given["posts"]]
        html = self._templates.get_template(template).render(
            **given,
            people=neighbours(store),
            total=sum(1 for _ in posts_of_all(store)),
            base=request.base_url,
            # the command for an empty feed works as it stands; elsewhere tokens are masked
            token=MASK if given["posts"] else next((token.value for token in store.tokens.all()), ""),
            member=next((member.urn for member in store.members.all()), ""),
            now=store.clock.now(),
            troubles=list(islice(troubles(store.request_log.entries()), TROUBLES)),
            apps=store.apps.all(),
            authors=[*store.members.all(), *store.organizations.all()],
            chosen=request.parameters,
        )
        page = page_response(status, html)
        return replace(page, headers={**page.headers, "cache-control": "no-store"})

    def _rendered(self, post: Post, logged: dict[str, list[LoggedRequest]], base: str) -> Markup:
        view = post_view(self._store, post)
        shown = panel(self._store, post, logged, base)
        extra = self._macros.panel(shown, view.id)  # type: ignore[attr-defined]
        return render_post(view, extra=Markup(extra))  # noqa: S704 - escaped by the template

    def _trouble(self, number: int) -> dict[str, str] | None:
        entry = next((item for item in self._store.request_log.entries() if item.number == number), None)
        trouble = trouble_of(entry) if entry else None
        if trouble is None:
            return None
        html = self._macros.trouble(trouble)  # type: ignore[attr-defined]
        return {"kind": "trouble", "html": str(html)}

    def _stream(self, chosen: Chosen, base: str) -> Iterator[bytes]:
        pending: list[str] = []
        with self._store.subscribe() as subscription:
            # The browser reconnects after this many milliseconds (WHATWG HTML, "Server-sent events", field
            # ``retry``).
            yield b"retry: 1000\n: hello\n\n"
            while not subscription.closed:
                event = subscription.wait(_PENDING_BEAT if pending else _BEAT)
                if event is None and not pending:
                    yield b": still here\n\n"
                for urn, kind in [(urn, "post") for urn in pending] + _named(event):
                    message = self._message(kind, urn, chosen, pending, base)
                    if message:
                        yield f"data: {json.dumps(message)}\n\n".encode()

    def _message(
        self, kind: str, urn: str, chosen: Chosen, pending: list[str], base: str
    ) -> dict[str, str] | None:
        """Return an event as the page wants it, or None if it is not for this page, or not yet."""
        if kind == "reset":
            return {"kind": kind}
        if kind == "trouble":
            return self._trouble(int(urn))
        post = find_post(self._store, urn)
        # the other networks know nothing more of a post that is gone
        if post is None and kind == "delete":
            return {"kind": kind, "id": element_id(urn)}
        if post is None or not chosen(post):
            return None
        ident = element_id(urn)
        if not post.shown:
            return {"kind": "delete", "id": ident}
        if not is_visible(self._store, post):
            if urn not in pending:
                pending.append(urn)
            return None
        if urn in pending:
            pending.remove(urn)
        view = post_view(self._store, post)
        return {
            "kind": kind,
            "id": view.id,
            "html": self._rendered(post, requests_by_urn(self._store), base),
            "author": view.author.name,
            "href": permalink(urn),
        }


def _named(event: Event | None) -> list[tuple[str, str]]:
    return [(event.urn, event.kind)] if event else []


def _matching(author: str = "", app: str = "", tag: str = "", only: str = "") -> Chosen:
    """Return a filter; empty ones match all."""

    def matches(post: Post) -> bool:
        return (
            author in {"", post.author}
            and app in {"", post.app}
            and only in {"", post.urn}
            and (not tag or tag.casefold() in hashtags(post))
        )

    return matches


def _by(urn: str) -> Chosen:
    return lambda post: post.author == urn


def _tagged(tag: str) -> Chosen:
    return lambda post: tag.casefold() in hashtags(post)


def _query(filters: dict[str, str]) -> str:
    return f"?{urlencode(filters)}" if filters else ""
