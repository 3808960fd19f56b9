"""A state moves between places, whole, compared, both ways."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from publisher.model.state import State
from publisher.state import statefile
from publisher.state.edits import PostEdit
from publisher.state.filestore import FileStore
from publisher.state.postgres.store import PostgresStore
from tests.state.contract import PENDING, PUBLISHED
from tests.state.test_file import STATES
from tests.support.postgres import Server
from tests.support.project import ProjectDir

pytestmark = pytest.mark.postgres

_LAWS: dict[int, str] = {}  # one database for all examples of a law


def test_there_and_back_is_the_same_file(project: ProjectDir, database: str) -> None:
    for key in "ab":
        project.write(f"content/{key}.md", f"Words of {key}.\n")
    assert project.publisher("publish").code == 0
    assert project.publisher("state", "rm", "b").code == 0
    before = project.state_path.read_bytes()
    there = project.publisher("state", "migrate", "publisher.state.json", database)
    assert there.code == 0, there.text
    assert "1 entries and 1 lines" in there.out
    marked = json.loads(project.state_path.read_bytes())
    assert marked.pop("moved_to").startswith("postgresql://")
    assert marked == json.loads(before)
    again = project.publisher("state", "migrate", "publisher.state.json", database)
    assert again.code == 0, again.text
    back = project.publisher("state", "migrate", database, "back.json")
    assert back.code == 0, back.text
    assert (project.root / "back.json").read_bytes() == before


def test_after_moving_nothing_is_published_again(project: ProjectDir, database: str) -> None:
    project.write("content/a.md", "Words of a.\n")
    assert project.publisher("publish").code == 0
    assert project.publisher("state", "migrate", "publisher.state.json", database).code == 0
    project.configure(f"state: {database}")
    assert "Nothing to do." in project.publisher("publish").out
    assert len(project.created_texts()) == 1


def test_a_place_that_says_something_else_is_refused(
    project: ProjectDir, database: str, tmp_path: Path
) -> None:
    with PostgresStore(database).session() as session:
        session.write(PostEdit("other", None, PUBLISHED))
    with FileStore(tmp_path / "publisher.state.json").session() as held:
        held.write(PostEdit("a", None, PENDING))
    result = project.publisher("state", "migrate", "publisher.state.json", database)
    assert (result.code, "is not empty" in result.text) == (2, True)
    assert list(PostgresStore(database).read().posts) == ["other"]


def test_a_dry_run_writes_nothing(project: ProjectDir, database: str, tmp_path: Path) -> None:
    with FileStore(tmp_path / "publisher.state.json").session() as held:
        held.write(PostEdit("a", None, PENDING))
    result = project.publisher("state", "migrate", "publisher.state.json", database, "--dry-run")
    assert "would copy 1 entries" in result.out
    assert PostgresStore(database).read() == State()


@given(STATES)
@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_database_keeps_every_state_exactly(postgres: Server, state: State) -> None:
    if "\0" in json.dumps(statefile.to_json(state)) or "\\u0000" in json.dumps(statefile.to_json(state)):
        return  # PostgreSQL's texts have no NUL, and no document has one
    store = PostgresStore(
        f"{_LAWS.setdefault(postgres.port, postgres.url(postgres.make_database()))}?project=x"
    )
    with store.session() as session:
        there = session.state
        edits = [
            PostEdit(key, there.posts.get(key), state.posts.get(key)) for key in {*there.posts, *state.posts}
        ]
        session.write(*edits)
        assert session.state.posts == state.posts
    assert store.read().posts == state.posts
