"""Budgets in the database: every machine counts in the same rows."""

from collections.abc import Mapping
from datetime import UTC, datetime

from publisher.model.usage import APP, Usage
from publisher.state.postgres.database import Connection, Database
from publisher.state.postgres.rows import in_utc

_SPEND = """
INSERT INTO publisher.usage AS known (app, owner, day, requests)
VALUES (%(app)s, %(first)s, %(day)s, 1), (%(app)s, %(owner)s, %(day)s, 1)
ON CONFLICT (app, owner, day) DO UPDATE SET requests = known.requests + 1
RETURNING owner, requests, closed_until
"""
_CLOSE = """
INSERT INTO publisher.usage AS known (app, owner, day, closed_until) VALUES (%s, %s, %s, %s)
ON CONFLICT (app, owner, day) DO UPDATE SET closed_until = greatest(known.closed_until, excluded.closed_until)
"""


class _Full(Exception):  # noqa: N818
    """Undoes the counting of a request that is not sent."""


class PostgresBudget:
    """Counts shared by all machines and projects of a database. ``app`` tells several apps apart.

    Like its connection, not for several threads at once.
    """

    def __init__(self, database: Database, app: str) -> None:
        self._database, self._app = database, app

    def spend(self, owner: str, limits: Mapping[str, int], now: datetime) -> str | None:
        """See `publisher.state.store.Budget.spend`."""

        def count(connection: Connection) -> None:
            # always the app first, so that two machines never wait for each other
            names = {"app": self._app, "first": APP, "owner": owner, "day": _day(now)}
            for name, requests, closed in connection.execute(_SPEND, names).fetchall():
                if requests > limits[name] or (closed is not None and closed > now):
                    raise _Full(name)

        try:
            self._database.write(count)
        except _Full as full:
            return str(full)
        return None

    def close_until(self, owner: str, until: datetime) -> None:
        """See `publisher.state.store.Budget.close_until`."""
        row = [self._app, owner, _day(datetime.now(UTC)), until]
        self._database.write(lambda connection: connection.execute(_CLOSE, row))

    def usage(self, now: datetime) -> Usage:
        """See `publisher.state.store.Budget.usage`."""

        return self._database.read(lambda connection: read_usage(connection, self._app, now))


def read_usage(connection: Connection, app: str, now: datetime) -> Usage:
    """The counts of the day of ``now``."""
    query = "SELECT owner, requests, closed_until FROM publisher.usage WHERE app = %s AND day = %s"
    rows = connection.execute(query, [app, _day(now)]).fetchall()
    return Usage(
        {owner: requests for owner, requests, _ in rows},
        {owner: in_utc(closed) for owner, _, closed in rows if closed is not None},
    )


def _day(now: datetime) -> object:
    return now.astimezone(UTC).date()
