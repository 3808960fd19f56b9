"""Split Markdown files into front matter and body.

Text that looks like front matter but is none gives a diagnostic. It is never read as "no metadata".
"""

import re
from functools import cache
from typing import NamedTuple

from publisher.content.files import place_of
from publisher.content.schemas import subschema
from publisher.model.diagnostic import Diagnostic, Position

_CLOSING = re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.MULTILINE)
_OPENING = re.compile(r"---[ \t]*\n")
_TOML = re.compile(r"\+\+\+[ \t]*\n")
_TOML_CLOSING = re.compile(r"^\+\+\+[ \t]*$", re.MULTILINE)
_JSON = re.compile(r"\{\s*\"[\w$-]+\"\s*:")
_ALMOST = re.compile(r"(?:--|-{4,}|-*[–—][-–—]*|---[ \t]*[^\s-].*|===|;;;)[ \t]*\n(?=\s*[a-z_]+[ \t]*:)")
"""A first line that a hand or an editor made of ``---``, with a field in the next line."""


class Parts(NamedTuple):
    """A Markdown file in two: front matter that begins in line 2 (None without one), and the body."""

    front: str | None
    body: str
    body_line: int
    toml: bool = False


def split_front_matter(text: str, path: str, *, toml: bool = False) -> Parts | Diagnostic:
    """Split a file's text (LF line endings).

    Text that looks like front matter but is none gives a diagnostic.

    ``toml`` accepts TOML between lines of ``+++`` as well.
    """
    if toml and (opening := _TOML.match(text)):
        return _split(text, path, opening.end(), _TOML_CLOSING)
    opening = _OPENING.match(text)
    if opening is None:
        return _mistaken(text, path) or Parts(None, text, 1)
    return _split(text, path, opening.end(), _CLOSING)


def _split(text: str, path: str, start: int, marker: re.Pattern[str]) -> Parts | Diagnostic:
    closing = marker.search(text, start)
    if closing is None:
        message = "The front matter that starts here isn't closed."
        remedy = "End it with a line like its first; for a rule at the beginning of a text write *** instead."
        return Diagnostic("front-matter-open", message, path, Position(1, 1), remedy)
    body_line = text.count("\n", 0, closing.end()) + 2
    return Parts(text[start : closing.start()], text[closing.end() + 1 :], body_line, marker is _TOML_CLOSING)


def _mistaken(text: str, path: str) -> Diagnostic | None:
    """Return why a text that does not begin with ``---`` seems to have front matter all the
    same, if it does.
    """
    # Also a byte order mark, a no-break space and a zero-width space, which editors leave unseen.
    stripped = text.lstrip("\ufeff \t\n\v\f\xa0\u200b")
    at = place_of(text, len(text) - len(stripped))
    as_yaml = "Write it as YAML between lines of ---."
    # From the most certain sign to the least: each later pattern also matches texts that an earlier one
    # explains better.
    if _TOML.match(stripped):
        remedy = (
            "Add `front_matter: {toml: true}` to publisher.yaml, or write it as YAML between lines of ---."
        )
        return Diagnostic("front-matter-toml", "TOML front matter (+++) is not read.", path, at, remedy)
    if _JSON.match(stripped):
        return Diagnostic("front-matter-marker", "JSON front matter is not supported.", path, at, as_yaml)
    if at != Position() and _OPENING.match(stripped) and _CLOSING.search(stripped, 4):
        message = "Front matter must start at the first character of the file."
        remedy = "Remove what is before it; for a rule write *** instead."
        return Diagnostic("front-matter-late", message, path, at, remedy)
    if _ALMOST.match(stripped):
        message = "The first line is similar to ---, but isn't exactly ---."
        return Diagnostic("front-matter-marker", message, path, at, "Write three hyphens and nothing else.")
    if _known_field().match(stripped):
        message = "The file starts with fields, but the line --- before them is missing."
        remedy = "Add a line of --- above and below the fields."
        return Diagnostic("front-matter-marker", message, path, at, remedy)
    return None


@cache
def _known_field() -> re.Pattern[str]:
    """Return the pattern of fields without a line --- before them. The first one is a field of a post."""
    names = "|".join(subschema("post")["properties"])
    return re.compile(rf"(?:{names}):(?:[ \t].*)?\n(?:(?:[ \t]|- |[a-z_]+:|#).*\n)*---[ \t]*(?:\n|\Z)")
