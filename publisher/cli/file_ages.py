"""Since when files are as they are: by git where it knows them, else by the file itself."""

import subprocess
from collections.abc import Collection, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path


def ages(root: Path, names: Collection[str]) -> Mapping[str, datetime]:
    """Name (POSIX, relative to ``root``) -> the last commit's time, aware; files that can't be found are left out.

    In a shallow clone that is the time of its oldest commit or later: a file looks younger than it is, never older.
    """
    found = _committed(root, names) if names else {}
    for name in names:
        if name not in found:
            with suppress(OSError):
                found[name] = datetime.fromtimestamp((root / name).stat().st_mtime, UTC)
    return found


def _committed(root: Path, names: Collection[str]) -> dict[str, datetime]:
    """From one reading of the log, newest first; empty without git, or outside a repository."""
    command = ["git", "-c", "core.quotePath=false", "-c", "log.showSignature=false", "-C", str(root)]
    command += ["log", "--format=@%ct", "--name-only", "--relative", "--stdin"]
    # not as arguments: a large backlog has more names than a command line takes
    asked = "\n".join(["HEAD", "--", *(f":(literal){name}" for name in names if "\n" not in name), ""])
    try:
        log = subprocess.run(  # noqa: S603
            command, input=asked, capture_output=True, encoding="utf-8", errors="surrogateescape", check=True
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        return {}
    times: dict[str, datetime] = {}
    at = datetime.min.replace(tzinfo=UTC)
    for line in log.splitlines():
        if line.startswith("@"):
            at = datetime.fromtimestamp(int(line[1:]), UTC)
        elif line:
            times.setdefault(line, at)
    return times
