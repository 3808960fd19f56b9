"""Keep procrastinate's tables in their own schema, with row-level security by project."""

import re
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Self

import procrastinate
import psycopg
from procrastinate.schema import SchemaManager
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import TupleRow

from publisher.errors import StateError
from publisher.state.postgres.database import Connection, Database
from publisher.state.postgres.location import Location

SCHEMA = "publisher_queue"

_LOCK = 0x7175_6575  # "queu"
_TABLES = f"""
CREATE SCHEMA IF NOT EXISTS {SCHEMA};
CREATE TABLE IF NOT EXISTS {SCHEMA}.versions (
    migration text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now()
);
SET LOCAL search_path = {SCHEMA};
"""
_UNQUALIFIED = re.compile(r"(?<![\w.\"])procrastinate_")


@lru_cache(256)
def qualified(query: str) -> str:
    """Return a query of procrastinate's, with the schema before each of its names.

    A search_path would have to be set for each session, which pgBouncer refuses at the start of one and
    forgets later.
    """
    return _UNQUALIFIED.sub(f"{SCHEMA}.procrastinate_", query)


class QueueCursor(psycopg.AsyncCursor[Any]):
    """A cursor that qualifies the names in what it executes."""

    async def execute(self, query: Any, params: Any = None, **options: Any) -> Self:
        """See `psycopg.AsyncCursor.execute`."""
        return await super().execute(qualified(query) if isinstance(query, str) else query, params, **options)


def queue_conninfo(location: Location) -> str:
    """Return how to reach the queue's tables: the state's database."""
    return make_conninfo(
        "", **{**conninfo_to_dict(location.conninfo), "application_name": "publisher worker"}
    )


def open_app(location: Location, *, connections: int = 4) -> procrastinate.App:
    """procrastinate on the state's database; it has no tasks yet."""
    connector = procrastinate.PsycopgConnector(
        conninfo=queue_conninfo(location),
        kwargs={"prepare_threshold": None, "cursor_factory": QueueCursor},
        min_size=1,
        max_size=connections,
        timeout=4.0,
    )
    return procrastinate.App(connector=connector)


def upgrade_queue(location: Location) -> int:
    """Make the queue's tables, or bring them to the installed procrastinate's form.

    Return the number of steps.

    Raise `StateError` if a newer procrastinate has made them.
    """
    with psycopg.connect(queue_conninfo(location), prepare_threshold=None) as connection:
        connection.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        connection.execute(_TABLES)
        known = _known(connection)
        _require_no_newer(known, location.shown)
        missing = [step for step in _steps() if step.name not in known]
        if not known:
            connection.execute(SchemaManager.get_schema())
        else:
            for step in missing:
                connection.execute(step.read_text(encoding="utf-8"))
        connection.execute((files(__package__) / "queue_rights.sql").read_text(encoding="utf-8"))
        with connection.cursor() as cursor:
            insert = f"INSERT INTO {SCHEMA}.versions (migration) VALUES (%s)"  # noqa: S608
            cursor.executemany(insert, [(step.name,) for step in missing])
        return len(missing)


def require_queue(database: Database) -> None:
    """Raise `StateError` unless the tables fit the installed procrastinate. Wait for a lost server."""

    def ask(connection: Connection) -> frozenset[str]:
        query = "SELECT 1 FROM pg_tables WHERE schemaname = %s AND tablename = 'versions'"
        there = connection.execute(query, [SCHEMA]).fetchone() is not None
        return _known(connection) if there else frozenset()

    known = database.read(ask)
    _require_no_newer(known, database.location.shown)
    if not {step.name for step in _steps()} <= known:
        raise StateError(
            f"{database.location.shown} has no queue of this version yet.",
            "Run `publisher state upgrade --workers` once, as the role that owns the tables.",
        )


def _steps() -> list[Path]:
    return sorted(Path(SchemaManager.get_migrations_path()).glob("*.sql"))


def _known(connection: psycopg.Connection[TupleRow]) -> frozenset[str]:
    return frozenset(name for (name,) in connection.execute(f"SELECT migration FROM {SCHEMA}.versions"))  # noqa: S608


def _require_no_newer(known: frozenset[str], shown: str) -> None:
    newer = sorted(known - {step.name for step in _steps()})
    if newer:
        raise StateError(
            f"{shown} has a queue of a newer procrastinate, with the step {newer[-1]}.",
            "Upgrade publisher and procrastinate on this machine; nothing was changed.",
        )
