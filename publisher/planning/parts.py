"""Plan the further parts of a thread as changes of their own that follow its first part. Pure."""

from collections.abc import Iterator
from datetime import datetime

from publisher.model.plan import Action, Change
from publisher.model.post import Post
from publisher.model.state import State, Status, split_name
from publisher.planning.diff import text_diff
from publisher.planning.doubt import pending_reason
from publisher.render.threads import part_of

_LIVE = frozenset({Action.NONE, Action.CHANGED, Action.MOVE})


def part_changes(first: Change, post: Post, state: State, now: datetime) -> Iterator[Change]:
    """Yield the changes of the parts after the first. A part is sent only after the part before it."""
    old = first.moved_from or first.key
    before = first
    for number in range(2, len(post.parts) + 1):
        made = part_of(post, number)
        entry = state.posts.get(f"{old}#{number}")
        action, reason, diff = Action.NONE, "published", None
        if entry is None:
            action, reason = _new(first, before, number, len(post.parts))
        elif entry.status is Status.PENDING:
            action, reason = pending_reason(made.key, entry, now)
        elif entry.digest != made.digest:
            action, reason = (
                Action.CHANGED,
                "differs from the live part of the thread, which is left as it is",
            )
            diff = text_diff(entry.text, made.text.plain)
        elif entry.status is Status.STAMPED:
            reason = "stamped as done"
        before = Change(
            made.key,
            action,
            reason,
            first.source,
            first.author,
            made.digest,
            publish_at=first.publish_at,
            urn=entry.urn if entry else None,
            permalink=entry.permalink if entry else None,
            diff=diff,
            post=made,
            in_flight=entry is not None and entry.status is Status.PENDING and action is Action.NONE,
            network=first.network,
        )
        yield before


def _new(first: Change, before: Change, number: int, count: int) -> tuple[Action, str]:
    # a part of the new text under parts of the old one would make a thread that nobody wrote
    what = f"part {number} of {count} of the thread"
    if first.action is Action.CHANGED:
        return (
            Action.CHANGED,
            f"{what} is missing, and the thread was changed since its first part was published",
        )
    if before.action is Action.CREATE or (before.action in _LIVE and before.urn):
        return Action.CREATE, what
    if first.action is Action.NONE and not first.urn and not first.in_flight:
        return Action.NONE, "its first part was stamped as done"
    waits = f"{what}; it waits for the part before it"
    return (Action.BLOCKED if before.action is Action.UNKNOWN else before.action), waits


def deleted_with(change: Change, state: State) -> Iterator[Change]:
    """Yield the deletes of the replies to a deleted copy.

    On LinkedIn, comments are deleted with their post.
    """
    if change.action is not Action.DELETE or change.network == "linkedin":
        return
    for name, entry in state.posts.items():
        if name.startswith(f"{change.key}#") and entry.status is Status.PUBLISHED:
            yield change._replace(
                key=name,
                reason=f"hangs on {change.key!r}",
                digest=entry.digest,
                urn=entry.urn,
                permalink=entry.permalink,
                diff=None,
                post=None,
            )


def has_replies(name: str, state: State) -> bool:
    """Return whether something that publisher posted hangs on a copy."""
    return any(key.startswith(f"{name}#") and split_name(key).part for key in state.posts)
