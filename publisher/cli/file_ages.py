"""Since when files are as they are: by git where it knows them, else by the file itself."""

from collections.abc import Collection, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from publisher.state.git.process import GitFailed, GitMissing, run_git


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
    # not as arguments: a large backlog has more names than a command line takes
    asked = "\n".join(["HEAD", "--", *(f":(literal){name}" for name in names if "\n" not in name), ""])
    arguments = (
        "log",
        "--format=@%ct",
        "--name-only",
        "--relative",
        "--no-ext-diff",
        "--no-textconv",
        "--stdin",
    )
    try:
        log = run_git(root, *arguments, given=asked.encode("utf-8", "surrogateescape"))
    except (GitFailed, GitMissing):
        return {}
    times: dict[str, datetime] = {}
    at = datetime.min.replace(tzinfo=UTC)
    for line in log.decode("utf-8", "surrogateescape").splitlines():
        if line.startswith("@"):
            at = datetime.fromtimestamp(int(line[1:]), UTC)
        elif line:
            times.setdefault(line, at)
    return times
