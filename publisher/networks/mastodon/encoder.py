"""A post as the fields of a status: plain text, in which each link is an address."""

import hashlib
from collections.abc import Sequence
from typing import Any

from publisher.model.post import Post, Visibility
from publisher.networks.card_text import text_with_card


def encode_status(post: Post, media: Sequence[str], reply: str = "") -> dict[str, Any]:
    """Return the fields.

    `connections` means the followers here. ``scheduled_at`` is never sent: it makes the server ignore the key
    (mastodon#30039).
    """
    fields: dict[str, Any] = {
        "status": text_with_card(post),
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


def idempotency_key(author: str, key: str, attempt: str, parent: str = "") -> str:
    """Return the key of a create: a hash of account, post, part and attempt."""
    return hashlib.sha256("\n".join((author, key, parent, attempt)).encode()).hexdigest()
