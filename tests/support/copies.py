"""Posts for the gateways of the networks, and how long they wait in tests."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from publisher.model.post import Author, Hashtag, Link, Media, MediaKind, Post, Text
from publisher.networks.http import Timeouts
from publisher.networks.wire import WireRuntime

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


def runtime(now: Any = lambda: datetime.now(UTC), patience: float = 0.4) -> WireRuntime:
    """No waiting between attempts; an answer may take ``patience`` seconds."""
    return WireRuntime(sleep=lambda _: None, now=now, timeouts=Timeouts(5.0, patience, 5.0), attempts=2)


def post(text: str | Text = "Grüße, hello #World", key: str = "2026-11-hello", **fields: Any) -> Post:
    """A post; a plain text may end with a hashtag."""
    if isinstance(text, str):
        at = text.find("#")
        text = Text(text, hashtags=(Hashtag(at, len(text), text[at:]),) if at >= 0 else ())
    digest = hashlib.sha256(text.plain.encode()).hexdigest()
    made = Post(key, f"content/{key}.md", Author("urn:li:person:x", "me"), text, digest, digest)
    return replace(made, **fields) if fields else made


def linked(words: str = "the post", url: str = "https://acme.dev/blog/") -> Text:
    """A text with a link behind words that come after characters of several bytes."""
    plain = f"Größer: read {words} now"
    start = plain.index(words)
    return Text(plain, links=(Link(start, start + len(words), url),))


def image(content: bytes, alt: str = "red") -> Media:
    """An image's facts."""
    digest = hashlib.sha256(content).hexdigest()
    return Media(
        "images/a.png", MediaKind.IMAGE, "image/png", len(content), digest, alt=alt, width=3, height=2
    )
