"""Files to posts: from the cache where nothing they depend on has changed, else made anew."""

import hashlib
import os
import time
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from publisher.content.files import SourceFile
from publisher.model.diagnostic import Diagnostic
from publisher.project import cache
from publisher.project.cache import Memory
from publisher.project.file_builder import FileBuilder, FileResult, RenderedDocument, fingerprint
from publisher.project.parallel import make_all
from publisher.project.rows import Row, Stamp, made_of, row_of
from publisher.render.post import RenderContext

_SETTLED_NS = 1_000_000_000
"""A file changed less than this before it was read may change again with the same stamp."""


class Assembly(NamedTuple):
    """What all files gave together, in their order."""

    made: Sequence[RenderedDocument]
    diagnostics: Sequence[Diagnostic]


def assemble(
    root: Path,
    files: Sequence[SourceFile],
    context: RenderContext,
    now: datetime,
    folder: Path | None = None,
) -> Assembly:
    """What the files give. ``folder`` is where the cache lies; None does without.

    So does a folder inside the project: what strangers send is never taken for our own memory.

    The cache never changes a result; it is written only where something was made anew or went away.
    """
    builder = FileBuilder(root, context, now)
    if folder is None or not cache.is_safe(folder, root):
        return _gathered(files, cache.NOTHING, make_all(files, builder))
    key = cache.cache_key(context.config, sorted(context.templates.items()))
    known = cache.load(folder, root, key)
    began, moment = time.time_ns(), now.timestamp()
    held: dict[str, Row] = {}
    touched: dict[str, Row] = {}
    missing: list[_Missing] = []
    for file in files:
        name, stamp = file.name, _stamp(file)
        row = known.rows.get(name)
        if row is None or not _holds(row, file, stamp, root, moment):
            missing.append(_Missing(file, stamp, _sha256(file)))
            continue
        held[name] = row
        if row[0] != stamp and stamp:
            touched[name] = (stamp, *row[1:])
    remembered = Memory(held, known.read)
    made = make_all([one.file for one in missing], builder)
    fresh = _keep(missing, made, began)
    if fresh or touched:
        cache.save(folder, root, key, remembered, fresh | touched)
    return _gathered(files, remembered, made)


class _Missing(NamedTuple):
    """A file that has to be read, and what it was before that."""

    file: SourceFile
    stamp: Stamp | None
    sha256: bytes


def _gathered(files: Sequence[SourceFile], held: Memory, products: Iterable[FileResult]) -> Assembly:
    made: list[RenderedDocument] = []
    diagnostics: list[Diagnostic] = []
    rest = iter(products)
    for file in files:
        row = held.rows.get(file.name)
        if row is None:
            product = next(rest)
            made += product.made
            diagnostics += product.diagnostics
        else:
            made += made_of(file.name, row, held.read)
            diagnostics += row[3]
    return Assembly(made, diagnostics)


def _holds(row: Row, file: SourceFile, stamp: Stamp | None, root: Path, moment: float) -> bool:
    """Whether a remembered product is what making it now, at ``moment`` (epoch seconds), would give."""
    known, sha256, _, _, media, since, until = row
    if known != stamp and sha256 != _sha256(file):
        return False
    if not since < moment <= until:
        return False
    return not media or all(fingerprint(root, seen[0]) == seen for seen in media)


def _keep(missing: Sequence[_Missing], made: Sequence[FileResult], began: int) -> dict[str, Row]:
    """What of the new products can be remembered: files that had come to rest before they were read."""
    return {
        product.name: row_of(stamp, sha256, product)
        for (_, stamp, sha256), product in zip(missing, made, strict=True)
        if product.lasting
        and stamp is not None
        and began - max(stamp[0], stamp[1]) > _SETTLED_NS
        and all(began - seen[1] > _SETTLED_NS for seen in product.media)
    }


def _stamp(file: SourceFile) -> Stamp | None:
    try:
        status = os.stat(file.path)  # noqa: PTH116 - the fastest way, and thousands are asked
    except OSError:
        return None
    return (status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino)


def _sha256(file: SourceFile) -> bytes:
    try:
        with open(file.path, "rb") as stream:  # noqa: PTH123
            return hashlib.sha256(stream.read()).digest()
    except OSError:
        return b""
