"""Read a project at one moment: settings, valid posts, and every diagnostic."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from publisher.content.files import SourceFile
from publisher.content.foreign import summarise
from publisher.content.read import key_clashes, source_files
from publisher.content.sources import article_files, folder_of
from publisher.lint.similar import Sketch
from publisher.media.library import MediaLibrary, MediaProblem
from publisher.model.config import Config
from publisher.model.diagnostic import Diagnostic, Severity, sort_diagnostics
from publisher.model.post import UNKNOWN_AUTHOR, Media, Post
from publisher.networks.linkedin.versions import WARN_BEFORE, newest, sunset
from publisher.project.articles import unbounded
from publisher.project.file_builder import FileBuilder, FileResult
from publisher.project.media_cache import MediaCache
from publisher.project.memo import Memo
from publisher.project.parallel import build_all
from publisher.project.templates import read_templates
from publisher.render.post import RenderContext
from publisher.roots import work_tree
from publisher.settings.config import CONFIG_NAME, load_config

if TYPE_CHECKING:
    from publisher.project.cards import CardMaker


@dataclass(frozen=True, slots=True)
class Project:
    """A project as read at one moment: its settings, the posts that are valid, and every diagnostic.

    Posts are sorted by key; each is one copy. ``keys`` are the (path, key) of every document; one that gave
    no post is among them. ``sketches`` holds the sketches of texts (see `publisher.lint.similar`) by text
    digest.
    """

    root: Path
    config: Config
    posts: tuple[Post, ...]
    diagnostics: tuple[Diagnostic, ...]
    sketches: Mapping[str, Sketch] = field(default_factory=dict, repr=False, compare=False)
    keys: tuple[tuple[str, str], ...] = field(default=(), repr=False, compare=False)


def load(
    root: Path,
    environ: Mapping[str, str] | None = None,
    now: datetime | None = None,
    *,
    paths: Sequence[Path] | None = None,
    adapt: Callable[[Config], Config] = lambda config: config,
    config: Config | None = None,
    memo: Memo | None = None,
) -> Project:
    """Read, validate and render the project at ``root``. Open no socket, and write nothing into the project.

    ``environ`` is `os.environ` by default, ``now`` (aware) the current time. ``paths`` limits the reading to
    these files and folders. ``adapt`` changes the settings before anything is rendered; ``config`` replaces
    reading them. ``memo`` reuses the results of unchanged files in a process that loads again and again.

    Raise `publisher.errors.ConfigError` for settings that can't be used and `publisher.errors.UsageError` for
    a missing content folder or for ``paths`` outside of it. Problems of the content are in ``diagnostics``.
    """
    environ = os.environ if environ is None else environ
    now = now or datetime.now(UTC)
    config = config or adapt(load_config(root, environ))
    missing = _author_missing(config)
    if missing:
        config = replace(config, authors={UNKNOWN_AUTHOR.alias: UNKNOWN_AUTHOR})
    files, diagnostics = _files(root, config, paths)
    known = MediaCache(root, environ)
    context = RenderContext(
        config,
        read_templates(root, config),
        MediaLibrary(
            root,
            known.recall,
            _card_maker(root, config, environ),
            {source.path: work_tree(root) for source in config.sources.values()},
            _converter(root, environ) if config.media.convert == "auto" else None,
        ),
    )
    builder = FileBuilder(root, context, now)
    results = memo.build(files, builder) if memo else build_all(files, builder)
    results = _without_overridden(files, results)
    known.save((found for result in results for found in result.media), complete=paths is None)
    documents = [document for result in results for document in result.documents]
    lost, clashes = key_clashes(
        [document.key for document in documents], lambda at: (documents[at].source, documents[at].position)
    )
    valid = [one for index, one in enumerate(documents) if one.posts and index not in lost]
    found = [problem for result in results for problem in result.diagnostics]
    advice = unbounded(config, [result.article for result in results if result.article], now)
    return Project(
        root,
        config,
        tuple(sorted([post for one in valid for post in one.posts], key=attrgetter("key"))),
        sort_diagnostics(
            summarise([*missing, *_version_ending(config, now), *advice, *diagnostics, *clashes, *found])
        ),
        {digest: sketch for one in valid for digest, sketch in one.sketches},
        tuple([(one.source, one.key) for one in documents]),
    )


def _files(
    root: Path, config: Config, paths: Sequence[Path] | None
) -> tuple[list[SourceFile], list[Diagnostic]]:
    """Return the files of the content folder and the articles of all sources; of both, those that ``paths`` name."""
    if not config.sources:
        return source_files(root, config, paths)
    articles = article_files(root, config, paths)
    if paths is not None:
        folders = [folder_of(root, source) for source in config.sources.values()]
        paths = [path for path in paths if not any(path.is_relative_to(folder) for folder in folders)]
    files, diagnostics = ([], []) if paths == [] else source_files(root, config, paths)
    return [*files, *articles], diagnostics


def _without_overridden(files: Sequence[SourceFile], results: Sequence[FileResult]) -> list[FileResult]:
    """Return the results without articles that have the key of a content file, which replaces them."""
    own = {
        document.key.casefold()
        for file, result in zip(files, results, strict=True)
        if not file.source
        for document in result.documents
    }
    return [
        result
        for file, result in zip(files, results, strict=True)
        if not file.source or not any(document.key.casefold() in own for document in result.documents)
    ]


def _converter(root: Path, environ: Mapping[str, str]) -> Callable[[Path, str], Media | None]:
    """Return the function that converts images, with its imports left to projects that need it."""

    def convert(path: Path, name: str) -> Media | None:
        from publisher.project.conversion import convert_media

        return convert_media(root, environ, path, name)

    return convert


def _card_maker(
    root: Path, config: Config, environ: Mapping[str, str]
) -> Callable[[Mapping[str, Any], str], Media | MediaProblem]:
    """Return the function that makes cards, with its imports (15 ms) left to projects that have some."""

    @cache
    def maker() -> "CardMaker":
        from publisher.project.cards import CardMaker

        return CardMaker(root, config, environ)

    return lambda request, source: maker().make(request, source)


def _author_missing(config: Config) -> tuple[Diagnostic, ...]:
    if config.authors or config.defaults.author:
        return ()
    message = (
        "No author is configured; posts that name none are shown with a placeholder and can't be published."
    )
    remedy = "Add `authors:` with your URN, or run `publisher auth login --write-config`."
    return (Diagnostic("author-unset", message, CONFIG_NAME, remedy=remedy, severity=Severity.WARNING),)


def _version_ending(config: Config, now: datetime) -> tuple[Diagnostic, ...]:
    """Advice where the configured Linkedin-Version has ended, or will soon."""
    if config.api != "posts":
        return ()
    version, today = config.linkedin.version, now.date()
    end = sunset(version)
    if end is None or end - today > WARN_BEFORE:
        return ()
    what = "ended" if end <= today else "ends"
    message = f"Linkedin-Version {version} {what} on {end}; from then on LinkedIn answers 426 and nothing is published."
    remedy = f'Set `linkedin.version: "{newest(today)}"`.'
    return (Diagnostic("version-sunset", message, CONFIG_NAME, remedy=remedy, severity=Severity.WARNING),)
