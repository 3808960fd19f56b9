"""Files to products: from the cache where nothing they depend on has changed, else made anew."""

import hashlib
import os
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from publisher.assemble import cache
from publisher.assemble.cache import Kept, Stamp
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
        file.name: kept
        for file in files
        if (kept := known.get(file.name)) and _holds(kept, file, stamps[file.name], root, moment)
    }
    missing = [file for file in files if file.name not in found]
    hashes = {file.name: _sha256(file) for file in missing}
    made = {product.name: product for product in make_all(missing, workshop)}
    products = [made.get(file.name) or found[file.name].product for file in files]
    fresh = _keep(made, stamps, hashes, began)
    touched = {
        name: kept._replace(stamp=stamp)
        for name, kept in found.items()
        if kept.stamp != (stamp := stamps[name]) and stamp
    }
    if fresh or touched:
        cache.save(folder, root, key, found, fresh | touched)
    return products


def _holds(kept: Kept, file: SourceFile, stamp: Stamp | None, root: Path, moment: float) -> bool:
    """Whether a remembered product is what making it now, at ``moment`` (epoch seconds), would give."""
    if kept.stamp != stamp and kept.sha256 != _sha256(file):
        return False
    product = kept.product
    if product.times and not _same_side(product, moment):
        return False
    return not product.media or all(fingerprint(root, seen[0]) == seen for seen in product.media)


def _same_side(product: Product, moment: float) -> bool:
    """Whether the posts' times are all still on the side of ``moment`` on which they were."""
    return all((at < moment) == (at < product.made_at) for at in product.times)


def _keep(
    made: Mapping[str, Product],
    stamps: Mapping[str, Stamp | None],
    hashes: Mapping[str, bytes],
    began: int,
) -> dict[str, Kept]:
    """What of the new products can be remembered: files that had come to rest before they were read."""
    return {
        name: Kept(stamp, hashes[name], product)
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
