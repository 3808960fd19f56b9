"""Other copies of a state file within reach: HEAD, the file's history, the upstream branch."""

import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from publisher.errors import StateError, UsageError
from publisher.model.state import State
from publisher.state import folder, statefile
from publisher.state.git.command import NETWORK_PATIENCE, Git
from publisher.state.git.objects import read_file, read_folder

_REMOVED = re.compile(
    r'^-\s+"urn": "(urn:li:(?:share|ugcPost|activity|comment):[^"]+|at://[^"]+|https?://[^"]+)"', re.MULTILINE
)
_COMMITS = 200
"""Commits of the file's history to search.

A file that was set back is noticed by the next run, long before 200.
"""


class Copy(NamedTuple):
    """A copy of the state: how messages call it, what it says, and the command that brings it back."""

    name: str
    state: State
    restore: str


class Origins:
    """The repository around a state file or folder. ``location`` is how messages call the state.

    ``creation_only``: the state is elsewhere, and the repository only tells whether this is a full clone.
    """

    def __init__(self, path: Path, location: str, *, is_folder: bool, creation_only: bool = False) -> None:
        self._creation_only = creation_only
        self._location = location
        self._is_folder = is_folder
        try:
            self._git: Git | None = Git(_existing(path.parent))
            self._path = PurePosixPath(path.relative_to(self._git.top.resolve())).as_posix()
        except (UsageError, ValueError):
            self._git, self._path = None, ""

    @property
    def head(self) -> str | None:
        """The commit that is checked out."""
        return self._git.ask("rev-parse", "--verify", "--quiet", "HEAD^{commit}") if self._git else None

    def cut_off(self) -> bool:
        """Return whether the history of HEAD is not all here, as in a shallow clone."""
        if self._git is None or self._git.text("rev-parse", "--is-shallow-repository") != "true":
            return False
        # A shallow clone may still have the whole history of HEAD. It is cut off only if a root of HEAD is
        # one of the commits at which the clone ends.
        roots = self._git.text("rev-list", "--max-parents=0", "HEAD").split()
        shallow = Path(self._git.text("rev-parse", "--path-format=absolute", "--git-path", "shallow"))
        return bool(set(roots) & set(shallow.read_text().split()))

    def copies(self, *, fetch: bool) -> Iterator[Copy]:
        """Yield the copies, those that cost least first.

        ``fetch`` asks the upstream's remote for what it has now.
        """
        if self._git is None or self._creation_only:
            return
        head = self.head
        if head is not None:
            yield from self._copy("HEAD", head)
            # HEAD has no copy if a commit removed the file; then its parent has the last one
            last = self._git.ask("log", "-1", "--diff-filter=D", "--format=%H", "--", self._path)
            if last and not self._git.ask("ls-tree", "--name-only", "HEAD", "--", self._path):
                yield from self._copy(f"the commit before {last[:10]}", f"{last}^")
        upstream = self._git.ask("rev-parse", "--symbolic-full-name", "--verify", "--quiet", "@{upstream}")
        if upstream:
            if fetch:
                self._fetch()
            yield from self._copy(upstream.removeprefix("refs/remotes/"), upstream)

    def at(self, revision: str) -> Copy | None:
        """Return the copy at a revision; None if it has none."""
        commit = self._git and self._git.ask(
            "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"
        )
        return next(self._copy(revision, commit), None) if commit else None

    def removed_urns(self, lineage: str) -> dict[str, str]:
        """Return uRN -> commit that removed it, in the history of the file since ``lineage`` began."""
        if self._git is None or self._creation_only or not lineage or self.head is None:
            return {}
        found: dict[str, str] = {}
        log = self._git.ask(
            "log", f"-n{_COMMITS}", "-m", "--first-parent", "-p", "-U0", "--no-color", "--no-ext-diff", "--no-renames",
            "--format=commit %H", "--", self._path,
        )  # fmt: skip
        for part in re.split(r"^commit (?=[0-9a-f]{40,64}$)", log or "", flags=re.MULTILINE)[1:]:
            commit, _, diff = part.partition("\n")
            for urn in _REMOVED.findall(diff):
                found.setdefault(urn, commit)
            # older commits belong to an earlier state, whose posts this one does not claim to know
            if f'+  "lineage": "{lineage}"' in diff:
                break
        return found

    def _fetch(self) -> None:
        assert self._git is not None  # noqa: S101 - asked by the only caller
        name = self._git.ask("symbolic-ref", "--short", "--quiet", "HEAD") or ""
        remote = self._git.ask("config", f"branch.{name}.remote")
        merge = self._git.ask("config", f"branch.{name}.merge")
        if remote and merge and remote != ".":
            try:
                self._git.run("fetch", "--quiet", "--no-tags", "--", remote, merge, patience=NETWORK_PATIENCE)
            except StateError:
                return  # a remote that does not answer is out of reach

    def _copy(self, name: str, commit: str) -> Iterator[Copy]:
        assert self._git is not None  # noqa: S101 - asked by all callers
        restore = f"`git restore --source={commit if '^' in commit else name} -- {self._path}`"
        if self._is_folder:
            files = read_folder(self._git, commit, self._path)
            if files:
                yield Copy(name, folder.combine(files, self._location), restore)
            return
        data = read_file(self._git, commit, self._path)
        if data is not None:
            yield Copy(name, statefile.decode(data, f"{self._location} at {name}"), restore)


def _existing(path: Path) -> Path:
    """Return the nearest folder that exists: a state's own may not be there yet."""
    while not path.is_dir() and path != path.parent:
        path = path.parent
    return path
