"""``publisher new --from ARTICLE``: a site's article as a post file to edit."""

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from publisher.content.articles import SiteArticle
from publisher.content.files import SourceFile
from publisher.content.sources import folder_of
from publisher.errors import ContentError, UsageError
from publisher.media.library import look_at
from publisher.model.config import Config, Source
from publisher.model.document import Document
from publisher.model.post import Media, MediaKind
from publisher.project.articles import ArticleReader, template_values
from publisher.project.templates import ARTICLE_TEMPLATE, read_templates
from publisher.roots import leaves

_MARKERS = ("{{", "{%", "{#")


@dataclass(frozen=True)
class ArticlePost:
    """A post file that an article gives: its path, its fields and its body, and the cover to copy beside it."""

    path: Path
    fields: Mapping[str, object]
    body: str
    has_url: bool
    copy: tuple[Path, Path] | None = None

    def copy_cover(self) -> None:
        """Copy the cover, where the project does not have it yet. Raises OSError."""
        if self.copy is not None:
            self.copy[1].parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(*self.copy)


def article_post(root: Path, config: Config, article_path: Path) -> ArticlePost:
    """Return the post of an article. Raises `UsageError` or `ContentError` for one that can't be read."""
    source = _source_of(root, config, article_path)
    # an article of no source is read as if its folder were one; only its own address is used then
    known = source or Source("", Path(os.path.relpath(article_path.parent, root)).as_posix(), "")
    settings = _with(config, known)
    file = SourceFile(str(article_path), os.path.relpath(article_path, root), known.name)
    reader = ArticleReader(root, settings, datetime.now(UTC))
    article = reader.read(file)
    if not isinstance(article, SiteArticle):
        raise ContentError(f"{file.name} can't be read.", diagnostics=article)
    key = f"{known.name}/{article.slug}".strip("/")
    path = root / config.content / f"{_shown(key)}.md"
    if not path.resolve().is_relative_to((root / config.content).resolve()):
        raise UsageError(f"{path} lies outside of the content folder.", "Give the article another `slug`.")
    fields: dict[str, object] = {"id": key} if _shown(key) != key else {}
    if known.author is not None:
        fields["author"] = known.author
    card = {"url": article.url, "title": article.title, "description": article.description}
    thumbnail, copy = _thumbnail(root, path, reader.cover(article, file))
    if thumbnail:
        card["thumbnail"] = thumbnail
    if article.url:
        fields["article"] = {name: value for name, value in card.items() if value}
    body = _body(root, settings, known, article, file, key)
    if any(marker in body for marker in _MARKERS):
        fields["jinja"] = False
    return ArticlePost(path, fields, body, bool(article.url), copy if article.url else None)


def _source_of(root: Path, config: Config, path: Path) -> Source | None:
    if not path.is_file():
        raise UsageError(f"There is no article {path}.", "--from takes the path of a Markdown file.")
    return next((one for one in config.sources.values() if path.is_relative_to(folder_of(root, one))), None)


def _with(config: Config, source: Source) -> Config:
    return replace(config, sources={**config.sources, source.name: source})


def _shown(key: str) -> str:
    """A key as a path that is read: names that begin with ``_`` are left out."""
    return "/".join(part.lstrip("_") or "post" for part in key.split("/"))


def _thumbnail(root: Path, post: Path, cover: Path | None) -> tuple[str, tuple[Path, Path] | None]:
    """The cover as the post writes it, and the copy that this needs; nothing for what is not an image."""
    if cover is None:
        return "", None
    found = look_at(cover, cover.name)
    if not isinstance(found, Media) or found.kind is not MediaKind.IMAGE:
        return "", None
    if not leaves(cover, root):
        return Path(os.path.relpath(cover, post.parent)).as_posix(), None
    beside = post.with_suffix(cover.suffix.lower())
    return beside.name, None if os.path.lexists(beside) else (cover, beside)


def _body(
    root: Path, config: Config, source: Source, article: SiteArticle, file: SourceFile, key: str
) -> str:
    """What the source's template writes, as Markdown."""
    from publisher.text.jinja.run import render_template

    document = Document(
        key,
        PurePosixPath(file.name).as_posix(),
        {"vars": {"article": template_values(article)}},
        "",
        "markdown",
    )
    templates = read_templates(root, config)
    layout = source.template or ARTICLE_TEMPLATE
    text, problems = render_template(document, config, templates, body=False, layout=layout)
    if text is None:
        raise ContentError(f"The template {layout} fails.", diagnostics=problems)
    lines = [line.rstrip() for line in text.strip().split("\n")]
    return "\n".join(line for at, line in enumerate(lines) if line or lines[at - 1]) + "\n"
