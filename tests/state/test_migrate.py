"""A state moves between all forms, in both directions, and is published from one place only."""

import json
from pathlib import Path

import pytest

from publisher.errors import StateError
from publisher.state import open_store
from publisher.state.edits import PostEdit
from tests.state.contract import LIVE, PENDING
from tests.support.project import ProjectDir
from tests.support.repository import commit_all, start_repository

FILE, FOLDER, BRANCH, DATABASE = "publisher.state.json", "publisher.state/", "git+branch:publisher-state", ""


def at(project: ProjectDir, place: str) -> None:
    project.configure(f"state: {place}\n")


@pytest.fixture
def published(project: ProjectDir) -> ProjectDir:
    """A project in a repository with two posts, one forgotten."""
    start_repository(project.root)
    for key in "abc":
        project.write(f"content/{key}.md", f"Words of {key}.\n")
    commit_all(project.root)
    return project


@pytest.mark.postgres
@pytest.mark.parametrize(
    "source", [FILE, FOLDER, BRANCH, DATABASE], ids=["file", "folder", "branch", "database"]
)
@pytest.mark.parametrize(
    "target", [FILE, FOLDER, BRANCH, DATABASE], ids=["file", "folder", "branch", "database"]
)
def test_each_form_moves_to_each_other_and_back(
    published: ProjectDir, database: str, source: str, target: str
) -> None:
    source, target = source or database, target or database
    if source == target:
        return
    at(published, source)
    assert published.publisher("publish", "--key", "a", "--key", "b").code == 0
    moved = published.publisher("state", "migrate", source, target)
    assert moved.code == 0, moved.text
    refused = published.publisher("publish")
    assert (refused.code, "was moved to" in refused.text) == (2, True), refused.text
    assert published.publisher("state", "migrate", source, target).code == 0, (
        "again, as after a lost connection"
    )
    at(published, target)
    assert published.publisher("publish", "--key", "c").code == 0
    assert published.publisher("state", "rm", "b").code == 0
    back = published.publisher("state", "migrate", target, source)
    assert back.code == 0, back.text
    assert published.publisher("publish").code == 2
    at(published, source)
    planned = published.publisher("plan", "--format", "json")
    assert planned.code == 0, planned.text
    actions = {change["key"]: change["action"] for change in json.loads(planned.out)["changes"]}
    assert actions == {"a": "none", "b": "create", "c": "none"}
    assert len(published.created_texts()) == 3


def test_a_copy_that_was_interrupted_is_finished_by_the_same_command(project: ProjectDir) -> None:
    project.write("content/a.md", "Words.\n")
    assert project.publisher("publish").code == 0
    before = project.state_path.read_bytes()
    assert project.publisher("state", "migrate", FILE, FOLDER).code == 0
    project.state_path.write_bytes(before)  # as if it had died before the mark
    at(project, FOLDER)
    refused = project.publisher("publish")
    assert (refused.code, "both exist" in refused.text) == (2, True)
    assert project.publisher("state", "migrate", FILE, FOLDER).code == 0
    assert "Nothing to do." in project.publisher("publish").out


def test_a_place_that_says_something_else_is_refused(tmp_path: Path, project: ProjectDir) -> None:
    for place, edit in ((FILE, PostEdit("a", None, LIVE)), (FOLDER, PostEdit("b", None, PENDING))):
        with open_store(place, tmp_path, alone=False).session() as session:
            session.write(edit)
    result = project.publisher("state", "migrate", FILE, FOLDER)
    assert (result.code, "is not empty: it has 1 entries" in result.text) == (2, True)
    with pytest.raises(StateError, match="both exist"):
        open_store(FILE, tmp_path)


def test_a_state_that_moved_on_is_not_moved_elsewhere(project: ProjectDir) -> None:
    project.write("content/a.md", "Words.\n")
    assert project.publisher("publish").code == 0
    assert project.publisher("state", "migrate", FILE, FOLDER).code == 0
    result = project.publisher("state", "migrate", FILE, "other.json")
    assert (result.code, "was moved to publisher.state/ before" in result.text) == (2, True), result.text
    assert not (project.root / "other.json").exists()
