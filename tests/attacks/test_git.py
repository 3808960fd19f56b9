"""A project folder that looks like a repository runs nothing: its files come from a pull request."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from publisher.state.git.process import GitFailed, encoded, run_git, without_credentials
from tests.support.project import ProjectDir
from tests.support.repository import git

CASES: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("git.yaml").read_text("utf-8"))
COMMANDS = (("plan",), ("status",), ("doctor",), ("publish", "--max-creates", "9", "--yes"), ("show", "a"))
PACKAGE = Path(__file__).parents[2] / "publisher"


@pytest.fixture
def planted(project: ProjectDir) -> tuple[ProjectDir, Path]:
    """A project in a subfolder of a real repository, and the mark that a program would leave."""
    top = project.root / "checkout"
    inner = ProjectDir(top / "posts", project.sandbox)
    inner.root.mkdir(parents=True)
    inner.configure()
    inner.write("content/a.md", "Hello\n")
    git(top, "init", "--quiet")
    git(top, "add", "--all")
    git(top, "-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "--quiet", "--message", "Begin")
    return inner, project.root / "pwned"


def plant(inner: ProjectDir, mark: Path, case: dict[str, Any]) -> None:
    program = inner.write("run", f"#!/bin/sh\ntouch '{mark}'\n")
    program.chmod(0o755)
    inner.write("HEAD", "ref: refs/heads/main\n")
    inner.write("objects/x", "")
    inner.write("refs/x", "")
    inner.write("config", case["config"].replace("RUN", str(program)) + "\n")
    if "attributes" in case:
        inner.write(".gitattributes", case["attributes"] + "\n")
        inner.write("info/attributes", case["attributes"] + "\n")
    if "more" in case:
        inner.write("more", case["more"].replace("RUN", str(program)) + "\n")
    for hook in ("pre-push", "reference-transaction", "post-index-change", "pre-commit", "post-checkout"):
        inner.write(f"hooks/{hook}", f"#!/bin/sh\ntouch '{mark}'\n").chmod(0o755)


@pytest.mark.parametrize("state", ["publisher.state.json", "git+branch:publisher-state"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_planted_repository_runs_nothing(
    case: dict[str, Any], state: str, planted: tuple[ProjectDir, Path]
) -> None:
    inner, mark = planted
    inner.configure(f"state: {state}\n")
    plant(inner, mark, case)
    for command in COMMANDS:
        result = inner.publisher(*command)
        assert not mark.exists(), command
        assert "Traceback" not in result.err


def test_the_attack_would_work_with_a_plain_git(planted: tuple[ProjectDir, Path]) -> None:
    inner, mark = planted
    plant(inner, mark, next(case for case in CASES if case["name"] == "a program for ssh"))
    subprocess.run(["git", "ls-remote", "origin"], cwd=inner.root, capture_output=True, check=False)
    assert mark.exists()


def test_a_planted_repository_is_refused_by_an_old_git_too(planted: tuple[ProjectDir, Path]) -> None:
    """safe.bareRepository came with git 2.38."""
    inner, mark = planted
    plant(inner, mark, CASES[0])
    with pytest.raises(GitFailed, match="looks like a bare repository"):
        run_git(inner.root, "status")
    with pytest.raises(GitFailed, match="looks like a bare repository"):
        run_git(inner.root / "content", "status")


def test_every_git_is_started_by_one_function() -> None:
    for path in PACKAGE.rglob("*.py"):
        if path != PACKAGE / "state" / "git" / "process.py":
            assert not re.search(
                r"""[\[(]\s*["']git["']\s*,""", path.read_text("utf-8").replace("_ok(\n", "")
            ) or ("subprocess" not in path.read_text("utf-8")), path


@pytest.mark.parametrize(
    "url",
    [
        "https://user:pa@ss:w/rd?#@host.invalid/x.git",
        "https://user:pass@word@host.invalid/x.git",
        "https://tok@en@host.invalid/x.git",
        "http://user:p%40ss@host.invalid/x.git",
    ],
)
def test_no_part_of_a_password_is_shown(url: str) -> None:
    user = url.partition("://")[2].rpartition("@")[0]
    try:
        run_git(Path("/"), "ls-remote", encoded(url), environ={"PATH": "/usr/bin:/bin"})
    except GitFailed as failure:
        said = str(failure) + failure.said
    assert "host.invalid" in said
    for part in re.split(r"[@:/?#]", user):
        if len(part) > 3:
            assert part not in said.replace("failed", "")
    assert user not in said


def test_addresses_without_a_password_stay() -> None:
    for url in ("https://host/x.git", "https://host/a@b.git", "git@host:x/y.git", "/srv/x.git", "ssh://git@host/x",
                "https://host:8443/a@b"):  # fmt: skip
        assert encoded(url) == url
    assert without_credentials("a https://u:p@h/x b") == "a https://***@h/x b"


def test_an_address_that_is_a_command_is_refused(tmp_path: Path) -> None:
    mark = tmp_path / "pwned"
    with pytest.raises(GitFailed):
        run_git(tmp_path, "ls-remote", f"ext::sh -c touch% {mark}")
    assert not mark.exists()
