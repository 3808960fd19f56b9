"""Several runs on one database: they share the work, and nobody publishes twice."""

import json
import signal
import subprocess
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from publisher.state.edits import PostEdit
from publisher.state.history import Wanted
from publisher.state.postgres.store import PostgresStore
from publisher.state.postgres.tables import Scope
from tests.state.contract import AT, PENDING, PUBLISHED
from tests.support.project import ProjectDir

pytestmark = pytest.mark.postgres


@pytest.fixture
def shared(project: ProjectDir, database: str) -> ProjectDir:
    """A project whose state is in the database."""
    project.configure(f"state: {database}")
    return project


def wait_for(process: subprocess.Popen[str], met: Callable[[], bool]) -> None:
    while process.poll() is None and not met():
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.005)


def creates(project: ProjectDir) -> int:
    return len(project.sandbox.requests(resource="ugcPosts", method="CREATE"))


def write_posts(project: ProjectDir, count: int) -> None:
    for number in range(count):
        project.write(f"content/p{number:03}.md", f"Words of p{number:03}.\n")


def test_two_sessions_never_hold_the_same_key(database: str) -> None:
    with PostgresStore(database).session() as one, PostgresStore(database).session() as two:
        assert one.claim("a")
        assert not two.claim("a")
        assert two.claim("b")
        assert not one.claim("b")
        assert two.claim("a")  # one asked for b, and so let go of a


def test_a_claim_is_refused_where_the_entry_is_another_one_by_now(database: str) -> None:
    with PostgresStore(database).session() as late:
        with PostgresStore(database).session() as quick:
            quick.write(PostEdit("a", None, PUBLISHED))
        assert not late.claim("a")
        assert late.state.posts == {"a": PUBLISHED}


def test_what_another_run_holds_is_known_to_readers_until_it_ends(database: str) -> None:
    store = PostgresStore(database)
    with PostgresStore(database).session() as session:
        session.claim("a#first_comment")
        session.write(PostEdit("a", None, PENDING))
        assert store.read().claimed == {"a"}
    assert store.read().claimed == frozenset()


def test_a_narrow_session_sees_its_keys_and_the_same_text(database: str) -> None:
    with PostgresStore(database).session() as session:
        session.write(PostEdit("a", None, PENDING), PostEdit("b", None, PUBLISHED))
    scope = Scope(frozenset({"c"}), ((PENDING.author, PENDING.text_digest),))
    with PostgresStore(database).session(scope) as narrow:
        assert sorted(narrow.state.posts) == ["a", "b"]
    with PostgresStore(database).session(Scope(frozenset({"b"}))) as narrow:
        assert sorted(narrow.state.posts) == ["b"]


def test_projects_in_one_database_don_t_see_each_other(database: str) -> None:
    one, two = (PostgresStore(f"{database}{name}") for name in "12")
    with one.session() as session:
        session.write(PostEdit("a", None, PUBLISHED))
    with two.session() as session:
        assert session.claim("a")
        session.write(PostEdit("a", None, PENDING))
    assert (one.read().posts, two.read().posts) == ({"a": PUBLISHED}, {"a": PENDING})
    assert [record.action for record in two.audit(Wanted())] == ["send"]


def test_runs_at_the_same_time_share_the_posts(shared: ProjectDir, database: str) -> None:
    write_posts(shared, 60)
    shared.sandbox.fault("slow", seconds=0.01, count=0, resource="ugcPosts")
    runs = [shared.start("publish") for _ in range(3)]
    errors = [run.communicate()[1] for run in runs]
    assert [run.returncode for run in runs] == [0, 0, 0], errors
    assert Counter(shared.created_texts()) == {f"Words of p{number:03}.": 1 for number in range(60)}
    published = PostgresStore(database).audit(Wanted(action="published"))
    assert len(published) == 60
    assert "Nothing to do." in shared.publisher("publish").out


def test_a_run_that_is_killed_leaves_an_intent_and_no_lock(shared: ProjectDir, database: str) -> None:
    write_posts(shared, 3)
    shared.sandbox.fault("slow", seconds=30, resource="ugcPosts")
    dying = shared.start("publish")
    wait_for(dying, lambda: creates(shared) == 1)
    others = shared.publisher("publish")
    # while it lives, what it sends is its own affair
    assert others.code == 0, others.text
    assert creates(shared) == 3
    dying.send_signal(signal.SIGKILL)
    dying.communicate()
    with PostgresStore(database).session() as session:
        session._database.write(
            lambda c: c.execute("UPDATE publisher.claims SET until = now() - interval '1 s'")
        )
    assert "another run may be sending it now" in shared.publisher("plan").out
    plan = shared.publisher("plan", "--at", "+5m", "--format", "json")
    assert '"unknown": 1' in plan.out
    # the same machine knows by its mark that the process is gone
    assert shared.publisher("publish").code == 3
    assert creates(shared) == 3


def test_the_history_tells_who_did_what_and_what_linkedin_said(shared: ProjectDir) -> None:
    shared = replace(shared, env={"PUBLISHER_ACTOR": "ada"})
    write_posts(shared, 2)
    shared.sandbox.fault("error", status=403, resource="ugcPosts")
    shared.sandbox.fault("commit-then-error", status=504, resource="ugcPosts")
    assert shared.publisher("publish").code == 3
    assert shared.publisher("state", "resolve", "p001", "--absent", "--force").code == 0
    lines = shared.publisher("history", "--format", "jsonl").out.splitlines()
    found = [(record["key"], record["action"]) for record in map(json.loads, lines)]
    assert found == [
        ("p000", "send"),
        ("p000", "released"),
        ("p000", "refused"),
        ("p001", "send"),
        ("p001", "unknown"),
        ("p001", "released"),
        ("p001", "resolve"),
    ]
    records = [json.loads(line) for line in lines]
    assert {record["role"] for record in records} == {"postgres"}
    assert {record["who"] for record in records} == {"ada"}
    assert records[0]["digest"].startswith("sha256:")
    assert records[2]["answer"]
    assert "GATEWAY_TIMEOUT" in records[4]["detail"]
    assert (
        shared.publisher("history", "--key", "p000", "--action", "refused", "--limit", "1").out.count("\n")
        == 1
    )


def test_a_narrow_session_can_see_an_author_s_newest_post(database: str) -> None:
    older = PUBLISHED._replace(published_at=AT - timedelta(days=1))
    comment = PUBLISHED._replace(published_at=AT + timedelta(days=1))
    with PostgresStore(database).session() as session:
        session.write(
            PostEdit("old", None, older), PostEdit("new", None, PUBLISHED), PostEdit("old#c", None, comment)
        )
    scope = Scope(frozenset({"x"}), newest_of=PUBLISHED.author)
    with PostgresStore(database).session(scope) as narrow:
        assert sorted(narrow.state.posts) == ["new"]
