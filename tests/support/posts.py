"""Posts and entries as values, for tests that need no files."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from publisher.model.post import Author, Post, Text
from publisher.model.state import Entry, State, Status
from publisher.planning.digests import rest_digest
from publisher.render.digest import post_digest, text_digest

ME = Author("urn:li:person:AbC_123456", "me")
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def make_post(key: str = "hello", text: str = "", **fields: Any) -> Post:
    """A post with right digests; its text is its key's own unless given."""
    post = Post(
        key=key,
        source=f"content/{key}.md",
        author=fields.pop("author", ME),
        text=Text(text or f"The text of {key}."),
        digest="",
        text_digest="",
        **fields,
    )
    return replace(post, digest=post_digest(post), text_digest=text_digest(post))


def make_entry(post: Post, **fields: Any) -> Entry:
    """The entry of a post as it is once published."""
    entry = Entry(
        status=Status.PUBLISHED,
        author=post.author.urn,
        digest=post.digest,
        text_digest=post.text_digest,
        api="ugcPosts",
        source=post.source,
        urn="urn:li:share:7400000000000000000",
        permalink="https://www.linkedin.com/feed/update/urn:li:share:7400000000000000000/",
        published_at=datetime(2026, 11, 1, 9, tzinfo=UTC),
        text=post.text.plain,
        rest_digest=rest_digest(post),
    )
    return entry._replace(**fields)


def make_state(*posts: Post, **entries: Entry) -> State:
    """A state in which ``posts`` are published, and further entries by key (``_`` stands for ``-``)."""
    return State({post.key: make_entry(post) for post in posts} | entries)
