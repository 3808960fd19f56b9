"""The project's templates: every ``*.j2`` file under the templates folder, read as text."""

from collections.abc import Mapping
from pathlib import Path

from publisher.errors import ConfigError
from publisher.model.config import Config

_MAX_BYTES = 1_000_000


def read_templates(root: Path, config: Config) -> Mapping[str, str]:
    """Template name (POSIX path under the folder) to source; empty without a folder.

    Raises `ConfigError` for a template that is too large, is no UTF-8, or lies outside the project.
    """
    folder = root / config.templates
    if not folder.is_dir():
        return {}
    return {
        path.relative_to(folder).as_posix(): _read(path, root)
        for path in sorted(folder.rglob("*.j2"))
        if path.is_file()
    }


def _read(path: Path, root: Path) -> str:
    name = path.relative_to(root).as_posix()
    if not path.resolve().is_relative_to(root.resolve()):
        raise ConfigError(f"{name}: the link leads out of the project.", "Put the template itself there.")
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise ConfigError(f"{name} has more than {_MAX_BYTES:,} bytes.", "A template is a small text.")
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{name} can't be read: {error}.", "Save it as UTF-8, readable.") from None
