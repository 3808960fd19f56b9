"""Whether a path stays inside the folder that its reader may read: a pull request can contain links to anywhere."""

import os
from pathlib import Path

OUT = "leads out of"
HIDDEN = "leads to a hidden file or folder of"


def work_tree(folder: Path) -> Path:
    """Return the git work tree around ``folder``; ``folder`` itself if it is in none.

    The search ends at the home folder and at the first folder of another owner, as git's own does: a repository there
    is nobody's project.
    """
    real = folder.resolve()
    owner = real.stat().st_uid
    for place in (real, *real.parents):
        if place.stat().st_uid != owner or (place == Path.home() and place != real):
            break
        if os.path.lexists(place / ".git"):
            return place
    return real


def leaves(path: str | os.PathLike[str], root: str | os.PathLike[str]) -> str:
    """Return how ``path``, with its links followed, leaves ``root``: `OUT`, `HIDDEN`, or nothing if it stays inside.

    A component that begins with a dot is never followed: ``.git`` and ``.env`` hold secrets.
    Raises OSError or RuntimeError for links in a circle.
    """
    real, base = os.path.realpath(path), os.path.realpath(root)
    if real != base and not real.startswith(base.rstrip(os.sep) + os.sep):
        return OUT
    if any(part.startswith(".") for part in Path(os.path.relpath(real, base)).parts if part != os.curdir):
        return HIDDEN
    return ""
