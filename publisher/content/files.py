"""Finding source files and reading their text; whatever can't be read is a diagnostic."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from publisher.model.diagnostic import Diagnostic, Position

SUFFIXES = (".md", ".yaml", ".yml")

MAX_BYTES = 4_000_000
"""A source file larger than this is not a post."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file to read: where it is, and its POSIX path relative to the project."""

    path: Path
    name: str


def find_files(root: Path, folder: str) -> Iterator[SourceFile | Diagnostic]:
    """Every source file under ``folder``, in name order; names beginning with ``_`` or ``.`` are skipped."""
    start = root / folder
    yield from _walk(root, start, (start.resolve(),))


def _walk(root: Path, folder: Path, above: tuple[Path, ...]) -> Iterator[SourceFile | Diagnostic]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        yield _problem("file-unreadable", _name(root, folder), f"The folder can't be read: {error.strerror}.")
        return
    for entry in entries:
        if entry.name.startswith(("_", ".")):
            continue
        path = Path(entry.path)
        if entry.is_symlink():
            yield from _link(root, path, above)
        elif entry.is_dir():
            yield from _folder(root, path, above)
        elif entry.name.endswith(SUFFIXES):
            yield SourceFile(path, _name(root, path))


def _folder(root: Path, path: Path, above: tuple[Path, ...]) -> Iterator[SourceFile | Diagnostic]:
    if path.name.endswith(SUFFIXES):
        yield _problem("file-not-regular", _name(root, path), "This is a folder, but is named like a post.")
    else:
        yield from _walk(root, path, (*above, path.resolve()))


def _link(root: Path, path: Path, above: tuple[Path, ...]) -> Iterator[SourceFile | Diagnostic]:
    name = _name(root, path)
    try:
        target = path.resolve(strict=True)
    except (OSError, RuntimeError):
        yield _problem("file-link", name, "The link leads nowhere, or in a circle.")
        return
    if not target.is_relative_to(root.resolve()):
        yield _problem("file-link", name, "The link leads out of the project.")
    elif target.is_dir():
        if target in above:
            yield _problem("file-link", name, "The link leads in a circle.")
        else:
            yield from _walk(root, path, (*above, target))
    elif path.name.endswith(SUFFIXES):
        yield SourceFile(path, name)


def narrow(root: Path, folder: str, paths: Sequence[Path]) -> Iterator[SourceFile | Diagnostic]:
    """The files under ``folder`` that are, or lie in, one of ``paths`` (absolute)."""
    wanted = [Path(os.path.normpath(path)) for path in paths]
    for found in find_files(root, folder):
        name = found.path if isinstance(found, Diagnostic) else found.name
        place = root / name
        if any(place == path or path in place.parents for path in wanted):
            yield found


def read_text(file: SourceFile) -> str | Diagnostic:
    """The file's text: UTF-8 without its byte order mark, LF line endings."""
    try:
        with file.path.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    except OSError as error:
        return _problem("file-unreadable", file.name, f"The file can't be read: {error.strerror}.")
    if len(raw) > MAX_BYTES:
        return _problem("file-too-large", file.name, f"The file has more than {MAX_BYTES:,} bytes.")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        column = error.start - raw.rfind(b"\n", 0, error.start)
        return _problem("file-encoding", file.name, "The file is not UTF-8.", Position(line, column))
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        return _problem(
            "file-encoding", file.name, "The file has NUL characters; it is no text.", Position(line)
        )
    if not text.strip():
        return _problem("file-empty", file.name, "The file is empty.")
    return text


_REMEDIES = {
    "file-unreadable": "Check its permissions.",
    "file-not-regular": "Rename the folder, or begin its name with _ to leave it out.",
    "file-link": "Put the file itself into the project, or remove the link.",
    "file-too-large": "A post has at most 3,000 characters; keep other material elsewhere.",
    "file-encoding": "Save it as UTF-8.",
    "file-empty": "Write the post, or begin the file's name with _ to leave it out.",
}


def _problem(code: str, name: str, message: str, at: Position = Position()) -> Diagnostic:
    return Diagnostic(code, message, name, at, _REMEDIES[code])


def _name(root: Path, path: Path) -> str:
    return path.relative_to(root).as_posix()
