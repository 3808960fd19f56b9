"""Git commands with an environment of their own: no hooks, no questions, no end without a time limit."""

import os
import re
import signal
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from publisher.errors import StateError, UsageError

PATIENCE = 30
"""Seconds a command on this machine may take."""

NETWORK_PATIENCE = 120
"""Seconds a command that asks a remote may take."""

_SETTINGS = {
    "core.hooksPath": os.devnull,  # a pre-push hook that runs the tests, or publisher, has no business here
    "core.fsync": "all",  # what is recorded must outlive a crash of the machine
    "core.fsmonitor": "false",
    "credential.interactive": "false",
    "gc.auto": "0",
    "maintenance.auto": "false",
    "push.followTags": "false",
    "push.gpgSign": "false",
}
_OF_OTHER_PLACES = re.compile(
    "GIT_(DIR|WORK_TREE|INDEX_FILE|INDEX_VERSION|PREFIX|COMMON_DIR|NAMESPACE|OBJECT_DIRECTORY|SHALLOW_FILE"
    "|ALTERNATE_OBJECT_DIRECTORIES|QUARANTINE_PATH|GRAFT_FILE|REPLACE_REF_BASE|CONFIG|CONFIG_PARAMETERS"
    "|INTERNAL_.*|IMPLICIT_WORK_TREE|(AUTHOR|COMMITTER)_DATE|REFLOG_ACTION|.*_PATHSPECS|TRACE.*|PUSH_.*)"
)
_IDENTITY = {"NAME": "publisher", "EMAIL": "publisher@localhost"}
_TRUST = re.compile(r"git config --global --add safe\.directory \S.*")
# up to the last @ before a blank: a password that was not encoded has any character
_CREDENTIALS = re.compile(r"(\w+://)\S*@")


class GitFailed(StateError):  # noqa: N818 - a condition
    """A git command failed, or took too long. ``said`` is what it wrote, without credentials."""

    def __init__(self, what: str, said: str) -> None:
        self.said = without_credentials(said)
        super().__init__(
            f"git {what} failed: {brief(self.said)}.", "Look whether the repository is in order."
        )


class Git:
    """The repository around ``root``. Raises `UsageError` where git is missing or there is none."""

    def __init__(self, root: Path) -> None:
        self.top = root
        self._environment = _environment(os.environ)
        try:
            # many commands mean something else below the top
            self.top = Path(self.text("rev-parse", "--show-toplevel"))
        except GitFailed as error:
            # git's own advice, such as in containers, where another user made the checkout
            trust = _TRUST.search(error.said)
            raise UsageError(
                f"The state is kept in git, and {root} is in no usable work tree: {brief(error.said)}.",
                f"If it is yours: `{trust[0]}`." if trust else "Run `git init`, or set `state:` to a file.",
            ) from None

    def run(self, *arguments: str, given: bytes = b"", patience: float = PATIENCE) -> bytes:
        """What the command writes to stdout. Raises `GitFailed`."""
        settings = [part for name, value in _SETTINGS.items() for part in ("-c", f"{name}={value}")]
        try:
            process = subprocess.Popen(  # noqa: S603
                ["git", *settings, *arguments],  # noqa: S607 - the git of the user's PATH
                cwd=self.top,
                env=self._environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,  # Ctrl-C is for us to handle, and its children end with it
            )
        except FileNotFoundError:
            raise UsageError(
                "The state is kept in git, and there is no `git` command.", "Install git."
            ) from None
        try:
            out, err = process.communicate(given, patience)
        except subprocess.TimeoutExpired:
            raise GitFailed(arguments[0], f"it did not end within {patience:g} seconds") from None
        finally:
            _end(process)
        if process.returncode:
            raise GitFailed(arguments[0], (err + b"\n" + out).decode(errors="replace").strip())
        return out

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


def without_credentials(text: str) -> str:
    """The text with what stands before the host of an address left out."""
    return _CREDENTIALS.sub(r"\1***@", text)


def brief(said: str) -> str:
    """The line of git's words that says most: what the server wrote, else the first complaint."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    remote = [line.removeprefix("remote:").strip() for line in lines if line.startswith("remote:")]
    blamed = [line for line in lines if re.match(r"(error|fatal|ssh|!)[: \t]", line)]
    chosen = next((line for line in (*remote, *blamed, *lines) if line), "no reason given")
    return re.sub(r"^(error|fatal): ", "", " ".join(chosen.split()))[:300].rstrip(".")


def _environment(environ: Mapping[str, str]) -> dict[str, str]:
    """The user's own, without what git tells hooks about another repository or moment."""
    kept = {name: value for name, value in environ.items() if not _OF_OTHER_PLACES.fullmatch(name)}
    kept.pop("LANGUAGE", None)
    return kept | {"LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0"}


def _end(process: subprocess.Popen[bytes]) -> None:
    """Nothing that was started for this command goes on, and no pipe stays open."""
    if process.poll() is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe is not None:
            pipe.close()
