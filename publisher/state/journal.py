"""The posts that were published from this user's machine: the last guard against a state that is lost or old.

One file of JSON lines for each lineage, in the user's state folder. Lines are only added. A fresh container
has none.
"""

import json
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple


class Line(NamedTuple):
    """One post: what was published when, from which project folder, to which service."""

    key: str
    author: str
    urn: str
    service: str
    root: str
    at: str


def new_lineage() -> str:
    """Return a name for a new state."""
    return secrets.token_hex(16)


def journal_folder() -> Path:
    """Return the folder of the journals."""
    from platformdirs import user_state_path

    return user_state_path("publisher") / "journal"


def append(lineage: str, lines: list[Line]) -> None:
    """Add lines to a lineage's journal. A failure to write stops nothing, because the state has the post."""
    if not lines or not _safe(lineage):
        return
    text = "".join(json.dumps(line._asdict()) + "\n" for line in lines)
    with suppress(OSError):
        folder = journal_folder()
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        # O_APPEND, so that runs of several projects can write at once; O_NOFOLLOW, so that no link leads
        # elsewhere
        descriptor = os.open(
            folder / f"{lineage}.jsonl", os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW, 0o600
        )
        with os.fdopen(descriptor, "wb") as file:
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())


def of_lineage(lineage: str) -> list[Line]:
    """Everything in a lineage's journal; lines that were cut off are left out."""
    return list(_lines(journal_folder() / f"{lineage}.jsonl")) if _safe(lineage) else []


def of_project(root: str, service: str) -> tuple[str, list[Line]]:
    """Return the lineage and the lines that a project folder published to a service.

    For a state that is missing.
    """
    found: tuple[str, list[Line]] = ("", [])
    with suppress(OSError):
        newest = sorted(journal_folder().glob("*.jsonl"), key=lambda path: path.stat().st_mtime)
        for path in newest:
            lines = [line for line in _lines(path) if (line.root, line.service) == (root, service)]
            if lines:
                found = path.stem, lines
    return found


def serials() -> dict[str, int]:
    """Return lineage -> the highest serial of each numbered state that this machine has seen."""
    with suppress(OSError):
        return {path.stem: serial_of(path.stem) for path in journal_folder().glob("*.serial")}
    return {}


def serial_of(lineage: str) -> int:
    """Return the highest serial of a state that this machine has seen; 0 if it has seen none."""
    try:
        return (
            int((journal_folder() / f"{lineage}.serial").read_text(encoding="ascii")) if _safe(lineage) else 0
        )
    except (OSError, ValueError):
        return 0


def keep_serial(lineage: str, serial: int) -> None:
    """Remember a serial if it is the highest.

    A failure to write stops nothing, because it is only a guard.
    """
    if not _safe(lineage) or serial <= serial_of(lineage):
        return
    with suppress(OSError):
        path = journal_folder() / f"{lineage}.serial"
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # a name of its own for each write: two workers may get here at once, and rename replaces a file as a
        # whole
        temporary = path.with_suffix(f".{secrets.token_hex(4)}.tmp")
        temporary.write_text(str(serial), encoding="ascii")
        temporary.replace(path)


def _lines(path: Path) -> Iterator[Line]:
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return
    for row in text.splitlines():
        # a loss of power may cut off the last line; the lines before it still count
        with suppress(ValueError, KeyError, TypeError):
            document = json.loads(row)
            yield Line(*(str(document[name]) for name in Line._fields))


def _safe(lineage: str) -> bool:
    return re.fullmatch(r"[0-9a-f]{1,64}", lineage) is not None
