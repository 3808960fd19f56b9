"""Compare one post with its entry: which action, and why. Pure. The order of the checks is the rule."""

from collections.abc import Sequence
from datetime import datetime
from shlex import quote

from publisher.model.config import Config
from publisher.model.plan import Action, Change
from publisher.model.post import Post
from publisher.model.state import Entry, Status
from publisher.networks.registry import facts_of, label_of
from publisher.planning.diff import text_diff
from publisher.planning.digests import rest_digest
from publisher.planning.doubt import may_be_repeated, pending_reason
from publisher.planning.options import PlanOptions
from publisher.planning.schedule import lateness


def change(post: Post, action: Action, reason: str, entry: Entry | None = None) -> Change:
    """Return a plan line about a post, with what its entry knows."""
    urn, permalink, diff = (entry.urn, entry.permalink, None) if entry else (None, None, None)
    if entry and action is not Action.NONE:
        diff = text_diff(entry.text, post.text.plain)
    return Change(
        post.key,
        action,
        reason,
        post.source,
        post.author.urn,
        post.digest,
        post.publish_at,
        urn,
        permalink,
        diff,
        post=post,
        network=post.author.network,
    )


def compare_known(
    post: Post,
    entry: Entry,
    config: Config,
    options: PlanOptions,
    now: datetime,
    *,
    has_replies: bool = False,
) -> Change:
    """Return the change of a post whose key is in the state.

    Never replace a post that has replies of ours.
    """
    match entry.status:
        case Status.PENDING:
            return _compare_pending(post, entry, config, now)
        case Status.DELETED:
            again = f"`publisher state rm {quote(post.key)}` lets it be published again"
            reason = f"was deleted from {label_of(post.author)}; {again}"
            return change(post, Action.BLOCKED, reason, entry)
        case _ if post.digest == entry.digest:
            reason = "stamped as done" if entry.status is Status.STAMPED else "published"
            return change(post, Action.NONE, reason, entry)
        case Status.STAMPED:
            reason = "differs from what was stamped as done; there is no URN to change"
            return change(post, Action.CHANGED, reason, entry)
        case _:
            return _compare_live(post, entry, config, options, has_replies=has_replies)


def _compare_pending(post: Post, entry: Entry, config: Config, now: datetime) -> Change:
    # an edit sets the same text again, so repeating it creates nothing
    editable = config.on_change == "update" and _update_refusal(post, entry, config) is None
    if editable and may_be_repeated(entry, "update", now):
        return change(
            post, Action.UPDATE, "the outcome of an earlier edit is unknown; the text is sent again", entry
        )
    action, reason = pending_reason(post.key, entry, now)
    return change(post, action, reason, entry)._replace(in_flight=action is Action.NONE)


def _compare_live(
    post: Post, entry: Entry, config: Config, options: PlanOptions, *, has_replies: bool
) -> Change:
    # a delete would take the replies along or leave them without their post, so nothing is changed
    if has_replies and config.on_change != "hold":
        reason = "differs from the live post, which has replies of its own and is left as it is"
        return change(post, Action.CHANGED, reason, entry)
    if config.on_change == "replace":
        if options.allow_replace:
            return change(
                post, Action.REPLACE, "differs; the live post is deleted and this one is created", entry
            )
        reason = "differs from the live post; on_change: replace also needs --allow-replace"
        return change(post, Action.CHANGED, reason, entry)
    if config.on_change == "update":
        refusal = _update_refusal(post, entry, config)
        if refusal is None:
            return change(post, Action.UPDATE, "only the text differs", entry)
        return change(post, Action.CHANGED, f"differs from the live post; {refusal}", entry)
    reason = "differs from the live post; on_change: hold leaves it unchanged"
    return change(post, Action.CHANGED, reason, entry)


def _update_refusal(post: Post, entry: Entry, config: Config) -> str | None:
    if post.author.network == "linkedin" and config.api != "posts":
        return "ugcPosts can't edit a live post (api: posts can edit its text)"
    if not facts_of(post.author).traits(post.author).editable:
        return f"{label_of(post.author)} can't edit a live post"
    if entry.rest_digest != rest_digest(post):
        return "more than the text differs, and only the text can be edited"
    return None


def compare_new(post: Post, config: Config, now: datetime, posted: Sequence[datetime] = ()) -> Change:
    """Return the change of a post that is not in the state, by its time alone.

    ``posted`` holds the times of its author's other posts.
    """
    if post.draft:
        return change(post, Action.DRAFT, "draft: true")
    at = post.publish_at
    if at is None:
        if post.slot:
            reason = "waits for a free slot" if config.slots else "waits for a slot, but `slots` is not set"
            return change(post, Action.SCHEDULED, reason)
        return change(post, Action.CREATE, "new")
    if at > now:
        slot = " (its slot)" if post.slot else ""
        return change(post, Action.SCHEDULED, f"due {at.isoformat(timespec='minutes')}{slot}")
    # within the grace a late post goes out without a question, because a scheduled run may be late or missed
    late = lateness(at, now, posted, config.limits.spacing)
    if late <= config.late.grace or config.late.policy == "publish":
        return change(post, Action.CREATE, "due")
    days, hours = late.days, late.seconds // 3600
    grace = config.late.grace.total_seconds() / 3600
    reason = f"{days} d {hours} h late; late.grace is {grace:g} h"
    if config.late.policy == "skip":
        return change(post, Action.LATE, f"{reason}; skipped (late.policy: skip)")
    return change(post, Action.LATE, f"{reason}; set a new publish_at, or late.policy: publish")
