"""The tables, version by version: numbered SQL files, each applied once, under an advisory lock."""

from importlib.resources import files

import psycopg
from psycopg import errors, sql
from psycopg.rows import TupleRow

from publisher.errors import StateError

MIGRATION_LOCK = 0x7075_626C
"""The advisory lock of migrations ("publ"): one at a time, whoever starts it."""

_VERSIONS = """
CREATE SCHEMA IF NOT EXISTS publisher;
CREATE TABLE IF NOT EXISTS publisher.versions (
    version integer PRIMARY KEY,
    name text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now(),
    applied_by text NOT NULL DEFAULT session_user
)
"""

Connection = psycopg.Connection[TupleRow]


def migrations() -> tuple[tuple[int, str, str], ...]:
    """(version, file name, SQL) of every step, oldest first."""
    folder = files(__package__) / "migrations"
    names = sorted(item.name for item in folder.iterdir() if item.name.endswith(".sql"))
    return tuple((int(name[:4]), name, (folder / name).read_text(encoding="utf-8")) for name in names)


def newest() -> int:
    """The version that this product writes."""
    return migrations()[-1][0]


def check_tables(connection: Connection, shown: str) -> bool:
    """Whether the tables are there, as this product knows them.

    Raises `StateError` where they are of another version; ``shown`` is how messages call the database.
    """
    found = _version(connection)
    if found is not None and found > newest():
        raise _newer(shown, found)
    if found is not None and found < newest():
        raise StateError(
            f"{shown} has version {found}; this publisher needs version {newest()}.",
            "Run `publisher state upgrade` once, as the role that owns the tables.",
        )
    return found is not None


def _newer(shown: str, found: int) -> StateError:
    return StateError(
        f"{shown} has version {found}, but this publisher knows only versions up to {newest()}.",
        "Upgrade publisher on this machine; nothing was changed.",
    )


def prepare_tables(connection: Connection, shown: str) -> None:
    """Make the tables where there are none. Raises `StateError` where the role may not."""
    if check_tables(connection, shown):
        return
    try:
        upgrade_tables(connection, shown)
    except errors.InsufficientPrivilege:
        connection.rollback()
        raise StateError(
            f"{shown} has no tables yet, and this role may not make them.",
            "Run `publisher state upgrade` once, as a role that may create a schema.",
        ) from None


def upgrade_tables(connection: Connection, shown: str = "", *, up_to: int | None = None) -> int:
    """Apply what is missing, all or nothing; return the number of steps. Others wait, then find it done.

    Raises `StateError` where a newer publisher has made the tables.
    """
    connection.execute("BEGIN")
    # others wait however long it takes, and large tables take their time
    connection.execute("SET LOCAL lock_timeout = 0")
    connection.execute("SET LOCAL statement_timeout = 0")
    connection.execute("SELECT pg_advisory_xact_lock(%s)", [MIGRATION_LOCK])
    found = _version(connection)
    if found is None:
        connection.execute(_VERSIONS)
    elif found > newest():
        connection.execute("ROLLBACK")
        raise _newer(shown, found)
    steps = [step for step in migrations() if (found or 0) < step[0] <= (up_to or newest())]
    for version, name, text in steps:
        connection.execute(sql.SQL(text))
        connection.execute("INSERT INTO publisher.versions (version, name) VALUES (%s, %s)", [version, name])
    connection.execute("COMMIT")
    return len(steps)


def _version(connection: Connection) -> int | None:
    """The version of the tables; None where there are none."""
    # not to_regclass: after waiting for another migration it may still remember that there was no table
    there = "SELECT 1 FROM pg_tables WHERE schemaname = 'publisher' AND tablename = 'versions'"
    if connection.execute(there).fetchone() is None:
        return None
    row = connection.execute("SELECT max(version) FROM publisher.versions").fetchone()
    return row[0] if row else None
