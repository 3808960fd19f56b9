"""Plans as GitHub Markdown: a table, the texts and differences to unfold, what to type next.

The result is safe for hostile posts.
"""

from publisher.model.plan import ACTING, Action, Change, Plan
from publisher.model.state import COMMENT_SUFFIX
from publisher.reports.markdown import COMMENT_LIMIT, block, code, details, fitted, inline, link, table

ACTION_SIGN = {
    Action.CREATE: "🟢",
    Action.UPDATE: "🟡",
    Action.REPLACE: "🟠",
    Action.MOVE: "🔵",
    Action.DELETE: "🔴",
    Action.CHANGED: "🟡",
    Action.NONE: "⚪",
    Action.ORPHAN: "⚪",
    Action.SCHEDULED: "🔵",
    Action.DRAFT: "⚪",
    Action.LATE: "🟠",
    Action.UNKNOWN: "❗",
    Action.BLOCKED: "⛔",
}
"""A sign for each action, which says by colour what it is about; the word stands beside it."""

LIMIT = COMMENT_LIMIT - 20_000
"""Bytes; the rest of a comment is for findings about the same posts."""

_LEFT_OUT = "*{} more parts don't fit here; `publisher plan` shows everything.*"
# A block is shown as a whole or not at all, so a long table is cut into several.
_ROWS_IN_BLOCK = 50
_HEADER = ("Post", "Action", "When", "Why")


def plan_markdown(plan: Plan, *, limit: int = LIMIT) -> str:
    """Return the report's text, at most ``limit`` bytes.

    Posts that are published and unchanged are only counted.
    """
    shown = [change for change in plan.changes if change.action is not Action.NONE]
    tables = [
        table(_HEADER, [_row(change) for change in shown[start : start + _ROWS_IN_BLOCK]])
        for start in range(0, len(shown), _ROWS_IN_BLOCK)
    ]
    unfold = [part for change in shown if (part := _details(change))]
    # From the most important to the least: the end is what is left out.
    return fitted([_headline(plan), *tables, *unfold], limit, _LEFT_OUT)


def _headline(plan: Plan) -> str:
    counts = plan.summary
    unchanged = counts.pop(Action.NONE.value, 0)
    words = [f"{number} {action}" for action, number in counts.items()]
    if unchanged:
        words.append(f"{unchanged} published and unchanged")
    said = ", ".join(words) or "no posts"
    if plan.acting:
        return f"**Plan:** {said}."
    return f"**Nothing to do:** {said}."


def _row(change: Change) -> tuple[str, ...]:
    name = code(change.key)
    if change.permalink:
        name = f"{name} {link('live', change.permalink)}"
    when = change.publish_at.isoformat(sep=" ", timespec="minutes") if change.publish_at else ""
    sign = ACTION_SIGN[change.action]
    word = f"**{change.action.value}**" if change.action in ACTING else change.action.value
    return f"{name}<br>{inline(change.source)}", f"{sign} {word}", inline(when), inline(change.reason)


def _details(change: Change) -> str:
    """Return what people will read, or how it differs from what they read now.

    The result is empty if there is neither.
    """
    if change.diff:
        return details(f"{code(change.key)}: what differs", block(change.diff, "diff"))
    if change.post is None or change.action not in (Action.CREATE, Action.SCHEDULED, Action.REPLACE):
        return ""
    comment = change.key.endswith(COMMENT_SUFFIX)
    text = change.post.first_comment if comment and change.post.first_comment else change.post.text
    parts = [block(text.plain)] if text.plain else []
    if not comment:
        parts += _attachments(change)
    summary = f"{code(change.key)}: {'first comment' if comment else 'text'}"
    return details(summary, "\n\n".join(parts)) if parts else ""


def _attachments(change: Change) -> list[str]:
    post = change.post
    if post is None:
        return []
    lines = [f"- {media.kind.value} {code(media.path)} {inline(media.alt)}".rstrip() for media in post.media]
    if post.article:
        lines.append(f"- link {code(post.article.url, 500)} {inline(post.article.title)}".rstrip())
    lines += [
        f"- mentions {code(post.text.plain[m.start : m.end])} ({code(m.urn)})" for m in post.text.mentions
    ]
    return ["\n".join(lines)] if lines else []
