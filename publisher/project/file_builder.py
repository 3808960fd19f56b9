"""What one source file gives: its posts and diagnostics, and what they depend on beside the file's bytes."""

import math
import os
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from publisher.content.files import SourceFile, read_text
from publisher.content.read import read_document
from publisher.lint.lints import lint_post
from publisher.lint.similar import Sketch, sketch_of
from publisher.media.library import Fingerprint
from publisher.media.source import MediaSource, Problem
from publisher.model.diagnostic import Diagnostic, Position, has_errors
from publisher.model.document import Document
from publisher.model.post import Media, Post
from publisher.render.post import RenderContext, render_post


class RenderedDocument(NamedTuple):
    """One document's result: its file, its key and where that is written, the post (None where invalid), its sketch."""

    source: str
    key: str
    position: Position
    post: Post | None
    sketch: Sketch = ""


class FileResult(NamedTuple):
    """What a file gave. ``media`` are the files it was rendered with, as they were then.

    A lint says whether a publish_at is past, so a product holds only at moments after ``since`` and not after
    ``until`` (epoch seconds), between which none of its posts is. ``lasting`` is False where a file was missing or
    broken: what is no fact of this file can't be remembered with it.
    """

    name: str
    made: tuple[RenderedDocument, ...]
    diagnostics: tuple[Diagnostic, ...]
    media: tuple[Fingerprint, ...] = ()
    since: float = -math.inf
    until: float = math.inf
    lasting: bool = True


class FileBuilder:
    """Makes products: one set of settings, templates and media for all files. ``now`` is aware."""

    def __init__(self, root: Path, context: RenderContext, now: datetime) -> None:
        self._root, self._context, self._now = root, context, now
        self._places: dict[Position, Position] = {}  # most ids are at one of a few: one value for all of them

    def make(self, file: SourceFile) -> FileResult:
        """Read, render and lint one file. Never raises for what an author wrote."""
        text = read_text(file)
        if isinstance(text, Diagnostic):
            return FileResult(file.name, (), (text,), lasting=False)
        documents, problems = read_document(text, file.name, self._context.config.content)
        watched = _Watched(self._root, self._context.media)
        context = replace(self._context, media=watched)
        made = tuple(self._render(document, context, problems) for document in documents)
        times = [one.post.publish_at.timestamp() for one in made if one.post and one.post.publish_at]
        now = self._now.timestamp()
        since = max((at for at in times if at < now), default=-math.inf)
        until = min((at for at in times if at >= now), default=math.inf)
        return FileResult(
            file.name, made, tuple(problems), tuple(watched.seen), since, until, watched.complete
        )

    def _render(
        self, document: Document, context: RenderContext, problems: list[Diagnostic]
    ) -> RenderedDocument:
        rendered = render_post(document, context)
        found = lint_post(rendered, document, context.config, self._now)
        problems += found
        at = document.position("id")
        at = self._places.setdefault(at, at)
        if rendered.post is None or has_errors(found):
            return RenderedDocument(document.path, document.key, at, None)
        return RenderedDocument(
            document.path, document.key, at, rendered.post, sketch_of(rendered.post.text.plain)
        )


class _Watched:
    """A media source that remembers which files were looked at, and whether all of them were fine."""

    def __init__(self, root: Path, source: MediaSource) -> None:
        self._root, self._source = root, source
        self.seen: list[Fingerprint] = []
        self.complete = True

    def inspect(self, reference: str, source: str) -> Media | Problem:
        found = self._source.inspect(reference, source)
        if isinstance(found, Media):
            self.seen.append(fingerprint(self._root, found.path))
        else:
            self.complete = False
        return found


def fingerprint(root: Path, name: str) -> Fingerprint:
    """(path, mtime in ns, size) of a media file as it is now; zeros where it is gone."""
    try:
        status = os.stat(root / name)  # noqa: PTH116 - the fastest way, and thousands are asked
    except OSError:
        return (name, 0, 0)
    return (name, status.st_mtime_ns, status.st_size)
