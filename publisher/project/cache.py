"""The cache of products: one file for each project, in the user's own cache folder. Never needed, always safe.

A product is reused while its source file's stamp is the same, or its bytes are, and settings, templates, the
code and the media files it was made with are too. The file is replaced as a whole, so that two runs at once
only cost each other the latest entries; what can't be read is ignored. It is a pickle, and so it never lies
in the project (which strangers send pull requests to), and is read only where it belongs to this user.
"""

import gc
import hashlib
import mmap
import os
import pickle
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from publisher import __version__
from publisher.folders import user_folder
from publisher.project.rows import Reader, Row, moved

CACHE_VARIABLE = "PUBLISHER_CACHE_DIR"
MAX_PROJECTS = 30
RECENT_SHARE = 20
"""The small file is written while it holds at most one in so many of a project's products."""

_PACKAGE = Path(__file__).parent.parent
_ROOMS = (
    "model",
    "content",
    "media",
    "settings",
    "text",
    "lint",
    "render",
    "networks",
    "networks/linkedin",
    "project",
)


def cache_folder(environ: Mapping[str, str]) -> Path | None:
    """Where the cache lies: ``PUBLISHER_CACHE_DIR`` (empty: no cache), else the user's cache folder."""
    named = environ.get(CACHE_VARIABLE)
    if named is not None:
        return Path(named) if named else None
    return user_folder("cache")


def cache_key(*parts: object) -> str:
    """A digest of what every product of a project depends on; ``parts`` are told apart by their repr."""
    digest = hashlib.sha256(repr((__version__, sys.version_info[:3], _code(), parts)).encode())
    return digest.hexdigest()


def is_safe(folder: Path, root: Path) -> bool:
    """Whether a cache in ``folder`` is apart from the project at ``root``, and so from what strangers put there."""
    return not folder.resolve().is_relative_to(root.resolve())


class Memory(NamedTuple):
    """What is remembered of a project: a row for each file, and what reads the packed parts of its posts."""

    rows: Mapping[str, Row]
    read: Reader


def _nothing_elsewhere(start: int, end: int) -> bytes:
    raise AssertionError(start, end)


NOTHING = Memory(MappingProxyType({}), _nothing_elsewhere)


def load(folder: Path, root: Path, key: str) -> Memory:
    """What is remembered of the project at ``root`` under ``key``; nothing where that can't be used."""
    whole = _read(_path(folder, root, "posts"), key)
    return Memory({**whole.rows, **_recent(folder, root, key)}, whole.read)


def save(folder: Path, root: Path, key: str, kept: Memory, fresh: Mapping[str, Row]) -> None:
    """Remember ``fresh`` beside ``kept``; a disk that refuses costs only the next run's time.

    ``fresh`` may have been read with ``kept``, too. A few new products go into a small file of their own, so that one
    edited post costs no rewrite of all.
    """
    fresh = _whole(Memory(fresh, kept.read))
    recent = {**_recent(folder, root, key), **fresh}
    with suppress(OSError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if len(recent) * RECENT_SHARE <= len(kept.rows):
            _write(_path(folder, root, "recent"), key, recent)
            return
        _write(_path(folder, root, "posts"), key, {**_whole(kept), **fresh})
        _path(folder, root, "recent").unlink(missing_ok=True)
        _forget_oldest(folder)


def _recent(folder: Path, root: Path, key: str) -> dict[str, Row]:
    return _whole(_read(_path(folder, root, "recent"), key))


def _whole(memory: Memory) -> dict[str, Row]:
    """The rows with everything in them."""
    return {
        name: moved(row, lambda at: at if isinstance(at, bytes) else memory.read(*at))
        for name, row in memory.rows.items()
    }


def _read(path: Path, key: str) -> Memory:
    collecting = gc.isenabled()
    gc.disable()  # thousands of new objects, none of them garbage
    try:
        # what is looked at is what is read, and no link leads from here to a file that came with a project
        with open(path, "rb", opener=lambda name, flags: os.open(name, flags | os.O_NOFOLLOW)) as stream:
            status = os.fstat(stream.fileno())
            if status.st_uid != os.getuid() or status.st_mode & 0o022:
                return NOTHING
            if pickle.load(stream) != key:  # noqa: S301 - the user's own file, checked above
                return NOTHING
            rows, length = pickle.load(stream)  # noqa: S301
            start = stream.tell()
            if status.st_size != start + length:
                return NOTHING  # cut off, as by a machine that went down
            mapped = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
            return Memory(rows, lambda first, last: mapped[start + first : start + last])
    except Exception:
        return NOTHING
    finally:
        if collecting:
            gc.enable()


def _write(path: Path, key: str, rows: Mapping[str, Row]) -> None:
    temporary = f"{path}.{os.getpid()}-{time.monotonic_ns()}"
    packed = bytearray()

    def append(part: bytes) -> tuple[int, int]:
        start = len(packed)
        packed.extend(part)
        return start, len(packed)

    # the packed parts come last, and are read one by one when they are asked for
    heads = {name: moved(row, append) for name, row in rows.items()}
    # private and new, or not at all; `tempfile` does no more, and takes longer to import than this to write
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            pickle.dump(key, stream, pickle.HIGHEST_PROTOCOL)
            pickle.dump((heads, len(packed)), stream, pickle.HIGHEST_PROTOCOL)
            stream.write(packed)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink()
        raise


def _forget_oldest(folder: Path) -> None:
    files = sorted(folder.glob("*.posts"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in files[MAX_PROJECTS:]:
        path.unlink(missing_ok=True)
        path.with_suffix(".recent").unlink(missing_ok=True)


def _path(folder: Path, root: Path, suffix: str) -> Path:
    return folder / f"{hashlib.sha256(os.fsencode(root)).hexdigest()[:32]}.{suffix}"


def _code() -> list[tuple[str, int, int]]:
    """What the code that makes products looks like: a product of other code is another product."""
    files = [entry for room in _ROOMS for entry in _sources(_PACKAGE / room)]
    return sorted((entry.path, (s := entry.stat()).st_mtime_ns, s.st_size) for entry in files)


def _sources(folder: Path) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        found = list(entries)
    nested = [source for entry in found if entry.is_dir() for source in _sources(Path(entry.path))]
    return [entry for entry in found if entry.name.endswith(".py")] + nested
