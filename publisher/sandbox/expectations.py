"""``expect_post``: find one post in a test, or fail with an answer that a person can read."""

import difflib
from collections.abc import Callable
from typing import Any

from publisher.sandbox.store import Store
from publisher.sandbox.values import Post

# A failure message stays readable with a few entries.
_SHOWN = 5
_FIELDS: dict[str, Callable[[Store, Post], Any]] = {
    "text": lambda _, post: post.text,
    "author": lambda _, post: post.author,
    "visibility": lambda _, post: post.visibility,
    "api": lambda _, post: post.api,
    "article": lambda _, post: post.content.get("article", {}).get("url", ""),
    "images": lambda store, post: _count(store, post, "image"),
    "videos": lambda store, post: _count(store, post, "video"),
    "documents": lambda store, post: _count(store, post, "document"),
    "comments": lambda store, post: [comment.text for comment in store.comments(post.urn)],
}


def _count(store: Store, post: Post, kind: str) -> int:
    uploads = (store.media(item["urn"]) for item in post.content.get("media", ()))
    return sum(1 for upload in uploads if upload and upload.kind == kind)


def expect_post(store: Store, **wanted: Any) -> Post:
    """Return the one visible post whose fields equal ``wanted``. Raise AssertionError otherwise.

    Fields: ``text`` (as readers see it), ``author`` (URN), ``visibility``, ``api``, ``article`` (URL),
    ``comments`` (texts), and ``images``, ``videos``, ``documents`` (how many).
    """
    if unknown := set(wanted) - set(_FIELDS):
        raise TypeError(f"unknown field {min(unknown)!r}; one of {', '.join(_FIELDS)}")
    posts = store.posts_newest_first()
    found = [
        post for post in posts if all(_FIELDS[name](store, post) == value for name, value in wanted.items())
    ]
    if len(found) == 1:
        return found[0]
    raise AssertionError("\n".join(_report(store, posts, found, wanted)))


def _report(store: Store, posts: list[Post], found: list[Post], wanted: dict[str, Any]) -> list[str]:
    said = ", ".join(f"{name}={value!r}" for name, value in wanted.items()) or "anything"
    lines = [f"expected one post with {said}; found {len(found) or 'none'} among {len(posts)}"]
    for post in (found or posts)[:_SHOWN]:
        lines.append(f"  {post.urn}  {_shorten(post.text)!r}")
        lines += [f"    {line}" for line in _differences(store, post, wanted)]
    lines += _hidden(store)
    lines += _refused(store)
    return lines


def _differences(store: Store, post: Post, wanted: dict[str, Any]) -> list[str]:
    lines = []
    for name, value in wanted.items():
        actual = _FIELDS[name](store, post)
        if actual == value:
            continue
        if name == "text" and isinstance(value, str) and post.text != post.sent_text:
            lines.append(f"text: LinkedIn read the little text {post.sent_text!r} as {post.text!r}")
        if isinstance(value, str) and isinstance(actual, str) and "\n" in value + actual:
            lines += difflib.unified_diff(
                value.split("\n"), actual.split("\n"), "wanted", "found", lineterm=""
            )
        else:
            lines.append(f"{name}: wanted {value!r}, found {actual!r}")
    return lines


def _hidden(store: Store) -> list[str]:
    """Return the posts that were accepted and that nobody sees."""
    lines = []
    for post in store.posts.newest_first():
        if store.visible(post):
            continue
        why = "it was deleted" if post.deleted_at else store.invisibility(post)
        lines.append(f"  not visible: {post.urn}  {_shorten(post.text)!r}: {why}")
    return lines[:_SHOWN]


def _refused(store: Store) -> list[str]:
    """Return the latest requests that LinkedIn refused, with its reasons."""
    refused = [entry for entry in store.request_log.entries() if entry.status >= 400]
    lines = []
    for entry in refused[-_SHOWN:]:
        reason = entry.body[:300].decode(errors="replace")
        lines.append(f"  refused: {entry.verb} {entry.target.partition('?')[0]} -> {entry.status} {reason}")
    return lines or (
        ["  no request was refused"] if len(store.request_log.entries()) else ["  no request arrived"]
    )


def _shorten(text: str) -> str:
    return text if len(text) <= 80 else text[:79] + "…"
