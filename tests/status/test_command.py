"""``publisher status`` in real projects."""

import json
import os
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from publisher.cli.file_ages import ages
from tests.support.project import ProjectDir

LONG_AGO = datetime.now(UTC) - timedelta(days=10)


def status(project: ProjectDir, *arguments: str) -> tuple[int, dict[str, str]]:
    """The exit code, and key -> trouble."""
    result = project.publisher("status", "--format", "json", *arguments)
    document = json.loads(result.out)
    assert document["exit_code"] == result.code
    return result.code, {line.get("key", ""): line["trouble"] for line in document["problems"]}


def commit(root: Path, at: datetime) -> None:
    stamp = {"GIT_AUTHOR_DATE": at.isoformat(), "GIT_COMMITTER_DATE": at.isoformat()}
    git = ["git", "-c", "user.name=Test", "-c", "user.email=test@example.com", "-C", str(root)]
    subprocess.run([*git, "add", "-A"], check=True)
    subprocess.run([*git, "commit", "-q", "-m", "Posts"], check=True, env={**os.environ, **stamp})


@pytest.fixture
def repository(project: ProjectDir) -> ProjectDir:
    subprocess.run(["git", "init", "-q", str(project.root)], check=True)
    return project


def test_all_is_well_after_publishing(project: ProjectDir) -> None:
    project.write("content/a.md", "Hello\n")
    assert project.publisher("publish").code == 0
    assert status(project, "--max-age", "0s") == (0, {})
    assert "Last published: a" in project.publisher("status").out


def test_a_refused_post_is_told_until_it_works(project: ProjectDir) -> None:
    project.write("content/a.md", "Hello\n")
    project.sandbox.fault("error", status=403, resource="ugcPosts")
    assert project.publisher("publish").code == 1
    assert status(project, "--max-age", "7d") == (1, {"a": "failed"})
    assert project.publisher("publish").code == 0
    assert status(project) == (0, {})


def test_an_unknown_outcome_is_told_until_it_is_settled(project: ProjectDir) -> None:
    project.write("content/a.md", "Hello\n")
    project.sandbox.fault("drop-after-body", resource="ugcPosts")
    assert project.publisher("publish").code == 3
    assert status(project) == (3, {"a": "unknown"})
    project.write("content/broken.md", "---\nnope: 1\n---\nx\n")
    assert status(project) == (3, {"a": "unknown", "": "invalid"})
    (project.root / "content" / "broken.md").unlink()
    assert project.publisher("state", "resolve", "a", "--absent", "--force").code == 0
    assert project.publisher("publish").code == 0
    assert status(project) == (0, {})


def test_a_post_is_due_since_its_last_commit(repository: ProjectDir) -> None:
    repository.write("content/ä post/a.md".replace(" ", "-"), "Hello\n")
    repository.write("content/b.md", "Hello again\n")
    commit(repository.root, LONG_AGO)
    repository.write("content/b.md", "Hello again, edited\n")
    commit(repository.root, datetime.now(UTC))
    assert status(repository, "--max-age", "7d") == (1, {"ä-post/a": "not-run"})
    assert status(repository, "--max-age", "2w") == (0, {})


def test_a_project_in_a_folder_of_its_repository(repository: ProjectDir) -> None:
    inner = ProjectDir(repository.root / "posts", repository.sandbox)
    inner.configure()
    inner.write("content/a.md", "Hello\n")
    commit(repository.root, LONG_AGO)
    assert status(inner, "--max-age", "7d") == (1, {"a": "not-run"})


def test_more_names_than_a_command_line_takes(repository: ProjectDir) -> None:
    repository.write("content/ä.md", "Hello\n")
    commit(repository.root, LONG_AGO)
    names = [f"content/{'n' * 130}-{number}.md" for number in range(20_000)]
    found = ages(repository.root, [*names, "content/ä.md"])
    assert found.since == {"content/ä.md": LONG_AGO.replace(microsecond=0)}


def test_a_shallow_clone_does_not_hide_what_is_overdue(
    repository: ProjectDir, tmp_path_factory: pytest.TempPathFactory
) -> None:
    repository.write("content/a.md", "Hello\n")
    commit(repository.root, LONG_AGO)
    repository.write("content/b.md", "Other\n")
    commit(repository.root, LONG_AGO + timedelta(days=5))
    copy = tmp_path_factory.mktemp("shallow")
    source = f"file://{repository.root}"
    subprocess.run(["git", "clone", "-q", "--depth", "1", source, str(copy)], check=True)
    shallow = ProjectDir(copy, repository.sandbox)
    assert status(shallow, "--max-age", "7d") == (1, {"a": "age-unknown", "b": "age-unknown"})
    assert "fetch-depth: 0" in shallow.publisher("status", "--max-age", "7d").out
    assert status(shallow, "--max-age", "4d") == (1, {"a": "not-run", "b": "not-run"})
    subprocess.run(["git", "fetch", "-q", "--unshallow"], cwd=copy, check=True)
    assert status(shallow, "--max-age", "7d") == (1, {"a": "not-run"})


def test_a_shallow_clone_is_no_reason_to_report_what_is_not_due(
    repository: ProjectDir, tmp_path_factory: pytest.TempPathFactory
) -> None:
    later = (datetime.now(UTC) + timedelta(days=9)).isoformat(timespec="seconds")
    repository.write("content/a.md", f"---\npublish_at: {later}\n---\nHello\n")
    repository.write(
        "content/b.md", f"---\npublish_at: {LONG_AGO.isoformat(timespec='seconds')}\n---\nOther\n"
    )
    commit(repository.root, datetime.now(UTC))
    copy = tmp_path_factory.mktemp("shallow")
    subprocess.run(["git", "clone", "-q", "--depth", "1", f"file://{repository.root}", str(copy)], check=True)
    shallow = ProjectDir(copy, repository.sandbox)
    assert status(shallow, "--max-age", "30d") == (0, {})
    assert status(shallow, "--max-age", "1d") == (1, {"b": "held"})


def test_a_post_waits_for_a_slot_since_its_last_commit_until_a_run_has_given_one(
    repository: ProjectDir,
) -> None:
    now = datetime.now(UTC)
    day = f"{now + timedelta(days=2):%A}".lower()
    repository.configure(f'timezone: UTC\nslots: [{{weekday: {day}, time: "09:30"}}]\n')
    repository.write("content/a.md", "---\npublish_at: next-slot\nfirst_comment: More\n---\nHello\n")
    commit(repository.root, LONG_AGO)
    assert status(repository, "--max-age", "7d") == (1, {"a": "not-run"})
    assert repository.publisher("publish").code == 0
    assert status(repository, "--max-age", "7d") == (0, {})


def test_without_git_a_file_tells_its_own_age(project: ProjectDir) -> None:
    path = project.write("content/a.md", "Hello\n")
    assert status(project) == (0, {})
    os.utime(path, (LONG_AGO.timestamp(), LONG_AGO.timestamp()))
    assert status(project) == (1, {"a": "not-run"})


def test_the_default_age_is_the_grace(project: ProjectDir) -> None:
    project.configure("late: {grace: 2w}")
    at = LONG_AGO.isoformat(timespec="seconds")
    project.write("content/a.md", f"---\npublish_at: {at}\n---\nHello\n")
    assert status(project) == (0, {})
    assert status(project, "--max-age", "9d") == (1, {"a": "not-run"})


def test_invalid_content_and_settings(project: ProjectDir) -> None:
    project.write("content/a.md", "---\nnope: 1\n---\nHello\n")
    assert status(project) == (1, {"": "invalid"})
    result = project.publisher("status", "--max-age", "soon")
    assert (result.code, "--max-age" in result.err) == (2, True)
    project.write("publisher.yaml", "nope: 1\n")
    assert project.publisher("status").code == 2


def test_status_changes_nothing(project: ProjectDir) -> None:
    project.write("content/a.md", "Hello\n")
    before = sorted(path for path in project.root.rglob("*"))
    assert project.publisher("status").code == 0
    assert "Status:" in project.publisher("status", "--format", "markdown").out
    assert sorted(path for path in project.root.rglob("*")) == before
    assert project.sandbox.requests() == []
