"""Reading a project's rows into a state, and writing the difference between two states."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import TupleRow
from psycopg.types.json import Jsonb

from publisher.errors import StateError
from publisher.model.state import Event, Failure, Past, State
from publisher.state.edits import conflict
from publisher.state.postgres.budget import read_usage
from publisher.state.postgres.rows import (
    COLUMNS,
    entry_to_row,
    in_utc,
    media_to_jsonb,
    row_to_entry,
)
from publisher.state.records import (
    format_time,
    held_from_json,
    held_to_json,
    media_from_json,
    parse_time,
    past_from_json,
    past_to_json,
    pause_from_json,
    pause_to_json,
)

Connection = psycopg.Connection[TupleRow]
Cursor = psycopg.Cursor[TupleRow]

_NAMES = ", ".join(COLUMNS)
_PLACES = ", ".join(["%s"] * len(COLUMNS))
_ASSIGNMENTS = ", ".join(f"{name} = %s" for name in COLUMNS)
_HISTORY = (
    "SELECT at, action, key, detail, extra FROM publisher.history WHERE project = %s AND noted ORDER BY id"
)
_PROJECT = """
SELECT lineage, service, pause, extra, serial_base + coalesce(newest.id, 0), newest.at
FROM publisher.projects AS project LEFT JOIN LATERAL (
    SELECT id, at FROM publisher.history WHERE history.project = project.id ORDER BY id DESC LIMIT 1) AS newest ON true
WHERE project.id = %s"""
# microseconds: more than there ever are lines
_RENUMBER = """
UPDATE publisher.projects SET serial_base = greatest(serial_base, extract(epoch FROM clock_timestamp()) * 1000000)
WHERE id = %s"""
_CLAIMED = "SELECT key FROM publisher.claims WHERE project = %s AND until > now()"


@dataclass(frozen=True, slots=True)
class Scope:
    """A part of a project: some keys, what has one of these (author, text digest) pairs, an author's newest post."""

    keys: frozenset[str]
    texts: tuple[tuple[str, str], ...] = ()
    newest_of: str | None = None


_ACCESS = """
SELECT (SELECT id FROM publisher.projects WHERE name = %(name)s), session_user,
       NOT row_security_active('publisher.projects') OR publisher.may_use(%(name)s)
"""


def project_id(connection: Connection, name: str) -> int | None:
    """The number of a project; None where nothing was kept of it yet.

    Raises `StateError` where this role may not use the project: rows that are only hidden must not look like a state
    in which nothing was published.
    """
    found, role, allowed = connection.execute(_ACCESS, {"name": name}).fetchall()[0]
    if not allowed:
        remedy = sql.SQL("INSERT INTO publisher.access (project, role) VALUES ({}, {});")
        raise StateError(
            f"The role {role} may not use the project {name}.",
            f"As the owner of the tables: {remedy.format(name, role).as_string()}",
        )
    return None if found is None else int(found)


def make_project(connection: Connection, name: str) -> int:
    """The number of a project, which is made on first use."""
    found = project_id(connection, name)
    if found is None:
        query = "INSERT INTO publisher.projects (name) VALUES (%s) ON CONFLICT DO NOTHING"
        connection.execute(query, [name])
        found = project_id(connection, name)
    assert found is not None  # noqa: S101 - projects are never deleted
    return found


def read_state(connection: Connection, project: int, scope: Scope | None = None, app: str = "") -> State:
    """Everything, or the part in ``scope``; in the latter case without the history and what other runs do now.

    ``app`` is the app whose usage is of interest.
    """
    return _collect(connection, project, scope, app)


def lock_state(connection: Connection, project: int, keys: Iterable[str]) -> State:
    """What is kept under these keys; nobody else changes their entries until this transaction ends."""
    return _collect(connection, project, Scope(frozenset(keys)), "", lock=True)


def _collect(
    connection: Connection, project: int, scope: Scope | None, app: str, *, lock: bool = False
) -> State:
    # all questions leave together, and their answers come together
    with connection.pipeline():
        posts = _select(connection, "posts", _NAMES, project, scope, lock=lock)
        same = _same_texts(connection, project, scope)
        newest = _newest(connection, project, scope)
        slots = _select(connection, "slots", "at", project, scope)
        uploads = _select(connection, "uploads", "files", project, scope)
        failures = _select(connection, "failures", "at, code, message, extra", project, scope)
        facts = _select(connection, "facts", "part, value", project, scope)
        about = connection.execute(_PROJECT, [project])
        history = None if scope else connection.execute(_HISTORY, [project], binary=True)
        claimed = None if scope else connection.execute(_CLAIMED, [project])
        usage = None if scope else read_usage(connection, app, datetime.now(UTC))
    rows = [row for found in (posts, same, newest) if found for row in found]
    by_part: dict[str, dict[str, Any]] = {"past": {}, "held": {}, "deferred": {}}
    for key, part, value in facts:
        by_part[part][key] = value
    lineage, service, pause, extra, serial, written_at = about.fetchall()[0]
    return State(
        posts=MappingProxyType({key: row_to_entry(row) for key, *row in rows}),
        slots=MappingProxyType({key: in_utc(at) for key, at in slots}),
        uploads=MappingProxyType({key: media_from_json(files) for key, files in uploads}),
        history=tuple(Event(in_utc(at), *facts) for at, *facts in history or ()),
        failures=MappingProxyType({key: Failure(in_utc(at), *facts) for key, at, *facts in failures}),
        past=MappingProxyType({key: tuple(map(past_from_json, v)) for key, v in by_part["past"].items()}),
        held=MappingProxyType({key: held_from_json(v) for key, v in by_part["held"].items()}),
        deferred=MappingProxyType({key: parse_time(v) for key, v in by_part["deferred"].items()}),
        pause=pause_from_json(pause) if pause else None,
        lineage=lineage,
        service=service,
        extra=extra,
        claimed=frozenset(key for (key,) in claimed or ()),
        usage=usage,
        serial=serial,
        written_at=in_utc(written_at) if written_at else None,
    )


def renumber(connection: Connection, project: int) -> None:
    """Put the serial above every number that a machine can have seen of this state, in any database."""
    connection.execute(_RENUMBER, [project])


def write_changes(connection: Connection, project: int, before: State, after: State) -> None:
    """Make the rows say ``after`` where they said ``before``.

    Raises `StateConflict` where someone else added an entry at the same time.
    """
    _write_posts(connection, project, before, after)
    for name, columns, old, new, row in (
        ("slots", ("at",), before.slots, after.slots, lambda at: (at,)),
        ("uploads", ("files",), before.uploads, after.uploads, lambda media: (media_to_jsonb(media),)),
        (
            "failures",
            ("at", "code", "message", "extra"),
            before.failures,
            after.failures,
            lambda failure: (failure.at, failure.code, failure.message, failure.extra),
        ),
    ):
        values: Mapping[str, Any] = new
        _delete(connection, name, project, old.keys() - new.keys())
        changed = [key for key in sorted(values) if old.get(key) != values[key]]
        _upsert(connection, name, columns, [(project, key, *row(values[key])) for key in changed])
    _write_facts(connection, project, before, after)
    _write_project(connection, project, before, after)


def _write_facts(connection: Connection, project: int, before: State, after: State) -> None:
    query = """
        INSERT INTO publisher.facts (project, part, key, value) VALUES (%s, %s, %s, %s)
        ON CONFLICT (project, part, key) DO UPDATE SET value = excluded.value"""
    delete = "DELETE FROM publisher.facts WHERE project = %s AND part = %s AND key = ANY(%s)"
    for part, old, new, write in (
        ("past", before.past, after.past, _past_json),
        ("held", before.held, after.held, held_to_json),
        ("deferred", before.deferred, after.deferred, format_time),
    ):
        values: Mapping[str, Any] = new
        gone = sorted(old.keys() - new.keys())
        if gone:
            connection.execute(delete, [project, part, gone])
        for key in sorted(values):
            if old.get(key) != values[key]:
                connection.execute(query, [project, part, key, Jsonb(write(values[key]))])


def _past_json(line: tuple[Past, ...]) -> list[Any]:
    return [past_to_json(one) for one in line]


def _write_project(connection: Connection, project: int, before: State, after: State) -> None:
    def facts(state: State) -> tuple[Any, ...]:
        return state.lineage, state.service, state.pause, state.extra

    if facts(before) != facts(after):
        query = (
            "UPDATE publisher.projects SET lineage = %s, service = %s, pause = %s, extra = %s WHERE id = %s"
        )
        pause = Jsonb(pause_to_json(after.pause)) if after.pause else None
        connection.execute(query, [after.lineage, after.service, pause, after.extra, project])


def _write_posts(connection: Connection, project: int, before: State, after: State) -> None:
    old, new = before.posts, after.posts
    _delete(connection, "posts", project, old.keys() - new.keys())
    changed = [key for key in sorted(new) if key in old and old[key] != new[key]]
    added = [key for key in sorted(new) if key not in old]
    with connection.cursor() as cursor:
        if changed:
            update = f"UPDATE publisher.posts SET {_ASSIGNMENTS} WHERE project = %s AND key = %s"  # noqa: S608
            cursor.executemany(
                sql.SQL(update),
                [(*entry_to_row(new[key]), project, key) for key in changed],
            )
        if added:
            insert = f"""
                INSERT INTO publisher.posts (project, key, {_NAMES}) VALUES (%s, %s, {_PLACES})
                ON CONFLICT DO NOTHING"""  # noqa: S608
            cursor.executemany(
                sql.SQL(insert),
                [(project, key, *entry_to_row(new[key])) for key in added],
            )
            if cursor.rowcount != len(added):
                raise conflict(_of_someone_else(connection, project, added))


def _of_someone_else(connection: Connection, project: int, keys: Sequence[str]) -> str:
    """The first of these keys that another transaction has added."""
    query = """
        SELECT key FROM publisher.posts WHERE project = %s AND key = ANY(%s) AND xmin <> pg_current_xact_id()::xid
        ORDER BY key LIMIT 1"""
    row = connection.execute(query, [project, list(keys)]).fetchone()
    return str(row[0]) if row else keys[0]


def _same_texts(connection: Connection, project: int, scope: Scope | None) -> Cursor | None:
    if scope is None or not scope.texts:
        return None
    authors, digests = zip(*scope.texts, strict=True)
    query = f"""
        SELECT key, {_NAMES} FROM publisher.posts
        WHERE project = %s AND (author, text_digest) IN (SELECT * FROM unnest(%s::text[], %s::text[]))"""  # noqa: S608
    return connection.execute(sql.SQL(query), [project, list(authors), list(digests)], binary=True)


def _newest(connection: Connection, project: int, scope: Scope | None) -> Cursor | None:
    if scope is None or scope.newest_of is None:
        return None
    query = f"""
        SELECT key, {_NAMES} FROM publisher.posts WHERE project = %s AND author = %s AND key NOT LIKE '%%#%%'
        ORDER BY coalesce(published_at, attempt_started_at) DESC NULLS LAST LIMIT 1"""  # noqa: S608
    return connection.execute(sql.SQL(query), [project, scope.newest_of], binary=True)


def _select(
    connection: Connection,
    table: str,
    columns: str,
    project: int,
    scope: Scope | None,
    *,
    lock: bool = False,
) -> Cursor:
    query = f"SELECT key, {columns} FROM publisher.{table} WHERE project = %s"  # noqa: S608 - our own names
    parameters: list[Any] = [project]
    if scope:
        query += " AND key = ANY(%s)"
        parameters.append(sorted(scope.keys))
    if lock:
        # always in the order of the keys, so that two writers of several never wait for each other
        query += " ORDER BY key FOR UPDATE"
    return connection.execute(sql.SQL(query), parameters, binary=True)


def _delete(connection: Connection, table: str, project: int, keys: Iterable[str]) -> None:
    gone = sorted(keys)
    if gone:
        query = f"DELETE FROM publisher.{table} WHERE project = %s AND key = ANY(%s)"  # noqa: S608
        connection.execute(sql.SQL(query), [project, gone])


def _upsert(
    connection: Connection, table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> None:
    if not rows:
        return
    places = ", ".join(["%s"] * (len(columns) + 2))
    updates = ", ".join(f"{name} = excluded.{name}" for name in columns)
    query = f"""
        INSERT INTO publisher.{table} (project, key, {", ".join(columns)}) VALUES ({places})
        ON CONFLICT (project, key) DO UPDATE SET {updates}"""  # noqa: S608
    with connection.cursor() as cursor:
        cursor.executemany(sql.SQL(query), rows)
