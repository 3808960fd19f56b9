"""A post as the fields of a status: plain text, in which links stand as addresses."""

import hashlib
from collections.abc import Sequence
from typing import Any

from publisher.model.post import Post, Visibility
from publisher.networks.spelled_out import spelled_out


def encode_status(post: Post, media: Sequence[str], reply: str = "") -> dict[str, Any]:
    """Return the fields.

    `connections` means the followers here. ``scheduled_at`` is never sent: it makes the server ignore the key
    (mastodon#30039).
    """
    fields: dict[str, Any] = {
        "status": status_text(post),
        "visibility": "public" if post.visibility is Visibility.PUBLIC else "private",
    }
    if post.spoiler:
        fields["spoiler_text"] = post.spoiler
    if post.language:
        fields["language"] = post.language
    if media:
        fields["media_ids"] = list(media)
    if reply:
        fields["in_reply_to_id"] = reply
    return fields


def status_text(post: Post) -> str:
    """Return the text as it is sent. The card's address is added where the text does not contain it."""
    text = spelled_out(post.text)
    url = post.article.url if post.article else ""
    return text if not url or url in text else f"{text}\n\n{url}".lstrip()


def idempotency_key(author: str, key: str, attempt: str, parent: str = "") -> str:
    """Return the key of a create: a hash of account, post, part and attempt."""
    return hashlib.sha256("\n".join((author, key, parent, attempt)).encode()).hexdigest()
