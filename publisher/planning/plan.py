"""The whole plan: every post against the state, moves, orphans, and what must not run together."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from operator import attrgetter

from publisher.model.config import Config
from publisher.model.plan import Action, Change, Plan
from publisher.model.post import Post
from publisher.model.state import COMMENT_SUFFIX, Entry, State, Status
from publisher.planning.budget import usage_of_state, within_budget
from publisher.planning.comments import comment_change
from publisher.planning.compare import change, compare_known, compare_new, unknown_reason
from publisher.planning.digests import content_digest
from publisher.planning.moves import find_moves
from publisher.planning.options import PlanOptions
from publisher.planning.payloads import with_payload
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
    posted = posted_times(state) if config.limits.spacing else {}
    posts_in_slots = (replace(p, publish_at=slots[p.key]) if p.key in slots else p for p in posts)
    changes = [_post_change(post, moves, state, config, now, options, posted) for post in posts_in_slots]
    changes = _one_text_once(sorted(changes, key=_time), state)  # by time, and by key as they come
    orphans = _orphans(by_key, moves, state, options)
    changes += orphans
    if options.keys:
        changes = [line for line in changes if line.key.removesuffix(COMMENT_SUFFIX) in options.keys]
    changes = keep_spacing(changes, state, config, now)
    changes = _within_limit(changes, config, options)
    if options.budget and any(line.action in _CREATING for line in changes):
        changes = within_budget(changes, state.usage or usage_of_state(state, config, now), config, now)
    comments = [
        comment
        for line in changes
        if line.post is not None and line.post.first_comment is not None
        if (comment := comment_change(line, line.post, state))
    ]
    changes = _without_others(changes + comments, state)
    if orphans or comments or config.limits.spacing:  # else all are where they were
        changes.sort(key=_order)
    if not options.details:
        return Plan(config.api, "", "", tuple(changes))
    detailed = tuple([with_payload(line, config.api) for line in changes])
    return Plan(config.api, state_digest(state), content_digest(posts, config), detailed)


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
        return compare_known(post, entry, config, options)
    old = moves.get(post.key)
    if old is not None:
        moved = change(post, Action.MOVE, f"was {old!r}", state.posts[old])
        return moved._replace(moved_from=old)
    return compare_new(post, config, now, posted.get(post.author.urn, ()))


def _one_text_once(changes: Iterable[Change], state: State) -> list[Change]:
    """Block creates whose author already has the same text live, pending, or earlier in this plan."""
    changes = list(changes)
    if all(line.action is not Action.CREATE for line in changes):
        return changes
    taken = {
        (entry.author, entry.text_digest): key
        for key, entry in state.posts.items()
        if entry.status in (Status.PUBLISHED, Status.PENDING) and COMMENT_SUFFIX not in key
    }
    result = []
    for line in changes:
        post = line.post
        if line.action is Action.CREATE and post is not None:
            first = taken.setdefault((line.author, post.text_digest), line.key)
            # posts without words may look alike
            if first != line.key and post.text.plain.strip():
                reason = f"has the same author and text as {first!r}, which LinkedIn refuses as a duplicate"
                line = line._replace(action=Action.BLOCKED, reason=f"{reason}; change the text")
        result.append(line)
    return result


def _within_limit(changes: Iterable[Change], config: Config, options: PlanOptions) -> list[Change]:
    limit = config.limits.creates_per_run if options.max_creates is None else options.max_creates
    over = {line.key for line in [line for line in changes if line.action in _CREATING][limit:]}
    reason = f"the limit of {limit} creates per run is reached"
    how = "run again, or raise limits.creates_per_run or --max-creates"
    return [
        line._replace(action=Action.BLOCKED, reason=f"{reason}; {how}") if line.key in over else line
        for line in changes
    ]


def _without_others(changes: list[Change], state: State) -> list[Change]:
    """What another run is sending at this moment is neither in doubt nor this run's to do."""
    if not state.claimed:
        return changes
    reason = "another run is publishing it now"
    return [
        line._replace(action=Action.NONE, reason=reason)
        if line.action in (Action.UNKNOWN, Action.BLOCKED)
        and line.key.removesuffix(COMMENT_SUFFIX) in state.claimed
        else line
        for line in changes
    ]


def _orphans(
    by_key: Mapping[str, Post], moves: Mapping[str, str], state: State, options: PlanOptions
) -> list[Change]:
    moved = set(moves.values())
    lines = []
    for key in sorted(state.posts.keys() - by_key.keys()):
        entry = state.posts[key]
        if key in moved or entry.status is Status.DELETED:
            continue
        if key.endswith(COMMENT_SUFFIX) and entry.status is not Status.PENDING:
            continue  # it goes with its post
        if key.removesuffix(COMMENT_SUFFIX) in by_key and key.endswith(COMMENT_SUFFIX):
            continue  # its own change says so
        lines.append(_orphan(key, entry, options))
    return lines


def _orphan(key: str, entry: Entry, options: PlanOptions) -> Change:
    if entry.status is Status.PENDING:
        action, reason = Action.UNKNOWN, unknown_reason(key, entry)
    elif options.prune:
        action, reason = Action.DELETE, "its source is gone (--prune)"
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
    )
