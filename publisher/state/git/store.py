"""The store of ``git+branch:NAME``: the state file on a branch that has nothing to do with the content's history."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from publisher.errors import UsageError
from publisher.model.state import State
from publisher.state.git.branch import Branch, choose_remote
from publisher.state.git.command import Git
from publisher.state.git.session import GitSession

FILE = "publisher.state.json"
"""The file on the branch; other files there are left alone."""


class GitStore:
    """The branch ``name`` of the repository around ``root``, and of its remote where it has one."""

    def __init__(self, name: str, root: Path) -> None:
        self.location = f"git+branch:{name}"
        self._name = name
        self._root = root

    def read(self) -> State:
        """See `publisher.state.store.Store.read`. Asks the remote; touches neither work tree nor index."""
        return self._open().state

    @contextmanager
    def session(self) -> Iterator[GitSession]:
        """See `publisher.state.store.Store.session`; any number may be open at once, on any machines."""
        yield self._open()

    def _open(self) -> GitSession:
        git = Git(self._root)
        ref = f"refs/heads/{self._name}"
        if git.ask("check-ref-format", ref) is None:
            raise UsageError(f"{self.location}: that is no name for a branch.", "Use publisher-state.")
        if git.ask("symbolic-ref", "--quiet", "HEAD") == ref:
            raise UsageError(
                f"{self.location}: that branch is checked out here.",
                "Give the state a branch of its own, such as publisher-state; or keep it in a file.",
            )
        git.own_identity()
        return GitSession(git, Branch(git, ref, choose_remote(git)), FILE, self.location)
