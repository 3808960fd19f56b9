"""Get the content from a folder that others keep up to date, or from a branch of a git remote."""

import hashlib
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from publisher.errors import UsageError
from publisher.settings.config import CONFIG_NAME
from publisher.state.git.process import GitFailed, GitTimeout, encoded, run_git

KEPT = 3
"""Checkouts that stay.

A job may still read from the one before the newest, and the third allows for a slow job.
"""

PATIENCE = 600.0
"""Seconds after which a git command that does not end is stopped.

The worker does not scan while git runs. Ten minutes suffice for a first clone over a slow line.
"""


@dataclass(frozen=True, slots=True)
class Revision:
    """Content as of one moment, and the folder it is in."""

    name: str
    root: Path


class Source(Protocol):
    """A place that content comes from."""

    def newest(self) -> Revision:
        """Look for news. Raise `UsageError` if the place can't be reached."""


@dataclass(frozen=True, slots=True)
class Folder:
    """A project's folder as it is.

    Scans and jobs read its posts anew each time; a revision is one of its settings.
    """

    root: Path

    def newest(self) -> Revision:
        """See `Source.newest`."""
        try:
            settings = (self.root / CONFIG_NAME).read_bytes()
        except OSError:
            settings = b""  # whoever loads them says what is wrong
        return Revision(hashlib.sha256(settings).hexdigest(), self.root)


class Remote:
    """A branch of a git remote.

    Each revision gets a folder of its own under ``base``, so none changes under a job.
    """

    def __init__(self, url: str, branch: str, base: Path, *, patience: float = PATIENCE) -> None:
        self._url, self._branch, self._base, self.patience = encoded(url), branch, base, patience
        self._mirror = base / "mirror"
        self._shown: list[Path] = []

    def newest(self) -> Revision:
        """See `Source.newest`."""
        if not self._mirror.exists():
            self._git("init", "--quiet", "--bare", str(self._mirror), within=None)
        self._git("fetch", "--quiet", "--depth=1", "--no-tags", "--", self._url, self._branch)
        name = self._git("rev-parse", "--verify", "FETCH_HEAD^{commit}").strip()
        root = self._base / name
        if not root.exists():
            # under another name until it is whole: a git that was ended may leave half of the posts
            half = self._base / "half"
            shutil.rmtree(half, ignore_errors=True)
            half.mkdir()
            self._git("read-tree", name)
            self._git(f"--work-tree={half}", "checkout-index", "--all", "--force")
            half.rename(root)
        self._forget_old(root)
        return Revision(name, root)

    def _forget_old(self, newest: Path) -> None:
        self._shown = [*(root for root in self._shown if root != newest), newest]
        for root in self._shown[:-KEPT]:
            shutil.rmtree(root, ignore_errors=True)
        self._shown = self._shown[-KEPT:]

    def _git(self, *arguments: str, within: Path | None = Path()) -> str:
        place = ["--git-dir", str(self._mirror)] if within is not None else []
        try:
            return run_git(self._base, *place, *arguments, patience=self.patience).decode(errors="replace")
        except GitTimeout:
            # its lock files would stop the next one
            shutil.rmtree(self._mirror, ignore_errors=True)
            raise _unreachable(f"git did not end within {self.patience:.0f} seconds") from None
        except GitFailed as error:
            raise _unreachable((error.said.splitlines() or ["git failed"])[-1]) from None


def _unreachable(reason: str) -> UsageError:
    return UsageError(
        f"The content can't be fetched: {reason}.",
        "Check --git and --branch, and that this machine may read the repository.",
    )
