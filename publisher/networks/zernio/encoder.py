"""A post as the body of a create at Zernio."""

from collections.abc import Mapping, Sequence
from typing import Any

from publisher.model.post import Media, MediaKind, Post
from publisher.networks.card_text import text_with_card

KINDS = {MediaKind.IMAGE: "image", MediaKind.VIDEO: "video", MediaKind.DOCUMENT: "document"}
THREADS = frozenset({"twitter", "threads", "bluesky"})
"""Platforms on which the service makes a thread of one post (OpenAPI file 1.374.0)."""


def encode_post(
    post: Post,
    platform: str,
    account: str,
    media: Sequence[Mapping[str, str]],
    token: str,
    tags: Sequence[str],
) -> dict[str, Any]:
    """Return the body; ``token`` is the key by which the post is found again.

    `publishNow` is always sent: without a timing field a post becomes a draft, and a past time publishes at
    once. The items of a thread replace the content, which must be the first of them.
    """
    target: dict[str, Any] = {"platform": platform, "accountId": account}
    if post.parts:
        items: list[dict[str, Any]] = [{"content": part.plain} for part in post.parts]
        if media:
            items[0]["mediaItems"] = [dict(one) for one in media]
        target["platformSpecificData"] = {"threadItems": items}
    document: dict[str, Any] = {
        "content": post.parts[0].plain if post.parts else text_with_card(post),
        "platforms": [target],
        "publishNow": True,
        "metadata": {"publisher": token},
    }
    if tags:
        document["tags"] = list(tags)
    if media:
        document["mediaItems"] = [dict(one) for one in media]
    return document


def media_item(media: Media, url: str) -> dict[str, str]:
    """Return the entry of an uploaded file."""
    item = {"type": KINDS[media.kind], "url": url, "altText": media.alt, "title": media.title}
    return {key: value for key, value in item.items() if value}
