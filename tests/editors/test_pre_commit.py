"""The hook definitions, run by the real pre-commit in a repository of its own."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

HOOKS = Path(__file__).parents[2] / ".pre-commit-hooks.yaml"
BIN = Path(sys.executable).parent
CONFIG = 'authors:\n  me: {urn: "urn:li:person:AbC_123456"}\n'


class Repository:
    """A user's repository with the hooks installed."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.environ = {
            **os.environ,
            "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
            "PRE_COMMIT_HOME": str(root.parent / "cache"),
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_AUTHOR_NAME": "Tester",
            "GIT_AUTHOR_EMAIL": "tester@example.com",
            "GIT_COMMITTER_NAME": "Tester",
            "GIT_COMMITTER_EMAIL": "tester@example.com",
        }
        root.mkdir()
        self.run("git", "init", "-q", "-b", "main")

    def run(self, *command: str, code: int = 0) -> str:
        """A command's output; its exit code must be ``code``."""
        done = subprocess.run(
            command, cwd=self.root, env=self.environ, capture_output=True, text=True, check=False
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr

    def write(self, name: str, text: str) -> None:
        """A file, added to the index."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        self.run("git", "add", name)


def hook_repository(root: Path) -> str:
    """A repository that holds the hook definitions, as a release of this project does; its revision."""
    repository = Repository(root)
    shutil.copy(HOOKS, root / HOOKS.name)
    repository.run("git", "add", ".")
    repository.run("git", "commit", "-q", "-m", "Release")
    return repository.run("git", "rev-parse", "HEAD").strip()


@pytest.fixture(params=["publisher-validate", "publisher-validate-strict"])
def repository(request: pytest.FixtureRequest, tmp_path: Path) -> Repository:
    """A repository that uses one hook, with the publisher of this environment (no package is fetched)."""
    revision = hook_repository(tmp_path / "hooks")
    made = Repository(tmp_path / "posts")
    hook = {"id": request.param, "language": "system"}
    config = {"repos": [{"repo": str(tmp_path / "hooks"), "rev": revision, "hooks": [hook]}]}
    made.write(".pre-commit-config.yaml", yaml.safe_dump(config))
    made.write("publisher.yaml", CONFIG)
    made.run("pre-commit", "install")
    return made


def test_a_broken_post_is_not_committed_and_a_mended_one_is(repository: Repository) -> None:
    repository.write("content/hello.md", "---\nvisibilty: public\n---\nHello")
    refused = repository.run("git", "commit", "-m", "A post", code=1)
    assert "content/hello.md:2:1: error: " in refused
    assert "visibilty" in refused
    repository.write("content/hello.md", "---\nvisibility: public\n---\nHello")
    assert "Passed" in repository.run("git", "commit", "-m", "A post")
    repository.write("README.md", "Nothing to do with posts")
    assert "Skipped" in repository.run("git", "commit", "-m", "Another file")


def test_the_definitions_are_what_pre_commit_wants() -> None:
    subprocess.run([BIN / "pre-commit", "validate-manifest", HOOKS], check=True, capture_output=True)
    hooks = yaml.safe_load(HOOKS.read_text(encoding="utf-8"))
    assert {hook["language"] for hook in hooks} == {"python"}
    assert not any(hook["pass_filenames"] for hook in hooks)
