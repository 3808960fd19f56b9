"""Find source files and read their text. A file that can't be read gives a diagnostic."""

import os
import stat
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from publisher.errors import UsageError
from publisher.model.diagnostic import Diagnostic, Position, Severity
from publisher.roots import leaves

SUFFIXES = (".md", ".yaml", ".yml")

MAX_BYTES = 4_000_000
"""A source file larger than this is not a post."""

_TEXTS = (*SUFFIXES, ".mdx", ".markdown", ".mdown", ".mkd", ".txt", ".rst", ".adoc", ".org")
"""Suffixes of files that an author may take for posts; one warning counts those that are not read."""

_USUAL = (
    65_536  # asked for first: Python makes room for all that is asked for, which takes longer than reading
)


class SourceFile(NamedTuple):
    """A file to read: where it is, and its POSIX path relative to the project.

    ``source`` is the name of the source whose article it is; empty for a file of the content folder.
    """

    path: str | Path
    name: str
    source: str = ""


class _Folder(NamedTuple):
    """A folder to look into: its path as reached, its name in the project, and the folder it really is."""

    path: str
    name: str
    real: str


def find_files(root: Path, folder: str) -> Iterator[SourceFile | Diagnostic]:
    """Yield every source file under ``folder``, folder by folder.

    Names beginning with ``_`` or ``.`` are skipped.

    Links are followed inside the content folder. Each folder is read once: links in circles end, and no post
    is read twice.
    """
    # Plain strings and os.scandir: with 10,000 files, Path objects take longer than the reading.
    start = str(root / folder)
    real, away = os.path.realpath(start), leaves(start, root)
    if away:
        yield _problem("file-link", folder, f"The folder is a link that {away} the project.")
        return
    seen: set[str] = set()
    waiting, links = [_Folder(start, folder, real)], list[SourceFile]()
    skipped = Counter[str]()
    # links wait until every real folder was seen, so that a post is known by its real place
    while waiting or links:
        if waiting:
            current = waiting.pop()
            seen.add(current.real)
            yield from _look_into(current, waiting, links, skipped)
        else:
            yield from _follow(links.pop(), real, seen, waiting)
    if skipped:
        kinds = ", ".join(f"{count:,} {suffix}" for suffix, count in sorted(skipped.items()))
        yield _problem("file-skipped", folder, f"These files are not read: {kinds}.")


def _look_into(
    folder: _Folder, waiting: list[_Folder], links: list[SourceFile], skipped: Counter[str]
) -> Iterator[SourceFile | Diagnostic]:
    try:
        with os.scandir(folder.path) as found:
            entries = sorted(found, key=lambda entry: entry.name)
    except OSError as error:
        yield _problem("file-unreadable", folder.name, f"The folder can't be read: {error.strerror}.")
        return
    below = []
    for entry in entries:
        if entry.name[0] in "_.":
            continue
        name = f"{folder.name}/{entry.name}"
        if not entry.name.isprintable():
            yield _unprintable(name)
        elif entry.name.endswith(SUFFIXES) and entry.is_file(follow_symlinks=False):
            yield SourceFile(entry.path, name)  # nearly all
        elif entry.is_symlink():
            links.append(SourceFile(entry.path, name))
        elif entry.is_dir():
            if entry.name.endswith(SUFFIXES):
                yield _problem("file-not-regular", name, "This is a folder with the name of a post.")
            else:
                below.append(_Folder(entry.path, name, f"{folder.real}/{entry.name}"))
        elif entry.name.lower().endswith(_TEXTS) and not entry.name.endswith(SUFFIXES):
            skipped[f".{entry.name.rpartition('.')[2]}"] += 1
        elif entry.name.endswith(SUFFIXES):
            yield _special(name)  # opening a pipe would wait for a writer that never comes
    waiting += reversed(below)


def _follow(
    link: SourceFile, content: str, seen: set[str], waiting: list[_Folder]
) -> Iterator[SourceFile | Diagnostic]:
    try:
        target = os.path.realpath(link.path, strict=True)
        mode = Path(target).stat().st_mode
    except OSError:
        yield _problem("file-link", link.name, "The link points to a file that doesn't exist, or to itself.")
        return
    away = leaves(target, content)
    if away:
        yield _problem("file-link", link.name, f"The link {away} the content folder.")
    elif stat.S_ISDIR(mode):
        if target in seen:
            yield _problem("file-link", link.name, "The link points to a folder that is already read.")
        else:
            waiting.append(_Folder(str(link.path), link.name, target))
    elif link.name.endswith(SUFFIXES):
        yield link if stat.S_ISREG(mode) else _special(link.name)


def narrow(root: Path, folder: str, paths: Sequence[Path]) -> Iterator[SourceFile | Diagnostic]:
    """Yield the files under ``folder`` that are, or lie in, one of ``paths`` (absolute; links resolved or
    not).

    Raise `UsageError` for a path that has nothing to do with the content folder.
    """
    content = root / folder
    wanted = {os.path.normpath(path) for path in paths}
    for path in wanted:
        if not any(
            _inside(path, str(place)) or _inside(str(place), path) for place in (content, content.resolve())
        ):
            raise UsageError(
                f"{path} is not under {content}.",
                "Name posts, or folders of posts; without a path all are read.",
            )
    plain = [_plain_file(root, folder, path) for path in sorted(wanted)]
    if all(plain):
        yield from (file for file in plain if file)
        return
    wanted |= {_shown(path) for path in wanted}  # as a diagnostic calls them
    for found in find_files(root, folder):
        place = str(root / (found.path if isinstance(found, Diagnostic) else found.name))
        if any(_inside(place, path) or _inside(os.path.realpath(place), path) for path in wanted):
            yield found


def _plain_file(root: Path, folder: str, path: str) -> SourceFile | None:
    """Return the source file at ``path``, where it can be told without looking for all others: no link leads
    there.
    """
    real = os.path.realpath(path)
    inside = real.removeprefix(os.path.realpath(root / folder) + "/")
    if path != str(root / folder / inside) or not inside.isprintable():
        return None
    return named_file(root, folder, f"{folder}/{inside}")


def named_file(root: Path, folder: str, name: str) -> SourceFile | None:
    """Return the source file that ``find_files`` has called ``name`` before, without looking for all others.

    None if it is not a file of the content folder any more, or its name now leads out of the project.
    """
    path = str(root / name)
    inside = (
        name.startswith(f"{folder}/") and not leaves(root / folder, root) and not leaves(path, root / folder)
    )
    shown = all(part[:1] not in ("", ".", "_") for part in name.removeprefix(f"{folder}/").split("/"))
    if not (inside and shown and name.endswith(SUFFIXES) and Path(path).is_file()):
        return None
    return SourceFile(path, name)


def _inside(path: str, folder: str) -> bool:
    """Return whether a path is a folder, or lies in it; both absolute and normal."""
    return path == folder or path.startswith(folder.rstrip("/") + "/")


def read_text(file: SourceFile) -> str | Diagnostic:
    """Return the file's text: UTF-8 without its byte order mark, LF line endings."""
    try:
        with open(file.path, "rb") as stream:  # noqa: PTH123 - Path objects cost more than the reading
            raw = stream.read(_USUAL)
            if len(raw) == _USUAL:
                raw += stream.read(MAX_BYTES + 1 - _USUAL)
    except OSError as error:
        return _problem("file-unreadable", file.name, f"The file can't be read: {error.strerror}.")
    if len(raw) > MAX_BYTES:
        return _problem("file-too-large", file.name, f"The file has more than {MAX_BYTES:,} bytes.")
    try:
        # Windows editors write a byte order mark; left in the text, it would hide the front matter's first
        # line.
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return _not_utf8(raw, error.start, file.name)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\0" in text:
        at = place_of(text, text.index("\0"))
        return _problem("file-encoding", file.name, "The file has NUL characters, so it isn't text.", at)
    if not text or text.isspace():
        return _problem("file-empty", file.name, "The file is empty.")
    return text


def place_of(text: str, index: int) -> Position:
    """Return the line and column of a character of a text with LF line endings."""
    return Position(text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index))


def _not_utf8(raw: bytes, start: int, name: str) -> Diagnostic:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _problem("file-encoding", name, "The file is UTF-16.")
    # The line breaks are replaced as in a readable file, so that line numbers agree with an editor's.
    before = raw[:start].decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    message = f"The file is not UTF-8: it has the byte 0x{raw[start]:02X} here."
    return _problem("file-encoding", name, message, place_of(before, len(before)))


_REMEDIES = {
    "file-unreadable": "Check its permissions.",
    "file-not-regular": "Rename it, or start its name with _ to leave it out.",
    "file-link": "Replace the link with the file, or remove the link.",
    "file-too-large": "A post has at most 3,000 characters; keep other material elsewhere.",
    "file-encoding": "Save it as UTF-8.",
    "file-empty": "Write the post, or start the file's name with _ to leave it out.",
    "key-invalid": "Rename it.",
    "file-skipped": "Posts end in .md, .yaml or .yml; start the names of other files with _ to leave them out.",
}


def _problem(code: str, name: str, message: str, at: Position = Position()) -> Diagnostic:
    severity = Severity.WARNING if code == "file-skipped" else Severity.ERROR
    return Diagnostic(code, message, name, at, _REMEDIES[code], severity)


def _special(name: str) -> Diagnostic:
    return _problem("file-not-regular", name, "This is a pipe, socket or device with the name of a post.")


def _unprintable(name: str) -> Diagnostic:
    return _problem("key-invalid", _shown(name), "The name has characters that can't be printed.")


def _shown(name: str) -> str:
    """Return a name as it can be shown: without control characters, or bytes that are not UTF-8."""
    shown = os.fsencode(name).decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in shown)
