"""The feed page: the sandbox's posts as readers see them, live as they arrive."""

import json
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, abort, request, send_file, send_from_directory

from publisher.feedview import asset, content_policy, create_environment, render_post
from publisher.sandbox.feed_posts import author_view, hashtags, neighbours, permalink, post_view
from publisher.sandbox.store import Store
from publisher.sandbox.values import Event, Post

PAGE = 15
"""How many posts one page shows."""

_ASSETS = Path(__file__).parent / "feed_assets"
_INLINE = frozenset(
    {"image/png", "image/jpeg", "image/gif", "image/webp", "video/mp4", "video/webm", "application/pdf"}
)
_BEAT = 15.0  # seconds after which a silent stream says that it is alive
_PENDING_BEAT = 0.25  # and after which it looks again at posts whose media are still processed

Chosen = Callable[[Post], bool]


def create_blueprint(store: Store) -> Blueprint:
    """The pages ``/``, ``/feed/…`` and their event stream, on one store."""
    blueprint = Blueprint("feed", __name__)
    feed = Feed(store)
    blueprint.add_url_rule("/", view_func=feed.home)
    blueprint.add_url_rule("/feed/", view_func=feed.home, endpoint="home_again")
    blueprint.add_url_rule("/feed/author/<urn>/", view_func=feed.author)
    blueprint.add_url_rule("/feed/hashtag/<tag>/", view_func=feed.hashtag)
    blueprint.add_url_rule("/feed/update/<urn>/", view_func=feed.update)
    blueprint.add_url_rule("/feed/media/<urn>", view_func=feed.media)
    blueprint.add_url_rule("/feed/events", view_func=feed.events)
    blueprint.add_url_rule("/feed/static/<name>", view_func=static)
    blueprint.app_errorhandler(404)(feed.missing)
    blueprint.after_app_request(guard)
    return blueprint


def guard(response: Response) -> Response:
    """The headers of every page: nothing from elsewhere is loaded, nothing inline runs."""
    if response.mimetype != "application/pdf":  # browsers show PDFs in a page of their own making
        response.headers.setdefault("content-security-policy", content_policy(own=True))
    response.headers["x-content-type-options"] = "nosniff"
    response.headers["referrer-policy"] = "no-referrer"
    return response


def static(name: str) -> Response:
    """Stylesheets and scripts: the shared ones and the feed's own."""
    if name in {"post.css", "post.js"}:
        return Response(asset(name), mimetype="text/css" if name.endswith("css") else "text/javascript")
    return send_from_directory(_ASSETS / "static", name)


class Feed:
    """The view functions."""

    def __init__(self, store: Store) -> None:
        self._world = store
        self._templates = create_environment(_ASSETS / "templates")

    def home(self) -> Response:
        """Every post, newest first."""
        return self._feed(lambda _post: True, "Feed")

    def author(self, urn: str) -> Response:
        """The posts of one person or page."""
        if self._world.author(urn) is None:
            abort(404)
        return self._feed(_by(urn), f"Posts of {author_view(self._world, urn).name}", author=urn)

    def hashtag(self, tag: str) -> Response:
        """The posts with one hashtag."""
        return self._feed(_tagged(tag), f"#{tag}", tag=tag)

    def update(self, urn: str) -> Response:
        """A post's own page."""
        post = self._world.post(urn)
        if post is None or not self._world.visible(post):
            abort(404)
        return self._page("feed.html", title="Post", posts=[post], stream=f"/feed/events?only={post.urn}")

    def missing(self, _error: Any) -> tuple[Response, int]:
        """What stands where nothing is."""
        return self._page("missing.html", title="Not found"), 404

    def media(self, urn: str) -> Response:
        """The bytes of an upload, in ranges where asked so."""
        upload = self._world.media(urn)
        if upload is None or upload.path is None or not upload.path.is_file():
            abort(404)
        inline = upload.mime_type in _INLINE
        kind = upload.mime_type if inline else "application/octet-stream"
        return send_file(upload.path, mimetype=kind, as_attachment=not inline, conditional=True)

    def events(self) -> Response:
        """What happens from now on, as server-sent events."""
        author, tag, only = (request.args.get(name, "") for name in ("author", "tag", "only"))
        chosen: Chosen = _by(author) if author else _tagged(tag) if tag else lambda _post: True
        if only:
            chosen = lambda post: post.urn == only  # noqa: E731
        headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
        return Response(self._stream(chosen), mimetype="text/event-stream", headers=headers)

    def _feed(self, chosen: Chosen, title: str, **filters: str) -> Response:
        before = request.args.get("before", "")
        found = list(islice(self._older(chosen, before), PAGE + 1))
        posts, more = found[:PAGE], len(found) > PAGE
        return self._page(
            "feed.html",
            title=title,
            posts=posts,
            older=f"?before={posts[-1].urn}" if more else "",
            stream="" if before else "/feed/events" + _query(filters),
            heading=title if filters else "",
        )

    def _older(self, chosen: Chosen, before: str) -> Iterator[Post]:
        posts = self._world.posts.newest_first()
        if before:
            any(post.urn == before for post in posts)  # go past it
        return (post for post in posts if self._world.visible(post) and chosen(post))

    def _page(self, template: str, **named: Any) -> Response:
        store = self._world
        given = {"older": "", "stream": "", "heading": "", "posts": (), **named}
        given["posts"] = [render_post(post_view(store, post)) for post in given["posts"]]
        html = self._templates.get_template(template).render(
            **given,
            people=neighbours(store),
            total=len(store.posts),
            base=request.host_url.rstrip("/"),
            token=next((token.value for token in store.tokens.all()), ""),
            member=next((member.urn for member in store.members.all()), ""),
            now=store.clock.now(),
        )
        return Response(html, mimetype="text/html", headers={"cache-control": "no-store"})

    def _stream(self, chosen: Chosen) -> Iterator[str]:
        pending: list[str] = []
        with self._world.subscribe() as subscription:
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
        post = self._world.post(urn)
        if post is None or not chosen(post):
            return None
        ident = "post-" + urn.rpartition(":")[2]
        if not post.shown:
            return {"kind": "delete", "id": ident}
        if not self._world.visible(post):
            if urn not in pending:
                pending.append(urn)
            return None
        if urn in pending:
            pending.remove(urn)
        view = post_view(self._world, post)
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
    from urllib.parse import urlencode

    return f"?{urlencode(filters)}" if filters else ""
