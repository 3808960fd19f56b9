"""A git repository that keeps a state, and the commands that are run in it."""

import os
import re
from pathlib import Path

from publisher.errors import UsageError
from publisher.state.git.process import (
    NETWORK_PATIENCE,
    PATIENCE,
    GitFailed,
    GitMissing,
    brief,
    run_git,
    without_credentials,
)

__all__ = ["NETWORK_PATIENCE", "PATIENCE", "Git", "GitFailed", "brief", "without_credentials"]

_IDENTITY = {"NAME": "publisher", "EMAIL": "publisher@localhost"}
_TRUST = re.compile(r"git config --global --add safe\.directory \S.*")


class Git:
    """The repository around ``root``. Raises `UsageError` with ``remedy`` where git is missing or there is none."""

    def __init__(self, root: Path, remedy: str = "Run `git init`, or set `state:` to a file.") -> None:
        self.top = root
        self._environment: dict[str, str] = dict(os.environ)
        try:
            # many commands mean something else below the top
            self.top = Path(self.text("rev-parse", "--show-toplevel"))
        except GitFailed as error:
            # git's own advice, such as in containers, where another user made the checkout
            trust = _TRUST.search(error.said)
            raise UsageError(
                f"The state is to be kept in git, and {root} isn't a usable work tree: {brief(error.said)}.",
                f"If it is yours: `{trust[0]}`." if trust else remedy,
            ) from None

    def run(self, *arguments: str, given: bytes = b"", patience: float = PATIENCE) -> bytes:
        """What the command writes to stdout. Raises `GitFailed`."""
        try:
            return run_git(self.top, *arguments, given=given, patience=patience, environ=self._environment)
        except GitMissing:
            raise UsageError(
                "The state is kept in git, and there is no `git` command.", "Install git."
            ) from None

    def text(self, *arguments: str, patience: float = PATIENCE) -> str:
        """The same as text, without the last line break."""
        return self.run(*arguments, patience=patience).decode(errors="replace").rstrip("\n")

    def ask(self, *arguments: str) -> str | None:
        """The same, or None where the command fails: for questions whose answer may be no."""
        try:
            return self.text(*arguments)
        except GitFailed:
            return None

    def own_identity(self) -> None:
        """Commit as publisher where nobody is configured; guessing from the machine's name helps no one."""
        if self.ask("-c", "user.useConfigOnly=true", "var", "GIT_COMMITTER_IDENT") is None:
            self._environment |= {
                f"GIT_{role}_{part}": value
                for role in ("AUTHOR", "COMMITTER")
                for part, value in _IDENTITY.items()
            }
