"""The posts of one pull request as GitHub Markdown.

Each post is shown as readers will see it, with the facts that a reviewer needs.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from publisher.feedview.text import fold_end
from publisher.model.diagnostic import Diagnostic, Severity
from publisher.model.plan import Action, Change, Plan
from publisher.model.post import Media, Post, Text, Visibility
from publisher.model.state import COMMENT_SUFFIX
from publisher.networks.registry import facts_of, label_of
from publisher.planning.diff import text_diff
from publisher.render.threads import part_of
from publisher.reports.markdown import block, code, details, fitted, inline, link, quote
from publisher.reports.plan_markdown import ACTION_SIGN, LIMIT

_LEFT_OUT = "*{} more parts don't fit here; `publisher preview` shows every post.*"
_FOLD = "> **✂ …see more** *(LinkedIn folds the text here)*"
_SEVERITY = {Severity.ERROR: "❌", Severity.WARNING: "⚠️", Severity.INFO: "ℹ️"}
_VISIBLE_TO = {Visibility.PUBLIC: "visible to anyone", Visibility.CONNECTIONS: "visible to connections"}


@dataclass(frozen=True)
class Review:
    """What a pull request does to the posts: the plan of its head, and the posts of its base by key."""

    plan: Plan
    before: Mapping[str, Post]
    diagnostics: Sequence[Diagnostic]
    zone: tzinfo
    now: datetime


def review_markdown(review: Review, *, limit: int = LIMIT) -> str:
    """Return the report: first the posts that the pull request adds, changes or removes, then one line for
    the rest.

    At most ``limit`` bytes; posts that don't fit are counted.
    """
    comments = {c.key: c for c in review.plan.changes if c.key.endswith(COMMENT_SUFFIX)}
    posts = [change for change in review.plan.changes if not change.part]
    own = [change for change in posts if change.post and is_changed(_before(change, review), change.post)]
    kept = {change.key for change in posts if change.post}
    moved = {change.moved_from for change in posts}
    # A moved post is in the base under its old key, which is not a removal.
    removed = [key for key in sorted(review.before) if key not in kept and key not in moved]
    rest = [change for change in posts if change not in own and change.key not in removed]
    blocks = [_headline(own, removed, review)]
    blocks += [
        "\n\n".join(_post(change, comments.get(change.key + COMMENT_SUFFIX), review)) for change in own
    ]
    if removed:
        by_key = {change.key: change for change in posts}
        blocks.append("\n".join(["#### 🗑️ Removed", "", *(_removed(key, by_key.get(key)) for key in removed)]))
    # the last line must be there, however much is before it
    last = _rest(rest)
    return fitted(blocks, limit - len(last.encode()) - 2, _LEFT_OUT) + (f"\n{last}\n" if last else "")


def is_changed(before: Post | None, now: Post) -> bool:
    """Tell whether readers would see something else, or at another time."""
    if before is None:
        return True
    # The first comment is not part of the digest, so it is compared by itself.
    facts = [(post.digest, post.publish_at, post.draft, post.first_comment) for post in (before, now)]
    return facts[0] != facts[1]


def _before(change: Change, review: Review) -> Post | None:
    return review.before.get(change.moved_from or change.key)


def _headline(own: Sequence[Change], removed: Sequence[str], review: Review) -> str:
    new = sum(_before(change, review) is None for change in own)
    counts = {"new": new, "changed": len(own) - new, "removed": len(removed)}
    words = [f"{count} {word}" for word, count in counts.items() if count]
    if not words:
        return "**No post changes in this pull request.**"
    total = len(own) + len(removed)
    return f"**This pull request:** {', '.join(words)} post{'' if total == 1 else 's'}."


def _post(change: Change, comment: Change | None, review: Review) -> Iterator[str]:
    post, before = change.post, _before(change, review)
    assert post is not None  # noqa: S101 - `own` holds only such changes
    state = "new" if before is None else "changed"
    yield f"#### {ACTION_SIGN[change.action]} {code(change.key)} — {state}, {_when(change, review)}"
    yield _byline(change, post)
    if post.spoiler:
        yield f"⚠️ **Content warning:** {inline(post.spoiler)}"
    for number, text in enumerate(post.parts or (post.text,), 1):
        if number > 1:
            yield f"🧵 **Part {number} of {len(post.parts)}**"
        yield _body(text, folded=post.author.network == "linkedin")
    if post.first_comment:
        yield f"💬 **First comment**{_comment_state(comment)}\n\n{quote(post.first_comment.plain)}"
    facts = [*_attached(post), _length(post)]
    yield "\n".join(f"- {fact}" for fact in facts)
    warnings = [
        d
        for d in review.diagnostics
        if d.path == post.source and d.key in (None, post.key, post.document_key)
    ]
    if warnings:
        yield "\n".join(
            f"- {_SEVERITY[d.severity]} {inline(f'{d.message} {d.remedy}', 500)}" for d in warnings
        )
    yield from _difference(change, before, post)


def _when(change: Change, review: Review) -> str:
    at = change.publish_at.astimezone(review.zone) if change.publish_at else None
    shown = f"{at:%A}, {at.day} {at:%B %Y}, {at:%H:%M %Z}" if at else ""
    match change.action:
        case Action.CREATE:
            return "published when this is merged"
        case Action.SCHEDULED:
            return f"due {shown}" if shown else "at the next free slot"
        case Action.DRAFT:
            return f"a draft, meant for {shown}" if shown else "draft: true"
        case Action.NONE:
            return "live"
        case Action.CHANGED:
            return inline(change.reason)
        case _:
            return f"{change.action.value}: {inline(change.reason)}"


def _byline(change: Change, post: Post) -> str:
    name = inline(post.author.alias or post.author.urn)
    parts = [f"**{name}**", inline(label_of(post.author)), _VISIBLE_TO[post.visibility], inline(post.source)]
    if change.permalink:
        parts.append(link("live post", change.permalink))
    return " · ".join(parts)


def _body(text: Text, *, folded: bool) -> str:
    """Return the text as a quotation, which wraps, with LinkedIn's fold marked."""
    plain = text.plain
    if not plain.strip():
        return "> *(no text)*"
    # Reviewers decide about the words before the fold, which most readers never pass.
    end = fold_end(plain) if folded else len(plain)
    if not plain[end:].strip():
        return quote(plain)
    return f"{quote(plain[:end].rstrip())}\n>\n{_FOLD}\n>\n{quote(plain[end:].lstrip())}"


def _comment_state(comment: Change | None) -> str:
    return f" ({comment.action.value})" if comment and comment.action is not Action.CREATE else ""


def _attached(post: Post) -> Iterator[str]:
    for media in post.media:
        yield f"🖼️ {_media(media)}"
    if article := post.article:
        words = " — ".join(inline(word) for word in (article.title, article.description) if word)
        yield f"🔗 link card {code(article.url, 500)} {words}".rstrip()
    if poll := post.poll:
        yield f"📊 poll: {inline(poll.question)} ({', '.join(map(inline, poll.options))})"
    if post.reshare:
        yield f"🔁 reshares {code(post.reshare)}"
    for text in filter(None, (post.text, post.first_comment)):
        for mention in text.mentions:
            yield f"👤 mentions {code(text.plain[mention.start : mention.end])} ({code(mention.urn)})"


def _media(media: Media) -> str:
    facts = [media.kind.value]
    if media.width and media.height:
        facts.append(f"{media.width}×{media.height}")
    if media.pages:
        facts.append(f"{media.pages} pages")
    if media.duration:
        facts.append(f"{media.duration:.0f} s")
    described = f"“{inline(media.alt)}”" if media.alt else "⚠️ no alternative text"
    return f"{code(media.path)} ({', '.join(facts)}): {described}"


def _length(post: Post) -> str:
    """Return how long a post is by its network's rule; of a thread, each part."""
    facts, author = facts_of(post.author), post.author
    traits = facts.traits(author)
    sent = [facts.sent(part_of(post, number)) for number in range(1, len(post.parts) + 1)] or [
        facts.sent(post)
    ]
    lengths = " + ".join(f"{facts.length(author, text):,}" for text in sent)
    unit = "characters" if author.network == "linkedin" else traits.unit
    return f"📏 {lengths} of {traits.limit:,} {unit}"


def _difference(change: Change, before: Post | None, post: Post) -> Iterator[str]:
    if change.diff:
        yield details("What differs from the live post", block(change.diff, "diff"))
        return
    found = text_diff(before.text.plain, post.text.plain) if before else None
    if found:
        yield details("What differs from the base branch", block(found, "diff"))


def _removed(key: str, change: Change | None) -> str:
    if change is None:
        return f"- {code(key)}: it was never published, and its file is removed"
    live = f" {link('live post', change.permalink)}" if change.permalink else ""
    return f"- {code(key)}: {inline(change.reason)}{live}"


def _rest(rest: Sequence[Change]) -> str:
    pending = Counter(change.action.value for change in rest if change.action is not Action.NONE)
    if not pending:
        return ""
    words = ", ".join(f"{count} {action}" for action, count in sorted(pending.items()))
    names = [code(change.key) for change in rest if change.action is not Action.NONE]
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return f"**Also pending, not changed here:** {words} ({', '.join(names[:5])}{more})."
