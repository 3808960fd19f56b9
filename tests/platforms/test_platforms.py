"""The templates for other platforms: their steps run in real clones, or their own tools accept them."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

from publisher.sandbox.server import Sandbox
from tests.support.project import ProjectDir
from tests.support.repository import clone, commit_all, git, make_server, start_repository

TEMPLATES = Path(__file__).parents[2] / "docs" / "platforms"
POST = "---\nid: hello\n---\nHello from {where}.\n"


@pytest.fixture
def server(tmp_path: Path, sandbox: Sandbox) -> Path:
    """A repository with a post, 25 commits and a started state."""
    server = make_server(tmp_path / "remote")
    author = ProjectDir(tmp_path / "author", sandbox)
    author.root.mkdir()
    author.configure()
    author.write("content/hello.md", POST.format(where="CI"))
    author.write("publisher.state.json", '{\n  "version": 1,\n  "posts": {}\n}\n')
    start_repository(author.root, server)
    for number in range(25):
        author.write("content/_notes.md", f"Note {number}\n")
        commit_all(author.root, f"Note {number}")
    git(author.root, "push", "--quiet")
    return server


def environ(sandbox: Sandbox, tmp_path: Path, more: Mapping[str, str]) -> dict[str, str]:
    """A runner's environment, where `publisher` and pip are this interpreter's."""
    tools = tmp_path / "bin"
    tools.mkdir(exist_ok=True)
    for name, command in {
        "publisher": f'exec "{sys.executable}" -m publisher "$@"',
        "python": f'[ "$2" = pip ] || exec "{sys.executable}" "$@"',
    }.items():
        (tools / name).write_text(f"#!/bin/sh\n{command}\n")
        (tools / name).chmod(0o755)
    kept = {name: os.environ[name] for name in ("HOME", "LANG") if name in os.environ}
    return {
        **kept,
        "PATH": f"{tools}:{os.environ['PATH']}",
        "PYTHONPATH": str(TEMPLATES.parents[1]),
        "CI": "true",
        "PUBLISHER_SOURCE": "publisher",
        "PUBLISHER_LINKEDIN_API_URL": sandbox.url,
        "PUBLISHER_LINKEDIN_OAUTH_URL": sandbox.url,
        "LINKEDIN_ACCESS_TOKEN": sandbox.token(),
        **more,
    }


def shell(lines: list[str], folder: Path, environment: Mapping[str, str]) -> str:
    """Run a job's lines as a runner does: one shell that stops at the first failure."""
    script = "set -eo pipefail\n" + "\n".join(lines)
    done = subprocess.run(
        ["bash", "-c", script], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def published(server: Path, tmp_path: Path, name: str) -> str:
    return (clone(server, tmp_path / name) / "publisher.state.json").read_text()


def test_gitlab_publishes_once_from_detached_shallow_clones(
    server: Path, sandbox: Sandbox, tmp_path: Path
) -> None:
    jobs = yaml.safe_load((TEMPLATES / "gitlab-ci.yml").read_text())
    environment = environ(
        sandbox, tmp_path, {"CI_COMMIT_BRANCH": "main", "PUBLISHER_PUSH_URL": server.as_uri()}
    )
    commit = git(server, "rev-parse", "main")
    for number in range(2):  # the second pipeline starts from the same commit, as a retried job does
        machine = clone(server, tmp_path / f"runner{number}", "--depth", "20")
        git(machine, "fetch", "--quiet", "--depth", "20", "origin", commit)
        git(machine, "checkout", "--quiet", "--detach", commit)
        if jobs["publish"]["variables"]["GIT_DEPTH"] == 0:
            git(machine, "fetch", "--quiet", "--unshallow")
        shell(jobs[".publisher"]["before_script"] + jobs["publish"]["script"], machine, environment)
    assert '"status": "published"' in published(server, tmp_path, "after")
    assert ProjectDir(tmp_path, sandbox).created_texts() == ["Hello from CI."]


def test_gitlab_plans_in_a_merge_request(server: Path, sandbox: Sandbox, tmp_path: Path) -> None:
    jobs = yaml.safe_load((TEMPLATES / "gitlab-ci.yml").read_text())
    machine = clone(server, tmp_path / "runner", "--depth", "20")
    shell(jobs["plan"]["script"], machine, environ(sandbox, tmp_path, {}))
    assert "hello" in (machine / "plan.md").read_text()
    assert ProjectDir(tmp_path, sandbox).created_texts() == []


def test_forgejo_publishes_once(server: Path, sandbox: Sandbox, tmp_path: Path) -> None:
    workflow = yaml.safe_load((TEMPLATES / "forgejo-publish.yml").read_text())
    steps = workflow["jobs"]["publish"]["steps"]
    assert workflow["concurrency"]["cancel-in-progress"] is False
    environment = environ(
        sandbox,
        tmp_path,
        {
            "SERVER": server.parent.as_uri(),
            "REPOSITORY": server.stem,
            "BRANCH": "main",
            "TOKEN": "not-needed-for-a-file",
        },
    )
    for number in range(2):
        machine = tmp_path / f"runner{number}"
        machine.mkdir()
        for step in steps:
            shell([step["run"]], machine, environment)
    assert '"status": "published"' in published(server, tmp_path, "after")
    assert ProjectDir(tmp_path, sandbox).created_texts() == ["Hello from CI."]


def test_cron_publishes_once_and_is_silent(server: Path, sandbox: Sandbox, tmp_path: Path) -> None:
    lines = [
        line for line in (TEMPLATES / "crontab").read_text().splitlines() if line and not line.startswith("#")
    ]
    machine = clone(server, tmp_path / "posts")
    secrets = tmp_path / "publisher.env"
    secrets.write_text(f"LINKEDIN_ACCESS_TOKEN={sandbox.token()}\n")
    environment = environ(sandbox, tmp_path, {})
    del environment["LINKEDIN_ACCESS_TOKEN"]
    commands = [
        line.split(maxsplit=5)[5]
        .replace("/srv/posts", str(machine))
        .replace("/etc/publisher.env", str(secrets))
        for line in lines
    ]
    for _ in range(2):
        shell(commands, machine, environment)
    assert ProjectDir(tmp_path, sandbox).created_texts() == ["Hello from CI."]


def test_systemd_accepts_the_unit(tmp_path: Path) -> None:
    tool = shutil.which("systemd-analyze")
    if tool is None:
        pytest.skip("systemd-analyze is not installed")
    unit = tmp_path / "publisher-worker.service"
    text = (TEMPLATES / "publisher-worker.service").read_text()
    unit.write_text(text.replace("/opt/publisher/bin/publisher", sys.executable))
    done = subprocess.run(
        [tool, "verify", "--man=no", "--recursive-errors=no", str(unit)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Unknown" not in done.stderr
