"""Diagnostics: one problem in the content, with its place and its remedy, as data."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How bad a diagnostic is; only an ERROR makes content invalid."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in a source file. Both numbers are 1-based; columns count code points."""

    line: int = 1
    column: int = 1


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One problem at one place.

    ``code`` is stable and listed in `publisher.rules`; ``path`` is a POSIX path relative to the project;
    ``message`` says what is wrong and why, ``remedy`` how to fix it (both plain sentences, no markup).
    ``field`` is the name of an unknown field of a post.
    """

    code: str
    message: str
    path: str
    position: Position = Position()
    remedy: str = ""
    severity: Severity = Severity.ERROR
    key: str | None = None
    field: str = ""

    @property
    def location(self) -> str:
        """``path:line:column``, as editors and CI logs link it."""
        return f"{self.path}:{self.position.line}:{self.position.column}"


def has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    """Return whether any diagnostic makes the content invalid."""
    return any(d.severity is Severity.ERROR for d in diagnostics)


_MORE = "too-many-problems"

MOST = 100
"""Diagnostics of one file that are reported.

A hostile file can have 20,000, and each is a comment on GitHub.
"""


def few(diagnostics: Sequence[Diagnostic], path: str) -> tuple[Diagnostic, ...]:
    """Return the first `MOST` diagnostics of a file, and one that says how many more it has."""
    if len(diagnostics) <= MOST or any(found.code == _MORE for found in diagnostics):
        return tuple(diagnostics[: 2 * MOST])  # those of rendering may follow those of reading
    message = f"{len(diagnostics) - MOST:,} more problems of this file are not listed."
    more = Diagnostic(_MORE, message, path, diagnostics[MOST].position, "Fix the first ones.")
    return (*diagnostics[:MOST], more)


def sort_diagnostics(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Return the reading order of every report: by file, place and code; what is said twice of one place, once."""
    return tuple(sorted(dict.fromkeys(diagnostics), key=lambda d: (d.path, d.position, d.code, d.message)))
