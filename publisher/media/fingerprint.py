"""Tell from a file's metadata whether its bytes can have changed."""

import os
from pathlib import Path
from typing import NamedTuple

SETTLED_NS = 2_000_000_000
"""Two seconds: the coarsest time stamps of a usual file system (FAT).

A file that changed less than this before it was read may change again and keep its stamps. git calls such an
entry "racily clean".
"""


class Fingerprint(NamedTuple):
    """The metadata of a file. While it stays the same, the bytes stay the same.

    ``path`` is POSIX and relative to the project. ``cp -p`` keeps size and mtime; it can't keep ctime.
    """

    path: str
    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int

    @classmethod
    def of(cls, path: str, status: os.stat_result) -> "Fingerprint":
        """Return the fingerprint that a file's status gives."""
        return cls(path, status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)


def fingerprint(path: str | Path, name: str) -> Fingerprint | None:
    """Return the fingerprint of the file at ``path`` under its project name; None if there is none."""
    try:
        return Fingerprint.of(name, os.stat(path))  # noqa: PTH116 - a Path for each file costs more than the call
    except OSError:
        return None


def is_settled(seen: Fingerprint, began_ns: int) -> bool:
    """Return whether the file had come to rest when reading it began, at ``began_ns`` (epoch)."""
    return began_ns - max(seen.mtime_ns, seen.ctime_ns) > SETTLED_NS
