"""Files to products: from the cache where nothing they depend on has changed, else made anew."""

import hashlib
import os
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from publisher.assemble import cache
from publisher.assemble.cache import Row, Stamp
from publisher.assemble.product import Product, Workshop, fingerprint
from publisher.assemble.spread import make_all
from publisher.content.files import SourceFile
from publisher.render.post import RenderContext

_SETTLED_NS = 1_000_000_000
"""A file changed less than this before it was read may change again with the same stamp."""


def assemble(
    root: Path,
    files: Sequence[SourceFile],
    context: RenderContext,
    now: datetime,
    folder: Path | None = None,
) -> list[Product]:
    """The product of each file, in order. ``folder`` is where the cache lies; None does without.

    So does a folder inside the project: what strangers send is never taken for our own memory.

    The cache never changes a result; it is written only where something was made anew or went away.
    """
    workshop = Workshop(root, context, now)
    if folder is None or not cache.is_safe(folder, root):
        return make_all(files, workshop)
    key = cache.cache_key(context.config, sorted(context.templates.items()))
    known = cache.load(folder, root, key)
    began, moment = time.time_ns(), now.timestamp()
    stamps = {file.name: _stamp(file) for file in files}
    found = {
        file.name: row
        for file in files
        if (row := known.get(file.name)) and _holds(row, file, stamps[file.name], root, moment)
    }
    missing = [file for file in files if file.name not in found]
    hashes = {file.name: _sha256(file) for file in missing}
    made = {product.name: product for product in make_all(missing, workshop)}
    products = [made.get(file.name) or cache.product_of(file.name, found[file.name]) for file in files]
    fresh = _keep(made, stamps, hashes, began)
    touched = {
        name: (stamp, *row[1:]) for name, row in found.items() if row[0] != (stamp := stamps[name]) and stamp
    }
    if fresh or touched:
        cache.save(folder, root, key, found, fresh | touched)
    return products


def _holds(row: Row, file: SourceFile, stamp: Stamp | None, root: Path, moment: float) -> bool:
    """Whether a remembered product is what making it now, at ``moment`` (epoch seconds), would give."""
    known, sha256, _, _, media, times, made_at = row
    if known != stamp and sha256 != _sha256(file):
        return False
    # the posts' times must still be on the side of the moment on which they were
    if times and any((at < moment) != (at < made_at) for at in times):
        return False
    return not media or all(fingerprint(root, seen[0]) == seen for seen in media)


def _keep(
    made: Mapping[str, Product],
    stamps: Mapping[str, Stamp | None],
    hashes: Mapping[str, bytes],
    began: int,
) -> dict[str, Row]:
    """What of the new products can be remembered: files that had come to rest before they were read."""
    return {
        name: cache.row_of(stamp, hashes[name], product)
        for name, product in made.items()
        if product.lasting
        and (stamp := stamps[name]) is not None
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
