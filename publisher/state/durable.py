"""Write files that survive a crash of the machine: temporary file, fsync, rename, fsync of the folder."""

import os
from contextlib import suppress
from pathlib import Path

from publisher.errors import StateError
from publisher.replacing import replace_file

PRIVATE_DIR = ".publisher"
"""Beside the state: locks, temporary files and caches that are never committed (the folder ignores itself)."""

_SUFFIX = ".state.tmp"


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


def write_durably(path: Path, data: bytes, *, temporary: Path) -> None:
    """Replace a file's bytes. A crash at any moment leaves either all old or all new bytes.

    ``temporary`` is the folder for the temporary file, on the same file system: a process that is killed
    leaves it there, see `remove_leftovers`. The file keeps its permissions. Raise `StateError` if the disk
    refuses.
    """
    try:
        _make_folder(path.parent)
        # git and other users need the mode that the file had
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
        replace_file(path, data, mode=mode, synced=True, folder=temporary, suffix=_SUFFIX)
        # without this, a loss of power may undo the rename: fsync of a file does not cover its folder
        # (fsync(2))
        _fsync_folder(path.parent)
    except OSError as error:
        raise StateError(
            f"{path.name} can't be written: {error.strerror}.", "Free space or fix permissions."
        ) from None


def remove_leftovers(temporary: Path) -> None:
    """Remove the temporary files of killed processes. Call it under the lock only."""
    for leftover in temporary.glob(f"*{_SUFFIX}"):
        with suppress(OSError):
            leftover.unlink()


def _make_folder(path: Path) -> None:
    """Make a folder that survives a crash, too."""
    if not path.is_dir():
        _make_folder(path.parent)
        path.mkdir(exist_ok=True)
        _fsync_folder(path.parent)


def _fsync_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
