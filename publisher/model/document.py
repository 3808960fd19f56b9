"""Documents: what was read from ``content/``, before anything is rendered."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, NamedTuple

from publisher.model.diagnostic import Position
from publisher.model.post import Network

FieldPath = tuple[str | int, ...]
"""The place of a value in the metadata: ``("media", 0, "alt")``; the empty tuple is the document itself."""


class Written(NamedTuple):
    """A text as written: its kind, the place of its first character, the columns before its other lines."""

    text: str
    kind: Literal["markdown", "plain"]
    start: Position = Position()
    indent: int = 0


@dataclass(frozen=True, slots=True)
class Document:
    """One source file, or one entry of a YAML file, whose metadata matches ``schemas/post.schema.json``.

    ``path`` is POSIX and relative to the project root. ``body`` is the author's text with LF line endings,
    untouched otherwise; ``body_start`` is the place of its first character in the file, and ``body_indent``
    the number of columns before its other lines (YAML indents a block of text). An ``invalid`` document has
    diagnostics already, and its ``metadata`` lacks the fields that they are about. ``positions`` maps field
    paths of ``metadata`` to the place of the value. A key in ``metadata`` may be absent, never None.
    ``texts`` are the texts of ``variants``, by name. ``network`` is that of the copy that a document is
    rendered for. ``backlog`` and ``dated`` are as in `publisher.model.post.Post`.
    """

    key: str
    path: str
    metadata: Mapping[str, Any]
    body: str
    format: Literal["markdown", "plain"]
    body_start: Position = Position()
    positions: Mapping[FieldPath, Position] = field(default_factory=dict)
    body_indent: int = 0
    invalid: bool = False
    texts: Mapping[str, Written] = field(default_factory=dict)
    network: Network = "linkedin"
    backlog: bool = False
    dated: datetime | None = None

    @property
    def written(self) -> frozenset[str]:
        """The names of the fields that the author wrote, those with an invalid value among them."""
        return frozenset(str(path[0]) for path in self.positions if len(path) == 1) | self.metadata.keys()

    def position(self, *path: str | int) -> Position:
        """Return the place of a metadata value, or of its nearest ancestor that has one."""
        for end in range(len(path), -1, -1):
            found = self.positions.get(path[:end])
            if found is not None:
                return found
        return Position()
