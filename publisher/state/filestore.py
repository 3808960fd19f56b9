"""The state as a file in the project, committed to git: temp file, fsync, rename, under a lock."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from publisher.errors import StateError, StateLocked
from publisher.model.state import State
from publisher.state import statefile

if TYPE_CHECKING:
    from publisher.state.edits import Edit

PRIVATE_DIR = ".publisher"
"""Beside the state file: locks and caches that are never committed (the folder ignores itself)."""


class FileStore:
    """A state file. ``lock_timeout`` is how many seconds a run waits for another one to end."""

    def __init__(self, path: Path, *, location: str = "", lock_timeout: float = 0) -> None:
        self.path = path.resolve()
        self.location = location or str(path)
        self._lock_timeout = lock_timeout

    def read(self) -> State:
        """See `publisher.state.store.Store.read`."""
        return self._decode(self._read_bytes())

    @contextmanager
    def session(self) -> Iterator["FileSession"]:
        """See `publisher.state.store.Store.session`."""
        from filelock import FileLock, Timeout  # here, because a plan needs no lock

        lock = FileLock(private_dir(self.path.parent) / f"{self.path.name}.lock")
        try:
            lock.acquire(timeout=self._lock_timeout)
        except Timeout:
            raise StateLocked(
                f"Another run holds {self.location}.",
                "Wait for it to end, or give --lock-timeout; a lock never outlives its process.",
            ) from None
        try:
            yield FileSession(self)
        finally:
            lock.release()

    def _read_bytes(self) -> bytes:
        try:
            return self.path.read_bytes()
        except FileNotFoundError:
            return b""
        except OSError as error:
            raise StateError(
                f"{self.location} can't be read: {error.strerror}.", "Check the path and its permissions."
            ) from None

    def _decode(self, data: bytes) -> State:
        if not data and not self.path.exists():
            return State()
        return statefile.decode(data, self.location)


class FileSession:
    """One run's hold on the state file; made by `FileStore.session` only."""

    def __init__(self, store: FileStore) -> None:
        self._store = store
        self._bytes = store._read_bytes()
        self.state = store._decode(self._bytes)

    def write(self, *edits: "Edit") -> State:
        """See `publisher.state.store.Session.write`."""
        from publisher.state.edits import apply_edits  # here, because a plan writes nothing

        current = self._store._read_bytes()
        if current != self._bytes:
            # the lock keeps other runs out, but not git: a checkout may have changed the file under us
            self._bytes, self.state = current, self._store._decode(current)
        state = apply_edits(self.state, edits)
        if state != self.state:
            data = statefile.encode(state)
            write_durably(self._store.path, data)
            self._bytes, self.state = data, state
        return self.state


def private_dir(parent: Path) -> Path:
    """``.publisher`` in ``parent``, made on first use, with a ``.gitignore`` that ignores all of it."""
    folder = parent / PRIVATE_DIR
    try:
        folder.mkdir(parents=True, exist_ok=True)
        ignore = folder / ".gitignore"
        if not ignore.exists():
            ignore.write_text("*\n")
    except OSError as error:
        raise StateError(
            f"{folder} can't be made: {error.strerror}.",
            "The state and its lock need a folder that can be written: free space or fix permissions.",
        ) from None
    return folder


def write_durably(path: Path, data: bytes) -> None:
    """Replace a file's bytes so that a crash at any moment leaves the old or the new ones, whole.

    The file keeps its permissions. Raises `StateError` where the disk refuses.
    """
    import tempfile

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fchmod(file.fileno(), path.stat().st_mode & 0o777 if path.exists() else 0o644)
                os.fsync(file.fileno())
            Path(temporary).replace(path)
        except BaseException:
            with suppress(FileNotFoundError):
                Path(temporary).unlink()
            raise
        _fsync_directory(path.parent)
    except OSError as error:
        raise StateError(
            f"{path.name} can't be written: {error.strerror}.", "Free space or fix permissions."
        ) from None


def _fsync_directory(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
