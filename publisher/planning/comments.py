"""Plan first comments as changes of their own that follow their posts."""

from datetime import datetime

from publisher.model.plan import Action, Change
from publisher.model.post import Post
from publisher.model.state import COMMENT_SUFFIX, State, Status
from publisher.planning.diff import text_diff
from publisher.planning.doubt import pending_reason
from publisher.render.digest import comment_digest

_LIVE_AFTER = frozenset(
    {Action.CREATE, Action.REPLACE, Action.UPDATE, Action.NONE, Action.CHANGED, Action.MOVE}
)


def comment_change(parent: Change, post: Post, state: State, now: datetime) -> Change | None:
    """Return the change of the first comment of ``parent``'s post, or None if that is not live."""
    entry = state.posts.get((parent.moved_from or parent.key) + COMMENT_SUFFIX)
    in_doubt = entry is not None and entry.status is Status.PENDING
    if parent.action not in _LIVE_AFTER and not in_doubt:
        return None
    action, reason, urn, diff = _compare(parent, post, state, now)
    return Change(
        key=parent.key + COMMENT_SUFFIX,
        action=action,
        reason=reason,
        source=parent.source,
        author=parent.author,
        digest=comment_digest(post),
        publish_at=parent.publish_at,
        urn=urn,
        diff=diff,
        post=post,
        network=parent.network,
    )


def _compare(
    parent: Change, post: Post, state: State, now: datetime
) -> tuple[Action, str, str | None, str | None]:
    assert post.first_comment is not None  # noqa: S101 - checked by the only caller
    entry = state.posts.get((parent.moved_from or parent.key) + COMMENT_SUFFIX)
    # first of all: a comment in doubt is not created again, whatever happens to its post
    if entry is not None and entry.status is Status.PENDING:
        action, reason = pending_reason(parent.key + COMMENT_SUFFIX, entry, now)
        return action, reason, entry.urn, None
    if parent.action in (Action.CREATE, Action.REPLACE):
        return Action.CREATE, "the first comment, published after its post", None, None
    if entry is None:
        own = state.posts.get(parent.moved_from or parent.key)
        if own is None or own.urn is None:
            return (
                Action.CHANGED,
                "new; its post was stamped as done and has no URN to comment on",
                None,
                None,
            )
        return Action.CREATE, "the first comment", None, None
    if entry.digest == comment_digest(post):
        return (
            Action.NONE,
            "stamped as done" if entry.status is Status.STAMPED else "published",
            entry.urn,
            None,
        )
    diff = text_diff(entry.text, post.first_comment.plain)
    if entry.status is Status.STAMPED:
        return Action.CHANGED, "differs from what was stamped as done", None, diff
    return Action.CHANGED, "differs from the live comment, which can't be edited", entry.urn, diff
