"""A lost, older or foreign state is refused before anything is sent."""

from pathlib import Path

import pytest

from publisher.errors import StateError
from publisher.sandbox.server import Sandbox
from publisher.state import open_store
from publisher.state.service import service_of
from tests.support.project import ProjectDir
from tests.support.repository import clone, commit_all, git, make_server, start_repository


@pytest.fixture
def shared(tmp_path: Path, sandbox: Sandbox) -> ProjectDir:
    """A project in a repository with a remote, whose first post is published and committed."""
    server = make_server(tmp_path)
    made = ProjectDir(tmp_path / "work", sandbox)
    made.root.mkdir()
    made.configure()
    made.write("content/hello.md", "Hello\n")
    start_repository(made.root, server)
    assert made.publisher("publish").code == 0
    commit_all(made.root)
    git(made.root, "push", "--quiet")
    return made


def on_another_machine(project: ProjectDir, root: Path) -> ProjectDir:
    return ProjectDir(root, project.sandbox)


def refused(project: ProjectDir, why: str) -> str:
    before = len(project.sandbox.posts())
    for command in ("plan", "publish"):
        result = project.publisher(command)
        assert result.code == 2, result.text
        assert why in result.text
    assert len(project.sandbox.posts()) == before
    return result.text


def test_a_state_that_was_deleted_is_restored_from_head(shared: ProjectDir, tmp_path: Path) -> None:
    there = on_another_machine(shared, clone(tmp_path / "server.git", tmp_path / "there"))
    there.state_path.unlink()
    assert "git restore --source=HEAD -- publisher.state.json" in refused(there, "which HEAD has")
    git(there.root, "restore", "--source=HEAD", "--", "publisher.state.json")
    assert "Nothing to do" in there.publisher("publish").out


def test_a_deletion_that_was_committed_is_found_in_the_history(shared: ProjectDir, tmp_path: Path) -> None:
    there = on_another_machine(shared, clone(tmp_path / "server.git", tmp_path / "there"))
    there.state_path.unlink()
    commit_all(there.root)
    git(there.root, "push", "--quiet")
    assert "^ -- publisher.state.json" in refused(there, "the commit before")


def test_a_state_that_a_commit_set_back_is_found_in_the_history(shared: ProjectDir, tmp_path: Path) -> None:
    shared.write("content/second.md", "Second\n")
    assert shared.publisher("publish").code == 0
    last = commit_all(shared.root)
    git(shared.root, "revert", "--no-edit", last)
    git(shared.root, "push", "--quiet")
    shared.write("content/second.md", "Second\n")
    there = on_another_machine(shared, clone(tmp_path / "server.git", tmp_path / "there"))
    there.write("content/second.md", "Second\n")
    text = refused(there, "removed")
    command = text.partition("publisher state init --from ")[2].partition("`")[0]
    assert there.publisher("state", "init", "--from", command).code == 0
    assert "Nothing to do" in there.publisher("publish").out


def test_publish_asks_the_upstream(shared: ProjectDir, tmp_path: Path) -> None:
    there = on_another_machine(shared, clone(tmp_path / "server.git", tmp_path / "there"))
    shared.write("content/second.md", "Second\n")
    assert shared.publisher("publish").code == 0
    commit_all(shared.root)
    git(shared.root, "push", "--quiet")
    there.write("content/second.md", "Second\n")
    result = there.publisher("publish")
    assert (result.code, "which origin/main has" in result.text) == (2, True)


def test_a_state_that_was_never_committed_is_missed_by_the_journal(project: ProjectDir) -> None:
    project.write("content/hello.md", "Hello\n")
    assert project.publisher("publish").code == 0
    project.state_path.unlink()
    refused(project, "which this machine published")
    assert project.publisher("state", "init", "--from-journal").code == 0
    assert "create" not in project.publisher("plan").out


def test_a_runner_creates_no_state(project: ProjectDir) -> None:
    project.write("content/hello.md", "Hello\n")
    runner = ProjectDir(project.root, project.sandbox, {"CI": "true"})
    refused(runner, "this is a CI runner")
    assert runner.publisher("state", "init").code == 0
    assert runner.publisher("publish").code == 0


def test_a_shallow_clone_creates_no_state(shared: ProjectDir, tmp_path: Path) -> None:
    shared.state_path.unlink()
    commit_all(shared.root)
    git(shared.root, "commit", "--quiet", "--allow-empty", "--message", "more")
    git(shared.root, "push", "--quiet")
    there = on_another_machine(shared, clone(tmp_path / "server.git", tmp_path / "there", "--depth=1"))
    refused(there, "shallow clone")


def test_a_branch_that_was_deleted_is_missed_by_a_fresh_clone(shared: ProjectDir, tmp_path: Path) -> None:
    shared.configure("state: git+branch:publisher-state")
    shared.state_path.unlink()
    commit_all(shared.root)
    git(shared.root, "push", "--quiet")
    shared.forget_journal()
    shared.write("content/hello.md", "Hello again\n")
    result = shared.publisher("publish")
    assert result.code == 0, result.text
    server = tmp_path / "server.git"
    git(server, "update-ref", "-d", "refs/heads/publisher-state")
    there = on_another_machine(shared, clone(server, tmp_path / "there", "--depth=1"))
    text = refused(there, "was removed or set back")
    assert "refs/publisher/publisher-state" in text


def test_a_state_of_a_sandbox_is_not_linkedins(project: ProjectDir) -> None:
    project.write("content/hello.md", "Hello\n")
    assert project.publisher("publish").code == 0
    real = ProjectDir(
        project.root, project.sandbox, {"PUBLISHER_LINKEDIN_API_URL": "https://api.linkedin.com"}
    )
    result = real.publisher("plan")
    assert (result.code, "describes sandbox" in result.text) == (2, True)


@pytest.mark.parametrize(
    ("url", "service"),
    [
        ("https://api.linkedin.com", "linkedin"),
        ("http://127.0.0.1:8642", "sandbox"),
        ("http://[::1]:1", "sandbox"),
        ("http://localhost:8642", "sandbox"),
        ("https://linkedin.com.evil.example", "linkedin.com.evil.example"),
    ],
)
def test_the_service_behind_an_address(url: str, service: str) -> None:
    assert service_of(url) == service


def test_a_dangling_link_is_no_empty_state(project: ProjectDir) -> None:
    project.state_path.symlink_to(project.root / "not-mounted" / "state.json")
    with pytest.raises(StateError, match="does not exist"):
        open_store("publisher.state.json", project.root).read()
