"""Findings: problems seen while rendering, before their place in the file is known."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from publisher.model.diagnostic import Diagnostic, Position, Severity
from publisher.model.document import Document
from publisher.rules import RULES


class Finding(NamedTuple):
    """A problem in a text. ``needle`` is source text to look for; ``line`` a 0-based line of the body."""

    code: str
    message: str
    remedy: str = ""
    needle: str = ""
    line: int | None = None


def diagnose(
    document: Document, code: str, message: str, remedy: str = "", *, at: Position | None = None
) -> Diagnostic:
    """A diagnostic with the severity its rule has."""
    # media problems bring codes of the reading room, which the same registry holds
    rule = RULES.get(code)
    return Diagnostic(
        code,
        _sentence(message),
        document.path,
        at or document.body_start,
        _sentence(remedy),
        rule.severity if rule else Severity.ERROR,
        document.key,
    )


def _sentence(text: str) -> str:
    """A sentence, as reports print it; one that begins with code keeps its first letter."""
    first = text.split(" ", 1)[0]
    begun = text if re.search(r"[_:./]", first) else text[:1].upper() + text[1:]
    return begun if not begun or begun[-1] in ".?!" else begun + "."


def body_position(document: Document, offset: int) -> Position:
    """The place in the file of a character of the body."""
    start = document.body_start
    line = document.body.count("\n", 0, offset)
    column = offset - (document.body.rfind("\n", 0, offset) + 1)
    return Position(start.line + line, column + (start.column if line == 0 else 1))


def place(document: Document, finding: Finding) -> Diagnostic:
    """Find where a finding is: its needle in the body (from its line on), its line, or the body's start."""
    from_line = 0
    # the same words may stand above already: look from the finding's own line on
    if finding.line:
        lines = document.body.split("\n", finding.line)
        from_line = len(document.body) - len(lines[-1]) if len(lines) > finding.line else 0
    offset = document.body.find(finding.needle, from_line) if finding.needle else from_line
    # a template or an entity wrote the words: fall back to the first place that looks alike
    if offset < 0:
        offset = max(document.body.find(finding.needle), 0)
    return diagnose(
        document, finding.code, finding.message, finding.remedy, at=body_position(document, offset)
    )


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`` (did you mean …?)`` where a known word is close, else nothing."""
    import difflib  # rarely needed, and slow to import

    close = difflib.get_close_matches(word, list(known), 1)
    return f" (did you mean {close[0]!r}?)" if close else ""
