"""Articles of a site as documents: the article is the card, and a template writes the text."""

import os
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from publisher.content.articles import SiteArticle, read_article
from publisher.content.files import SourceFile
from publisher.content.sources import find_cover, folder_of, read_head
from publisher.media.source import MediaSource
from publisher.model.config import Config, Source
from publisher.model.diagnostic import Diagnostic, Position, Severity
from publisher.model.document import Document, FieldPath
from publisher.model.post import Media, MediaKind
from publisher.roots import work_tree
from publisher.settings.config import CONFIG_NAME
from publisher.wording import shorten

BACKLOG_AGE = timedelta(days=7)
"""Age from which an article of a source without `since` leads to a warning.

A first run publishes all articles of such a source. One that is older than a week was hardly written for it.
"""

_PLACES: dict[FieldPath, str] = {
    ("id",): "slug",
    ("article",): "title",
    ("article", "title"): "title",
    ("article", "description"): "description",
    ("article", "url"): "url",
    ("article", "thumbnail"): "cover",
    ("publish_at",): "date",
}


class ArticleReader:
    """Reads the articles of a project's sources. ``now`` is aware."""

    def __init__(self, root: Path, config: Config, now: datetime) -> None:
        self._root, self._config, self._now = root, config, now

    def document(
        self, article: SiteArticle, file: SourceFile, media: MediaSource
    ) -> tuple[Document, list[Diagnostic]]:
        """Return an article as a document, and its problems."""
        source = self._config.sources[file.source]
        problems: list[Diagnostic] = []
        thumbnail = self._thumbnail(article, file, media, problems)
        if source.since and article.date is None:
            message = (
                f"The article has no date, and sources.{source.name}.since asks for one; it is not published."
            )
            problems.append(_warning("article-undated", message, file, article, "title", "Add `date:`."))
        return self._document(article, source, file, thumbnail), problems

    def read(self, file: SourceFile) -> SiteArticle | tuple[Diagnostic, ...]:
        """Return what an article says about itself, or what is wrong with it."""
        source = self._config.sources[file.source]
        text = read_head(file)
        if isinstance(text, Diagnostic):
            return (text,)
        inside = Path(os.path.relpath(file.path, folder_of(self._root, source))).as_posix()
        return read_article(text, file.name, inside, source, self._config.timezone)

    def cover(self, article: SiteArticle, file: SourceFile) -> Path | None:
        """Return the file of an article's cover."""
        if not article.cover:
            return None
        return find_cover(article.cover, Path(file.path).resolve(), work_tree(self._root))

    def _thumbnail(
        self, article: SiteArticle, file: SourceFile, media: MediaSource, problems: list[Diagnostic]
    ) -> Mapping[str, str] | None:
        if not article.cover or "://" in article.cover:
            return None  # a plan opens no connection
        place = self.cover(article, file)
        if place is None:
            why = f"{shorten(article.cover)} was not found beside the article or in a folder that the site serves."
        else:
            reference = Path(os.path.relpath(place, Path(file.path).resolve().parent)).as_posix()
            found = media.inspect(reference, file.name)
            if isinstance(found, Media) and found.kind is MediaKind.IMAGE:
                return {"path": reference, "alt": article.cover_alt or article.title}
            why = f"{shorten(article.cover)} is not an image." if isinstance(found, Media) else found.message
        message = f"The card has no picture: {why}"
        remedy = "Name a picture of the site in the article's front matter."
        problems.append(_warning("article-cover", message, file, article, "cover", remedy))
        return None

    def _document(
        self, article: SiteArticle, source: Source, file: SourceFile, thumbnail: Mapping[str, str] | None
    ) -> Document:
        at = article.date
        fields: dict[str, Any] = {
            "article": _card(article, thumbnail),
            "layout": source.template,
            "vars": {"article": template_values(article)},
            "tags": list(article.tags),
        }
        if source.author is not None:
            fields["author"] = source.author
        if article.draft:
            fields["draft"] = True
        if at is not None and at > self._now:  # the site shows it from then on
            fields["publish_at"] = at.isoformat()
        places = {path: article.places[name] for path, name in _PLACES.items() if name in article.places}
        return Document(
            f"{source.name}/{article.slug}",
            file.name,
            fields,
            "",
            "markdown",
            article.places.get("title", Position()),
            places,
            backlog=is_backlog(article, source),
            dated=at,
        )


def template_values(article: SiteArticle) -> dict[str, Any]:
    """Return what a template sees as ``article``."""
    return {
        "slug": article.slug,
        "section": article.section,
        "title": article.title,
        "description": article.description,
        "date": article.date.isoformat() if article.date else "",
        "tags": list(article.tags),
        "hashtags": list(article.hashtags),
        "draft": article.draft,
        "url": article.url,
        "cover": article.cover,
    }


def is_backlog(article: SiteArticle, source: Source) -> bool:
    """Return whether an article is older than its source's ``since``; one without a date may be."""
    return bool(source.since) and (article.date is None or article.date.date().isoformat() < source.since)


def unbounded(
    config: Config, articles: Iterable[tuple[str, datetime | None]], now: datetime
) -> list[Diagnostic]:
    """Advice for sources without ``since`` that have old articles.

    ``articles`` are (source, date) of what was read.
    """
    before = now - BACKLOG_AGE
    olds = Counter(name for name, date in articles if date is not None and date < before)
    found = []
    for source in config.sources.values():
        old = olds[source.name]
        if old and not source.since:
            count = f"{old} articles" if old > 1 else "an article"
            message = f"sources.{source.name} has {count} from before {before.date()}, and no `since`."
            remedy = (
                f'Add `since: "{now.date()}"` to publish newer ones only; '
                "`publisher state stamp` marks what is there as done."
            )
            found.append(
                Diagnostic("source-backlog", message, CONFIG_NAME, Position(), remedy, Severity.WARNING)
            )
    return found


def _card(article: SiteArticle, thumbnail: Mapping[str, str] | None) -> dict[str, Any]:
    card: dict[str, Any] = {"url": article.url, "title": article.title}
    if article.description:
        card["description"] = article.description
    if thumbnail:
        card["thumbnail"] = thumbnail
    return card


def _warning(
    code: str, message: str, file: SourceFile, article: SiteArticle, place: str, remedy: str
) -> Diagnostic:
    at = article.places.get(place, Position())
    return Diagnostic(code, message, file.name, at, remedy, Severity.WARNING)
