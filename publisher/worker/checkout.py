"""Where the content comes from: a folder that someone else keeps up to date, or a git remote that is followed."""

import hashlib
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from publisher.content.config import CONFIG_NAME
from publisher.errors import UsageError
from publisher.model.config import Config

KEPT = 3
"""Checkouts that stay: a job may still read from the one before the newest."""

_ENVIRONMENT = {"GIT_TERMINAL_PROMPT": "0", "GIT_ASKPASS": "true", "LC_ALL": "C"}
# the remote is trusted for content only: nothing it contains may run
_SAFE = ("-c", "core.hooksPath=/dev/null", "-c", "protocol.ext.allow=never", "-c", "core.fsmonitor=false")


@dataclass(frozen=True, slots=True)
class Revision:
    """Content as of one moment, and the folder it is in."""

    name: str
    root: Path


class Source(Protocol):
    """A place that content comes from."""

    def newest(self) -> Revision:
        """Look for news. Raises `UsageError` where the place can't be reached."""


@dataclass(frozen=True, slots=True)
class Folder:
    """A project's folder as it is; its revision is made of every file's size and time."""

    root: Path
    settings: Config

    def newest(self) -> Revision:
        """See `Source.newest`."""
        digest = hashlib.sha256()
        for folder in (self.settings.content, self.settings.templates):
            for path in sorted((self.root / folder).rglob("*")):
                _mix(digest, path)
        _mix(digest, self.root / CONFIG_NAME)
        return Revision(digest.hexdigest(), self.root)


def _mix(digest: "hashlib._Hash", path: Path) -> None:
    try:
        status = path.stat()
    except OSError:
        return
    digest.update(f"{path}\0{status.st_size}\0{status.st_mtime_ns}\0".encode())


class Remote:
    """A branch of a git remote; each revision gets a folder of its own under ``base``, so none changes under a job."""

    def __init__(self, url: str, branch: str, base: Path) -> None:
        self._url, self._branch, self._base = url, branch, base
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
            self._git("worktree", "add", "--quiet", "--detach", "--force", str(root), name)
        self._forget_old(root)
        return Revision(name, root)

    def _forget_old(self, newest: Path) -> None:
        self._shown = [*(root for root in self._shown if root != newest), newest]
        for root in self._shown[:-KEPT]:
            shutil.rmtree(root, ignore_errors=True)
        self._shown = self._shown[-KEPT:]
        self._git("worktree", "prune")

    def _git(self, *arguments: str, within: Path | None = Path()) -> str:
        place = ["--git-dir", str(self._mirror)] if within is not None else []
        done = subprocess.run(  # noqa: S603 - a fixed program
            ["git", *_SAFE, *place, *arguments],  # noqa: S607
            capture_output=True,
            text=True,
            errors="replace",
            env={**os.environ, **_ENVIRONMENT},
            check=False,
        )
        if done.returncode:
            reason = (done.stderr.strip().splitlines() or ["git failed"])[-1]
            raise UsageError(
                f"The content can't be fetched: {_without_password(reason, self._url)}.",
                "Check --git and --branch, and that this machine may read the repository.",
            )
        return done.stdout


def _without_password(text: str, url: str) -> str:
    user, at, _ = url.partition("://")[2].rpartition("@")
    return text.replace(user + at, "") if at else text
