"""Files an assistant may read and write: posts inside of the content folder, and nothing else."""

import hashlib
import os
import stat
from pathlib import Path, PurePosixPath

from publisher.errors import UsageError
from publisher.replacing import replace_file

SUFFIXES = (".md", ".yaml", ".yml")
MAX_BYTES = 100_000
"""Bytes of one file. LinkedIn's longest post has 3,000 characters; a YAML file may hold many posts."""


class ContentFiles:
    """The files under ``content``, a folder of the project at ``root``.

    Paths are POSIX, relative to the project.
    """

    def __init__(self, root: Path, content: str) -> None:
        self._root = root.resolve()
        self._content = PurePosixPath(content)

    def names(self) -> list[str]:
        """Return every source file, sorted; hidden names and links are left out."""
        folder = self._root / self._content
        found = []
        for place, folders, files in os.walk(folder):
            folders[:] = sorted(name for name in folders if not name.startswith((".", "_")))
            found += [
                (Path(place) / name).relative_to(self._root).as_posix()
                for name in files
                if name.endswith(SUFFIXES) and not name.startswith((".", "_"))
            ]
        return sorted(found)

    def read(self, name: str) -> str:
        """Return a file's text. Raise `UsageError` for every other path."""
        path = self._inside(name)
        try:
            # O_NONBLOCK: opening a pipe does not wait for a writer.
            # O_NOFOLLOW: the check and the opening see the same file
            descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except OSError as error:
            raise UsageError(f"{name} can't be read: {error.strerror}.", "List the files first.") from None
        with os.fdopen(descriptor, "rb") as stream:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise UsageError(f"{name} isn't a regular file.", "List the files first.")
            content = stream.read(MAX_BYTES + 1)
        if len(content) > MAX_BYTES:
            raise UsageError(f"{name} has more than {MAX_BYTES} bytes.", "Open it in an editor.")
        try:
            return content.decode("utf-8")
        except UnicodeDecodeError:
            raise UsageError(f"{name} isn't UTF-8 text.", "Open it in an editor.") from None

    def create(self, name: str, text: str) -> None:
        """Write a new file. Raise `UsageError` if the path exists or is not allowed."""
        path = self._inside(name)
        self._make_folders(path.parent)
        try:
            with open(path, "x", encoding="utf-8", newline="") as stream:  # noqa: PTH123 - "x" creates or fails
                stream.write(_checked(text))
        except FileExistsError:
            raise UsageError(f"{name} exists.", "Edit it, or choose another path.") from None

    def replace(self, name: str, text: str, sha256: str) -> None:
        """Replace a file's text if its sha256 (hex) is still the one that was read.

        Raise `UsageError` if somebody has changed the file meanwhile.
        """
        content = _checked(text)
        # Somebody may edit the same file in an editor; their change must not be lost.
        known = hashlib.sha256(self.read(name).encode()).hexdigest()
        if known != sha256:
            raise UsageError(f"{name} has changed since it was read.", "Read it again, and edit that text.")
        path = self._inside(name)
        mode = stat.S_IMODE(path.stat().st_mode)
        replace_file(path, content.encode(), mode=mode)

    def _inside(self, name: str) -> Path:
        """Return the path of a name, if it is one of ours: no link, no hidden part, no other kind of file."""
        given = PurePosixPath(name)
        parts = given.parts
        if (
            "\0" in name
            or given.is_absolute()
            or parts[: len(self._content.parts)] != self._content.parts
            or any(part.startswith((".", "_")) or part == ".." for part in parts)
            or not name.endswith(SUFFIXES)
        ):
            raise UsageError(
                f"{name!r} isn't a post's path.",
                f"Give a path like {self._content}/hello.md: no hidden names, and .md, .yaml or .yml at the end.",
            )
        path = self._root
        for part in parts:
            path /= part
            if path.is_symlink():
                raise UsageError(f"{name} leads over a symbolic link.", "Give the path of the file itself.")
        return path

    def _make_folders(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        if not folder.resolve().is_relative_to(self._root / self._content):
            raise UsageError(f"{folder} lies outside of {self._content}.", "Choose another path.")


def _checked(text: str) -> str:
    try:
        size = len(text.encode("utf-8"))
    except UnicodeEncodeError:
        raise UsageError("The text contains half a surrogate pair.", "Send valid Unicode.") from None
    if size > MAX_BYTES:
        raise UsageError(f"The text has more than {MAX_BYTES} bytes.", "Write several files.")
    return text
