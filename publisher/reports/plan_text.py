"""Plans for people on a terminal: each change with its reason and diff, the counts, what to type next."""

from publisher.model.plan import ACTING, Action, Change, Plan
from publisher.reports.style import ACTION_STYLE, Paint, plain
from publisher.reports.visible import one_line, visible


def plan_text(plan: Plan, *, paint: Paint = plain, verbose: bool = False) -> str:
    """The report's text, ending in a newline. Unchanged posts are counted; ``verbose`` lists them too."""
    shown = [change for change in plan.changes if verbose or change.action is not Action.NONE]
    blocks = [_change(change, paint) for change in shown]
    blocks.append(_closing(plan, paint))
    return "\n".join(blocks) + "\n"


def waiting_text(plan: Plan, *, paint: Paint = plain) -> str:
    """The changes that publish does not carry out, each with its reason; empty where there are none."""
    waiting = [c for c in plan.changes if c.action not in ACTING and c.action is not Action.NONE]
    return "\n".join(_change(change, paint) for change in waiting)


def _change(change: Change, paint: Paint) -> str:
    sign, style = ACTION_STYLE[change.action]
    lines = [
        f"{paint(f'{sign} {change.action:<9}', style)} {paint(one_line(change.key), 'bold')}  "
        f"{one_line(change.reason)}"
    ]
    place = "  ".join([part for part in (change.source, change.author, change.permalink) if part])
    lines.append(paint(f"            {one_line(place)}", "dim"))
    if change.diff:
        lines += [_diff_line(line, paint) for line in visible(change.diff).split("\n")]
    return "\n".join(lines)


def _diff_line(line: str, paint: Paint) -> str:
    style = {"+": "green", "-": "red", "@": "cyan"}.get(line[:1], "dim")
    return "            " + paint(line, style)


def _closing(plan: Plan, paint: Paint) -> str:
    counts = plan.summary
    if not plan.acting:
        total = sum(counts.values())
        waiting = _counts({a: n for a, n in counts.items() if a != Action.NONE.value})
        done = f"Nothing to do: {counts.get('none', 0)} of {total} posts are published and unchanged"
        return paint(done + (f"; {waiting}." if waiting else "."), "bold")
    closing = paint(f"Plan: {_counts(counts)}.", "bold")
    return f"\n{closing}\n`publisher publish` carries it out; `publisher publish --sandbox` rehearses it."


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {action}" for action, count in counts.items())
