"""Find the project from any folder inside it, as git finds its repository."""

import os
from pathlib import Path

_CONFIG = ("publisher.yaml", "publisher.yml")  # the second is refused by name when the settings are read
_CONTENT = "content"


def find_root(start: Path) -> Path:
    """Return the project's root for a command that is started in ``start``; ``start`` itself if there is none.

    The nearest folder with `publisher.yaml` wins, else the nearest one with `content/`. The search ends at the
    repository's root and at the first folder of another owner: git does the same since CVE-2022-24765, so that
    nobody else's file in a shared parent folder such as /tmp decides what a command does.
    """
    candidates = _candidates(start)
    for folder in candidates:
        if any(os.path.lexists(folder / name) for name in _CONFIG):
            return folder
    for folder in candidates:
        if (folder / _CONTENT).is_dir():
            return folder
    return start


def _candidates(start: Path) -> list[Path]:
    """Return ``start`` and the folders above it that may be the project's root."""
    owner, found = start.stat().st_uid, [start]
    while not os.path.lexists(found[-1] / ".git"):
        parent = found[-1].parent
        if parent == found[-1] or parent == Path.home() or parent.stat().st_uid != owner:
            break
        if parent.parent == parent:  # the file system's root is nobody's project
            break
        found.append(parent)
    return found
