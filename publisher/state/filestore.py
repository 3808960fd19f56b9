"""Keep the state as a file or a folder in the project. It is committed to git and written under a lock."""

import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

from publisher.errors import StateError, StateLocked, UsageError
from publisher.model.state import State
from publisher.state import statefile
from publisher.state.durable import private_dir, remove_leftovers, write_durably
from publisher.state.guard import Guard
from publisher.state.marks import described, losses
from publisher.state.origins import Origins

if TYPE_CHECKING:
    from publisher.state.edits import Edit


class Form(Protocol):
    """The layout of a state on disk: `SingleFile` or `publisher.state.folderstore.Folder`."""

    path: Path
    location: str

    def read(self) -> "Kept":
        """Return what is there now. Raise `StateError` if it is not a state."""

    def refresh(self, kept: "Kept", edits: "Sequence[Edit]") -> "Kept":
        """Return what is there now: the same object if no other process changed what ``edits`` concern."""

    def write(self, kept: "Kept", state: State, edits: "Sequence[Edit]") -> "Kept":
        """Make ``state`` durable, which is ``kept`` after ``edits``."""


class Kept(NamedTuple):
    """A state and the files (path -> bytes) that it was read from; none if nothing was kept yet."""

    state: State
    files: dict[str, bytes]


class SingleFile:
    """``publisher.state.json``: everything in one file."""

    def __init__(self, path: Path, location: str) -> None:
        self.location = location
        self._link = path
        self.path = path.resolve()

    def read(self) -> Kept:
        """See `Form.read`."""
        if self._link.is_symlink() and not self.path.exists():
            raise StateError(
                f"{self.location} is a link to {self._link.readlink()}, which does not exist.",
                "Mount or restore what it points to, or remove the link.",
            )
        data = read_bytes(self.path, self.location)
        return Kept(State(), {}) if data is None else Kept(statefile.decode(data, self.location), {"": data})

    def refresh(self, kept: Kept, edits: "Sequence[Edit]") -> Kept:  # noqa: ARG002 - all edits are of one file
        """See `Form.refresh`."""
        return kept if read_bytes(self.path, self.location) == kept.files.get("") else self.read()

    def write(self, kept: Kept, state: State, edits: "Sequence[Edit]") -> Kept:  # noqa: ARG002
        """See `Form.write`."""
        data = statefile.encode(state)
        write_durably(self.path, data, temporary=private_dir(self.path.parent))
        return Kept(state, {"": data})


class FileStore:
    """A state file or folder. ``lock_timeout`` is how many seconds a run waits for another one to end.

    ``root`` is the project's folder and ``service`` what its runs publish to, see
    `publisher.state.guard.Guard`.
    """

    def __init__(
        self,
        path: Path,
        *,
        location: str = "",
        lock_timeout: float = 0,
        root: Path | None = None,
        service: str = "",
        form: Form | None = None,
        is_folder: bool = False,
    ) -> None:
        self.location = location or str(path)
        self.form = form or SingleFile(path, self.location)
        self.path = self.form.path
        self.is_folder = is_folder
        self._lock_timeout = lock_timeout
        self._root = root or self.path.parent
        self.service = service

    @cached_property
    def guard(self) -> Guard:
        """Return the guard of this state against loss."""
        rehearsed = ".publisher" in self.path.parts
        origins = None if rehearsed else Origins(self.path, self.location, is_folder=self.is_folder)
        return Guard(self.location, self._root, self.service, origins=origins, journaled=not rehearsed)

    def read(self) -> State:
        """See `publisher.state.store.Store.read`."""
        return self.form.read().state

    def state_at(self, revision: str) -> State:
        """Return the state at a git revision. Raise `UsageError` if it has none."""
        copy = Origins(self.path, self.location, is_folder=self.is_folder).at(revision)
        if copy is None:
            raise UsageError(
                f"{self.location} is not in {revision}.", "`git log` shows which commits have it."
            )
        return copy.state

    def verify(self) -> State:
        """See `publisher.state.store.Store.verify`."""
        kept = self.form.read()
        self.guard.require_whole(kept.state, there=bool(kept.files), fetch=False)
        return kept.state

    @contextmanager
    def session(self) -> Iterator["FileSession"]:
        """See `publisher.state.store.Store.session`."""
        from filelock import FileLock, Timeout  # here, because a plan needs no lock

        private = private_dir(self.path.parent)
        lock = FileLock(private / f"{self.path.name}.lock")
        try:
            lock.acquire(timeout=self._lock_timeout)
        except Timeout:
            raise StateLocked(
                f"Another run holds {self.location}.",
                "Wait for it to end, or give --lock-timeout; a lock never outlives its process.",
            ) from None
        try:
            remove_leftovers(private)
            yield FileSession(self.form, self.guard)
        finally:
            lock.release()


class FileSession:
    """One run's hold on the state; made by `FileStore.session` only."""

    def __init__(self, form: Form, guard: Guard) -> None:
        self._form = form
        self._guard = guard
        self._kept = form.read()
        self._fetched = False

    @property
    def state(self) -> State:
        """See `publisher.state.store.Session.state`."""
        return self._kept.state

    def verify(self) -> None:
        """See `publisher.state.store.Session.verify`."""
        self._look(())
        self._guard.require_whole(self.state, there=bool(self._kept.files), fetch=not self._fetched)
        self._fetched = True  # remotes are asked once; this is called again before each create

    def write(self, *edits: "Edit") -> State:
        """See `publisher.state.store.Session.write`."""
        from publisher.state.edits import apply_edits  # here, because a plan writes nothing

        self._look(edits)
        after = apply_edits(self.state, edits)
        if after is not self.state:
            identity = self._guard.identity(after)
            edits = (*identity, *edits)
            self._kept = self._form.write(self._kept, apply_edits(after, identity), edits)
            self._guard.published(self.state, edits)
        return self.state

    def _look(self, edits: "Sequence[Edit]") -> None:
        """Take over what git or an editor has changed under the lock.

        Raise `StateError` if something was lost.
        """
        now = self._form.refresh(self._kept, edits)
        if now is self._kept:
            return
        lost = losses(now.state, self.state)
        if lost or not now.files:
            what = f"lost {described(lost)}" if lost else "was removed"
            raise StateError(
                f"{self._form.location} {what} while this run held it; nothing more is sent.",
                f"Restore it (`git restore {self._form.location}`) and look at what this run has published.",
            )
        self._kept = now
        self._guard.forget()


def read_bytes(path: Path, location: str) -> bytes | None:
    """Return a regular file's bytes; None if there is none.

    Raise `StateError` for anything else, such as a pipe.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StateError(
            f"{location} can't be read: {error.strerror}.", "Check the path and its permissions."
        ) from None
    try:
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise StateError(
                    f"{location} isn't a regular file.", "Remove it, and restore the state there."
                )
            return file.read()
    except OSError as error:
        raise StateError(
            f"{location} can't be read: {error.strerror}.", "Check the path and its permissions."
        ) from None
