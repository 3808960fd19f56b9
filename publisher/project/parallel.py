"""Build many files: on all cores if there are enough of them, else one after the other."""

import os
import threading
from collections.abc import Sequence

from publisher.content.files import SourceFile
from publisher.project.file_builder import FileBuilder, FileResult

WORTHWHILE = 300
"""Files from which several processes are faster (measured 2026-11-24).

For fewer files, the start of the processes and the return of their results take longer than the work.
"""

# files for each message to a process: few messages, and still parts for all cores near the end
_CHUNK = 64

_builder: FileBuilder | None = None


def build_all(files: Sequence[SourceFile], builder: FileBuilder) -> list[FileResult]:
    """Return the results of ``files``, in their order."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    # a forked child of a process with threads may wait for a lock that nobody holds any more
    if len(files) < WORTHWHILE or cores < 2 or threading.active_count() > 1 or not hasattr(os, "fork"):
        return [builder.build(file) for file in files]
    import multiprocessing  # 40 ms, for large projects only

    global _builder
    _builder = builder  # children inherit it, so templates and settings are never sent
    try:
        with multiprocessing.get_context("fork").Pool(cores) as pool:
            return pool.map(_build, files, _CHUNK)
    finally:
        _builder = None


def _build(file: SourceFile) -> FileResult:
    assert _builder is not None  # noqa: S101 - set before the fork
    return _builder.build(file)
