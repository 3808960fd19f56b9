"""A post as the fields of a status: plain text, in which links stand as addresses."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from publisher.model.post import Post, Text, Visibility


def encode_status(
    post: Post, media: Sequence[str], reply: str = "", extra: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Return the fields; ``extra`` holds `spoiler_text` and `language`.

    `connections` means the followers here. ``scheduled_at`` is never sent: it makes the server ignore the key
    (mastodon#30039).
    """
    fields: dict[str, Any] = {
        "status": status_text(post),
        "visibility": "public" if post.visibility is Visibility.PUBLIC else "private",
        **{name: value for name, value in (extra or {}).items() if value},
    }
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


def spelled_out(text: Text) -> str:
    """Return a text with the address after the words of each link: a status has no links behind words."""
    pieces, at = [], 0
    for link in text.links:
        words = text.plain[link.start : link.end]
        pieces.append(text.plain[at : link.end])
        if words not in link.url and link.url not in text.plain:
            pieces.append(f" {link.url}")
        elif words != link.url and words in link.url and "://" not in words and link.url not in text.plain:
            # a bare domain would not become a link
            pieces[-1] = text.plain[at : link.start] + link.url
        at = link.end
    return "".join([*pieces, text.plain[at:]])


def idempotency_key(author: str, key: str, attempt: str, parent: str = "") -> str:
    """Return the key of a create: a hash of account, post, part and attempt."""
    return hashlib.sha256("\n".join((author, key, parent, attempt)).encode()).hexdigest()
