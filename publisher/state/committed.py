"""Commit and push the state file of the work tree with every record, for runners with a short life."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath

from publisher.errors import StateConflict, StateError, UsageError
from publisher.model.state import State
from publisher.state import statefile
from publisher.state.durable import private_dir, write_durably
from publisher.state.edits import Edit
from publisher.state.filestore import FileStore
from publisher.state.git.branch import Branch, choose_remote
from publisher.state.git.command import Git
from publisher.state.git.layout import InFile
from publisher.state.git.objects import read_file
from publisher.state.git.session import GitSession
from publisher.state.replay import replayed


class CommittedStore:
    """A `FileStore` whose file is on the branch that is checked out, and on that branch's remote."""

    def __init__(self, files: FileStore) -> None:
        self.location = files.location
        self._files = files

    def read(self) -> State:
        """See `publisher.state.store.Store.read`: the file as it is here."""
        return self._files.read()

    def verify(self) -> State:
        """See `publisher.state.store.Store.verify`."""
        return self._files.verify()

    @contextmanager
    def session(self) -> Iterator["CommittedSession"]:
        """See `publisher.state.store.Store.session`; holds the file's lock, for runs on this machine."""
        git = Git(
            self._files.path.parent, "Leave --commit-state out, or run `git init` and commit the posts."
        )
        name = git.ask("symbolic-ref", "--quiet", "--short", "HEAD")
        if name is None:
            raise UsageError(
                "The state can't be committed: no branch is checked out.",
                "Check out a branch, or set `state: git+branch:publisher-state`, which needs none.",
            )
        git.own_identity()
        with self._files.session():
            session = CommittedSession(git, name, self._files)
            try:
                yield session
            finally:
                session.close()


class CommittedSession:
    """One run's hold; made by `CommittedStore.session` only.

    The commit is pushed before the file is written. A process that dies between the two leaves more in git
    than in the file, never less. The next run begins with what git has.
    """

    def __init__(self, git: Git, name: str, files: FileStore) -> None:
        self._git = git
        self._files = files
        self._head = f"refs/heads/{name}"
        self._path = PurePosixPath(files.path.relative_to(git.top.resolve())).as_posix()
        head = git.ask("rev-parse", "--verify", "--quiet", "HEAD^{commit}")
        if head is None:
            raise UsageError(
                "The state can't be committed: the branch has no commit yet.", "Commit the posts."
            )
        remote = choose_remote(git, name)
        shared = git.ask("config", f"branch.{name}.merge") if remote else None
        branch = Branch(git, self._head, remote, shared or self._head)
        layout = InFile(self._path, files.location)
        # [skip ci]: this commit must not start the workflow that publishes
        self._shared = GitSession(git, branch, layout, files.guard, note=" [skip ci]")
        # what is committed is the base: the difference to the file is what other commands have written
        committed = read_file(git, head, self._path)
        if committed is not None and not files.path.exists():
            raise StateError(
                f"{files.location} is committed, and missing here; without it, everything would be published again.",
                f"`git restore {files.location}`.",
            )
        self._known = statefile.decode(committed, files.location) if committed else State()
        self._take_in()

    def verify(self) -> None:
        """See `publisher.state.store.Session.verify`."""
        self._take_in()
        there = self._shared.there or self._files.path.exists()
        self._files.guard.require_whole(self.state, there=there, fetch=False)

    @property
    def state(self) -> State:
        """See `publisher.state.store.Session.state`."""
        return self._shared.state

    def write(self, *edits: Edit) -> State:
        """See `publisher.state.store.Session.write`: committed, pushed, and in the file."""
        self._take_in()
        try:
            return self._shared.write(*edits)
        finally:
            self._put_down()

    def claim(self, key: str) -> bool:
        """See `publisher.state.store.SharedSession.claim`."""
        free = self._shared.claim(key)
        self._put_down()
        return free

    def close(self) -> None:
        """Bring the checkout forward to what was pushed, unless changes of the user would be lost."""
        if self._git.ask("rev-parse", "HEAD") != self._shared.tip.commit:
            self._git.ask("merge", "--ff-only", "--quiet", str(self._shared.tip.commit))

    def _take_in(self) -> None:
        """Commit what an earlier run, a state command or a checkout wrote into the file."""
        there = self._files.read() if self._files.path.exists() else self._known
        try:
            self._shared.write(*replayed(self._known, there, self._shared.state))
        except StateConflict as conflict:
            raise StateError(
                f"{self._files.location} differs from the pushed one: {conflict.message}",
                "Look at both (`git fetch`, `git diff @{upstream}`), keep one, and run again.",
            ) from None
        self._put_down()

    def _put_down(self) -> None:
        """Set the file, its index entry and the branch to what was pushed. Touch no other file."""
        state, commit = self._shared.state, self._shared.tip.commit
        if state != self._files.read():
            write_durably(
                self._files.path, statefile.encode(state), temporary=private_dir(self._files.path.parent)
            )
        self._known = state
        blob = self._git.ask("rev-parse", "--verify", "--quiet", f"{commit}:{self._path}")
        if blob is None:
            return  # nothing was recorded yet
        self._git.ask("update-index", "--add", "--cacheinfo", f"100644,{blob},{self._path}")
        head = self._git.text("rev-parse", "HEAD")
        differing = self._git.text("diff", "--name-only", "-z", "--no-renames", head, str(commit))
        # the branch moves only if nothing but the state differs: no other file of the work tree is touched
        if head != commit and differing == f"{self._path}\0":
            self._git.ask("update-ref", "-m", "publisher: state", self._head, str(commit), head)
