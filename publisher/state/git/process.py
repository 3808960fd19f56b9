"""The one function that starts git. Every call of the product goes through `run_git`.

A project's folder comes from a pull request. It may look like a bare repository (``HEAD``, ``objects/``, ``refs/``,
``config``), and git obeys the ``config`` of the repository that it finds: `core.fsmonitor`, `core.sshCommand`, filters
and promisor remotes run commands. So git uses no repository without a ``.git`` beside it, runs no hook and no monitor,
asks no question, and ends within a time limit. The configuration of the user and of the clone itself is trusted.
"""

import os
import re
import signal
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote, unquote

from publisher.errors import StateError, UsageError

PATIENCE = 30
"""Seconds a command on this machine may take."""

NETWORK_PATIENCE = 120
"""Seconds a command that asks a remote may take."""

_SETTINGS = {
    "safe.bareRepository": "explicit",  # git 2.38 and later; `_refuse_planted` does the same for older ones
    "core.hooksPath": os.devnull,  # a pre-push hook that runs the tests, or publisher, has no business here
    "core.fsmonitor": "false",
    "core.fsync": "all",  # what is recorded must outlive a crash of the machine
    "core.quotePath": "false",
    "core.pager": "cat",
    "credential.interactive": "false",
    "fetch.recurseSubmodules": "false",
    "gc.auto": "0",
    "log.showSignature": "false",
    "maintenance.auto": "false",
    "protocol.ext.allow": "never",  # ext::COMMAND is an address that runs a command
    "push.followTags": "false",
    "push.gpgSign": "false",
    "push.recurseSubmodules": "no",
    "submodule.recurse": "false",
    "status.submoduleSummary": "false",
}
_OF_OTHER_PLACES = re.compile(
    "GIT_(DIR|WORK_TREE|INDEX_FILE|INDEX_VERSION|PREFIX|COMMON_DIR|NAMESPACE|OBJECT_DIRECTORY|SHALLOW_FILE"
    "|ALTERNATE_OBJECT_DIRECTORIES|EXTERNAL_DIFF|PAGER|EDITOR|SEQUENCE_EDITOR|QUARANTINE_PATH|GRAFT_FILE|REPLACE_REF_BASE|CONFIG|CONFIG_PARAMETERS"
    "|INTERNAL_.*|IMPLICIT_WORK_TREE|(AUTHOR|COMMITTER)_DATE|REFLOG_ACTION|.*_PATHSPECS|TRACE.*|PUSH_.*)"
)

# up to the last @ before a blank: a password that was not encoded has any character
_CREDENTIALS = re.compile(r"(\w+://)\S*@")


class GitFailed(StateError):  # noqa: N818 - a condition
    """A git command failed, or took too long. ``said`` is what it wrote, without credentials."""

    def __init__(self, what: str, said: str) -> None:
        self.said = without_credentials(said)
        super().__init__(f"git {what} failed: {brief(self.said)}.", "Check the repository with `git fsck`.")


class GitTimeout(GitFailed):
    """A git command took too long and was ended. Its lock files may be left."""


class GitMissing(UsageError):  # noqa: N818 - a condition
    """There is no git on this machine."""


def run_git(
    cwd: Path,
    *arguments: str,
    given: bytes = b"",
    patience: float = PATIENCE,
    environ: Mapping[str, str] | None = None,
) -> bytes:
    """Run git in ``cwd`` and return what it writes to stdout. Raises `GitFailed`, `GitTimeout` and `GitMissing`.

    ``environ`` is that of the user unless given; what it says about other repositories is left out.
    """
    if not any(argument.startswith("--git-dir") for argument in arguments) and arguments[:1] != ("init",):
        _refuse_planted(cwd)
    settings = [part for name, value in _SETTINGS.items() for part in ("-c", f"{name}={value}")]
    try:
        process = subprocess.Popen(  # noqa: S603
            ["git", *settings, *arguments],  # noqa: S607 - the git of the user's PATH
            cwd=cwd,
            env=_environment(os.environ if environ is None else environ),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C is for us to handle, and its children end with it
        )
    except FileNotFoundError:
        raise GitMissing("There is no `git` command.", "Install git.") from None
    except NotADirectoryError:
        raise GitFailed(_command(arguments), f"{cwd} isn't a folder") from None
    try:
        out, err = process.communicate(given, patience)
    except subprocess.TimeoutExpired:
        raise GitTimeout(_command(arguments), f"it did not end within {patience:g} seconds") from None
    finally:
        _end(process)
    if process.returncode:
        raise GitFailed(_command(arguments), (err + b"\n" + out).decode(errors="replace").strip())
    return out


def _command(arguments: tuple[str, ...]) -> str:
    return next((argument for argument in arguments if not argument.startswith("-")), "")


def _refuse_planted(cwd: Path) -> None:
    """Raise where git would take a folder of the work tree for a repository."""
    with suppress(OSError):
        place = cwd.resolve()
        for folder in (place, *place.parents):
            if (folder / ".git").exists():
                return
            if all((folder / name).exists() for name in ("HEAD", "objects", "refs")):
                raise GitFailed(
                    "", f"{folder} looks like a bare repository inside a project, so git is not used there"
                )


def encoded(url: str) -> str:
    """Return an address with its user name and password encoded, so that git reads and hides them whole.

    A ``@`` in a password splits the address in another place otherwise, and git shows what follows as the host.
    """
    scheme, separator, rest = url.partition("://")
    end = min((rest.find(mark) for mark in "/?#" if mark in rest), default=len(rest))
    if not separator or "@" not in rest[:end]:
        # a slash in the password: the host follows the last @
        if (
            not separator
            or "@" not in rest
            or ":" not in rest[:end]
            or rest[:end].rpartition(":")[2].isdigit()
        ):
            return url
        end = len(rest)
    user, _, host = rest[:end].rpartition("@")
    name, colon, password = user.partition(":")
    safe = quote(unquote(name), safe="") + colon + quote(unquote(password), safe="")
    return f"{scheme}://{safe}@{host}{rest[end:]}"


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
