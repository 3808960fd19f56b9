"""Since when files are as they are: by git where it knows them, else by the file itself."""

from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from publisher.state.git.process import GitFailed, GitMissing, run_git


@dataclass(frozen=True, slots=True)
class FileAges:
    """``since``: name -> the last commit's time, aware; files that cannot be found are left out.

    ``cut_off``: the names whose last commit is not in this shallow clone. Their times are those of the clone's oldest
    commit: the files are at least that old.
    """

    since: Mapping[str, datetime]
    cut_off: frozenset[str]


def ages(root: Path, names: Collection[str]) -> FileAges:
    """Return since when files (POSIX names relative to ``root``) are as they are."""
    found, cut_off = _committed(root, names) if names else ({}, frozenset[str]())
    for name in names:
        if name not in found:
            with suppress(OSError):
                found[name] = datetime.fromtimestamp((root / name).stat().st_mtime, UTC)
    return FileAges(found, cut_off)


def _committed(root: Path, names: Collection[str]) -> tuple[dict[str, datetime], frozenset[str]]:
    """Read the log once, newest commit first; empty without git, or outside a repository."""
    # not as arguments: a large backlog has more names than a command line takes
    asked = "\n".join(["HEAD", "--", *(f":(literal){name}" for name in names if "\n" not in name), ""])
    arguments = (
        "log",
        "--format=@%ct %p",
        "--name-only",
        "--relative",
        "--no-ext-diff",
        "--no-textconv",
        "--stdin",
    )
    try:
        shallow = run_git(root, "rev-parse", "--is-shallow-repository").strip() == b"true"
        log = run_git(root, *arguments, given=asked.encode("utf-8", "surrogateescape"))
    except (GitFailed, GitMissing):
        return {}, frozenset()
    times: dict[str, datetime] = {}
    cut_off = set()
    at, last = datetime.min.replace(tzinfo=UTC), False
    for line in log.decode("utf-8", "surrogateescape").splitlines():
        if line.startswith("@"):
            time, _, parents = line[1:].partition(" ")
            # git shows the oldest commit of a shallow clone without parents, and with every file as its change
            at, last = datetime.fromtimestamp(int(time), UTC), shallow and not parents
        elif line and line not in times:
            times[line] = at
            if last:
                cut_off.add(line)
    return times, frozenset(cut_off)
