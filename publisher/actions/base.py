"""Check out the project before a pull request in a folder of its own, to compare the posts."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from publisher.actions.event import Event
from publisher.state.git.process import GitFailed, GitMissing, run_git


@contextmanager
def base_project(event: Event, directory: str, temporary: Path) -> Iterator[Path | None]:
    """Give the project's folder as it is in the base branch; None if that is not known.

    GitHub checks out the merge of a pull request (`refs/pull/N/merge`), whose first parent is the base. A
    checkout of one commit alone does not have it: `fetch-depth` must be 2 or more.
    """
    place = Path(directory).resolve()
    top = _git(place, "rev-parse", "--show-toplevel")
    merged = _git(place, "rev-parse", "--verify", "--quiet", "HEAD^2^{commit}")
    base = _git(place, "rev-parse", "--verify", "--quiet", "HEAD^1^{commit}") if merged else None
    if event.pull_request is None or not top or not base:
        yield None
        return
    with TemporaryDirectory(prefix="publisher-base-", dir=temporary) as folder:
        tree = Path(folder) / "base"
        made = _git(place, "worktree", "add", "--detach", "--quiet", str(tree), base)
        try:
            yield tree / place.relative_to(Path(top).resolve()) if made is not None else None
        finally:
            _git(place, "worktree", "remove", "--force", str(tree))


def _git(folder: Path, *arguments: str) -> str | None:
    """Return what git prints, and None if it fails."""
    try:
        return run_git(folder, *arguments).decode("utf-8", "surrogateescape").strip()
    except (GitFailed, GitMissing, OSError):
        return None
