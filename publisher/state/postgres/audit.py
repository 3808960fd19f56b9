"""The audit: a line for every action, written in the same transaction as what it did."""

import getpass
import os
import socket
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import psycopg
from psycopg.rows import TupleRow

from publisher.model.state import Entry, State, Status
from publisher.state.edits import AuditEdit, Edit, EventEdit, FailureEdit, PostEdit
from publisher.state.history import Record, Wanted
from publisher.state.postgres.rows import in_utc

Connection = psycopg.Connection[TupleRow]
_WORDS = {
    Status.PENDING: "send",
    Status.PUBLISHED: "published",
    Status.STAMPED: "stamped",
    Status.DELETED: "deleted",
}


def actor(environ: Mapping[str, str] = os.environ) -> str:
    """Who acts, as far as the machine knows: ``PUBLISHER_ACTOR``, GitHub's actor, or user@host."""
    named = environ.get("PUBLISHER_ACTOR") or environ.get("GITHUB_ACTOR")
    try:
        return named or f"{getpass.getuser()}@{socket.gethostname()}"
    except (KeyError, OSError):  # a container's user often has no name
        return f"{os.getuid()}@{socket.gethostname()}"


def write_audit(connection: Connection, project: int, who: str, before: State, edits: Sequence[Edit]) -> None:
    """The lines of one write, in the order of its edits."""
    rows = list(_lines(before, edits))
    if rows:
        query = """
            INSERT INTO publisher.history (project, who, at, action, key, digest, urn, answer, detail, noted, extra)
            VALUES (%s, %s, coalesce(%s, clock_timestamp()), %s, %s, %s, %s, %s, %s, %s, %s)"""
        with connection.cursor() as cursor:
            cursor.executemany(query, [(project, who, *row) for row in rows])


def _lines(before: State, edits: Iterable[Edit]) -> Iterator[tuple[Any, ...]]:
    for edit in edits:
        match edit:
            case PostEdit(key, old, new) if old != new and not _same_intent(old, new):
                known = new or old
                assert known is not None  # noqa: S101 - one of two that differ
                yield None, _action(old, new), key, known.digest, known.urn, None, "", False, ""
            case FailureEdit(key, failure) if failure is not None:
                digest = before.posts[key].digest if key in before.posts else None
                yield (
                    None,
                    "refused",
                    key,
                    digest,
                    None,
                    failure.code,
                    failure.message,
                    False,
                    failure.extra,
                )
            case EventEdit(event) | AuditEdit(event):
                noted = isinstance(edit, EventEdit)
                yield event.at, event.action, event.key, None, None, None, event.detail, noted, event.extra
            case _:
                pass


def _same_intent(old: Entry | None, new: Entry | None) -> bool:
    """Whether an intent only changes how far it has come: what it sends was told before."""
    return bool(old and new and old.attempt and new.attempt and old.attempt.id == new.attempt.id)


def _action(old: Entry | None, new: Entry | None) -> str:
    if new is None:
        return "released" if old and old.status is Status.PENDING else "removed"
    if old is not None and old.status is new.status is Status.PUBLISHED:
        return "updated"
    return _WORDS[new.status]


def read_audit(connection: Connection, project: int, wanted: Wanted) -> list[Record]:
    """The lines that are wanted, oldest first."""
    query = """
        SELECT at, who, role, action, key, digest, urn, answer, detail FROM (
            SELECT * FROM publisher.history
            WHERE project = %(project)s AND (%(key)s::text IS NULL OR key = %(key)s)
              AND (%(since)s::timestamptz IS NULL OR at >= %(since)s)
              AND (%(action)s::text IS NULL OR action = %(action)s)
            ORDER BY id DESC LIMIT %(limit)s) AS newest
        ORDER BY id"""
    values = {
        "project": project,
        "key": wanted.key,
        "since": wanted.since,
        "action": wanted.action,
        "limit": wanted.limit,
    }
    return [Record(in_utc(at), *facts) for at, *facts in connection.execute(query, values)]
