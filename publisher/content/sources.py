"""Sources are folders of a site whose articles become posts.

This module finds their files and reads the beginning of each.
"""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

from publisher.content.files import SourceFile, place_of
from publisher.errors import ConfigError
from publisher.model.config import Config, Source
from publisher.model.diagnostic import Diagnostic
from publisher.roots import leaves, work_tree

SUFFIXES = (".md", ".mdx", ".markdown")
MAX_FILES = 10_000
"""Files and folders of one source. The largest public blogs have a few thousand articles."""

MAX_HEAD = 128_000
"""Bytes of an article that are read: its front matter is at its beginning, and its text is not published."""

_PUBLIC = ("", "static", "public", "assets", "docs", "src")
"""Folders that a site serves at its root: Hugo's, Astro's, Jekyll's and MkDocs's."""


def article_files(root: Path, config: Config, paths: Sequence[Path] | None = None) -> list[SourceFile]:
    """Return the articles of every source; those among, or in, ``paths`` if there are any.

    Raise `ConfigError` for a folder that is missing, that lies outside the git work tree, or has too many
    files.
    """
    found: list[SourceFile] = []
    for source in config.sources.values():
        folder = checked_folder(root, config, source)
        wanted = None if paths is None else [path for path in paths if touches(path, folder)]
        if wanted is None or wanted:
            files = _files(folder, root, source)
            # `is_relative_to` is true for the path itself, so a file and a folder are handled alike.
            found += [
                file
                for file in files
                if wanted is None or any(Path(file.path).is_relative_to(path) for path in wanted)
            ]
    return found


def folder_of(root: Path, source: Source) -> Path:
    """Return the folder of a source, as it is written."""
    return Path(os.path.normpath(root / source.path))


def checked_folder(root: Path, config: Config, source: Source) -> Path:
    """Return the folder of a source.

    Raise `ConfigError` unless it is inside the work tree, and not hidden.
    """
    folder, tree = folder_of(root, source), work_tree(root)
    setting = f"sources.{source.name}.path"
    try:
        away = leaves(folder, tree)
    except (OSError, RuntimeError):
        raise ConfigError(
            f"{setting}: {source.path} is a link to itself.", "Name the folder itself."
        ) from None
    if away:
        raise ConfigError(
            f"{setting}: {source.path} {away} the git work tree {tree}.",
            "Sources lie in the same git work tree as publisher.yaml, in no hidden folder.",
        )
    if not folder.is_dir():
        raise ConfigError(
            f"{setting}: there is no folder {source.path}.",
            "The path is relative to publisher.yaml. Check it out, or remove the source.",
        )
    content = (root / config.content).resolve()
    if touches(content, folder.resolve()):
        raise ConfigError(
            f"{setting}: {source.path} and the content folder {config.content} lie in each other.",
            "Name another folder for posts, such as `content: posts`.",
        )
    return folder


def touches(path: Path, folder: Path) -> bool:
    """Return whether one of two folders or files lies in the other, or they are the same."""
    return path.is_relative_to(folder) or folder.is_relative_to(path)


def read_head(file: SourceFile) -> str | Diagnostic:
    """Return the beginning of an article: UTF-8 without its byte order mark, LF line endings."""
    try:
        # O_NOFOLLOW: a link that replaced the file since the search is refused. O_NONBLOCK: a pipe does not
        # block.
        descriptor = os.open(file.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(descriptor, "rb") as stream:
            raw = stream.read(MAX_HEAD)
    except OSError as error:
        message = f"The file can't be read: {error.strerror}."
        return Diagnostic("file-unreadable", message, file.name, remedy="Check its permissions.")
    if len(raw) == MAX_HEAD:  # the last line may end inside of a character
        raw = raw[: raw.rfind(b"\n") + 1]
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8-sig").replace("\r\n", "\n")
        message = f"The file is not UTF-8: it has the byte 0x{raw[error.start]:02X} here."
        return Diagnostic(
            "file-encoding", message, file.name, place_of(before, len(before)), "Save it as UTF-8."
        )
    return text.replace("\r\n", "\n").replace("\r", "\n")


def find_cover(reference: str, article: Path, tree: Path) -> Path | None:
    """Return the file of an article's cover: beside it, or below a folder that the site serves.

    None if there is none.

    ``tree`` is the git work tree; nothing outside of it, and nothing hidden, is found.
    """
    if "\0" in reference or "://" in reference or len(reference) > 1_000:
        return None
    plain = reference.split("?")[0].split("#")[0]
    here = article.parent
    folders = [folder for folder in (here, *here.parents) if folder.is_relative_to(tree)]
    beside = [] if plain.startswith("/") else [here / plain]
    below = [folder / name / plain.lstrip("/") for folder in folders for name in _PUBLIC]
    for place in (*beside, *below):
        try:
            if place.is_file() and not leaves(place, tree):
                return place
        except (OSError, RuntimeError):
            continue
    return None


def _files(folder: Path, root: Path, source: Source) -> Iterator[SourceFile]:
    """Yield the articles in a folder. Links are not followed.

    Names that begin with ``_`` or ``.`` are left out.
    """
    count = 0
    for place, folders, names in os.walk(folder):
        # os.walk reads this list again, so hidden folders are never entered. Jekyll keeps articles in
        # `_posts`.
        folders[:] = sorted(name for name in folders if _is_shown(name) or name == "_posts")
        count += len(folders) + len(names)
        if count > MAX_FILES:
            raise ConfigError(
                f"sources.{source.name}.path: {source.path} has more than {MAX_FILES:,} files.",
                "Name the folder of the articles alone.",
            )
        for name in sorted(names):
            path = Path(place, name)
            # `index` and `README` at the top describe the folder; deeper down, `index` is an article.
            at_top = place == str(folder) and PurePosixPath(name).stem in ("index", "README")
            if not _is_shown(name) or not name.endswith(SUFFIXES) or at_top or path.is_symlink():
                continue
            if path.is_file():
                yield SourceFile(str(path), Path(os.path.relpath(path, root)).as_posix(), source.name)


def _is_shown(name: str) -> bool:
    return name[:1] not in ("_", ".") and name.isprintable()
