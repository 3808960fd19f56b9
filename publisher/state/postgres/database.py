"""One connection, opened when it is needed and again after a loss, with transactions whose outcome is certain."""

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any, TypeVar

import psycopg
from psycopg import errors, sql
from psycopg.rows import TupleRow

from publisher.errors import StateError
from publisher.state.postgres.location import Location
from publisher.state.postgres.schema import check_tables, prepare_tables, upgrade_tables

T = TypeVar("T")
Connection = psycopg.Connection[TupleRow]

PATIENCE = 30.0
"""Seconds for which a lost database is waited for before a run gives up."""


class _Undone(psycopg.OperationalError):
    """A COMMIT whose answer was lost did not happen."""


_RETRIED = (errors.DeadlockDetected, errors.SerializationFailure, _Undone)
_SETTINGS = """
SET LOCAL TimeZone = 'UTC';
SET LOCAL statement_timeout = '60s';
SET LOCAL lock_timeout = '{lock_timeout}ms';
SET LOCAL idle_in_transaction_session_timeout = '60s';
SELECT set_config('synchronous_commit', 'on', true) WHERE current_setting('synchronous_commit') = 'off'
"""
"""What holds for each transaction. A vanished client's locks end with its transaction within a minute; an intent is on
disk before it counts. A session's settings would be lost, or somebody else's, behind pgBouncer in transaction mode."""


_TERMINATE = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = %s AND backend_xid = %s::text::xid8::xid
"""


class Database:
    """A place, and the connection to it. Not for several threads at once.

    ``patience`` is for how many seconds a lost server is waited for.
    """

    def __init__(self, location: Location, *, lock_timeout: float = 0, patience: float = PATIENCE) -> None:
        self.location = location
        self.patience = patience
        self.lock_timeout = max(lock_timeout, 10.0)
        self._connection: Connection | None = None
        self._ready = False  # the tables are there, as far as this connection has seen

    def close(self) -> None:
        """Let go of the connection; the next use opens one again."""
        if self._connection is not None:
            with suppress(psycopg.Error):
                self._connection.close()
            self._connection = None

    def read(self, query: Callable[[Connection], T]) -> T:
        """What ``query`` gives, all of it from one moment; asked again after a lost connection."""

        def ask(connection: Connection) -> T:
            self._begin(connection, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            result = query(connection)
            connection.execute("COMMIT")
            return result

        return self._insist(ask)

    def write(self, work: Callable[[Connection], T]) -> T:
        """What ``work`` gives, in a transaction that is known to be durable on return.

        Where the answer to a COMMIT is lost, the server is asked what became of it, and only a transaction that is
        known to be undone is done again. Raises `StateError` where that can't be learned in time; then whoever writes
        the same keys next finds in them what is true.
        """

        def attempt(connection: Connection) -> T:
            self._begin(connection, "BEGIN")
            result = work(connection)
            # behind a pooler the connection's own number is not the backend's
            asked = "SELECT pg_current_xact_id_if_assigned()::text, pg_backend_pid()"
            number, backend = connection.execute(asked).fetchall()[0]
            try:
                connection.execute("COMMIT")
            except psycopg.Error:
                # a session that goes on has said no; one that is being ended may have said its end only
                if number is None or (not connection.closed and self._abandon()):
                    raise
                if not self._committed(number, backend):
                    raise _Undone from None
            return result

        return self._insist(attempt)

    def direct(self, use: Callable[[Connection], T]) -> T:
        """What ``use`` gives, which is a single statement: its locks end with it, whatever becomes of this machine.

        Done again after a lost connection, so perhaps twice.
        """
        return self._insist(use)

    def prepare(self) -> None:
        """Make the tables where there are none yet. Raises `StateError` where that is not allowed."""
        if self._ready and self._connection is not None and not self._connection.closed:
            return
        self._insist(lambda connection: prepare_tables(connection, self.location.shown))

    def upgrade(self) -> int:
        """Bring the tables to this version's form; returns how many steps that took."""
        return self._insist(lambda connection: upgrade_tables(connection, self.location.shown), check=False)

    def exists(self) -> bool:
        """Whether the tables are there. Raises `StateError` where they are another version's."""
        return self._insist(lambda connection: check_tables(connection, self.location.shown), check=False)

    def _committed(self, number: str, backend: int) -> bool:
        """What became of a transaction whose COMMIT was sent."""

        def ask(connection: Connection) -> bool | None:
            try:
                (status,) = connection.execute("SELECT pg_xact_status(%s::text::xid8)", [number]).fetchall()[
                    0
                ]
            except errors.InvalidParameterValue:
                return False  # a server that has not come that far: a copy that never saw it
            if status == "in progress":
                # the old session doesn't know yet that nobody listens any more; a pooler may give it to others
                connection.execute(_TERMINATE, [backend, number])
                return None
            return bool(status == "committed")

        for _ in _waits(self.patience):
            known = self._insist(ask)
            if known is not None:
                return known
        raise self._lost("whether the last write was kept could not be learned")

    def _insist(self, use: Callable[[Connection], T], *, check: bool = True) -> T:
        """Use the connection, and again where it was lost before anything was done."""
        problem: psycopg.Error | None = None
        for _ in _waits(self.patience):
            try:
                return use(self._open(check=check))
            except psycopg.Error as error:
                problem = error
                if not self._worth_another_try(error):
                    break
            except BaseException:
                self._abandon()
                raise
        assert problem is not None  # noqa: S101 - the loop runs at least once
        raise self._translated(problem) from None

    def _worth_another_try(self, error: psycopg.Error) -> bool:
        # also where it can't even be undone: libpq may say that it is busy before it says that it is lost
        lost = self._connection is None or self._connection.closed or not self._abandon()
        if isinstance(error, _RETRIED):
            return True
        return lost and isinstance(error, psycopg.OperationalError) and not _refused(error)

    def _abandon(self) -> bool:
        """Undo what is open; a connection that can't even do that is given up. Whether it is still there."""
        if self._connection is not None and not self._connection.closed:
            with suppress(psycopg.Error):
                self._connection.rollback()
                return True
        self.close()
        return False

    def _begin(self, connection: Connection, begin: str) -> None:
        """Begin a transaction with our settings: one message, one round trip."""
        settings = _SETTINGS.format(lock_timeout=round(self.lock_timeout * 1000))
        connection.execute(sql.SQL(f"{begin};{settings}"))

    def _open(self, *, check: bool) -> Connection:
        if self._connection is None or self._connection.closed:
            # a pooler in transaction mode forgets prepared statements (pgBouncer before 1.21: Debian 12 has 1.18)
            self._connection = psycopg.connect(
                self.location.conninfo, autocommit=True, prepare_threshold=None
            )
            self._ready = check and check_tables(self._connection, self.location.shown)
        return self._connection

    def _translated(self, error: psycopg.Error) -> StateError:
        reason = (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")
        if isinstance(error, errors.InsufficientPrivilege):
            return StateError(
                f"{self.location.shown}: {reason}.", "docs/postgres.md lists what each role needs."
            )
        if isinstance(error, errors.LockNotAvailable):
            return StateError(
                f"{self.location.shown}: another transaction holds the entry for too long.", "Run it again."
            )
        return self._lost(reason)

    def _lost(self, reason: str) -> StateError:
        return StateError(
            f"{self.location.shown} can't be used: {reason}.",
            "Check the server, the network and PGPASSWORD; then run it again: it starts from what the state says.",
        )


def _refused(error: psycopg.OperationalError) -> bool:
    """Whether the server itself said no: then asking again gives the same answer."""
    state: Any = error.sqlstate
    text = str(error)
    return (state or "").startswith(("28", "3D", "42")) or any(
        words in text
        for words in ("authentication failed", "no password supplied", "does not exist", "pg_hba.conf")
    )


def _waits(patience: float) -> Iterator[None]:
    """Turns at growing distances until ``patience`` seconds have passed; at least one."""
    end, pause = time.monotonic() + patience, 0.02
    while True:
        yield
        if time.monotonic() + pause > end:
            return
        time.sleep(pause)
        pause = min(pause * 2, 1.0)
