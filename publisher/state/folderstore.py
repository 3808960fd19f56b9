"""``publisher.state/``: one file for each post on disk; see `publisher.state.folder`.

No file is ever removed.
"""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from publisher.errors import StateError
from publisher.model.state import State
from publisher.state import folder
from publisher.state.durable import private_dir, write_durably
from publisher.state.filestore import FileStore, Kept, read_bytes

if TYPE_CHECKING:
    from publisher.state.edits import Edit

_ATTRIBUTES = ".gitattributes"


class Folder:
    """The folder on disk."""

    def __init__(self, path: Path, location: str) -> None:
        self.location = location
        self._given = path
        self.path = path.resolve()

    def read(self) -> Kept:
        """See `publisher.state.filestore.Form.read`."""
        if self._given.is_symlink() and not self.path.exists():
            raise StateError(
                f"{self.location} is a link to {self._given.readlink()}, which does not exist.",
                "Mount or restore what it points to, or remove the link.",
            )
        files = dict(self._files())
        if not files:
            return Kept(State(), {})
        state = folder.combine(files.items(), self.location)
        if folder.META not in files:
            raise StateError(
                f"{self.location} has no {folder.META}, so this is not a whole state.",
                f"Restore it: `git restore {self.location}`.",
            )
        return Kept(state, files)

    def refresh(self, kept: Kept, edits: "Sequence[Edit]") -> Kept:
        """See `publisher.state.filestore.Form.refresh`: looks at the files that the edits concern, and at meta.json."""
        # not all files: with 100,000 posts, reading the folder before each write would take longer than
        # publishing
        for path in {folder.META, *folder.paths_of(edits)}:
            if read_bytes(self.path / path, f"{self.location}{path}") != kept.files.get(path):
                return self.read()
        return kept

    def write(self, kept: Kept, state: State, edits: "Sequence[Edit]") -> Kept:
        """See `publisher.state.filestore.Form.write`: only the files that the edits change."""
        documents = folder.documents(state, edits) if kept.files else folder.all_documents(state)
        if not kept.files:
            self._set_attributes()
        temporary = private_dir(self.path.parent)
        for path, document in documents.items():
            before = kept.files.get(path)
            data = folder.with_unknown(document, path, before, f"{self.location}{path}")
            if before != data:
                write_durably(self.path / path, data, temporary=temporary)
                kept.files[path] = data
        return Kept(state, kept.files)

    def _files(self) -> Iterator[tuple[str, bytes]]:
        """(path in the folder, bytes) of every file; links are not followed."""
        waiting = [""]
        while waiting:
            below = waiting.pop()
            try:
                with os.scandir(self.path / below) as items:
                    found = sorted(items, key=lambda item: item.name)
            except FileNotFoundError:
                continue
            except OSError as error:
                raise StateError(
                    f"{self.location} can't be read: {error.strerror}.", "Check the path and its permissions."
                ) from None
            for item in found:
                name = f"{below}{item.name}"
                # a link could lead outside of the project, and git would commit the link, not the state
                if item.is_symlink():
                    raise StateError(f"{self.location}{name} is a link.", "Remove it, and restore the file.")
                if item.is_dir():
                    waiting.append(f"{name}/")
                elif name.endswith(".json"):
                    data = read_bytes(Path(item.path), f"{self.location}{name}")
                    if data is not None:
                        yield name, data

    def _set_attributes(self) -> None:
        """Tell git to merge no file of the folder line by line; existing lines are kept."""
        path = self.path.parent / _ATTRIBUTES
        line = f"{self.path.name}/** -merge"
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        if line not in text.splitlines():
            text += ("" if not text or text.endswith("\n") else "\n") + line + "\n"
            write_durably(path, text.encode(), temporary=private_dir(self.path.parent))


def folder_store(
    path: Path, *, location: str, lock_timeout: float = 0, root: Path | None = None, service: str = ""
) -> FileStore:
    """Return the store of a folder."""
    return FileStore(
        path,
        location=location,
        lock_timeout=lock_timeout,
        root=root,
        service=service,
        form=Folder(path, location),
        is_folder=True,
    )
