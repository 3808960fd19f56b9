"""The page for database administrators: it names every table and index that exists, and its SQL runs."""

import re
from pathlib import Path

import psycopg
import pytest

from publisher.state.postgres.location import read_location
from publisher.state.postgres.store import PostgresStore
from publisher.worker.queue_tables import upgrade_queue

pytestmark = pytest.mark.postgres
PAGE = (Path(__file__).parents[2] / "docs" / "postgres-dba.md").read_text("utf-8")


@pytest.fixture
def owner(database: str) -> psycopg.Connection[tuple[object, ...]]:
    """A session of the owner."""
    PostgresStore(database).upgrade()
    upgrade_queue(read_location(database))
    return psycopg.connect(database.partition("?")[0], autocommit=True)


def test_it_names_every_table_and_every_index(owner: psycopg.Connection[tuple[object, ...]]) -> None:
    with owner:
        tables = owner.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'publisher'").fetchall()
        found = owner.execute(
            "SELECT indexname FROM pg_indexes WHERE schemaname = 'publisher' "
            "AND tablename IN ('posts', 'history')"
        )
        indexes = found.fetchall()
    assert {name for (name,) in tables} - set(re.findall(r"`(\w+)`", PAGE)) == set()
    described = set(re.findall(r"^\| `((?:posts|history)_\w+)` \|", PAGE, re.MULTILINE))
    assert described == {name for (name,) in indexes}


def test_its_questions_can_be_asked(owner: psycopg.Connection[tuple[object, ...]]) -> None:
    questions = [
        q for block in re.findall(r"```sql\n(.*?)```", PAGE, re.DOTALL) for q in block.split(";") if q.strip()
    ]
    assert len(questions) == 4
    with owner:
        for question in questions:
            owner.execute(question)  # type: ignore[arg-type]
