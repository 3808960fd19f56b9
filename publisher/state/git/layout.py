"""How a state lies in a commit: one file on the user's branch, or the folder form on a branch of its own."""

from collections.abc import Sequence
from typing import Protocol

from publisher.model.state import State
from publisher.state import folder, statefile
from publisher.state.edits import Edit
from publisher.state.git.command import Git
from publisher.state.git.objects import read_file, read_folder
from publisher.state.records import Json

OLD_FILE = "publisher.state.json"
"""Where older versions kept the state on its branch."""

FOLDER = "publisher.state"

_MOVED: Json = {"version": 2, "posts": {}, "moved_to": f"{FOLDER}/"}
"""What stays in the old file: older versions refuse its version instead of beginning anew."""


class Layout(Protocol):
    """Reads the state of a commit, and says which files the next commit has."""

    def read(self, git: Git, commit: str) -> State | None:
        """The state in a commit; None if it has none."""

    def files(self, state: State, edits: Sequence[Edit]) -> dict[str, bytes]:
        """Path -> bytes of the files that change; ``state`` is the last one read after ``edits``."""

    def wrote(self, files: dict[str, bytes]) -> None:
        """Is told which files the last commit has."""


class InFile:
    """One file at ``path``, relative to the top of the repository."""

    def __init__(self, path: str, location: str) -> None:
        self._path = path
        self._location = location

    def read(self, git: Git, commit: str) -> State | None:
        """See `Layout.read`."""
        data = read_file(git, commit, self._path)
        return None if data is None else statefile.decode(data, self._location)

    def files(self, state: State, edits: Sequence[Edit]) -> dict[str, bytes]:  # noqa: ARG002 - it is written whole
        """See `Layout.files`."""
        return {self._path: statefile.encode(state)}

    def wrote(self, files: dict[str, bytes]) -> None:
        """See `Layout.wrote`."""


class InFolder:
    """The folder form. A branch of an older version is read, too, and gets the folder with the next write."""

    def __init__(self, location: str) -> None:
        self._location = location
        self._known: dict[str, bytes] = {}
        self._old = False
        self._attributes = b""

    def read(self, git: Git, commit: str) -> State | None:
        """See `Layout.read`."""
        found = read_folder(git, commit, FOLDER)
        self._attributes = read_file(git, commit, ".gitattributes") or b""
        self._known, self._old = dict(found), False
        if found:
            return folder.combine(found, f"{self._location}:{FOLDER}/")
        data = read_file(git, commit, OLD_FILE)
        self._old = data is not None
        return None if data is None else statefile.decode(data, self._location)

    def files(self, state: State, edits: Sequence[Edit]) -> dict[str, bytes]:
        """See `Layout.files`."""
        documents = folder.documents(state, edits) if self._known else folder.all_documents(state)
        written = {
            path: folder.with_unknown(document, path, self._known.get(path), path)
            for path, document in documents.items()
        }
        files = {f"{FOLDER}/{path}": data for path, data in written.items()}
        line = f"{FOLDER}/** -merge\n".encode()
        if line not in self._attributes:
            files[".gitattributes"] = self._attributes + line
        if self._old:
            files[OLD_FILE] = statefile.to_bytes(_MOVED)
        return files

    def wrote(self, files: dict[str, bytes]) -> None:
        """Remember what the next commit's files replace."""
        prefix = f"{FOLDER}/"
        self._known |= {
            path.removeprefix(prefix): data for path, data in files.items() if path.startswith(prefix)
        }
        self._old = False
