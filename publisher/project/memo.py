"""Reuse the results of unchanged files, in the memory of a process that loads a project again and again."""

import time
from collections.abc import Sequence

from publisher.content.files import SourceFile
from publisher.media.fingerprint import Fingerprint, fingerprint, is_settled
from publisher.project.file_builder import FileBuilder, FileResult
from publisher.project.parallel import build_all
from publisher.render.post import RenderContext


class Memo:
    """The results of a project's files. One memo serves one project.

    A result is reused while its file and its media files have the same fingerprints, settings and templates
    are equal, and no publication time lies between the two loads. `publisher preview --serve` uses it: a save
    in a project of 1,000 posts is on the page in 0.2 s instead of 0.7 s (measured 2026-11-24 on two cores).
    """

    def __init__(self) -> None:
        self._context: RenderContext | None = None
        self._known: dict[str, tuple[Fingerprint, FileResult]] = {}

    def build(self, files: Sequence[SourceFile], builder: FileBuilder) -> list[FileResult]:
        """Return the results of ``files`` in their order; build those that are not known as they are now."""
        if self._context is None or not _same_inputs(self._context, builder.context):
            self._known = {}
        self._context = builder.context
        began = time.time_ns()
        prints = {file.name: fingerprint(file.path, file.name) for file in files}
        results = {file.name: self._reuse(file.name, prints[file.name], builder) for file in files}
        missing = [file for file in files if results[file.name] is None]
        results |= {result.name: result for result in build_all(missing, builder)}
        self._known = {
            name: (seen, result)
            for name, result in results.items()
            if result is not None and (seen := prints[name]) is not None and _is_lasting(seen, result, began)
        }
        return [result for result in results.values() if result is not None]

    def _reuse(self, name: str, now: Fingerprint | None, builder: FileBuilder) -> FileResult | None:
        known, result = self._known.get(name, (None, None))
        if result is None or known != now or not result.since < builder.now.timestamp() <= result.until:
            return None
        same = all(fingerprint(builder.root / seen.path, seen.path) == seen for seen, _ in result.media)
        return result if same else None


def _same_inputs(one: RenderContext, other: RenderContext) -> bool:
    return (one.config, one.templates) == (other.config, other.templates)


def _is_lasting(seen: Fingerprint, result: FileResult, began: int) -> bool:
    """Return whether fingerprints can tell that a result is out of date."""
    return result.lasting and is_settled(seen, began) and all(is_settled(at, began) for at, _ in result.media)
