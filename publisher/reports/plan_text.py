"""Plans for people on a terminal: each change with its reason and diff, the counts, what to type next."""

from publisher.model.plan import ACTING, Action, Change, Plan
from publisher.model.state import COMMENT_SUFFIX, split_name
from publisher.reports.style import ACTION_STYLE, Paint, count_word, plain
from publisher.reports.visible import one_line, visible

HELD = frozenset({Action.CHANGED, Action.LATE, Action.ORPHAN, Action.UNKNOWN, Action.BLOCKED})
"""The actions that wait for a person."""

_NEW = frozenset({Action.CREATE, Action.SCHEDULED, Action.DRAFT, Action.LATE})
_SHORT_LINES, _SHORT_LENGTH = 4, 280
"""How much of a new post's text a plan shows without `--full`; LinkedIn folds after about three lines."""


def plan_text(plan: Plan, *, paint: Paint = plain, verbose: bool = False, full: bool = False) -> str:
    """Return the report's text, ending in a newline. Unchanged posts are counted; ``verbose`` lists them too.

    ``full`` shows the whole text of new posts instead of its beginning.
    """
    shown = [
        change for change in plan.changes if verbose or change.action is not Action.NONE or change.in_flight
    ]
    blocks = [_change(change, paint, full=full) for change in shown]
    blocks.append(_closing(plan, paint))
    return "\n".join(blocks) + "\n"


def waiting_text(plan: Plan, *, paint: Paint = plain) -> str:
    """Return the changes that publish does not carry out, each with its reason.

    Empty where there are none.
    """
    waiting = [
        c for c in plan.changes if c.action not in ACTING and (c.action is not Action.NONE or c.in_flight)
    ]
    return "\n".join(_change(change, paint) for change in waiting)


def _change(change: Change, paint: Paint, *, full: bool | None = None) -> str:
    """Return a change's lines; ``full`` says how much of a new text is shown (None: nothing)."""
    sign, style = ACTION_STYLE[change.action]
    lines = [
        f"{paint(f'{sign} {change.action:<9}', style)} {paint(one_line(change.key), 'bold')}  "
        f"{one_line(change.reason)}"
    ]
    place = "  ".join([part for part in (change.source, change.author, change.permalink) if part])
    lines.append(paint(f"            {one_line(place)}", "dim"))
    if change.diff:
        lines += [_diff_line(line, paint) for line in visible(change.diff).split("\n")]
    elif full is not None and change.action in _NEW:
        lines += ["            " + paint(line, "dim") for line in _text_lines(change, full=full)]
        lines += ["            " + paint(line, "dim") for line in _conversions(change)]
    return "\n".join(lines)


def _text_lines(change: Change, *, full: bool) -> list[str]:
    """Return the lines of a post's text, or of its first comment, that the plan shows."""
    if change.post is None:
        return []
    is_comment = change.key.endswith(COMMENT_SUFFIX)
    shown = change.post.first_comment if is_comment else change.post.text
    text = visible(shown.plain) if shown else ""
    lines = text.split("\n") if text else []
    if full:
        return lines
    # By lines and by characters: a post can be one long line.
    short = "\n".join(lines[:_SHORT_LINES])[:_SHORT_LENGTH]
    return (short + " …").split("\n") if len(short) < len(text) else lines


def _conversions(change: Change) -> list[str]:
    """Return a line for each picture that is converted before it is sent."""
    if change.post is None or split_name(change.key).part:
        return []
    return [f"[{one_line(media.path)}: {media.converted}]" for media in change.post.files if media.converted]


def _diff_line(line: str, paint: Paint) -> str:
    style = {"+": "green", "-": "red", "@": "cyan"}.get(line[:1], "dim")
    return "            " + paint(line, style)


def _closing(plan: Plan, paint: Paint) -> str:
    counts = plan.summary
    if not plan.acting:
        total = sum(counts.values())
        waiting = _counts({a: n for a, n in counts.items() if a != Action.NONE.value})
        if not total:
            return paint("No posts in content/.", "bold")
        # "Nothing to do" would be wrong here: a person has to decide first.
        if any(change.action in HELD for change in plan.changes):
            return paint(f"Nothing is published until you decide: {_counts(counts)}.", "bold")
        done = f"Nothing to do: {counts.get('none', 0)} of {total} posts are published and unchanged"
        return paint(done + (f"; {waiting}." if waiting else "."), "bold")
    if plan.refusal:
        return f"\n{paint(f'Plan: {_counts(counts)}.', 'bold')}\nRefused: {plan.refusal}."
    closing = paint(f"Plan: {_counts(counts)}.", "bold")
    return f"\n{closing}\nRun `publisher publish` to publish; `publisher publish --sandbox` rehearses it."


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {count_word(action)}" for action, count in counts.items())
