"""Links that open a file at a line in an editor."""

from pathlib import Path
from urllib.parse import quote

from publisher.model.diagnostic import Position

EDITORS = {
    "vscode": "vscode://file{path}:{line}:{column}",
    "vscodium": "vscodium://file{path}:{line}:{column}",
    "cursor": "cursor://file{path}:{line}:{column}",
    "zed": "zed://file{path}:{line}:{column}",
    "idea": "idea://open?file={path}&line={line}&column={column}",
    "sublime": "subl://open?url=file://{path}&line={line}&column={column}",
}
"""Editors by the name that ``--editor`` takes, and the form of their links."""


def editor_link(editor: str, root: Path, path: str, position: Position = Position()) -> str:
    """Return the link to a place in a project's file; empty if no editor is named."""
    if not editor:
        return ""
    return EDITORS[editor].format(
        # A file's name comes from a repository; unquoted, it could add parameters to the address.
        path=quote((root / path).as_posix()),
        line=position.line,
        column=position.column,
    )
