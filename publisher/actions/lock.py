"""``python -P -m publisher.actions.lock``: print the path of the file that locks publisher's dependencies
with hashes.

It runs before any dependency is installed, so it imports the standard library only.
"""

import os
import re
import sys
from pathlib import Path

_PACKAGE = Path(__file__).parent.parent

_UNPINNED_NAME = re.compile(r"[\w.-]+(\[[\w., -]*\])?\s*([<>!~][^@/]*)?")
_UNPINNED_COMMIT = re.compile(r".*git\+(?!.*@[0-9a-f]{40}(#.*)?$).*")


def lock_path(source: str) -> Path:
    """Return the lock for what pip installs from ``source``: the one with all extras if it names any.

    An installed package contains its locks. A checkout has them beside the package.
    """
    name = "extras.txt" if "[" in source.partition("@")[0] else "base.txt"
    installed = _PACKAGE / "requirements" / name
    return installed if installed.exists() else _PACKAGE.parent / "requirements" / name


def is_pinned(source: str) -> bool:
    """Tell whether ``source`` always installs the same: a version, a commit, or a path or
    address of a file.
    """
    return not (_UNPINNED_NAME.fullmatch(source) or _UNPINNED_COMMIT.fullmatch(source))


def main(source: str) -> int:
    """Print the path. Return 2 if ``source`` may install something else tomorrow."""
    if not is_pinned(source):
        remedy = "name a version (posts-as-code==0.2.0) or a commit (git+https://…@<40 hex digits>)"
        print(f"::error::PUBLISHER_SOURCE is not pinned: {remedy}.")  # noqa: T201 - the runner reads it
        return 2
    print(lock_path(source))  # noqa: T201 - the answer
    return 0


if __name__ == "__main__":
    sys.exit(main(os.environ.get("PUBLISHER_SOURCE", "")))
