"""Markdown with front matter: where the metadata ends and the body begins."""

import re
from dataclasses import dataclass

from publisher.model.diagnostic import Diagnostic, Position

_CLOSING = re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.MULTILINE)
_OPENING = re.compile(r"---[ \t]*\n")


@dataclass(frozen=True, slots=True)
class Parts:
    """A Markdown file in two: YAML that begins in line 2 (None without front matter), and the body."""

    front: str | None
    body: str
    body_line: int


def split_front_matter(text: str, path: str) -> Parts | Diagnostic:
    """Split a file's text (LF line endings). What looks like front matter but is none is a diagnostic."""
    opening = _OPENING.match(text)
    if opening is None:
        return _without(text, path)
    closing = _CLOSING.search(text, opening.end())
    if closing is None:
        return Diagnostic(
            "front-matter-open",
            "The front matter that begins here is never closed.",
            path,
            Position(1, 1),
            "End it with a line of ---; for a rule at the beginning of a text write *** instead.",
        )
    front = text[opening.end() : closing.start()]
    body = text[closing.end() + 1 :]
    return Parts(front, body, text.count("\n", 0, closing.end()) + 2)


def _without(text: str, path: str) -> Parts | Diagnostic:
    stripped = text.lstrip()
    line = text.count("\n", 0, len(text) - len(stripped)) + 1
    if re.match(r"\+\+\+[ \t]*\n", stripped):
        return Diagnostic(
            "front-matter-toml",
            "TOML front matter (+++) is not supported.",
            path,
            Position(line, 1),
            "Write it as YAML between lines of ---.",
        )
    if line > 1 and _OPENING.match(stripped) and _CLOSING.search(stripped, 4):
        return Diagnostic(
            "front-matter-late",
            "Front matter must begin in the first line.",
            path,
            Position(line, 1),
            "Remove the lines above it; for a rule write *** instead.",
        )
    return Parts(None, text, 1)
