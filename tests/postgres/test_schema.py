"""The tables: made once however many begin at once, version by version, with no more rights than needed."""

import threading

import psycopg
import pytest
from psycopg.rows import TupleRow

from publisher.errors import StateError, UsageError
from publisher.model.state import State
from publisher.state.edits import PostEdit
from publisher.state.history import Wanted
from publisher.state.postgres.location import read_location
from publisher.state.postgres.schema import MIGRATION_LOCK, migrations, upgrade_tables
from publisher.state.postgres.store import PostgresStore
from tests.state.contract import PENDING, PUBLISHED
from tests.support.postgres import Server
from tests.support.roles import Roles

pytestmark = pytest.mark.postgres


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
    store.database.lock_timeout = 0.1  # ten seconds otherwise
    done: list[int] = []
    with connect(database) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [MIGRATION_LOCK])
        upgrade = threading.Thread(target=lambda: done.append(store.upgrade()))
        upgrade.start()
        while upgrade.is_alive() and not other.execute(waiting).fetchall():
            upgrade.join(0.01)
        other.execute("SELECT pg_advisory_unlock(%s)", [MIGRATION_LOCK])
        upgrade.join(30)
    assert done == [len(migrations())]


def test_older_tables_are_upgraded_on_demand_and_keep_what_they_say(database: str) -> None:
    with connect(database) as owner:
        assert upgrade_tables(owner, up_to=1) == 1
        owner.execute("INSERT INTO publisher.projects (name) VALUES ('demo')")
        owner.execute(
            "INSERT INTO publisher.posts (project, key, status, author, digest, text_digest, api, source) "
            "VALUES (1, 'a', 'stamped', 'urn:li:person:A', 'd', 't', 'ugcPosts', 'content/a.md')"
        )
    store = PostgresStore(database)
    with pytest.raises(StateError, match="has version 1") as caught:
        store.read()
    assert "publisher state upgrade" in caught.value.remedy
    assert store.upgrade() == len(migrations()) - 1
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
    with pytest.raises(StateError, match="999"):
        store.upgrade()


def test_roles_need_no_more_than_the_docs_say(postgres: Server) -> None:
    roles = Roles(postgres, postgres.make_database())
    with (
        pytest.raises(StateError, match="may not make them"),
        PostgresStore(roles.place("acme_run")).session(),
    ):
        pytest.fail("a role without rights made tables")
    PostgresStore(roles.place("publisher_owner")).upgrade()
    with pytest.raises(StateError, match="permission denied"):
        PostgresStore(roles.place("acme_read")).read()
    roles.grant()
    with PostgresStore(roles.place("acme_run")).session() as session:
        assert session.claim("a")
        session.write(PostEdit("a", None, PENDING))
        session.write(PostEdit("a", PENDING, PUBLISHED))
        with pytest.raises(StateError, match="permission denied"):
            session._database.write(lambda c: c.execute("DELETE FROM publisher.history"))
    reader = PostgresStore(roles.place("acme_read"))
    assert reader.read().posts == {"a": PUBLISHED}
    assert [record.role for record in reader.audit(Wanted())] == [roles.named("acme_run")] * 2
    with reader.session() as session, pytest.raises(StateError, match="permission denied"):
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
