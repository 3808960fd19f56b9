"""The sandbox's posts as readers see them: its own values turned into those of the shared rendering."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from publisher.feedview import values as shown
from publisher.feedview.addresses import safe_href, site
from publisher.feedview.text import Mark, compose, find_hashtags
from publisher.sandbox.feed_store import NETWORKS, find_author, find_media
from publisher.sandbox.linkedin import little_text
from publisher.sandbox.linkedin.api.sniffing import pixels
from publisher.sandbox.store import Store
from publisher.sandbox.values import Attribute, Comment, Member, Organization, Post, StoredMedia

HASHTAG = "/feed/hashtag/{tag}/"
# Poll durations: learn.microsoft.com, Posts API, read 2026-09.
_POLL_DAYS = {"ONE_DAY": 1, "THREE_DAYS": 3, "SEVEN_DAYS": 7, "FOURTEEN_DAYS": 14}
# LinkedIn's short forms of an age (observed). A year of 365 days and a month of 30 are inferred.
_UNITS = ((31_536_000, "yr"), (2_592_000, "mo"), (604_800, "w"), (86_400, "d"), (3_600, "h"), (60, "m"))


def author_page(urn: str) -> str:
    """Return the address of a person's or page's posts."""
    return f"/feed/author/{quote(urn, safe=':')}/"


def permalink(urn: str) -> str:
    """Return the address of a post's own page, in LinkedIn's form."""
    return f"/feed/update/{quote(urn, safe=':')}/"


def reader(store: Store) -> str:
    """Return who reads the feed page: the first member."""
    return next((member.urn for member in store.members.all()), "")


def cut(post: Post) -> shown.Cut | None:
    """Return what LinkedIn left out of a commentary, and why."""
    if post.api != "posts":
        return None
    at = little_text.read(post.sent_text, lambda _urn: ("",)).cut_at
    if at is None:
        return None
    why = (
        f'LinkedIn reads commentary as little text and stops at "{post.sent_text[at]}", which is reserved. '
        f'It answers 201 all the same. Send "\\{post.sent_text[at]}" for the character itself.'
    )
    return shown.Cut(post.sent_text[at:], why)


def _reactions(store: Store, post: Post) -> shown.Reactions:
    actors = [item["actor"] for item in store.reactions(post.urn)]
    return shown.Reactions(len(actors), reader(store) in actors)


def element_id(urn: str) -> str:
    """Return the id of a post's element on the page."""
    return "post-" + re.sub(r"[^A-Za-z0-9_-]", "-", urn.rpartition(":")[2])


def post_view(store: Store, post: Post, *, nested: bool = False) -> shown.PostView:
    """Return a post with everything on it; a reshared post inside another (``nested``) shows no comments."""
    content = post.content
    identity = element_id(post.urn) + ("-inside" if nested else "")
    parent = store.post(content.get("reshare", {}).get("parent", "")) if not nested else None
    return shown.PostView(
        id=identity,
        author=author_view(store, post.author),
        text=_text(post.text, post.attributes),
        moment=_moment(store, post.created_at),
        permalink=permalink(post.urn),
        visibility="public" if post.visibility == "PUBLIC" else "connections",
        edited=post.edited_at is not None,
        **_attached(store, post),
        cut=cut(post),
        reactions=None if nested else _reactions(store, post),
        reshare=post_view(store, parent, nested=True) if parent is not None and parent.shown else None,
        reshare_note="This post is no longer available." if "reshare" in content else "",
        comments=() if nested else tuple(_comments(store, post)),
        badges=(shown.Badge(NETWORKS[post.api], "info"),) if post.api in NETWORKS else (),
    )


def author_view(store: Store, urn: str) -> shown.Author:
    """Return a person or page of the sandbox; unknown ones show their URN."""
    author = find_author(store, urn)
    if author is None:
        return shown.Author(urn, "not known to this sandbox")
    kind: Any = "organization" if isinstance(author, Organization) else "person"
    return shown.Author(author.name, author.headline, author_page(urn), kind=kind)


def neighbours(store: Store, limit: int = 6) -> list[shown.Author]:
    """Return the first members and pages, as the feed lists them."""
    people: list[Member | Organization] = [*store.members.all()[:limit], *store.organizations.all()[:limit]]
    return [author_view(store, person.urn) for person in people]


def hashtags(post: Post) -> set[str]:
    """Return the tags of a post, folded for comparison."""
    return {post.text[start + 1 : end].casefold() for start, end, _ in find_hashtags(post.text, HASHTAG)}


def _text(text: str, attributes: tuple[Attribute, ...]) -> shown.Text:
    return compose(text, [*_mentions(text, attributes), *find_hashtags(text, HASHTAG)])


def _mentions(text: str, attributes: tuple[Attribute, ...]) -> Iterator[Mark]:
    """Yield mentions. Convert their UTF-16 offsets to code points."""
    units = text.encode("utf-16-le", "surrogatepass")
    for attribute in attributes:
        start = _code_points(units[: attribute.start * 2])
        end = _code_points(units[: (attribute.start + attribute.length) * 2])
        if attribute.urn.startswith(("http://", "https://")):
            yield start, end, shown.Segment("", "link", safe_href(attribute.urn))
        else:
            yield start, end, shown.Segment("", "mention", author_page(attribute.urn), attribute.urn)


def _code_points(units: bytes) -> int:
    return len(units.decode("utf-16-le", "replace"))


def _moment(store: Store, milliseconds: int) -> shown.Moment:
    seconds = milliseconds / 1000
    return shown.Moment(datetime.fromtimestamp(seconds, UTC), age(store.clock.now() - seconds))


def age(seconds: float) -> str:
    """Return how long ago, in LinkedIn's short form: ``now``, ``5m``, ``3h``, ``2d``, ``1w``."""
    return next((f"{int(seconds // size)}{unit}" for size, unit in _UNITS if seconds >= size), "now")


def _attached(store: Store, post: Post) -> dict[str, Any]:
    """Return what is attached to a post, by the field names of `PostView`."""
    content = post.content
    if article := content.get("article"):
        return {"card": _card(store, article)}
    if poll := content.get("poll"):
        return {"poll": _poll(store, post, poll)}
    found = [
        (item, upload) for item in content.get("media", ()) if (upload := find_media(store, item["urn"]))
    ]
    attached: dict[str, Any] = {}
    for item, upload in found:
        address = f"/feed/media/{quote(upload.urn, safe=':')}"
        if upload.kind == "video":
            attached["video"] = shown.Video(address, item["title"], item["alt"], mime_type=upload.mime_type)
        elif upload.kind == "document":
            attached["attachment"] = _document(upload, item, address)
    images = tuple(_image(upload, item["alt"]) for item, upload in found if upload.kind == "image")
    return {**attached, "images": images}


def _poll(store: Store, post: Post, poll: Any) -> shown.Poll:
    votes = store.votes(post.urn)
    counts = tuple(list(votes.values()).count(index) for index in range(len(poll["options"])))
    ends = post.created_at / 1000 + _POLL_DAYS.get(poll["duration"], 1) * 86_400
    left = ends - store.clock.now()
    # a poll of a week has "1w left" when it is new, not "6d"
    closes = f"{age(left + 60)} left" if left > 0 else "closed"
    mine = votes.get(reader(store))
    return shown.Poll(poll["question"], tuple(poll["options"]), closes, counts, mine, open=left > 0)


def _image(upload: StoredMedia, alt: str) -> shown.Image:
    width, height = pixels(upload.path, upload.mime_type) if upload.path else (0, 0)
    address = f"/feed/media/{quote(upload.urn, safe=':')}" if width else ""
    return shown.Image(address, alt, width, height)


def _document(upload: StoredMedia, item: Any, address: str) -> shown.Attachment:
    kind = "PDF" if upload.mime_type == "application/pdf" else "Document"
    pages = _pages(upload.path) if upload.path and kind == "PDF" else 0
    # browsers show PDFs by themselves; without their toolbar a page looks like one
    first = f"{address}#page=1&toolbar=0&navpanes=0&view=FitH" if kind == "PDF" else ""
    facts = f"{kind} · {_size(upload.size)}"
    return shown.Attachment(item["title"] or "Document", pages, address, facts, first)


def _card(store: Store, article: Any) -> shown.Card:
    upload = find_media(store, article["thumbnail"])
    host = site(article["url"])
    return shown.Card(
        href=safe_href(article["url"]),
        title=article["title"] or host or article["url"],
        site=host,
        description=article["description"],
        image=_image(upload, "") if upload else None,
    )


def _comments(store: Store, post: Post) -> Iterator[shown.Comment]:
    comments = store.comments(post.urn)
    replies: dict[str, list[Comment]] = {}
    for comment in comments:
        replies.setdefault(comment.parent, []).append(comment)
    return _thread(store, replies, "")


def _thread(store: Store, replies: dict[str, list[Comment]], parent: str) -> Iterator[shown.Comment]:
    for comment in replies.pop(parent, ()):
        yield shown.Comment(
            comment.id,
            author_view(store, comment.author),
            _text(comment.text, comment.attributes),
            _moment(store, comment.created_at),
            tuple(_thread(store, replies, comment.urn)),
        )


def _size(count: int) -> str:
    return f"{count / 1_000_000:.1f} MB" if count >= 100_000 else f"{max(1, round(count / 1000))} kB"


@lru_cache(maxsize=256)
def _pages(path: Path) -> int:
    """Return how many pages a PDF has, or 0 if it can't be told."""
    try:
        from pypdf import PdfReader
        from pypdf.errors import PyPdfError
    except ModuleNotFoundError:
        return 0
    try:
        return len(PdfReader(path).pages)
    except (PyPdfError, OSError, ValueError, KeyError, RecursionError):
        return 0
