"""What people do to the state by hand, as edits: settle, adopt, rename, forget, stamp. Pure.

Every function raises `UsageError` where the state is not such that the command makes sense, and returns the
edits to write, the last of which is the line of the history.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from publisher.errors import UsageError
from publisher.model.post import Post
from publisher.model.state import COMMENT_SUFFIX, Entry, Event, State, Status
from publisher.planning.digests import rest_digest
from publisher.state.edits import Edit, EventEdit, PostEdit


def resolve_published(
    state: State, key: str, urn: str, permalink: str, made_at: datetime, now: datetime
) -> Sequence[Edit]:
    """The create whose outcome was unknown has worked: it is live as ``urn``, made at ``made_at``."""
    entry = _pending(state, key)
    done = replace(
        entry, status=Status.PUBLISHED, urn=urn, permalink=permalink, published_at=made_at, attempt=None
    )
    return PostEdit(key, entry, done), _event(now, "resolve", key, f"published as {urn}")


def resolve_absent(state: State, key: str, now: datetime) -> Sequence[Edit]:
    """The create whose outcome was unknown has not worked: the key is free again."""
    return PostEdit(key, _pending(state, key), None), _event(now, "resolve", key, "absent")


def adopt(
    state: State, post: Post, urn: str, permalink: str, api: str, made_at: datetime, now: datetime
) -> Sequence[Edit]:
    """A live post that publisher did not create: its content is taken to be what the document says now."""
    before = state.posts.get(post.key)
    if before is not None and before.status in (Status.PUBLISHED, Status.PENDING):
        raise UsageError(
            f"{post.key!r} is already in the state, as {before.urn or before.status.value}.",
            f"`publisher state resolve {post.key}` settles a pending one; `state rm` forgets an entry.",
        )
    taken = next((key for key, entry in state.posts.items() if entry.urn == urn), None)
    if taken is not None:
        raise UsageError(f"{urn} is already the post of {taken!r}.", "`publisher state mv` renames a key.")
    entry = replace(_entry(post, Status.PUBLISHED, api), urn=urn, permalink=permalink, published_at=made_at)
    return PostEdit(post.key, before, entry), _event(now, "import", post.key, urn)


def move(state: State, old: str, new: str, now: datetime) -> Sequence[Edit]:
    """Rename a key; its first comment goes with it."""
    entry = _known(state, old)
    if new in state.posts:
        raise UsageError(f"{new!r} is already in the state.", f"`publisher state rm {new}` forgets it.")
    edits: list[Edit] = [PostEdit(old, entry, None), PostEdit(new, None, entry)]
    comment = state.posts.get(old + COMMENT_SUFFIX)
    if comment is not None:
        edits += [
            PostEdit(old + COMMENT_SUFFIX, comment, None),
            PostEdit(new + COMMENT_SUFFIX, None, comment),
        ]
    return *edits, _event(now, "mv", new, f"was {old}")


def forget(state: State, key: str, now: datetime) -> Sequence[Edit]:
    """Remove a key's entry, and its first comment's; what is live stays live."""
    entry = _known(state, key)
    edits: list[Edit] = [PostEdit(key, entry, None)]
    comment = state.posts.get(key + COMMENT_SUFFIX)
    if comment is not None:
        edits.append(PostEdit(key + COMMENT_SUFFIX, comment, None))
    return *edits, _event(now, "rm", key, entry.urn or entry.status.value)


def stamp(state: State, posts: Iterable[Post], api: str, now: datetime) -> Sequence[Edit]:
    """Mark posts that are not in the state as done, so that a backlog is never published; may be empty."""
    fresh = [post for post in posts if post.key not in state.posts]
    edits: list[Edit] = [PostEdit(post.key, None, _entry(post, Status.STAMPED, api)) for post in fresh]
    return *edits, *(_event(now, "stamp", post.key) for post in fresh)


def _known(state: State, key: str) -> Entry:
    entry = state.posts.get(key)
    if entry is None:
        raise UsageError(f"The state knows no {key!r}.", "`publisher state list` shows what it knows.")
    return entry


def _pending(state: State, key: str) -> Entry:
    entry = _known(state, key)
    if entry.status is not Status.PENDING:
        raise UsageError(f"{key!r} is {entry.status.value}, not pending; there is nothing to settle.")
    return entry


def _entry(post: Post, status: Status, api: str) -> Entry:
    return Entry(
        status=status,
        author=post.author.urn,
        digest=post.digest,
        text_digest=post.text_digest,
        api=api,
        source=post.source,
        text=post.text.plain,
        rest_digest=rest_digest(post),
    )


def _event(at: datetime, action: str, key: str, detail: str = "") -> EventEdit:
    return EventEdit(Event(at, action, key, detail))
