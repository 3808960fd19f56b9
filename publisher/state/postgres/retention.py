"""Retention: what a database need not keep forever is deleted on demand, by the role that owns the tables."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import TupleRow

Connection = psycopg.Connection[TupleRow]

# lines that are noted belong to the state itself: a copy of the state must have them
_OLD = {
    "lines of history": "publisher.history WHERE project = %(project)s AND NOT noted AND at < now() - %(history)s",
    "days of usage": "publisher.usage WHERE day < current_date - %(usage)s AND coalesce(closed_until < now(), true)",
    "claims": "publisher.claims WHERE project = %(project)s AND until < now() - interval '1 day'",
    "jobs": """publisher_queue.procrastinate_jobs job
        WHERE queue_name = %(name)s AND status IN ('succeeded', 'failed', 'aborted', 'cancelled') AND NOT EXISTS (
            SELECT FROM publisher_queue.procrastinate_events event
            WHERE event.job_id = job.id AND event.at > now() - %(jobs)s)""",
}
_QUEUE = "SELECT to_regclass('publisher_queue.procrastinate_jobs') IS NOT NULL"
_AUDIT = (
    "INSERT INTO publisher.history (project, who, action, key, detail) VALUES (%s, %s, 'expired', '', %s)"
)


@dataclass(frozen=True, slots=True)
class Retention:
    """How long each kind is kept. Usage is counted in whole days."""

    history: timedelta
    usage: timedelta
    jobs: timedelta


def count_expired(connection: Connection, project: int, name: str, kept: Retention) -> dict[str, int]:
    """How many rows of each kind are older than that."""
    values = _values(project, name, kept)
    return {
        kind: connection.execute(sql.SQL(f"SELECT count(*) FROM {rows}"), values).fetchall()[0][0]  # noqa: S608
        for kind, rows in _kinds(connection).items()
    }


def delete_expired(
    connection: Connection, project: int, name: str, who: str, kept: Retention
) -> dict[str, int]:
    """Delete rows that are older than that, and write a line about it; returns how many of each kind."""
    connection.execute("SET LOCAL statement_timeout = 0")  # millions of rows take more than a minute
    values = _values(project, name, kept)
    counts = {
        kind: connection.execute(sql.SQL(f"DELETE FROM {rows}"), values).rowcount  # noqa: S608
        for kind, rows in _kinds(connection).items()
    }
    if any(counts.values()):
        detail = ", ".join(f"{count} {kind}" for kind, count in counts.items() if count)
        connection.execute(_AUDIT, [project, who, detail])
    return counts


def _kinds(connection: Connection) -> dict[str, str]:
    has_queue = connection.execute(_QUEUE).fetchall()[0][0]
    return {kind: rows for kind, rows in _OLD.items() if kind != "jobs" or has_queue}


def _values(project: int, name: str, kept: Retention) -> Mapping[str, Any]:
    return {
        "project": project,
        "name": name,
        "history": kept.history,
        "usage": kept.usage.days,
        "jobs": kept.jobs,
    }
