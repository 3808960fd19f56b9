"""Turn what people do to the state by hand into edits: settle, adopt, rename, forget, stamp. Pure.

Every function returns the edits to write. The last one is the line of the history. Every function raises
`UsageError` if the command makes no sense for the state.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from shlex import quote

from publisher.errors import UsageError
from publisher.model.post import Author, Post
from publisher.model.state import COMMENT_SUFFIX, Entry, Event, State, Status, known_urns
from publisher.planning.copies import under_their_names
from publisher.planning.digests import rest_digest
from publisher.planning.doubt import CLOCKS as WRONG_CLOCK
from publisher.planning.doubt import INVISIBLE, absent_from
from publisher.planning.moves import find_moves
from publisher.render.digest import comment_digest
from publisher.state.edits import Edit, EventEdit, HeldEdit, PastEdit, PostEdit, over

CLOCKS = timedelta(minutes=5)
"""How far our clock may differ from LinkedIn's when a person names the post.

`publisher.publishing.evidence.is_our_attempt` has no tolerance, because there no person has looked.
"""


def resolve_published(
    state: State, key: str, urn: str, permalink: str, made_at: datetime | None, now: datetime
) -> Sequence[Edit]:
    """Settle an unknown outcome: ``urn`` is live. ``made_at`` is the URN's own time.

    After a delete, or the delete of a replacement, that is the old post. After an edit it has the new text.
    """
    entry = _pending(state, key)
    before, action = entry.before, entry.attempt.action if entry.attempt else "create"
    old = before is not None and before.urn == urn and before.status is not Status.DELETED
    if not old and action in ("update", "delete"):
        raise UsageError(
            f"{key!r} is {before.urn if before else 'another post'}, not {urn}.",
            "Copy the link of that post.",
        )
    if not old:
        _check_urn(state, key, entry, urn, made_at, now)
    return settled(key, entry, urn, permalink, made_at or now, now)


def settled(
    key: str, entry: Entry, urn: str, permalink: str, made_at: datetime, now: datetime
) -> Sequence[Edit]:
    """Return the edits that settle an intent by the live post.

    The caller has checked that it can be this one.
    """
    before, update = entry.before, entry.attempt is not None and entry.attempt.action == "update"
    if before is None or before.urn != urn or before.status is Status.DELETED:
        entry_after = entry._replace(urn=urn, permalink=permalink, published_at=made_at)
    else:
        entry_after = entry if update else before
    after = entry_after._replace(status=Status.PUBLISHED, attempt=None, before=None)
    return (
        PostEdit(key, entry, after),
        PastEdit(key, over(entry)),
        _event(now, "resolve", key, f"published as {urn}"),
    )


def resolve_absent(state: State, key: str, now: datetime, *, force: bool = False) -> Sequence[Edit]:
    """Settle an unknown outcome: nothing was created, or, after a delete, the post is gone.

    Raise `UsageError` while a post may be invisible although it is live, unless ``force``.
    """
    entry = _pending(state, key)
    action = entry.attempt.action if entry.attempt else "create"
    from_then = absent_from(entry)
    if from_then is not None and now < from_then and not force:
        if entry.attempt and entry.attempt.started_at > now + WRONG_CLOCK:
            sent = entry.attempt.started_at.isoformat(timespec="minutes")
            raise UsageError(
                f"{key!r} was sent at {sent}, which is in the future: a clock was wrong.",
                "Look at the author's page, and run this again with --force.",
            )
        minutes = -int((now - from_then).total_seconds() // 60)
        raise UsageError(
            f"A new post can be invisible for {int(INVISIBLE.total_seconds() // 60)} minutes; {key!r} was sent "
            "less than that ago.",
            f"Look again in {minutes} minutes and run this again; --force settles it now, and risks a second post.",
        )
    before = entry.before
    if before is not None and before.status is not Status.DELETED and action in ("delete", "replace"):
        gone = before._replace(status=Status.DELETED, deleted_at=now)
        # of a replacement neither is live: the key is free, and the deletion is remembered
        edits = [PostEdit(key, entry, gone)]
        if action == "replace":
            edits.append(PostEdit(key, gone, None))
        comment = state.posts.get(key + COMMENT_SUFFIX)
        if comment is not None:
            edits.append(PostEdit(key + COMMENT_SUFFIX, comment, None))
    else:
        restored = before if before is not None and before.status is not Status.DELETED else None
        edits = [PostEdit(key, entry, restored)]
    return (*edits, PastEdit(key, over(entry)), _event(now, "resolve", key, "absent"))


def _check_urn(
    state: State, key: str, entry: Entry, urn: str, made_at: datetime | None, now: datetime
) -> None:
    """Raise `UsageError` if a URN can't be what an attempt created: another post's, or of another time."""
    if urn != entry.urn and urn in known_urns(state):
        owner = next(
            (k for k, e in state.posts.items() if e.urn == urn), "a post that was deleted or forgotten"
        )
        raise UsageError(
            f"{urn} is already known, as {owner!r}.", "Copy the link of the post that was created."
        )
    started_at = entry.attempt.started_at if entry.attempt else None
    if made_at is None or started_at is None:
        return  # comments, and URNs of other networks, tell no time
    if not started_at - CLOCKS <= made_at <= now + CLOCKS:
        raise UsageError(
            f"{urn} was made at {made_at.isoformat(timespec='seconds')}, and {key!r} was sent at "
            f"{started_at.isoformat(timespec='seconds')}: it is another post.",
            "Copy the link of the post that was created; if none was, `--absent`.",
        )


def adopt(
    state: State,
    key: str,
    post: Post,
    urn: str,
    permalink: str,
    api: str,
    made_at: datetime,
    now: datetime,
    *,
    by: str = "import",
) -> Sequence[Edit]:
    """Adopt as ``key`` a live post or first comment that publisher did not create.

    Take its content to be what the document says now. Take the first comment of a post to be there, too,
    because one that a person has written must not come a second time. ``by`` is the command for the history.
    """
    before = state.posts.get(key)
    if before is not None and before.status in (Status.PUBLISHED, Status.PENDING):
        raise UsageError(
            f"{key!r} is already in the state, as {before.urn or before.status.value}.",
            f"`publisher state resolve {quote(key)}` settles a pending one; `state rm` forgets an entry.",
        )
    taken = next((other for other, entry in state.posts.items() if entry.urn == urn), None)
    if taken is not None:
        raise UsageError(f"{urn} is already the post of {taken!r}.", "`publisher state mv` renames a key.")
    return adopted(state, key, post, urn, permalink, api, made_at, now, by=by)


def adopted(
    state: State,
    key: str,
    post: Post,
    urn: str,
    permalink: str,
    api: str,
    made_at: datetime,
    now: datetime,
    *,
    by: str,
) -> Sequence[Edit]:
    """Return the edits of `adopt`; the caller has checked that ``key`` has no post, and ``urn`` no key."""
    entry = entry_of(key, post, Status.PUBLISHED, api)._replace(
        urn=urn, permalink=permalink, published_at=made_at
    )
    before = state.posts.get(key)
    comment = () if COMMENT_SUFFIX in key else _stamped(state, [post.key + COMMENT_SUFFIX], post, api)
    return PostEdit(key, before, entry), *comment, _event(now, by, key, urn)


def move(state: State, old: str, new: str, now: datetime) -> Sequence[Edit]:
    """Rename an entry; its first comment and the parts of its thread go with it."""
    entry = _known(state, old)
    if new in state.posts:
        raise UsageError(
            f"{new!r} is already in the state.", f"`publisher state rm {quote(new)}` forgets it."
        )
    edits: list[Edit] = [PostEdit(old, entry, None, new), PostEdit(new, None, entry)]
    for name, further in _hanging_on(old, state):
        moved = new + name.removeprefix(old)
        edits += [PostEdit(name, further, None, moved), PostEdit(moved, None, further)]
    return *edits, _event(now, "mv", new, f"was {old}")


def _hanging_on(name: str, state: State) -> list[tuple[str, Entry]]:
    """Return the entries of a copy's first comment and further parts."""
    return sorted((other, entry) for other, entry in state.posts.items() if other.startswith(f"{name}#"))


def forget(state: State, key: str, now: datetime) -> Sequence[Edit]:
    """Remove an entry, and those of its first comment and parts; what is live stays live.

    A refused duplicate may be sent again.
    """
    if key not in state.posts and key in state.held:
        return HeldEdit(key, None), _event(now, "rm", key, "held as a duplicate")
    entry = _known(state, key)
    edits: list[Edit] = [PostEdit(key, entry, None)]
    edits += [PostEdit(name, further, None) for name, further in _hanging_on(key, state)]
    return *edits, _event(now, "rm", key, entry.urn or entry.status.value)


def stamp(
    state: State, posts: Iterable[Post], api: str, now: datetime, before: datetime | None = None
) -> Sequence[Edit]:
    """Mark posts that are not in the state as done, so that a backlog is never published; may be empty.

    ``posts`` are all there are; with ``before`` only those that were due, or dated, earlier are meant. Drafts
    are left to be written, and posts that are live under an old key to be moved; a first comment goes with
    its post.
    """
    by_key = {post.key: post for post in under_their_names(posts, state)}
    moves = find_moves(by_key, state)
    edits: list[PostEdit] = []
    for key, post in by_key.items():
        at = post.publish_at or post.dated
        early = before is None or (at is not None and at < before)
        entry = state.posts.get(key)
        stamped = entry is None or entry.status is Status.STAMPED
        if early and stamped and not post.draft and not post.backlog and key not in moves:
            edits += _stamped(state, [key, key + COMMENT_SUFFIX], post, api)
    return *edits, *(_event(now, "stamp", edit.key) for edit in edits)


def _known(state: State, key: str) -> Entry:
    entry = state.posts.get(key)
    if entry is None:
        raise UsageError(f"The state knows no {key!r}.", "`publisher state list` shows all entries.")
    return entry


def _pending(state: State, key: str) -> Entry:
    entry = _known(state, key)
    if entry.status is not Status.PENDING:
        raise UsageError(f"{key!r} is {entry.status.value}, not pending; there is nothing to settle.")
    return entry


def _stamped(state: State, keys: Iterable[str], post: Post, api: str) -> list[PostEdit]:
    """Return the edits that stamp those of a post's keys that the state does not know."""
    return [
        PostEdit(key, None, entry_of(key, post, Status.STAMPED, api))
        for key in keys
        if key not in state.posts and (post.first_comment or COMMENT_SUFFIX not in key)
    ]


def entry_of(key: str, post: Post, status: Status, api: str) -> Entry:
    """Return the entry of a post as it is now, or of its first comment if ``key`` is one."""
    comment = COMMENT_SUFFIX in key
    text = post.first_comment if comment else post.text
    if text is None:
        raise UsageError(f"{post.key!r} has no first comment.", f"Add `first_comment:` to {post.source}.")
    return Entry(
        status=status,
        author=post.author.urn,
        digest=comment_digest(post) if comment else post.digest,
        text_digest=comment_digest(post) if comment else post.text_digest,
        api=api,
        source=post.source,
        text=text.plain,
        rest_digest=None if comment else rest_digest(post),
        network=post.author.network,
        ids=_places(post.author),
    )


def _places(author: Author) -> Mapping[str, str]:
    """Return the place of an author's account, so that later plans know it without asking."""
    places = {"handle": author.handle, "server": author.server, "platform": author.platform}
    return {} if author.provisional else {name: place for name, place in places.items() if place}


def _event(at: datetime, action: str, key: str, detail: str = "") -> EventEdit:
    return EventEdit(Event(at, action, key, detail))
