"""Real git repositories: bare ones that stand for a server, and clones of them."""

import os
import subprocess
from pathlib import Path

IDENTITY = ("-c", "user.name=Author", "-c", "user.email=author@example.org", "-c", "commit.gpgSign=false")


def git(root: Path, *arguments: str) -> str:
    """Run git as a user with a name; its output without the last line break."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    command = ["git", *IDENTITY, "-c", "init.defaultBranch=main", *arguments]
    done = subprocess.run(command, cwd=root, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"git {' '.join(arguments)}: {done.stdout}{done.stderr}"
    return done.stdout.rstrip("\n")


def make_server(root: Path) -> Path:
    """An empty bare repository that takes pushes to any branch."""
    server = root / "server.git"
    server.mkdir(parents=True)
    git(server, "init", "--bare", "--quiet")
    return server


def commit_all(root: Path, message: str = "Write posts") -> str:
    """Commit the whole work tree; the commit's id."""
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", message)
    return git(root, "rev-parse", "HEAD")


def start_repository(root: Path, server: Path | None = None) -> Path:
    """Make ``root`` a repository with what is in it, pushed to ``server`` where there is one."""
    root.mkdir(parents=True, exist_ok=True)
    git(root, "init", "--quiet")
    (root / ".gitignore").write_text(".publisher/\n")
    commit_all(root)
    if server is not None:
        git(root, "remote", "add", "origin", str(server))
        git(root, "push", "--quiet", "--set-upstream", "origin", "main")
    return root


def clone(server: Path, target: Path, *flags: str) -> Path:
    """A clone as a machine of its own has it."""
    git(target.parent, "clone", "--quiet", *flags, server.as_uri(), str(target))
    return target


def add_hook(server: Path, name: str, script: str) -> Path:
    """A hook of the server; ``script`` is its shell body."""
    hook = server / "hooks" / name
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\n{script}\n")
    hook.chmod(0o755)
    return hook


def untouched(root: Path) -> tuple[str, str, str]:
    """What a run must leave as it is: where HEAD is, the status, and the index itself."""
    return (
        git(root, "rev-parse", "HEAD"),
        git(root, "status", "--porcelain", "--ignored"),
        git(root, "ls-files", "--stage", "--debug"),
    )
