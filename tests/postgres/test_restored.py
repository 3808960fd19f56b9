"""A database that was restored from a backup is noticed by every machine that has seen more."""

from datetime import UTC, datetime, timedelta

import pytest

from publisher.model.state import State
from publisher.state import journal
from publisher.state.guard import Guard
from tests.support.postgres import Server
from tests.support.project import ProjectDir

pytestmark = pytest.mark.postgres


def backed_up(project: ProjectDir, postgres: Server, database: str) -> str:
    """Publish `a`, copy the database, publish `b`, and use the copy from now on; returns its address."""
    project.configure(f"state: {database}\n")
    project.write("content/a.md", "Words of a.\n")
    assert project.publisher("publish").code == 0
    name = database.rpartition("/")[2].partition("?")[0]
    copy = postgres.make_database(template=name)
    project.write("content/b.md", "Words of b.\n")
    assert project.publisher("publish").code == 0
    project.configure(f"state: {postgres.url(copy)}?project=demo\n")
    return postgres.url(copy)


def test_a_restored_database_is_refused_until_a_person_says_so(
    project: ProjectDir, postgres: Server, database: str
) -> None:
    backed_up(project, postgres, database)
    for command in (("publish",), ("plan",)):
        refused = project.publisher(*command)
        assert (refused.code, "was restored from a backup" in refused.text) == (2, True), refused.text
        assert "`publisher state restored --since 20" in refused.text
    hour = (datetime.now(UTC) - timedelta(hours=1)).isoformat(timespec="seconds")
    assert project.publisher("state", "restored", "--since", hour).code == 0
    assert project.publisher("publish").code == 3
    assert len(project.created_texts()) == 2


def test_a_machine_that_published_nothing_has_seen_the_number_too(
    project: ProjectDir, postgres: Server, database: str
) -> None:
    backed_up(project, postgres, database)
    journal = next(project._machine.rglob("*.jsonl"))
    journal.unlink()
    refused = project.publisher("publish")
    assert (refused.code, "was restored from a backup" in refused.text) == (2, True), refused.text
    hour = (datetime.now(UTC) - timedelta(hours=1)).isoformat(timespec="seconds")
    assert project.publisher("state", "restored", "--since", hour).code == 0
    assert project.publisher("publish").code == 3
    assert len(project.created_texts()) == 2


def test_a_run_beside_this_one_is_no_restore(
    project: ProjectDir, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another run writes, and remembers its number, after this one has read the state and before it looks."""
    project.configure(f"state: {database}\n")
    project.write("content/first.md", "First")
    assert project.publisher("publish").code == 0
    require_whole, beside = Guard.require_whole, []

    def late(guard: Guard, state: State, *, there: bool, fetch: bool) -> None:
        if not beside:
            beside.append(True)
            journal.keep_serial(state.lineage, state.serial + 2)
        require_whole(guard, state, there=there, fetch=fetch)

    monkeypatch.setattr(Guard, "require_whole", late)
    result = project.publisher("publish")
    assert (result.code, beside) == (0, [True]), result.text
    again = project.publisher("publish")
    assert (again.code, "was restored from a backup" in again.text) == (2, True), (
        "it is remembered from then on"
    )
