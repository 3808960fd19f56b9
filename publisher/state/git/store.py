"""The store of ``git+branch:NAME``: the folder form on a branch that has nothing to do with the content's history."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from publisher.errors import UsageError
from publisher.model.state import State
from publisher.state.git.branch import Branch, choose_remote
from publisher.state.git.command import Git
from publisher.state.git.layout import InFolder
from publisher.state.git.session import GitSession
from publisher.state.guard import Guard
from publisher.state.origins import Origins


class GitStore:
    """The branch ``name`` of the repository around ``root``, and of its remote where it has one."""

    def __init__(self, name: str, root: Path, *, service: str = "") -> None:
        self.location = f"git+branch:{name}"
        self._name = name
        self._root = root
        self._service = service

    def read(self) -> State:
        """See `publisher.state.store.Store.read`. Asks the remote; touches neither work tree nor index."""
        return self._open().state

    def verify(self) -> State:
        """See `publisher.state.store.Store.verify`."""
        session = self._open()
        session.verify()
        return session.state

    @contextmanager
    def session(self) -> Iterator[GitSession]:
        """See `publisher.state.store.Store.session`; any number may be open at once, on any machines."""
        yield self._open()

    def _open(self) -> GitSession:
        git = Git(self._root)
        ref = f"refs/heads/{self._name}"
        if git.ask("check-ref-format", ref) is None:
            raise UsageError(f"{self.location}: that isn't a valid branch name.", "Use publisher-state.")
        if git.ask("symbolic-ref", "--quiet", "HEAD") == ref:
            raise UsageError(
                f"{self.location}: that branch is checked out here.",
                "Give the state a branch of its own, such as publisher-state; or keep it in a file.",
            )
        git.own_identity()
        branch = Branch(git, ref, choose_remote(git), mirror=f"refs/publisher/{self._name}")
        origins = Origins(self._root / "content", self.location, is_folder=True, creation_only=True)
        guard = Guard(self.location, self._root, self._service, origins=origins)
        return GitSession(git, branch, InFolder(self.location), guard)
