"""Many files made at once: on all cores where that pays, else one after the other."""

import os
import threading
from collections.abc import Sequence

from publisher.assemble.product import Product, Workshop
from publisher.content.files import SourceFile

WORTHWHILE = 300
"""Fewer files than this are made faster than processes are started and their results sent back."""

_CHUNK = 64

_workshop: Workshop | None = None


def make_all(files: Sequence[SourceFile], workshop: Workshop) -> list[Product]:
    """The products of ``files``, in their order."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    # a forked child of a process with threads may wait for a lock that nobody holds any more
    if len(files) < WORTHWHILE or cores < 2 or threading.active_count() > 1 or not hasattr(os, "fork"):
        return [workshop.make(file) for file in files]
    import multiprocessing

    global _workshop
    _workshop = workshop  # children inherit it, so templates and settings are never sent
    try:
        with multiprocessing.get_context("fork").Pool(cores) as pool:
            return pool.map(_make, files, _CHUNK)
    finally:
        _workshop = None


def _make(file: SourceFile) -> Product:
    assert _workshop is not None  # noqa: S101 - set before the fork
    return _workshop.make(file)
