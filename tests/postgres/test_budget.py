"""Budgets: every request counts, whichever machine sends it; what is used up is not asked of LinkedIn."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import pytest

from publisher.errors import StateError
from publisher.model.usage import APP, Usage
from publisher.publishing.budget import LocalBudget
from publisher.state.postgres.budget import PostgresBudget
from publisher.state.postgres.store import PostgresStore
from publisher.state.store import Budget
from tests.support.postgres import Cable, Server
from tests.support.project import ProjectDir

pytestmark = pytest.mark.postgres
NOW = datetime.now(UTC)
LIMITS = {APP: 5, "ada": 3, "bob": 3}


@pytest.fixture(params=["local", "shared"])
def budget(request: pytest.FixtureRequest) -> Iterator[Budget]:
    """A budget of each kind."""
    if request.param == "local":
        yield LocalBudget()
        return
    store = PostgresStore(request.getfixturevalue("database"))
    store.upgrade()
    yield store.budget
    store.close()


def test_a_used_up_budget_gives_its_owner_and_counts_no_more(budget: Budget) -> None:
    assert [budget.spend("ada", LIMITS, NOW) for _ in range(4)] == [None, None, None, "ada"]
    assert [budget.spend("bob", LIMITS, NOW) for _ in range(3)] == [None, None, APP]
    assert budget.usage(NOW) == Usage({APP: 5, "ada": 3, "bob": 2})


def test_a_closed_budget_opens_again_at_its_time(budget: Budget) -> None:
    now = datetime.now(UTC)  # a budget is closed today, and the day of NOW may be over
    budget.close_until("ada", now + timedelta(minutes=1))
    assert budget.spend("ada", LIMITS, now) == "ada"
    assert budget.spend("bob", LIMITS, now) is None
    assert budget.spend("ada", LIMITS, now + timedelta(minutes=2)) is None


def test_a_new_day_begins_at_nothing(budget: Budget) -> None:
    assert [budget.spend("ada", LIMITS, NOW) for _ in range(4)][-1] == "ada"
    tomorrow = NOW + timedelta(days=1)
    assert budget.spend("ada", LIMITS, tomorrow) is None
    assert budget.usage(tomorrow).requests == {APP: 1, "ada": 1}


def test_machines_count_together(database: str) -> None:
    PostgresStore(database).upgrade()
    limits = {APP: 40, "ada": 25}
    granted: list[str | None] = []

    def spend() -> None:
        store = PostgresStore(database, keep_open=True)
        granted.extend(store.budget.spend("ada", limits, NOW) for _ in range(10))
        store.close()

    threads = [threading.Thread(target=spend) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert granted.count(None) == 25
    store = PostgresStore(database)
    assert store.budget.usage(NOW).requests == {APP: 25, "ada": 25}
    store.close()


def test_counting_holds_no_lock_that_a_machine_could_take_along(
    database: str, postgres: Server, cable: Cable
) -> None:
    PostgresStore(database).upgrade()
    store = PostgresStore(database.replace(f":{postgres.port}/", f":{cable.port}/"), keep_open=True)
    cable.cut_after = b"BEGIN"
    assert store.budget.spend("ada", LIMITS, NOW) is None
    assert cable.cut_after is not None  # never sent: each statement stands alone
    store.close()


def test_a_limit_of_nothing_allows_nothing(budget: Budget) -> None:
    assert budget.spend("ada", {**LIMITS, "ada": 0}, NOW) == "ada"
    assert budget.spend("ada", {**LIMITS, APP: 0}, NOW) == APP
    assert sum(budget.usage(NOW).requests.values()) == 0


def test_what_can_t_be_counted_is_not_sent_and_leaves_no_doubt(project: ProjectDir, database: str) -> None:
    """The database is lost between an intent and its request, and is there again afterwards."""
    project.configure(f"state: {database}")
    project.write("content/a.md", "Words of a.\n")
    with patch.object(PostgresBudget, "spend", side_effect=StateError("locked by somebody")):
        result = project.publisher("publish")
    assert (result.code, "was not sent" in result.text) == (1, True), result.text
    assert project.sandbox.requests() == []
    assert PostgresStore(database).read().posts == {}
    assert project.publisher("publish").code == 0


def test_apps_have_budgets_of_their_own(database: str) -> None:
    one, two = (PostgresStore(database, app=app) for app in ("one", "two"))
    one.upgrade()
    assert one.budget.spend("ada", LIMITS, NOW) is None
    assert two.budget.usage(NOW) == Usage()
    one.close()
    two.close()


@pytest.mark.parametrize("shared", [True, False])
def test_posts_that_don_t_fit_today_wait_and_no_request_is_wasted(
    project: ProjectDir, database: str, shared: bool
) -> None:
    state = f"state: {database}" if shared else ""
    project.write(
        "publisher.yaml",
        f'authors: {{me: {{urn: "{project.sandbox.member.urn}"}}}}\n'
        f"limits: {{creates_per_run: 9, requests_per_member: 3}}\n{state}\n",
    )
    for key in "abcde":
        project.write(f"content/{key}.md", f"Words of {key}.\n")
    first = project.publisher("publish")
    assert (first.code, "3 published" in first.out) == (1, True), first.text
    assert "used up by then; it can go from" in first.text
    again = project.publisher("publish")
    assert again.code == 1
    assert len(project.sandbox.requests()) == 3


def test_a_429_closes_the_budget_for_every_machine(project: ProjectDir, database: str) -> None:
    project.configure(f"state: {database}")
    project.write("content/a.md", "Words of a.\n")
    project.sandbox.fault("throttle", resource="ugcPosts")
    assert project.publisher("publish").code == 1
    asked = len(project.sandbox.requests())
    project.write("content/b.md", "Words of b.\n")
    other = project.publisher("publish")
    assert "LinkedIn has limited the member until" in other.text
    assert len(project.sandbox.requests()) == asked
