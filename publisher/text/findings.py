"""Findings: problems of a text at an offset of its source, and what turns them into diagnostics."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from publisher.model.diagnostic import Diagnostic, Position
from publisher.model.document import Document
from publisher.rules import RULES


class Finding(NamedTuple):
    """A problem in a text. ``at`` counts code points of the source that was rendered."""

    code: str
    message: str
    remedy: str
    at: int


def diagnose(
    document: Document, code: str, message: str, remedy: str = "", *, at: Position | None = None
) -> Diagnostic:
    """Return a diagnostic with the severity of its rule, at ``at`` or at the beginning of the body."""
    # problems of media come with codes of another package, which the same registry holds
    rule = RULES.get(code)
    return Diagnostic(
        code,
        _sentence(message),
        document.path,
        at or document.body_start,
        _sentence(remedy),
        rule.severity if rule else RULES["file-unreadable"].severity,
        document.key,
    )


def _sentence(text: str) -> str:
    """Return a sentence with a capital and a full stop.

    A text that begins with code keeps its first letter.
    """
    first = text.split(" ", 1)[0]
    begun = text if re.search(r"[_:./<]", first) else text[:1].upper() + text[1:]
    return begun if not begun or begun[-1] in ".?!" else begun + "."


def body_position(document: Document, offset: int) -> Position:
    """Return the place in the file of a character of the body."""
    start = document.body_start
    line = document.body.count("\n", 0, offset)
    column = offset - (document.body.rfind("\n", 0, offset) + 1)
    return Position(start.line + line, column + (start.column if line == 0 else 1 + document.body_indent))


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return `` (did you mean …?)`` if a known word is similar, and an empty text otherwise."""
    import difflib  # rarely needed, and slow to import

    close = difflib.get_close_matches(word, list(known), 1)
    return f" (did you mean {close[0]!r}?)" if close else ""
