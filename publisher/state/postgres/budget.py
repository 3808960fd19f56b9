"""Budgets in the database: every machine counts in the same rows."""

from collections.abc import Mapping
from datetime import UTC, datetime

from psycopg import errors

from publisher.model.usage import APP, Usage
from publisher.state.postgres.database import Connection, Database
from publisher.state.postgres.rows import in_utc

# Every machine counts in the app's row, so it is locked for this one statement only: a machine that stops in the middle
# of a transaction would stop all others. Where a limit is reached the count is null, which undoes the statement. Always
# the app first, so that two machines never wait for each other.
_SPEND = """
INSERT INTO publisher.usage AS known (app, owner, day, requests)
VALUES (%(app)s, %(first)s, %(day)s, CASE WHEN %(of_app)s > 0 THEN 1 END),
       (%(app)s, %(owner)s, %(day)s, CASE WHEN %(of_owner)s > 0 THEN 1 END)
ON CONFLICT (app, owner, day) DO UPDATE SET requests = CASE
    WHEN known.requests < CASE known.owner WHEN %(first)s THEN %(of_app)s ELSE %(of_owner)s END
    AND coalesce(known.closed_until <= %(now)s, true) THEN known.requests + 1 END
"""
_CLOSE = """
INSERT INTO publisher.usage AS known (app, owner, day, closed_until) VALUES (%s, %s, %s, %s)
ON CONFLICT (app, owner, day) DO UPDATE SET closed_until = greatest(known.closed_until, excluded.closed_until)
"""


class PostgresBudget:
    """Counts shared by all machines and projects of a database. ``app`` tells several apps apart.

    Like its connection, not for several threads at once.
    """

    def __init__(self, database: Database, app: str) -> None:
        self._database, self._app = database, app

    def spend(self, owner: str, limits: Mapping[str, int], now: datetime) -> str | None:
        """See `publisher.state.store.Budget.spend`. Counts twice at worst, where the answer to the first was lost."""
        names = {"app": self._app, "first": APP, "owner": owner, "day": _day(now), "now": now}
        names |= {"of_app": limits[APP], "of_owner": limits[owner]}

        def count(connection: Connection) -> bool:
            try:
                connection.execute(_SPEND, names)
            except errors.NotNullViolation:
                return False
            return True

        if self._database.direct(count):
            return None
        used = self.usage(now)
        full = used.requests.get(APP, 0) >= limits[APP] or used.closed.get(APP, now) > now
        return APP if full else owner

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
