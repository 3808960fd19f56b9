"""Marks on this machine: how far each attempt of this machine got.

They free the unsent intents of a killed run.

A state shows that an intent was written, but not whether its request left. A mark shows that. It is made
before the intent is written, and changed just before the first byte of the request leaves. The process holds
its lock while it lives. A mark "prepared" is believed until the machine restarts, because it is not forced to
the disk.
"""

import re
from contextlib import suppress
from pathlib import Path
from typing import Literal, NamedTuple

from filelock import FileLock, Timeout

from publisher.errors import StateError
from publisher.state.durable import private_dir

_ID = re.compile(r"[0-9a-f]{8,64}")
_BOOT = Path("/proc/sys/kernel/random/boot_id")
"""Linux changes it with each start of the machine. Elsewhere nothing is believed."""

Phase = Literal["prepared", "sending", "created"]


class Mark(NamedTuple):
    """How far an attempt of an ended process got. ``urn`` and ``permalink`` are set from ``created`` on."""

    phase: Phase
    urn: str = ""
    permalink: str = ""


class Marks:
    """The marks beside a project's state, or none at all where ``parent`` is None or can't be written."""

    def __init__(self, parent: Path | None) -> None:
        self._parent = parent
        self._locks: dict[str, FileLock] = {}

    def prepare(self, attempt: str) -> None:
        """Mark an attempt before its intent is written."""
        self._begin(attempt, "prepared")

    def resume(self, attempt: str) -> None:
        """Mark an attempt of an earlier run that is sent again: it was never only prepared."""
        self._begin(attempt, "sending")

    def _begin(self, attempt: str, phase: Phase) -> None:
        folder = self._folder()
        if folder is None or not _ID.fullmatch(attempt):
            return
        lock = FileLock(folder / f"{attempt}.lock")
        with suppress(OSError, Timeout):
            lock.acquire(timeout=0)
            self._locks[attempt] = lock
            self._write(attempt, phase)

    def sending(self, attempt: str) -> None:
        """Mark an attempt as about to be sent.

        Raise `StateError` on failure, or the old mark would be believed.
        """
        if attempt in self._locks:
            try:
                self._write(attempt, "sending")
            except OSError as error:
                raise StateError(f"The mark of an attempt can't be written: {error.strerror}.") from error

    def created(self, attempt: str, urn: str, permalink: str) -> None:
        """Keep what an attempt created until the state has it."""
        if attempt in self._locks:
            with suppress(OSError):
                self._write(attempt, f"created {urn} {permalink}")

    def clear(self, attempt: str) -> None:
        """Remove the mark of an attempt when the state has its outcome."""
        folder, lock = self._folder(), self._locks.pop(attempt, None)
        if folder is None or not _ID.fullmatch(attempt):
            return
        with suppress(OSError):
            (folder / attempt).unlink(missing_ok=True)
            if lock is not None:
                lock.release()
            (folder / f"{attempt}.lock").unlink(missing_ok=True)

    def read(self, attempt: str) -> Mark | None:
        """Return the mark of an attempt if its process on this machine has ended, else None."""
        folder = self._folder()
        if folder is None or not _ID.fullmatch(attempt) or not (folder / attempt).exists():
            return None
        lock = FileLock(folder / f"{attempt}.lock")
        # a lock that can't be taken belongs to a process that still runs and records the outcome itself
        try:
            lock.acquire(timeout=0)
            phase, boot, *rest = (folder / attempt).read_text(encoding="utf-8").split()
        except (OSError, Timeout, ValueError):
            return None
        finally:
            lock.release()
        urn, permalink = (*rest, "", "")[:2]
        if phase == "created" and urn:
            return Mark("created", urn, permalink)
        if phase == "prepared" and boot and boot == _boot():
            return Mark("prepared")
        # also a "prepared" of before a restart: a later "sending" may not have reached the disk
        return Mark("sending")

    def release(self) -> None:
        """Release the locks of all marks at the end of a run. The next run reads the marks that are left."""
        for lock in self._locks.values():
            lock.release()
        self._locks.clear()

    def _folder(self) -> Path | None:
        if self._parent is None:
            return None
        try:
            folder = private_dir(self._parent) / "attempts"
            folder.mkdir(exist_ok=True)
        except (OSError, StateError):
            return None
        return folder

    def _write(self, attempt: str, text: str) -> None:
        folder = self._folder()
        if folder is not None:
            phase, _, rest = text.partition(" ")
            (folder / attempt).write_text(f"{phase} {_boot() or '-'} {rest}\n", encoding="utf-8")


def _boot() -> str:
    try:
        return _BOOT.read_text(encoding="ascii").strip()
    except OSError:
        return ""
