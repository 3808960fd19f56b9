"""Files that publisher makes, kept in the user's cache folder by the key of everything they are made from.

They are never read from the project, where a pull request could put another file in their place.
"""

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from publisher.errors import UsageError
from publisher.project.media_cache import cache_folder
from publisher.replacing import replace_file


def kept_folder(root: Path, environ: Mapping[str, str], name: str) -> Path:
    """Return the private folder ``name`` in the cache.

    It is below the temporary folder if there is no cache, or if the cache is in the project. Raise
    `UsageError` if it is another user's.
    """
    kept = cache_folder(environ)
    if kept is None or kept.resolve().is_relative_to(root.resolve()):
        kept = Path(tempfile.gettempdir()) / f"publisher-{os.getuid()}"
    folder = kept / name
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    # the temporary folder is shared, so another user may have made these first
    for place in (kept, folder):
        if place.stat().st_uid != os.getuid():
            raise UsageError(
                f"{place} belongs to another user.", "Set PUBLISHER_CACHE_DIR to a folder of yours."
            )
    return folder


def read_kept(path: Path) -> bytes | None:
    """Return the bytes of a file that was kept; None if there is none."""
    try:
        return path.read_bytes()
    except OSError:
        return None


def keep(path: Path, content: bytes) -> bytes:
    """Write a file as a whole, and return its bytes."""
    replace_file(path, content)
    return content
