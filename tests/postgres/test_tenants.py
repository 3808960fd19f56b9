"""Projects of different customers in one database: each login reaches its own rows, and signs its own lines."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from psycopg import errors
from psycopg.rows import TupleRow

from publisher.errors import StateError
from publisher.model.state import Failure, Held, UploadedMedia
from publisher.state.edits import FailureEdit, HeldEdit, PostEdit, SlotEdit, UploadEdit
from publisher.state.history import Wanted
from publisher.state.postgres.location import read_location
from publisher.state.postgres.schema import upgrade_tables
from publisher.state.postgres.store import PostgresStore
from publisher.worker.queue_tables import upgrade_queue
from tests.state.contract import PENDING
from tests.support.postgres import Server
from tests.support.roles import Roles

pytestmark = pytest.mark.postgres
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
TABLES = ("posts", "slots", "uploads", "failures", "facts", "claims", "history")
QUEUE = ("procrastinate_jobs", "procrastinate_events", "procrastinate_periodic_defers")
Connection = psycopg.Connection[TupleRow]


@pytest.fixture
def roles(postgres: Server) -> Roles:
    """The documented roles, tables and queue, and another customer's login that may use the project other."""
    name = postgres.make_database()
    made = Roles(postgres, name)
    PostgresStore(made.place("publisher_owner")).upgrade()
    upgrade_queue(read_location(made.place("publisher_owner")))
    made.grant(queue=True)
    made.admin(f"CREATE ROLE other_run_{name} LOGIN IN ROLE publisher_run_{name}")
    made.admin(f"INSERT INTO publisher.access VALUES ('other', 'other_run_{name}')")
    return made


def fill(place: str) -> None:
    """A row in each table of the project."""
    with PostgresStore(place).session() as session:
        session.claim("a")
        session.write(PostEdit("a", None, PENDING))
        session.write(
            SlotEdit("b", NOW),
            UploadEdit("b", (UploadedMedia("ab", "urn:li:digitalmediaAsset:A"),)),
            FailureEdit("b", Failure(NOW, "SOME", "words")),
            HeldEdit("b", Held("digest", NOW)),
        )
        session._claimed = None  # the machine stops here: its claim stays


def other(roles: Roles) -> str:
    return roles.url("publisher_run").replace("publisher_run_", "other_run_")


def queued(owner: Connection, project: str) -> None:
    owner.execute(
        "INSERT INTO publisher_queue.procrastinate_jobs (queue_name, task_name) VALUES (%s, 'publish')",
        [project],
    )
    owner.execute(
        "INSERT INTO publisher_queue.procrastinate_periodic_defers (task_name, defer_timestamp, periodic_id) "
        "VALUES ('scan', 0, %s)",
        [project],
    )


def test_a_login_reaches_no_row_of_another_project(roles: Roles) -> None:
    fill(roles.place("acme_run"))
    with psycopg.connect(roles.url("publisher_owner"), autocommit=True) as owner:
        queued(owner, "demo")
        everything = {
            table: owner.execute(f"SELECT count(*) FROM {table}").fetchall()  # type: ignore[arg-type]
            for table in [*(f"publisher.{t}" for t in TABLES), *(f"publisher_queue.{t}" for t in QUEUE)]
        }
        assert all(count != [(0,)] for count in everything.values()), everything
        with psycopg.connect(other(roles), autocommit=True) as intruder:
            for table in everything:
                assert intruder.execute(f"SELECT * FROM {table}").fetchall() == []  # type: ignore[arg-type]
                column = "key" if "queue" not in table else "id"
                if table != "publisher.history":
                    changed = intruder.execute(f"UPDATE {table} SET {column} = {column}")  # type: ignore[arg-type]
                    removed = intruder.execute(f"DELETE FROM {table}")  # type: ignore[arg-type]
                    assert (changed.rowcount, removed.rowcount) == (0, 0), table
            assert intruder.execute("SELECT * FROM publisher.projects").fetchall() == []
            for insert in (
                "INSERT INTO publisher.claims VALUES (1, 'x', 'me', now())",
                "INSERT INTO publisher.history (project, who, action, key) VALUES (1, 'me', 'published', 'x')",
                "INSERT INTO publisher.projects (name) VALUES ('third')",
                "INSERT INTO publisher_queue.procrastinate_jobs (queue_name, task_name) VALUES ('demo', 'publish')",
            ):
                with pytest.raises(errors.InsufficientPrivilege, match="row-level security"):
                    intruder.execute(insert)  # type: ignore[arg-type]
            with pytest.raises(errors.InsufficientPrivilege):
                intruder.execute("INSERT INTO publisher.access VALUES ('demo', session_user)")
        for table, count in everything.items():
            assert owner.execute(f"SELECT count(*) FROM {table}").fetchall() == count  # type: ignore[arg-type]


def test_a_login_moves_no_row_of_its_own_into_another_project(roles: Roles) -> None:
    fill(roles.place("acme_run"))
    fill(f"{other(roles)}?project=other")
    with psycopg.connect(other(roles), autocommit=True) as intruder:
        for table in ("posts", "slots", "claims"):
            with pytest.raises(errors.InsufficientPrivilege, match="row-level security"):
                intruder.execute(f"UPDATE publisher.{table} SET project = 1, key = 'mine'")  # type: ignore[arg-type]


@pytest.mark.parametrize("use", [PostgresStore.read, PostgresStore.verify, lambda s: s.audit(Wanted())])
def test_a_hidden_state_is_refused_and_not_taken_for_an_empty_one(
    roles: Roles, use: Callable[[PostgresStore], object]
) -> None:
    fill(roles.place("acme_run"))
    store = PostgresStore(f"{other(roles)}?project=demo")
    with pytest.raises(StateError, match="may not use the project demo") as caught:
        use(store)
    assert "INSERT INTO publisher.access" in caught.value.remedy
    with pytest.raises(StateError, match="may not use the project demo"), store.session():
        pytest.fail("a hidden state gave a session")


def test_a_machine_signs_with_its_own_role_and_the_server_s_time(roles: Roles) -> None:
    fill(roles.place("acme_run"))
    with psycopg.connect(roles.url("acme_run"), autocommit=True) as machine:
        for column, value in (
            ("role", "'postgres'"),
            ("recorded_at", "now() - interval '1 year'"),
            ("id", "1"),
        ):
            override = "OVERRIDING SYSTEM VALUE" if column == "id" else ""
            with pytest.raises(errors.InsufficientPrivilege):
                machine.execute(
                    f"INSERT INTO publisher.history (project, who, action, key, {column}) {override} "  # type: ignore[arg-type]
                    f"VALUES (1, 'ceo', 'published', 'x', {value})"
                )
        machine.execute(
            "INSERT INTO publisher.history (project, who, action, key, at) "
            "VALUES (1, 'ceo', 'published', 'x', now() - interval '1 year')"
        )
        for statement in ("UPDATE publisher.history SET who = 'me'", "DELETE FROM publisher.history"):
            with pytest.raises(errors.InsufficientPrivilege):
                machine.execute(statement)  # type: ignore[arg-type]
    (line,) = PostgresStore(roles.place("acme_read")).audit(Wanted(key="x"))
    assert line.role == roles.named("acme_run")
    assert datetime.now(UTC) - line.at < timedelta(minutes=10)


def test_the_trigger_signs_even_where_a_role_may_fill_every_column(roles: Roles) -> None:
    fill(roles.place("acme_run"))
    roles.admin(roles.named("GRANT INSERT ON publisher.history TO publisher_run"))
    with psycopg.connect(roles.url("acme_run"), autocommit=True) as machine:
        machine.execute(
            "INSERT INTO publisher.history (project, who, action, key, role, recorded_at) "
            "VALUES (1, 'ceo', 'published', 'x', 'postgres', '2020-01-01')"
        )
    with psycopg.connect(roles.url("publisher_owner"), autocommit=True) as owner:
        query = "SELECT role, recorded_at > now() - interval '10 min' FROM publisher.history WHERE key = 'x'"
        assert owner.execute(query).fetchall() == [(roles.named("acme_run"), True)]


def test_a_login_ends_no_worker_of_another_login(roles: Roles) -> None:
    with psycopg.connect(roles.url("acme_run"), autocommit=True) as machine:
        machine.execute("SELECT publisher_queue.procrastinate_register_worker_v1()")
    with psycopg.connect(other(roles), autocommit=True) as intruder:
        assert intruder.execute("DELETE FROM publisher_queue.procrastinate_workers").rowcount == 0
        stale = "UPDATE publisher_queue.procrastinate_workers SET last_heartbeat = '2020-01-01'"
        assert intruder.execute(stale).rowcount == 0
        seen = intruder.execute("SELECT count(*) FROM publisher_queue.procrastinate_workers").fetchall()
        assert seen == [(1,)]  # a job's worker must be seen to be alive


def test_an_upgrade_takes_no_rights_but_those_to_forge(postgres: Server) -> None:
    name = postgres.make_database()
    roles = Roles(postgres, name)
    with psycopg.connect(roles.url("publisher_owner"), autocommit=True) as owner:
        assert upgrade_tables(owner, up_to=4) == 4
    roles.admin(
        roles.named(
            """
            GRANT USAGE ON SCHEMA publisher TO publisher_run;
            GRANT SELECT ON ALL TABLES IN SCHEMA publisher TO publisher_run;
            GRANT INSERT ON publisher.projects, publisher.history TO publisher_run;
            GRANT UPDATE (lineage, service, pause, extra) ON publisher.projects TO publisher_run;
            GRANT INSERT, UPDATE, DELETE ON publisher.posts, publisher.slots, publisher.uploads, publisher.failures,
                publisher.facts, publisher.claims TO publisher_run;
            """
        )
    )
    PostgresStore(roles.place("publisher_owner")).upgrade()
    with PostgresStore(roles.place("acme_run")).session() as session:
        session.write(PostEdit("a", None, PENDING))
    forged = "INSERT INTO publisher.history (project, who, action, key, role) VALUES (1, 'a', 'b', 'c', 'postgres')"
    with (
        psycopg.connect(roles.url("acme_run"), autocommit=True) as machine,
        pytest.raises(errors.InsufficientPrivilege),
    ):
        machine.execute(forged)
