"""`state expire` deletes what is old, nothing that the state remembers, and only for the owner of the tables."""

import psycopg
import pytest

from publisher.model.state import Event
from publisher.state.edits import EventEdit, PostEdit
from publisher.state.history import Wanted
from publisher.state.postgres.location import read_location
from publisher.state.postgres.store import PostgresStore
from publisher.worker.queue_tables import upgrade_queue
from tests.state.contract import AT, PENDING, PUBLISHED
from tests.support.postgres import Server
from tests.support.project import ProjectDir
from tests.support.roles import Roles

pytestmark = pytest.mark.postgres

AGE = """
SET session_replication_role = replica; -- the trigger that signs lines would give them the present time
UPDATE publisher.history SET at = now() - interval '500 days' WHERE key IN ('old', 'noted');
INSERT INTO publisher.usage VALUES
    ('', '', current_date - 41, 5), ('', '', current_date - 39, 5), ('', '', current_date, 5);
INSERT INTO publisher.usage VALUES ('', 'm', current_date - 41, 5, now() + interval '1 hour');
INSERT INTO publisher_queue.procrastinate_jobs (id, queue_name, task_name, status) VALUES
    (101, 'demo', 'publish', 'failed'), (102, 'demo', 'publish', 'failed'), (103, 'demo', 'publish', 'todo'),
    (104, 'other', 'publish', 'failed');
INSERT INTO publisher_queue.procrastinate_events (job_id, type, at) VALUES
    (101, 'failed', now() - interval '8 days'), (102, 'failed', now() - interval '6 days'),
    (103, 'deferred', now() - interval '8 days'), (104, 'failed', now() - interval '8 days');
"""


def test_only_what_is_old_and_no_part_of_the_state_is_deleted(project: ProjectDir, postgres: Server) -> None:
    roles = Roles(postgres, postgres.make_database())
    owner = PostgresStore(roles.place("publisher_owner"))
    owner.upgrade()
    upgrade_queue(read_location(roles.place("publisher_owner")))
    roles.grant(queue=True)
    with PostgresStore(roles.place("acme_run")).session() as session:
        for key in ("old", "new"):
            session.write(PostEdit(key, None, PENDING))
            session.write(PostEdit(key, PENDING, PUBLISHED))
        session.write(EventEdit(Event(AT, "resolve", "noted", "as published")))
    roles.admin(AGE)
    before = owner.read()

    project.configure(f"state: {roles.place('acme_run')}")
    refused = project.publisher("state", "expire")
    assert (refused.code, "permission denied" in refused.text) == (2, True)
    project.configure(f"state: {roles.place('publisher_owner')}")
    counts = "2 lines of history", "1 days of usage", "0 claims", "1 jobs"
    foreseen = project.publisher("state", "expire", "--dry-run")
    assert foreseen.out.splitlines() == [f"would delete {count}" for count in counts]
    assert owner.read() == before
    done = project.publisher("state", "expire")
    assert done.out.splitlines() == [f"deleted {count}" for count in counts]

    after = owner.read()
    assert (after.posts, after.history) == (before.posts, before.history)
    actions = [(record.key, record.action) for record in owner.audit(Wanted())]
    assert actions == [("new", "send"), ("new", "published"), ("noted", "resolve"), ("", "expired")]
    with psycopg.connect(roles.url("publisher_owner"), autocommit=True) as connection:
        left = connection.execute("SELECT id FROM publisher_queue.procrastinate_jobs ORDER BY id").fetchall()
        assert left == [(102,), (103,), (104,)]
    assert [line.split()[1] for line in project.publisher("state", "expire").out.splitlines()] == ["0"] * 4


def test_what_is_needed_today_can_t_be_expired(project: ProjectDir, database: str) -> None:
    project.configure(f"state: {database}")
    result = project.publisher("state", "expire", "--usage", "1d")
    assert (result.code, "at least 2d" in result.text) == (2, True)
    project.configure("state: publisher.state.json")
    result = project.publisher("state", "expire")
    assert (result.code, "nothing that expires" in result.text) == (2, True)
