"""Through a real pgBouncer, in session and in transaction mode: the same promises, and no setting that leaks."""

from collections import Counter
from collections.abc import Iterator

import pytest

from publisher.state.edits import PostEdit
from publisher.state.history import Wanted
from publisher.state.postgres.store import PostgresStore
from tests.state.contract import PENDING, PUBLISHED
from tests.support.pooler import Pooler, running_pooler
from tests.support.postgres import Cable, Server
from tests.support.project import ProjectDir

pytestmark = pytest.mark.postgres
SETTINGS = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "search_path")


@pytest.fixture(params=["session", "transaction"])
def pooler(request: pytest.FixtureRequest, postgres: Server) -> Iterator[Pooler]:
    """A pooler of either mode."""
    with running_pooler(postgres, request.param) as running:
        yield running


def test_workers_publish_through_a_pooler(project: ProjectDir, pooler: Pooler, database: str) -> None:
    project.configure(f"state: {pooler.through(database)}")
    upgraded = project.publisher("state", "upgrade", "--workers")
    assert upgraded.code == 0, upgraded.text
    for number in range(16):  # more than psycopg waits for before it prepares a statement
        project.write(f"content/p{number:03}.md", f"Words of p{number:03}.\n")
    for process in [project.start("worker", "--drain", "--concurrency", "2") for _ in range(2)]:
        out, err = process.communicate(timeout=120)
        assert process.returncode == 0, err
        assert "Traceback" not in out + err
    assert Counter(project.created_texts()) == {f"Words of p{number:03}.": 1 for number in range(16)}
    assert PostgresStore(database).read().posts.keys() == {f"p{number:03}" for number in range(16)}
    assert project.publisher("plan", "--detailed-exitcode").code == 0
    assert project.publisher("history", "--action", "published").code == 0


@pytest.mark.parametrize("statement", [b"BEGIN", b"INSERT INTO publisher.posts", b"COMMIT"])
def test_a_write_whose_answer_is_lost_behind_a_pooler_is_done_exactly_once(
    pooler: Pooler, database: str, statement: bytes
) -> None:
    cable = Cable(pooler.port)
    try:
        place = pooler.through(database).replace(f":{pooler.port}/", f":{cable.port}/")
        with PostgresStore(place, patience=20).session() as session:
            cable.cut_after = statement
            session.write(PostEdit("hello", None, PENDING))
            assert cable.cut_after is None  # it was cut
            session.write(PostEdit("hello", PENDING, PUBLISHED))
    finally:
        cable.close()
    assert [record.action for record in PostgresStore(database).audit(Wanted())] == ["send", "published"]


def test_clients_that_take_turns_on_one_connection_leave_nothing_to_each_other(
    postgres: Server, database: str
) -> None:
    def settings(store: PostgresStore, *, inside: bool) -> list[str]:
        ask = store.database.read if inside else store.database.direct
        return ask(lambda c: [c.execute(f"SHOW {name}").fetchall()[0][0] for name in SETTINGS])  # type: ignore[arg-type]

    with running_pooler(postgres, "transaction", size=1) as pooler:
        stores = [PostgresStore(pooler.through(database), keep_open=True) for _ in range(2)]
        before = settings(stores[1], inside=False)
        with stores[0].session() as one, stores[1].session() as two:
            for number in range(8):
                one.write(PostEdit(f"one{number}", None, PENDING))
                two.write(PostEdit(f"two{number}", None, PENDING))
            assert settings(stores[0], inside=True) == ["1min", "10s", "1min", before[3]]
            assert settings(stores[1], inside=False) == before
        for store in stores:
            store.close()
    assert len(PostgresStore(database).read().posts) == 16
