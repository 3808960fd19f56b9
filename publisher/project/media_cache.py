"""Remember facts about media files between runs: one JSON file for each project, in the user's cache folder.

A photograph of 12 megapixels takes 0.5 s to decode and to hash (2026-11-24), and a project may have hundreds.
The cache holds facts only (type, size, sha256, dimensions), as plain data. It never lies inside the project,
where a pull request could write it. A cache that can't be read or written costs time, and nothing else.
"""

import hashlib
import json
import os
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Any

from publisher import __version__
from publisher.media.fingerprint import Fingerprint, is_settled
from publisher.model.post import Media, MediaKind
from publisher.replacing import replace_file

CACHE_VARIABLE = "PUBLISHER_CACHE_DIR"
FORMAT_VERSION = 2
MAX_BYTES = 32_000_000
"""A larger file is ignored. 100,000 pictures take 25 MB."""

MAX_PROJECTS = 30
_FACTS = (
    "kind", "mime_type", "sha256", "width", "height", "duration", "pages", "file", "recipe", "converted", "size",
)  # fmt: skip


def cache_folder(environ: Mapping[str, str]) -> Path | None:
    """Return ``PUBLISHER_CACHE_DIR`` (empty: no cache), else the platform's cache folder."""
    named = environ.get(CACHE_VARIABLE)
    if named is not None:
        return Path(named) if named else None
    import platformdirs  # 5 ms, for projects with media only

    return platformdirs.user_cache_path("publisher", appauthor=False)


class MediaCache:
    """The facts that are known about a project's media files.

    The file is read when the first of them is asked for.
    """

    def __init__(self, root: Path, environ: Mapping[str, str]) -> None:
        self._root, self._environ = root.resolve(), environ
        self._began = time.time_ns()

    @cached_property
    def _path(self) -> Path | None:
        folder = cache_folder(self._environ)
        if folder is None or folder.resolve().is_relative_to(self._root):
            return None
        return folder / f"{hashlib.sha256(os.fsencode(self._root)).hexdigest()[:32]}.media.json"

    @cached_property
    def _facts(self) -> Mapping[Fingerprint, Media]:
        return _read(self._path) if self._path else {}

    def recall(self, at: Fingerprint) -> Media | None:
        """Return what is known about the file with this fingerprint."""
        return self._facts.get(at)

    def save(self, found: Iterable[tuple[Fingerprint, Media]], *, complete: bool) -> None:
        """Remember what was found, if any of it is new. ``complete`` drops what was not found."""
        # a file that changed during this run may change again without another time stamp
        seen = {at: media for at, media in found if is_settled(at, self._began)}
        if not seen or self._path is None or seen.keys() <= self._facts.keys():
            return
        facts = seen if complete else {**self._facts, **seen}
        with suppress(OSError):
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _write(self._path, facts)
            _forget_oldest(self._path.parent)


def _read(path: Path) -> dict[Fingerprint, Media]:
    """Return the facts in a file that only this user can write.

    Return nothing if the file is missing, damaged or of another version.
    """
    try:
        # no link leads from here to a file that came with a project
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
        with os.fdopen(descriptor, encoding="utf-8") as stream:
            status = os.fstat(descriptor)
            # facts that another user can write could give a post the digest of a different picture
            if status.st_uid != os.getuid() or status.st_mode & 0o022 or status.st_size > MAX_BYTES:
                return {}
            document = json.load(stream)
        if (document["format_version"], document["publisher"]) != (FORMAT_VERSION, __version__):
            return {}
        return dict(_facts_of(row) for row in document["files"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return {}


def _facts_of(row: Any) -> tuple[Fingerprint, Media]:
    path, size, mtime_ns, ctime_ns, inode, kind, mime_type, sha256, width, height, duration, pages, *made = (
        row
    )
    file, recipe, converted, sent = made
    media = Media(
        path,
        MediaKind(kind),
        mime_type,
        sent,
        sha256,
        width=width,
        height=height,
        duration=duration,
        pages=pages,
        file=file,
        recipe=recipe,
        converted=converted,
    )
    return Fingerprint(path, size, mtime_ns, ctime_ns, inode), media


def _write(path: Path, facts: Mapping[Fingerprint, Media]) -> None:
    document = {
        "format_version": FORMAT_VERSION,
        "publisher": __version__,
        "files": [[*at, *(getattr(media, name) for name in _FACTS)] for at, media in sorted(facts.items())],
    }
    replace_file(path, json.dumps(document).encode())


def _forget_oldest(folder: Path) -> None:
    files = sorted(folder.glob("*.media.json"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in files[MAX_PROJECTS:]:
        path.unlink(missing_ok=True)
