"""Where publishing stands, as text, JSON and Markdown."""

from datetime import datetime
from typing import Any

from publisher.errors import EXIT_FAILED, EXIT_OK, EXIT_UNKNOWN
from publisher.planning.status import Health, Problem, ProblemKind
from publisher.reports.markdown import code, fitted, inline, table
from publisher.reports.style import Paint, plain

_LEFT_OUT = "*{} more parts don't fit here; `publisher status` shows everything.*"


def status_code(standing: Health) -> int:
    """Return 3 if an outcome is unknown, 1 for any other problem, and 0 otherwise."""
    troubles = {problem.trouble for problem in standing.problems}
    if ProblemKind.UNKNOWN in troubles:
        return EXIT_UNKNOWN
    return EXIT_FAILED if troubles else EXIT_OK


def status_text(standing: Health, *, paint: Paint = plain) -> str:
    """Return a paragraph for each problem, then what was last and what comes next; ends in a newline."""
    lines = [line for problem in standing.problems for line in _problem(problem, paint)]
    lines += [f"{word}: {key}, {_time(at)}" for word, key, at in _neighbours(standing)]
    lines.append(paint(_closing(standing), "bold"))
    return "\n".join(lines) + "\n"


def status_json(standing: Health) -> dict[str, Any]:
    """Return the same as a JSON document; what is not known is left out."""
    document: dict[str, Any] = {
        "format_version": 1,
        "exit_code": status_code(standing),
        "problems": [_problem_json(problem) for problem in standing.problems],
    }
    if standing.last:
        document["last"] = {"key": standing.last[0], "published_at": standing.last[1].isoformat()}
    if standing.next:
        document["next"] = {"key": standing.next[0], "publish_at": standing.next[1].isoformat()}
    return document


def status_markdown(standing: Health, *, limit: int = 60_000) -> str:
    """Return the same for a step's summary on GitHub."""
    # The whole text of remedies, since a person reads this after an alarm and without a terminal.
    rows = [
        (
            code(p.key) or "the project",
            p.trouble.value,
            inline(_time(p.since)),
            inline(f"{p.message} {p.remedy}", 600),
        )
        for p in standing.problems
    ]
    header = ("Post", "ProblemKind", "Since", "What to do")
    tables = [table(header, rows[start : start + 50]) for start in range(0, len(rows), 50)]
    facts = [f"{word}: {code(key)}, {inline(_time(at))}" for word, key, at in _neighbours(standing)]
    blocks = [f"**Status:** {_closing(standing)}", *tables, *([" · ".join(facts)] if facts else [])]
    return fitted(blocks, limit, _LEFT_OUT)


def _problem(problem: Problem, paint: Paint) -> list[str]:
    word = paint(f"{problem.trouble.value:<8}", "red")
    name = f"{paint(problem.key, 'bold')}  " if problem.key else ""
    since = f" (since {_time(problem.since)})" if problem.since else ""
    return [f"{word} {name}{problem.message}{since}", f"         {problem.remedy}"]


def _problem_json(problem: Problem) -> dict[str, Any]:
    document = {
        "trouble": problem.trouble.value,
        "key": problem.key,
        "since": problem.since.isoformat() if problem.since else "",
        "message": problem.message,
        "remedy": problem.remedy,
    }
    return {name: value for name, value in document.items() if value}


def _neighbours(standing: Health) -> list[tuple[str, str, datetime]]:
    found = (("Last published", standing.last), ("Next", standing.next))
    return [(word, *fact) for word, fact in found if fact]


def _closing(standing: Health) -> str:
    count = len(standing.problems)
    if not count:
        return "Nothing is overdue, failed or in doubt."
    return f"{count} problem{'s' if count > 1 else ''}."


def _time(at: datetime | None) -> str:
    return at.isoformat(sep=" ", timespec="minutes") if at else ""
