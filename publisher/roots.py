"""Whether a path stays inside the folder that its reader may read: a pull request can contain links to anywhere."""

import os
from pathlib import Path

OUT = "leads out of"
HIDDEN = "leads to a hidden file or folder of"


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
