"""The project's templates: every ``*.j2`` file under the templates folder, read as text."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from publisher.errors import ConfigError
from publisher.model.config import Config
from publisher.roots import leaves

ARTICLE_TEMPLATE = "blog.md.j2"
"""The template of articles; a project's own file of this name takes its place."""

_ARTICLE_FILE = Path(__file__).with_name(ARTICLE_TEMPLATE)
_MAX_BYTES = 1_000_000
_MAX_FILES = 10_000


def read_templates(root: Path, config: Config) -> Mapping[str, str]:
    """Template name (POSIX path under the folder) to source. A project with sources has their template, too.

    Raise `ConfigError` for a template that is too large, is not UTF-8, or lies outside the project.
    """
    built_in = {ARTICLE_TEMPLATE: _ARTICLE_FILE.read_text("utf-8")} if config.sources else {}
    folder = root / config.templates
    if not folder.is_dir():
        return built_in
    away = leaves(folder, root)
    if away:
        raise ConfigError(
            f"{config.templates}: the folder {away} the project.", "Replace the link with the folder."
        )
    found = {path.relative_to(folder).as_posix(): path for path in _files(folder)}
    return built_in | {name: _read(found[name], root, folder) for name in sorted(found)}


def _files(folder: Path) -> Iterator[Path]:
    """Yield the templates in a folder.

    Do not follow links to folders, because one to / would lead through the whole machine.
    """
    count = 0
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        count += len(folders) + len(names)
        if count > _MAX_FILES:
            raise ConfigError(
                f"{folder.name} has more than {_MAX_FILES:,} files.", "Keep only templates there."
            )
        yield from (Path(place, name) for name in names if name.endswith(".j2"))


def _read(path: Path, root: Path, folder: Path) -> str:
    name = path.relative_to(root).as_posix()
    if leaves(path, folder):
        raise ConfigError(
            f"{name}: the link leads out of {folder.name}.", "Replace the link with the template."
        )
    try:
        if not path.is_file():
            raise ConfigError(f"{name} isn't a regular file.", "Replace the link with the template.")
        if path.stat().st_size > _MAX_BYTES:
            raise ConfigError(f"{name} has more than {_MAX_BYTES:,} bytes.", "A template is a small text.")
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{name} can't be read: {error}.", "Save it as UTF-8, readable.") from None
