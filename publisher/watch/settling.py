"""Waiting for files to change, and for the changes to be over."""

import stat
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from watchdog.events import (
    FileClosedNoWriteEvent,
    FileOpenedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer

QUIET = 0.05
"""A burst of changes is over after this many seconds without a change."""

LONGEST = 2.0
"""A burst is processed after this many seconds, even if it goes on."""

LOCKED = 30.0
"""While git's lock exists, a burst stays open for at most this many seconds.

A checkout counts as one change.
"""

# Tools write thousands of files there, and Linux limits the number of watched folders (inotify).
_SKIPPED = frozenset({"node_modules", "venv", "__pycache__", "dist", "build"})


class Changes(FileSystemEventHandler):
    """Watches a project's folders; a context manager.

    ``settled`` waits for the next burst of changes to end.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._further: tuple[Path, ...] = ()
        self._lock_files = [folder / ".git" / "index.lock" for folder in (root, *root.parents)]
        self._news = threading.Condition()
        self._first = self._last = 0.0
        self._woken = False
        self._observer = Observer()
        self._watched: dict[str, tuple[object, int]] = {}

    def __enter__(self) -> Self:
        self._observer.start()
        self._follow()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._observer.stop()
        self._observer.join()

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Note a change; that a file was read is none."""
        # Loading the project opens every file, so these events would start the next load at once.
        if isinstance(event, FileOpenedEvent | FileClosedNoWriteEvent):
            return
        with self._news:
            self._last = time.monotonic()
            self._first = self._first or self._last
            self._news.notify_all()

    def also(self, folders: Iterable[Path]) -> None:
        """Watch these folders, too; a project's sources may lie outside of it."""
        self._further = tuple(folder for folder in folders if not folder.is_relative_to(self._root))
        self._follow()

    def wake(self) -> None:
        """End the wait at hand, as if something had changed."""
        with self._news:
            self._woken = True
            self._news.notify_all()

    def settled(self, timeout: float | None = None) -> bool:
        """Wait for a burst of changes and for its end; False if ``timeout`` seconds passed without one."""
        with self._news:
            if not self._news.wait_for(lambda: self._first or self._woken, timeout):
                return False
            while (left := self._left()) > 0:
                self._news.wait(left)
            self._first, self._woken = 0.0, False
        self._follow()
        return True

    def _left(self) -> float:
        """Return the seconds until the burst is over as far as can be told now; 0 if it is."""
        if self._woken:
            return 0.0
        now = time.monotonic()
        if now < self._first + LOCKED and any(lock.exists() for lock in self._lock_files):
            return QUIET
        return min(self._last + QUIET, self._first + LONGEST) - now

    def _follow(self) -> None:
        """Watch the folders that are there now; one that was deleted and made again is another one."""
        wanted = dict(self._folders())
        # An inotify watch follows the inode: after a checkout it would report changes of a folder that is
        # gone.
        for path in [path for path, (_, inode) in self._watched.items() if wanted.get(path) != inode]:
            watch, _ = self._watched.pop(path)
            self._observer.unschedule(watch)  # type: ignore[arg-type]
        for path, inode in wanted.items():
            if path not in self._watched:
                # The root itself is not watched recursively: that would include .git, whose files change
                # with each command.
                watch = self._observer.schedule(self, path, recursive=path != str(self._root))
                self._watched[path] = (watch, inode)

    def _folders(self) -> Iterator[tuple[str, int]]:
        """Yield the root itself and every folder in it that can hold content, with their inodes."""
        for folder in (self._root, *self._further, *sorted(self._root.iterdir())):
            inside = folder != self._root
            if (
                inside
                and folder not in self._further
                and (folder.name.startswith(".") or folder.name in _SKIPPED)
            ):
                continue
            with suppress(OSError):  # gone while we look: the event that says so is on its way
                status = folder.stat()
                if stat.S_ISDIR(status.st_mode):
                    yield str(folder), status.st_ino
