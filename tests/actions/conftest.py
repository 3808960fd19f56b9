"""A repository on a server, GitHub's API, LinkedIn's sandbox, and machines that check the repository out."""

import os
import subprocess
import sys
import venv
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from publisher.actions.workflows import workflow_files
from publisher.sandbox.server import Sandbox
from tests.actions.github import REPOSITORY, GitHub
from tests.actions.runner import ROOT, Event, Outcome, Runner
from tests.support.project import ProjectDir
from tests.support.repository import git, make_server, start_repository

TITLE = '"; touch pwned; echo `touch pwned` $(touch pwned) ${{ secrets.X }} ::set-output name=x::y'
BRANCH = "feature/$(touch${IFS}pwned)"


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The package as it would be installed; built once for all workers of a run."""
    own = tmp_path_factory.getbasetemp()
    # a worker's folder is in its run's; without workers the parent outlives the run, and so would an old wheel
    folder = (own if worker_id == "master" else own.parent) / "publisher-wheel"
    with FileLock(f"{folder}.lock"):
        if not folder.exists():
            command = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation"]
            subprocess.run([*command, "--wheel-dir", str(folder), str(ROOT)], check=True, cwd=folder.parent)
    (found,) = folder.glob("*.whl")
    return found


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python environment: empty for the first machine of a worker, as a warm cache for those after it."""
    environment = tmp_path_factory.mktemp("machine") / "environment"
    venv.create(environment, with_pip=True)
    return environment


@pytest.fixture
def github() -> Iterator[GitHub]:
    with GitHub() as running:
        yield running


@dataclass
class Place:
    """The whole scene: what is on the server, and how a run is started."""

    root: Path
    server: Path
    author: ProjectDir
    github: GitHub
    sandbox: Sandbox
    wheel: Path
    installed: Path
    token: str
    runs: Iterator[int] = field(default_factory=count)

    def write(self, name: str, text: str) -> None:
        """A file of the author's clone."""
        self.author.write(name, text)

    def push(self, branch: str = "main") -> str:
        """Commit everything and push it; the commit."""
        git(self.author.root, "add", "--all")
        git(self.author.root, "commit", "--quiet", "--allow-empty", "--message", "Write posts")
        git(self.author.root, "push", "--quiet", "--force", "origin", f"HEAD:{branch}")
        return git(self.author.root, "rev-parse", "HEAD")

    def pull(self) -> None:
        """Take in what runs have pushed."""
        git(self.author.root, "pull", "--quiet", "--rebase", "origin", "main")

    def event(self, name: str, *, fork: bool = False, branch: str = "main", **inputs: str) -> Event:
        """An event about what is on the server now, with the payload's shape."""
        if not name.startswith("pull_request"):
            payload: dict[str, Any] = {"repository": {"full_name": REPOSITORY, "default_branch": "main"}}
            payload["ref"] = f"refs/heads/{branch}"
            more = {"push": {"head_commit": {"message": TITLE}}, "schedule": {"schedule": "7 * * * *"}}
            return Event(name, f"refs/heads/{branch}", {**payload, **more.get(name, {"inputs": inputs})})
        commit = self.push("refs/pull/7/head")
        # GitHub's test merge: the base is its first parent
        merge = ("commit-tree", "HEAD^{tree}", "-p", "origin/main", "-p", "HEAD", "-m", "Merge")
        merged = git(self.author.root, *merge)
        git(self.author.root, "push", "--quiet", "--force", "origin", f"{merged}:refs/pull/7/merge")
        source = {"full_name": "stranger/posts" if fork else REPOSITORY, "fork": fork}
        request = {
            "number": 7,
            "title": TITLE,
            "head": {"ref": BRANCH, "sha": commit, "repo": source},
            "base": {"ref": "main", "repo": {"full_name": REPOSITORY}},
        }
        payload = {"action": "synchronize", "number": 7, "pull_request": request}
        return Event(name, "refs/pull/7/merge", {**payload, "repository": {"full_name": REPOSITORY}})

    def runner(self, event: Event, **environ: str) -> Runner:
        """A new machine, on which nothing of an earlier run is left."""
        home = self.root / f"machine-{next(self.runs)}"
        fork = bool(event.payload.get("pull_request", {}).get("head", {}).get("repo", {}).get("fork"))
        return Runner(
            home,
            self.server,
            event,
            {
                "PUBLISHER_LINKEDIN_API_URL": self.sandbox.url,
                "PUBLISHER_LINKEDIN_OAUTH_URL": self.sandbox.url,
                "PATH": f"{self.installed}/bin:/usr/bin:/bin",
                **{name: value for name, value in os.environ.items() if name.startswith("PIP_")},
                **environ,
            },
            {} if fork else {"LINKEDIN_ACCESS_TOKEN": self.token},
            {"PUBLISHER_SOURCE": str(self.wheel)},
            self.github.url,
        )

    def run(
        self,
        workflow: str,
        event: str,
        *,
        fork: bool = False,
        inputs: dict[str, str] | None = None,
        **environ: str,
    ) -> Outcome:
        """Run one of the workflows that init writes, on a new machine."""
        text = workflow_files(source=None)[f".github/workflows/publisher-{workflow}.yml"]
        runner = self.runner(self.event(event, fork=fork, **inputs or {}), **environ)
        outcome = runner.run(text)
        assert not list(runner.workspace.rglob("pwned")), "a title or a branch was run"
        assert self.token not in outcome.log + outcome.summary + str(outcome.outputs)
        return outcome

    def bodies(self) -> list[str]:
        """The comments under the pull request."""
        return [comment["body"] for comment in self.github.comments.get(7, [])]


@pytest.fixture
def place(tmp_path: Path, sandbox: Sandbox, github: GitHub, wheel: Path, installed: Path) -> Place:
    """A repository with an empty project in it, pushed."""
    server = make_server(tmp_path)
    author = ProjectDir(tmp_path / "author", sandbox)
    author.root.mkdir()
    author.configure()
    author.write("content/_notes.md", "Nothing yet.\n")
    author.write("publisher.state.json", '{"version": 1, "posts": {}}\n')  # as `init` does
    start_repository(author.root, server)
    return Place(tmp_path, server, author, github, sandbox, wheel, installed, sandbox.token())
