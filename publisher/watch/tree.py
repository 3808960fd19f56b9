"""What a project's files look like from outside: which of them are there, and which have changed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from publisher.content.files import find_files
from publisher.model.config import Config
from publisher.model.diagnostic import Diagnostic
from publisher.settings.config import CONFIG_NAME

Stamp = tuple[int, int, int]
"""(mtime in ns, size, inode): a file that is written, replaced or renamed gets another one."""


@dataclass(frozen=True, slots=True)
class Tree:
    """The files of a project by name (POSIX, relative to the root), and what can't be read at all.

    ``settings`` are publisher.yaml and the templates, on which every post depends.
    """

    documents: Mapping[str, Stamp] = field(default_factory=dict)
    settings: Mapping[str, Stamp] = field(default_factory=dict)
    media: Mapping[str, Stamp] = field(default_factory=dict)
    problems: tuple[Diagnostic, ...] = ()


def scan(root: Path, config: Config, media: Iterable[str]) -> Tree:
    """Look at the documents, settings and these media files; nothing is opened."""
    documents: dict[str, Stamp] = {}
    problems = []
    if (root / config.content).is_dir():
        for found in find_files(root, config.content):
            if isinstance(found, Diagnostic):
                problems.append(found)
            elif stamp := _stamp(Path(found.path)):
                documents[found.name] = stamp
    templates = sorted((root / config.templates).rglob("*.j2"))
    settings = [CONFIG_NAME, *(path.relative_to(root).as_posix() for path in templates)]
    return Tree(documents, _stamps(root, settings), _stamps(root, media), tuple(problems))


def differing(before: Mapping[str, Stamp], after: Mapping[str, Stamp]) -> set[str]:
    """The names that came, went or changed."""
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


def _stamps(root: Path, names: Iterable[str]) -> dict[str, Stamp]:
    return {name: stamp for name in names if (stamp := _stamp(root / name))}


def _stamp(path: Path) -> Stamp | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino
