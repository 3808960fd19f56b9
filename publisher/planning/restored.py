"""Treat every due post that a restored state does not know as an unknown outcome. Pure.

Such a post may be live. An intent holds its key, and the same content under other keys, until a person or a
network that can be read back has settled it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from publisher.errors import UsageError
from publisher.model.config import Config
from publisher.model.post import Post
from publisher.model.state import COMMENT_SUFFIX, Attempt, Entry, Event, State, Status
from publisher.planning.copies import under_their_names
from publisher.planning.doubt import RESTORED
from publisher.planning.moves import find_moves
from publisher.planning.state_edits import entry_of
from publisher.state.edits import Edit, EventEdit, PostEdit


def hold_restored(
    posts: Sequence[Post],
    state: State,
    config: Config,
    since: datetime,
    now: datetime,
    new_id: Callable[[], str],
    seen: Mapping[str, Entry] = MappingProxyType({}),
) -> Sequence[Edit]:
    """Return the edits that hold what may have been published between ``since`` and ``now``.

    These are the posts without an entry that are due, however long, because one that waited at ``since`` may
    have been sent a minute later; their first comments; and, where edited posts are replaced, live posts that
    were edited. ``seen`` are names and entries of what this machine is known to have published. It may have
    been deleted since, so a post here is held with its URN; what has no post here is remembered as published.
    """
    if since >= now:
        raise UsageError(f"--since {since.isoformat(timespec='minutes')} is not in the past.")
    posts = under_their_names(posts, state)
    moved = find_moves({post.key: post for post in posts}, state)
    edits = [
        PostEdit(name, before, _intent(_named(entry, seen.get(name)), before, since, now, new_id))
        for post in posts
        if not post.draft and post.key not in moved
        for name, before, entry in _doubtful(post, state, config, now)
    ]
    held = {edit.key for edit in edits}
    edits += [
        PostEdit(name, None, entry)
        for name, entry in seen.items()
        if name not in held and name not in state.posts
    ]
    held = {edit.key for edit in edits if edit.after and edit.after.status is Status.PENDING}
    detail = f"since {since.isoformat(timespec='seconds')}, {len(held)} held"
    return *edits, EventEdit(Event(now, "restored", "", detail))


def _doubtful(
    post: Post, state: State, config: Config, now: datetime
) -> Iterator[tuple[str, Entry | None, Entry]]:
    """Yield (name, entry, what it may be) of a post, and of its first comment."""
    known = state.posts.get(post.key)
    at = post.publish_at or (state.slots.get(post.key) if post.slot else None)
    if known is None and at is not None and at > now:
        return
    entry = entry_of(post.key, post, Status.PENDING, config.api)
    if known is None:
        yield post.key, None, entry
    elif config.on_change == "replace" and known.status is Status.PUBLISHED and known.digest != post.digest:
        yield post.key, known, entry._replace(urn=known.urn, permalink=known.permalink, before=known)
    comment = post.key + COMMENT_SUFFIX
    live = known is None or known.status is Status.PUBLISHED
    if post.first_comment is not None and comment not in state.posts and live:
        yield comment, None, entry_of(comment, post, Status.PENDING, config.api)


def _named(entry: Entry, seen: Entry | None) -> Entry:
    return entry._replace(urn=seen.urn) if seen and entry.before is None else entry


def _intent(
    entry: Entry, before: Entry | None, since: datetime, now: datetime, new_id: Callable[[], str]
) -> Entry:
    # it expires now: the run that may have sent it is over, so it is in doubt at once
    action = "comment" if entry.rest_digest is None else "create" if before is None else "replace"
    return entry._replace(attempt=Attempt(RESTORED + new_id(), since, entry.digest, now, action))  # type: ignore[arg-type]
