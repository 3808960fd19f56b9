"""Read, render and lint one source file: its documents and diagnostics, and what they depend on."""

import math
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from publisher.content.articles import SiteArticle
from publisher.content.files import SourceFile, read_text
from publisher.content.read import read_document
from publisher.lint.lints import lint_post
from publisher.lint.similar import Sketch, sketch_of
from publisher.media.fingerprint import Fingerprint, fingerprint
from publisher.media.source import MediaSource, Problem
from publisher.model.diagnostic import Diagnostic, Position, Severity, few, has_errors
from publisher.model.document import Document
from publisher.model.post import Media, Post
from publisher.project.articles import ArticleReader
from publisher.render.post import RenderContext, render_post


class RenderedDocument(NamedTuple):
    """One document's result: its file, its key and where that is written, the valid copies, sketches by text digest."""

    source: str
    key: str
    position: Position
    posts: tuple[Post, ...]
    sketches: tuple[tuple[str, Sketch], ...] = ()


class ArticleFact(NamedTuple):
    """The source and the date (aware) of an article."""

    source: str
    date: datetime | None


class FileResult(NamedTuple):
    """The result of building a file. ``media`` are the files it was rendered with, and the facts about them.

    A lint says whether a publish_at is past, so a result holds only at moments after ``since`` and not after
    ``until`` (epoch seconds), between which none of its posts is. ``lasting`` is False where a file was
    missing or broken: its appearance changes no fingerprint.
    """

    name: str
    documents: tuple[RenderedDocument, ...]
    diagnostics: tuple[Diagnostic, ...]
    media: tuple[tuple[Fingerprint, Media], ...] = ()
    since: float = -math.inf
    until: float = math.inf
    lasting: bool = True
    article: ArticleFact | None = None


class FileBuilder:
    """Builds file results with one set of settings, templates and media. ``now`` is aware."""

    def __init__(self, root: Path, context: RenderContext, now: datetime) -> None:
        self.root, self.context, self.now = root, context, now
        self._articles = ArticleReader(root, context.config, now)

    def build(self, file: SourceFile) -> FileResult:
        """Read, render and lint one file. Never raises for what an author wrote."""
        media = _MediaRecorder(self.root, self.context.media)
        if file.source:
            documents, problems, fact = self._read_article(file, media)
        else:
            text = read_text(file)
            if isinstance(text, Diagnostic):
                return FileResult(file.name, (), (text,), lasting=False)
            settings = self.context.config
            documents, problems = read_document(text, file.name, settings.content, settings.front_matter)
            fact = None
        context = replace(self.context, media=media)
        rendered = tuple(self._render(document, context, problems) for document in documents)
        times = [
            post.publish_at.timestamp()
            for one in rendered
            for post in one.posts
            if post.publish_at is not None
        ]
        now = self.now.timestamp()
        since = max((at for at in times if at < now), default=-math.inf)
        until = min((at for at in times if at >= now), default=math.inf)
        told = few(list(dict.fromkeys(problems)), file.name)  # copies share most of their problems
        return FileResult(file.name, rendered, told, tuple(media.seen), since, until, media.complete, fact)

    def _read_article(
        self, file: SourceFile, media: MediaSource
    ) -> tuple[list[Document], list[Diagnostic], ArticleFact | None]:
        article = self._articles.read(file)
        if not isinstance(article, SiteArticle):
            return [], list(article), None
        document, problems = self._articles.document(article, file, media)
        return [document], problems, ArticleFact(file.source, article.date)

    def _render(
        self, document: Document, context: RenderContext, problems: list[Diagnostic]
    ) -> RenderedDocument:
        posts: list[Post] = []
        for rendered in render_post(document, context):
            found = lint_post(rendered, context.config, self.now)
            # advice about an article that is not published helps nobody
            problems += (
                [one for one in found if one.severity is Severity.ERROR] if document.backlog else found
            )
            if rendered.post is not None and not has_errors(found):
                posts.append(rendered.post)
        sketches = tuple((post.text_digest, sketch_of(post.text.plain)) for post in posts)
        return RenderedDocument(document.path, document.key, document.position("id"), tuple(posts), sketches)


class _MediaRecorder:
    """A media source that records which files were inspected, and whether all of them could be used."""

    def __init__(self, root: Path, source: MediaSource) -> None:
        self._root, self._source = root, source
        self.seen: list[tuple[Fingerprint, Media]] = []
        self.complete = True

    def inspect(self, reference: str, source: str) -> Media | Problem:
        found = self._source.inspect(reference, source)
        at = fingerprint(self._root / found.path, found.path) if isinstance(found, Media) else None
        if isinstance(found, Media) and at is not None:
            self.seen.append((at, found))
        else:
            self.complete = False
        return found

    def make(self, request: Mapping[str, Any], source: str) -> Media | Problem:
        self.complete = False  # its templates and fonts have no fingerprint here
        return self._source.make(request, source)
