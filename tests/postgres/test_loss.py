"""Connections that are cut, servers that crash: what was written is known, or nothing follows."""

import threading
from pathlib import Path

import psycopg
import pytest
from psycopg.rows import TupleRow

from publisher.errors import StateConflict, StateError
from publisher.state.edits import PostEdit
from publisher.state.history import Wanted
from publisher.state.postgres.store import PostgresStore
from tests.state.contract import PENDING, PUBLISHED
from tests.support.postgres import Cable, Server, running_server

pytestmark = pytest.mark.postgres


@pytest.fixture
def store(database: str, postgres: Server, cable: Cable) -> PostgresStore:
    """A store whose connection can be cut."""
    return PostgresStore(database.replace(f":{postgres.port}/", f":{cable.port}/"), patience=10)


SLOW_COMMIT = """
CREATE FUNCTION wait_for_gate() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN PERFORM pg_advisory_xact_lock(42); RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON publisher.posts DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION wait_for_gate();
"""


def connect(database: str) -> psycopg.Connection[TupleRow]:
    return psycopg.connect(database.partition("?")[0], autocommit=True)


def history(database: str) -> list[str]:
    return [record.action for record in PostgresStore(database).audit(Wanted())]


def test_a_connection_that_is_cut_between_two_writes_is_opened_again(
    store: PostgresStore, cable: Cable
) -> None:
    with store.session() as session:
        session.write(PostEdit("hello", None, PENDING))
        cable.cut()
        session.write(PostEdit("hello", PENDING, PUBLISHED))
        assert session.state.posts == {"hello": PUBLISHED}
    assert store.read().posts == {"hello": PUBLISHED}


@pytest.mark.parametrize("statement", [b"BEGIN", b"FOR UPDATE", b"INSERT INTO publisher.posts", b"COMMIT"])
def test_a_write_whose_answer_is_lost_is_done_exactly_once(
    store: PostgresStore, cable: Cable, database: str, statement: bytes
) -> None:
    with store.session() as session:
        cable.cut_after = statement
        session.write(PostEdit("hello", None, PENDING))
        assert cable.cut_after is None  # it was cut
        assert session.state.posts == {"hello": PENDING}
        session.write(PostEdit("hello", PENDING, PUBLISHED))
    assert history(database) == ["send", "published"]


def test_a_commit_that_still_waits_when_its_answer_is_lost_is_ended_and_done_again(
    store: PostgresStore, cable: Cable, database: str
) -> None:
    with store.session() as session, connect(database) as gate:
        session.write(PostEdit("other", None, PENDING))
        gate.execute(SLOW_COMMIT)
        gate.execute("SELECT pg_advisory_lock(42)")
        cable.cut_after = b"COMMIT"
        writer = threading.Thread(target=session.write, args=(PostEdit("hello", None, PENDING),))
        writer.start()
        waited: set[int] = set()
        while writer.is_alive() and len(waited) < 2:
            waited |= {
                pid for (pid,) in gate.execute("SELECT pid FROM pg_locks WHERE NOT granted AND objid = 42")
            }
        gate.execute("SELECT pg_advisory_unlock(42)")
        writer.join(30)
    assert len(waited) == 2  # the first one was ended
    assert store.read().posts == {"hello": PENDING, "other": PENDING}
    assert history(database) == ["send", "send"]


def test_a_session_that_is_ended_in_the_middle_of_several_questions_begins_again(database: str) -> None:
    """libpq then says first that it is busy, and only later that the connection is lost."""
    asked: list[int] = []

    def ask(connection: psycopg.Connection[TupleRow]) -> str:
        asked.append(connection.info.backend_pid)
        if len(asked) == 1:
            connection.pgconn.enter_pipeline_mode()
            connection.pgconn.send_query_params(b"SELECT 1", [])
            connection.pgconn.exit_pipeline_mode()
        return "answered"

    store = PostgresStore(database, keep_open=True)
    assert store.database.read(ask) == "answered"
    assert len(set(asked)) == 2
    store.close()


def test_where_the_server_stays_away_nothing_follows(
    store: PostgresStore, cable: Cable, database: str
) -> None:
    store.database.patience = 0.2
    with store.session() as session:
        session.write(PostEdit("hello", None, PENDING))
        cable.refusing = True
        cable.cut_after = b"COMMIT"
        with pytest.raises(StateError, match="can't be used"):
            session.write(PostEdit("hello", PENDING, PUBLISHED))
        cable.refusing = False
        # it had happened, and whoever writes next is told so
        with pytest.raises(StateConflict):
            session.write(PostEdit("hello", PENDING, None))
        assert session.state.posts == {"hello": PUBLISHED}
    assert history(database) == ["send", "published"]


def test_a_server_that_crashes_keeps_what_was_written(tmp_path: Path) -> None:
    with running_server() as server:
        store = PostgresStore(f"{server.url('postgres')}?project=demo")
        with store.session() as session:
            session.write(PostEdit("hello", None, PENDING))
            server.crash()
            writer = threading.Thread(target=session.write, args=(PostEdit("hello", PENDING, PUBLISHED),))
            writer.start()
            server.restart()
            writer.join(30)
        assert store.read().posts == {"hello": PUBLISHED}


def test_a_wrong_password_or_address_is_said_at_once(postgres: Server) -> None:
    store = PostgresStore(f"postgresql://nobody:hunter2@127.0.0.1:{postgres.port}/absent?project=demo")
    with pytest.raises(StateError, match="does not exist") as caught:
        store.read()
    assert "hunter2" not in caught.value.message + caught.value.remedy + store.location


def test_an_intent_is_on_disk_even_where_the_server_is_set_to_be_quick(database: str) -> None:
    with connect(database) as owner:
        name = owner.execute("SELECT current_database()").fetchall()[0][0]
        owner.execute(f'ALTER DATABASE "{name}" SET synchronous_commit = off')  # type: ignore[arg-type]
    store = PostgresStore(database, keep_open=True)
    setting = store.database.read(lambda c: c.execute("SHOW synchronous_commit").fetchall())
    store.close()
    assert setting == [("on",)]
