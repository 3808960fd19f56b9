"""The whole plan: every post against the state, moves, orphans, and what must not run together."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from operator import attrgetter

from publisher.model.config import Config
from publisher.model.plan import Action, Change, Plan
from publisher.model.post import Post
from publisher.model.state import COMMENT_SUFFIX, Entry, State, Status, split_name
from publisher.planning.budget import usage_of_state, within_budget
from publisher.planning.comments import comment_change
from publisher.planning.compare import change, compare_known, compare_new
from publisher.planning.digests import content_digest
from publisher.planning.doubt import may_be_repeated, pending_reason
from publisher.planning.limits import refusal_of
from publisher.planning.moves import find_moves
from publisher.planning.options import PlanOptions
from publisher.planning.payloads import with_payload
from publisher.planning.same_post import block_repeats, content_of
from publisher.planning.schedule import assign_slots, keep_spacing, posted_times
from publisher.state.statefile import state_digest

_CREATING = frozenset({Action.CREATE, Action.REPLACE})
_EARLIEST = float("-inf")


def make_plan(
    posts: Sequence[Post], state: State, config: Config, now: datetime, options: PlanOptions
) -> Plan:
    """What publish would do at ``now`` (aware). The same arguments give the same plan."""
    # The order of the steps is the rule:
    #  1-2  Pair renamed posts with their old entries first. All later steps depend on what is new.
    #  3-4  Assign slots next: a post's slot is its time, and the time decides whether it is due.
    #  5    Compare each post with its own entry. This step looks at no other post.
    #  6    Compare the posts with each other, in the order in which they would go out: the earliest keeps its content.
    #  7    Add entries without a post.
    #  8    Narrow to the selected keys. Earlier steps must see everything, because a post that is not selected still
    #       makes another one a duplicate. Later steps count only what this run would send.
    #  9    Keep the spacing. It turns creates into scheduled posts, which must not use up limits.
    # 10-11 Apply the limits of a run, then the daily budget: both count what is left to send.
    # 12    Add first comments last. Whether one is sent depends on what became of its post.
    posts = sorted(posts, key=attrgetter("key"))
    by_key = {post.key: post for post in posts}
    moves = find_moves(by_key, state)
    slots = assign_slots(posts, state, config, options.assigned_at or now)
    posted = posted_times(state, now) if config.limits.spacing else {}
    posts_in_slots = (replace(p, publish_at=slots[p.key]) if p.key in slots else p for p in posts)
    changes = [_post_change(post, moves, state, config, now, options, posted) for post in posts_in_slots]
    changes = block_repeats(
        sorted(changes, key=_time), by_key, state, now
    )  # by time, and by key as they come
    orphans = _orphans(by_key, moves, state, options, now)
    changes += orphans
    if options.keys:
        # what is in doubt is shown whatever is selected, because a person must settle it
        changes = [c for c in changes if c.action is Action.UNKNOWN or split_name(c.key).key in options.keys]
    changes = keep_spacing(changes, state, config, now)
    refusal = refusal_of(changes, state, config, now, options)
    if options.budget and any(line.action in _CREATING for line in changes):
        changes = within_budget(changes, state.usage or usage_of_state(state, config, now), config, now)
    comments = [
        comment
        for line in changes
        if line.post is not None and line.post.first_comment is not None
        if (comment := comment_change(line, line.post, state, now))
    ]
    changes = _without_others(changes + comments, state)
    if orphans or comments or config.limits.spacing:  # else all are where they were
        changes.sort(key=_order)
    if not options.details:
        return Plan(config.api, "", "", tuple(changes), refusal)
    detailed = tuple([with_payload(line, config.api) for line in changes])
    return Plan(config.api, state_digest(state), content_digest(posts, config), detailed, refusal)


def due_after(plan: Plan, author: str, end: datetime) -> tuple[str, ...]:
    """The keys of an author's scheduled posts that are due only after ``end``."""
    return tuple(
        line.key
        for line in plan.changes
        if line.action is Action.SCHEDULED
        and line.author == author
        and line.publish_at is not None
        and line.publish_at > end
    )


def _order(line: Change) -> tuple[float, str]:
    return (_time(line), line.key)


def _time(line: Change) -> float:
    # seconds, because comparing aware datetimes asks both for their offset each time
    return line.publish_at.timestamp() if line.publish_at else _EARLIEST


def _post_change(
    post: Post,
    moves: Mapping[str, str],
    state: State,
    config: Config,
    now: datetime,
    options: PlanOptions,
    posted: Mapping[str, Sequence[datetime]],
) -> Change:
    entry = state.posts.get(post.key)
    if entry is not None:
        if post.key in options.unpublish and entry.urn is not None and entry.status is not Status.PENDING:
            return change(post, Action.DELETE, "is to be unpublished", entry)
        return compare_known(post, entry, config, options, now)
    old = moves.get(post.key)
    if old is not None:
        moved = change(post, Action.MOVE, f"was {old!r}", state.posts[old])
        return moved._replace(moved_from=old)
    return compare_new(post, config, now, posted.get(post.author.urn, ()))


def _without_others(changes: list[Change], state: State) -> list[Change]:
    """What another run is sending at this moment is neither in doubt nor this run's to do."""
    if not state.claimed:
        return changes
    reason = "another run is publishing it now"
    return [
        line._replace(action=Action.NONE, reason=reason)
        if line.action is Action.BLOCKED and line.key.removesuffix(COMMENT_SUFFIX) in state.claimed
        else line
        for line in changes
    ]


def _orphans(
    by_key: Mapping[str, Post], moves: Mapping[str, str], state: State, options: PlanOptions, now: datetime
) -> list[Change]:
    moved = set(moves.values())
    contents = {content_of(post): key for key, post in by_key.items()}
    lines = []
    for key in sorted(state.posts.keys() - by_key.keys()):
        entry = state.posts[key]
        if key in moved or entry.status is Status.DELETED:
            continue
        if split_name(key).part:
            post = by_key.get(key.removesuffix(COMMENT_SUFFIX))
            # a comment goes with its post, save where it is in doubt and no other line says so
            if entry.status is not Status.PENDING or (post is not None and post.first_comment is not None):
                continue
        lines.append(_orphan(key, entry, contents.get(content_of(entry)), options, now))
    return lines


def _orphan(key: str, entry: Entry, now_in: str | None, options: PlanOptions, now: datetime) -> Change:
    wanted = options.prune or key in options.unpublish
    if entry.status is Status.PENDING and not (wanted and may_be_repeated(entry, "delete", now)):
        action, reason = pending_reason(key, entry, now)
    elif wanted and now_in is not None and entry.status is Status.PUBLISHED:
        action = Action.ORPHAN
        reason = (
            f"its content is in {now_in!r} now, so it is not deleted; `publisher state mv {key} {now_in}`"
        )
    elif wanted:
        action, reason = (
            Action.DELETE,
            "its source is gone (--prune)" if options.prune else "is to be unpublished",
        )
    else:
        action, reason = Action.ORPHAN, "its source is gone; the post stays live (--prune deletes it)"
    return Change(
        key,
        action,
        reason,
        entry.source,
        entry.author,
        entry.digest,
        urn=entry.urn,
        permalink=entry.permalink,
        in_flight=entry.status is Status.PENDING and action is Action.NONE,
    )
