"""The tables: made once however many begin at once, version by version, with no more rights than needed."""

import threading

import psycopg
import pytest
from psycopg.rows import TupleRow

from publisher.errors import StateError, UsageError
from publisher.model.state import State
from publisher.state.edits import PostEdit
from publisher.state.history import Wanted
from publisher.state.postgres import PostgresStore, schema
from publisher.state.postgres.location import read_location
from tests.state.contract import PENDING, PUBLISHED
from tests.support.postgres import Server

pytestmark = pytest.mark.postgres

ROLES = """
CREATE ROLE {p}_owner LOGIN; CREATE ROLE {p}_run LOGIN; CREATE ROLE {p}_read LOGIN; CREATE ROLE {p}_none LOGIN;
GRANT CREATE ON DATABASE {d} TO {p}_owner;
"""
GRANTS = """
GRANT USAGE ON SCHEMA publisher TO {p}_run, {p}_read;
GRANT SELECT ON ALL TABLES IN SCHEMA publisher TO {p}_run, {p}_read;
GRANT INSERT ON publisher.projects, publisher.history TO {p}_run;
GRANT INSERT, UPDATE, DELETE ON publisher.posts, publisher.slots, publisher.uploads, publisher.failures,
    publisher.claims, publisher.usage,
    publisher.facts TO {p}_run;
GRANT UPDATE (lineage, service, pause, extra) ON publisher.projects TO {p}_run;
"""


def connect(database: str) -> psycopg.Connection[TupleRow]:
    return psycopg.connect(database.partition("?")[0], autocommit=True)


def test_reading_makes_nothing(database: str) -> None:
    assert PostgresStore(database).read() == State()
    assert PostgresStore(database).audit(Wanted()) == []
    with connect(database) as owner:
        assert owner.execute("SELECT to_regnamespace('publisher')").fetchall() == [(None,)]


def test_many_that_begin_at_once_make_the_tables_once(database: str) -> None:
    problems: list[BaseException] = []

    def begin() -> None:
        try:
            with PostgresStore(database).session():
                pass
        except BaseException as error:
            problems.append(error)

    threads = [threading.Thread(target=begin) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert PostgresStore(database).upgrade() == 0


def test_an_upgrade_waits_for_another_one_however_long_it_takes(database: str) -> None:
    waiting = "SELECT FROM pg_stat_activity WHERE wait_event = 'advisory' AND now() - query_start > '0.3 s'"
    store = PostgresStore(database)
    store.database._lock_timeout = "100ms"  # ten seconds otherwise
    done: list[int] = []
    with connect(database) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [schema._LOCK])
        upgrade = threading.Thread(target=lambda: done.append(store.upgrade()))
        upgrade.start()
        while upgrade.is_alive() and not other.execute(waiting).fetchall():
            upgrade.join(0.01)
        other.execute("SELECT pg_advisory_unlock(%s)", [schema._LOCK])
        upgrade.join(30)
    assert done == [len(schema.migrations())]


def test_older_tables_are_upgraded_on_demand_and_keep_what_they_say(database: str) -> None:
    with connect(database) as owner:
        assert schema.upgrade(owner, up_to=1) == 1
        owner.execute("INSERT INTO publisher.projects (name) VALUES ('demo')")
        owner.execute(
            "INSERT INTO publisher.posts (project, key, status, author, digest, text_digest, api, source) "
            "VALUES (1, 'a', 'stamped', 'urn:li:person:A', 'd', 't', 'ugcPosts', 'content/a.md')"
        )
    store = PostgresStore(database)
    with pytest.raises(StateError, match="has version 1") as caught:
        store.read()
    assert "publisher state upgrade" in caught.value.remedy
    assert store.upgrade() == len(schema.migrations()) - 1
    assert list(store.read().posts) == ["a"]


def test_newer_tables_are_refused_by_name(database: str) -> None:
    store = PostgresStore(database)
    store.upgrade()
    with connect(database) as owner:
        owner.execute("INSERT INTO publisher.versions (version, name) VALUES (999, 'later')")
    with pytest.raises(StateError, match="999"):
        store.read()
    with pytest.raises(StateError, match="999"), store.session():
        pytest.fail("a newer database gave a session")


def test_roles_need_no_more_than_the_docs_say(postgres: Server) -> None:
    name = postgres.make_database()
    prefix = name.replace("test_", "r")

    def store(role: str) -> PostgresStore:
        return PostgresStore(f"{postgres.url(name, f'{prefix}_{role}')}?project=demo")

    with psycopg.connect(postgres.url(name), autocommit=True) as admin:
        admin.execute(ROLES.format(p=prefix, d=name))  # type: ignore[arg-type]
        with pytest.raises(StateError, match="may not make them"), store("run").session():
            pytest.fail("a role without rights made tables")
        store("owner").upgrade()
        admin.execute(GRANTS.format(p=prefix))  # type: ignore[arg-type]
    with store("run").session() as session:
        assert session.claim("a")
        session.write(PostEdit("a", None, PENDING))
        session.write(PostEdit("a", PENDING, PUBLISHED))
        with pytest.raises(StateError, match="permission denied"):
            session._database.write(lambda c: c.execute("DELETE FROM publisher.history"))
    assert store("read").read().posts == {"a": PUBLISHED}
    assert [record.role for record in store("read").audit(Wanted())] == [f"{prefix}_run"] * 2
    with pytest.raises(StateError, match="permission denied"):
        store("none").read()
    with store("read").session() as session, pytest.raises(StateError, match="permission denied"):
        session.write(PostEdit("b", None, PENDING))


@pytest.mark.parametrize(
    ("url", "project", "shown", "named"),
    [
        ("postgresql://ada:secret@db/x?project=p", "", "postgresql://ada@db/x?project=p", "p"),
        ("postgresql://db/x?project=p", "q", "postgresql://db/x?project=p", "p"),
        ("postgres://db:5433/x", "q", "postgres://db:5433/x", "q"),
        ("postgresql:///x?host=/run/pg&password=secret", "q", "postgresql:///x?host=/run/pg", "q"),
    ],
)
def test_a_location_names_its_project_and_never_its_password(
    url: str, project: str, shown: str, named: str
) -> None:
    location = read_location(url, project)
    assert (location.shown, location.project) == (shown, named)
    assert "secret" not in repr(location)


@pytest.mark.parametrize(
    "url", ["postgresql://db/x", "postgresql://db/x?nonsense=1", "postgresql://db:port/x"]
)
def test_a_location_that_can_t_be_used_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_location(url.replace("db", "ada:secret@db"), "" if url.endswith("/x") else "p")
    assert "secret" not in caught.value.message + caught.value.remedy
