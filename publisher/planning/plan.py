"""Make the whole plan: compare every post with the state, find moves and orphans, and apply the limits."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from shlex import quote

from publisher.model.config import Config
from publisher.model.plan import Action, Change, Plan
from publisher.model.post import Post
from publisher.model.state import Entry, State, Status, split_name
from publisher.networks.registry import facts_of
from publisher.planning.budget import usage_of_state, within_budget
from publisher.planning.comments import comment_change
from publisher.planning.compare import change, compare_known, compare_new
from publisher.planning.copies import identify, selected
from publisher.planning.digests import content_digest
from publisher.planning.doubt import may_be_repeated, pending_reason
from publisher.planning.limits import refusal_of
from publisher.planning.moves import find_moves
from publisher.planning.options import PlanOptions
from publisher.planning.parts import deleted_with, has_replies, part_changes
from publisher.planning.payloads import with_payload
from publisher.planning.same_post import block_repeats, content_of
from publisher.planning.schedule import assign_slots, keep_spacing, posted_times
from publisher.state.statefile import state_digest

_CREATING = frozenset({Action.CREATE, Action.REPLACE})
_EARLIEST = float("-inf")
_LAST = 1_000_000
"""First comments come after the parts of a thread."""


def make_plan(
    posts: Sequence[Post], state: State, config: Config, now: datetime, options: PlanOptions
) -> Plan:
    """Return what publish would do at ``now`` (aware). The same arguments give the same plan."""
    # The order of the steps is the rule:
    #  0    Find the entry of each copy: every later step goes by its name and account.
    #  1-2  Pair renamed posts with their old entries first. All later steps depend on what is new.
    #  3-4  Assign slots next: a post's slot is its time, and the time decides whether it is due.
    #  5    Compare each post with its own entry. This step looks at no other post.
    #  6    Compare the posts with each other, in the order in which they would go out: the earliest keeps its content.
    #  7    Add entries without a post.
    #  8    Narrow to the selected keys and authors. Earlier steps must see everything, because a post that is not
    #       selected still makes another one a duplicate. Later steps count only what this run would send.
    #  9    Keep the spacing. It turns creates into scheduled posts, which must not use up limits.
    # 10-11 Apply the limits of a run, then the daily budget: both count what is left to send.
    # 12    Add parts of threads and first comments last. Whether one is sent depends on what became of its post.
    documents = posts = _without_backlog(posts, state)
    posts, contested = identify(posts, state, options)
    by_key = {post.key: post for post in posts}
    moves = find_moves(by_key, state)
    slots = assign_slots(posts, state, config, options.assigned_at or now)
    posted = posted_times(state, now) if config.limits.spacing else {}
    posts_in_slots = (replace(p, publish_at=slots[p.key]) if p.key in slots else p for p in posts)
    changes = [_post_change(post, moves, state, config, now, options, posted) for post in posts_in_slots]
    changes = [_hold_contested(line, contested) for line in changes] if contested else changes
    changes = block_repeats(
        sorted(changes, key=_time), by_key, state, now
    )  # by time, and by key as they come
    orphans = _orphans(by_key, moves, state, options, now)
    changes += orphans
    if options.keys or options.authors:
        accounts = {post.author.alias: post.author.urn for post in posts if post.author.alias}
        wanted = {line.key for line in selected(changes, options, accounts)}
        # what is in doubt is shown whatever is selected, because a person must settle it
        changes = [line for line in changes if line.action is Action.UNKNOWN or line.key in wanted]
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
    further = [part for line in changes for part in _further(line, state, now)]
    changes = _without_others(changes + further + comments, state)
    changes.sort(key=_order)
    if not options.details:
        return Plan(config.api, "", "", tuple(changes), refusal)
    detailed = tuple([with_payload(line, config) for line in changes])
    return Plan(config.api, state_digest(state), content_digest(documents, config), detailed, refusal)


def _without_backlog(posts: Sequence[Post], state: State) -> list[Post]:
    """Return the posts without old articles, except those in the state, which are live and no orphans."""
    known = {split_name(name).key for name in state.posts}
    return [post for post in posts if not post.backlog or post.document_key in known]


def due_after(plan: Plan, author: str, end: datetime) -> tuple[str, ...]:
    """Return the keys of an author's scheduled posts that are due only after ``end``."""
    return tuple(
        line.key
        for line in plan.changes
        if line.action is Action.SCHEDULED
        and line.author == author
        and line.publish_at is not None
        and line.publish_at > end
    )


def _order(line: Change) -> tuple[float, str, int, str, str]:
    part = line.part
    number = int(part) if part.isdecimal() else _LAST if part else 0
    return (_time(line), line.document, number, part, line.author)


def _time(line: Change) -> float:
    # seconds, because comparing aware datetimes asks both for their offset each time
    return line.publish_at.timestamp() if line.publish_at else _EARLIEST


def _further(line: Change, state: State, now: datetime) -> Iterator[Change]:
    """Yield the changes that follow a copy, except its first comment."""
    if (
        line.post is not None
        and line.post.parts
        and facts_of(line.post.author).traits(line.post.author).replies
    ):
        yield from part_changes(line, line.post, state, now)
    yield from deleted_with(line, state)


def _hold_contested(line: Change, contested: Mapping[str, str]) -> Change:
    """Block what would be published by another account than the state knows under that handle or server."""
    alias = line.post.author.alias if line.post else ""
    if alias not in contested or line.action not in _CREATING:
        return line
    reason = (
        f"{alias} is {line.author} now, and the state knows {contested[alias]} under that handle or server; set "
        f"`did:` or `account:` of {alias} in publisher.yaml if that is meant"
    )
    return line._replace(action=Action.BLOCKED, reason=reason)


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
        same = entry.author in (post.author.urn, post.author.placeholder)
        if not same and post.author.network != "linkedin":
            return change(post, Action.CHANGED, _by_another(post, entry), entry)
        fixed = bool(post.parts) or (post.author.network != "linkedin" and has_replies(post.key, state))
        return compare_known(post, entry, config, options, now, has_replies=fixed)
    old = moves.get(post.key)
    if old is not None:
        moved = change(post, Action.MOVE, f"was {old!r}", state.posts[old])
        return moved._replace(moved_from=old)
    return compare_new(post, config, now, posted.get(post.author.urn, ()))


def _by_another(post: Post, entry: Entry) -> str:
    if entry.status is Status.PENDING:
        return f"is in doubt for {entry.author}; `publisher state resolve {quote(post.key)} …` settles that first"
    return (
        f"was published by {entry.author}, no longer its author; `publisher unpublish {quote(post.key)}` "
        f"or `publisher state rm {quote(post.key)}` lets {post.author.alias or post.author.urn} publish it"
    )


def _without_others(changes: list[Change], state: State) -> list[Change]:
    """Return the changes without the posts that another run is sending now."""
    if not state.claimed:
        return changes
    reason = "another run is publishing it now"
    return [
        line._replace(action=Action.NONE, reason=reason)
        if line.action is Action.BLOCKED and line.key.partition("#")[0] in state.claimed
        else line
        for line in changes
    ]


def _orphans(
    by_key: Mapping[str, Post], moves: Mapping[str, str], state: State, options: PlanOptions, now: datetime
) -> list[Change]:
    moved = set(moves.values())
    documents = {post.document_key for post in by_key.values()}
    contents = {content_of(post): key for key, post in by_key.items()}
    lines = []
    for key in sorted(state.posts.keys() - by_key.keys()):
        entry = state.posts[key]
        if key in moved or entry.status is Status.DELETED:
            continue
        # a comment or part goes with its post, unless it is in doubt and no other line says so
        in_doubt = entry.status is Status.PENDING and not _is_planned(key, by_key)
        if split_name(key).part and not in_doubt:
            continue
        here = split_name(key).key in documents
        lines.append(_orphan(key, entry, contents.get(content_of(entry)), options, now, here=here))
    return lines


def _is_planned(name: str, by_key: Mapping[str, Post]) -> bool:
    """Return whether a comment, or a part of a thread, has a line of its own beside its post."""
    own, _, part = name.partition("#")
    post = by_key.get(own)
    if post is None:
        return False
    return int(part) <= len(post.parts) if part.isdecimal() else post.first_comment is not None


def _orphan(
    key: str, entry: Entry, now_in: str | None, options: PlanOptions, now: datetime, *, here: bool
) -> Change:
    gone = "its author is no longer listed" if here else "its source is gone"
    wanted = options.prune or key in options.unpublish
    if entry.status is Status.PENDING and not (wanted and may_be_repeated(entry, "delete", now)):
        action, reason = pending_reason(key, entry, now)
    # before the delete: content that moved to another file must not lose its live post
    elif wanted and now_in is not None and entry.status is Status.PUBLISHED:
        action = Action.ORPHAN
        reason = (
            f"its content is in {now_in!r} now, so it is not deleted; `publisher state mv {key} {now_in}`"
        )
    elif wanted:
        action, reason = (
            Action.DELETE,
            f"{gone} (--prune)" if options.prune else "is to be unpublished",
        )
    else:
        action, reason = Action.ORPHAN, f"{gone}; the post stays live (--prune deletes it)"
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
        network=entry.network,
    )
