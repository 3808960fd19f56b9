"""The store of ``postgresql://…``: see docs/postgres.md for what it promises and what its roles need."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from publisher.errors import StateError
from publisher.model.state import State
from publisher.state.guard import Guard
from publisher.state.history import Record, Wanted
from publisher.state.journal import serials
from publisher.state.postgres.audit import actor, read_audit
from publisher.state.postgres.budget import PostgresBudget
from publisher.state.postgres.database import PATIENCE, Connection, Database
from publisher.state.postgres.location import read_location
from publisher.state.postgres.retention import Retention, count_expired, delete_expired
from publisher.state.postgres.session import PostgresSession, open_session
from publisher.state.postgres.tables import Scope, project_id, read_state


class PostgresStore:
    """A project in a database. ``url`` and ``project`` as `publisher.state.postgres.location` reads them.

    ``lock_timeout`` is how many seconds a write waits for another one of the same key (10 at least), ``patience``
    for how many a lost server is waited for; ``keep_open`` keeps the connection between two uses, until `close`.
    ``app`` is whose budget is counted: LINKEDIN_CLIENT_ID, unless given.
    """

    def __init__(
        self,
        url: str,
        *,
        project: str = "",
        lock_timeout: float = 0,
        patience: float = PATIENCE,
        who: str = "",
        keep_open: bool = False,
        app: str | None = None,
        service: str = "",
    ) -> None:
        place = read_location(url, project)
        self.location = place.shown
        self.project = place.project
        self.database = Database(place, lock_timeout=lock_timeout, patience=patience)
        self._who = who or actor()
        self._app = os.environ.get("LINKEDIN_CLIENT_ID", "") if app is None else app
        self._keep_open = keep_open
        self._guard = Guard(self.location, Path.cwd(), service, serials=serials())

    def close(self) -> None:
        """Let go of the connection."""
        self.database.close()

    def read(self) -> State:
        """See `publisher.state.store.Store.read`. Makes no tables."""
        with self._closing():
            if not self.database.exists():
                return State()
            return self.database.read(self._read) or State()

    def verify(self) -> State:
        """See `publisher.state.store.Store.verify`."""
        state = self.read()
        self._guard.require_whole(state, there=bool(state.lineage or state.posts), fetch=False)
        return state

    def _read(self, connection: Connection) -> State | None:
        project = project_id(connection, self.project)
        return None if project is None else read_state(connection, project, None, self._app)

    @contextmanager
    def session(self, scope: Scope | None = None) -> Iterator[PostgresSession]:
        """See `publisher.state.store.Store.session`; any number may be open at once, on any machines.

        ``scope`` narrows what it sees: enough for a single post, and far less to read.
        """
        with self._closing():
            session = open_session(
                self.database, self.project, self._who, self._app, scope, guard=self._guard
            )
            try:
                yield session
            finally:
                with suppress(StateError):  # a claim that can't be given back ends by itself
                    session.close()

    def audit(self, wanted: Wanted) -> list[Record]:
        """See `publisher.state.history.Audited.audit`."""

        def ask(connection: Connection) -> list[Record]:
            project = project_id(connection, self.project)
            return [] if project is None else read_audit(connection, project, wanted)

        with self._closing():
            return self.database.read(ask) if self.database.exists() else []

    @property
    def budget(self) -> PostgresBudget:
        """What all runs together may still send."""
        return PostgresBudget(self.database, self._app)

    def upgrade(self) -> int:
        """Make the tables, or bring them to this version's form; returns how many steps that took."""
        with self._closing():
            return self.database.upgrade()

    def expire(self, kept: Retention, *, dry_run: bool = False) -> dict[str, int]:
        """Delete what is older than ``kept`` says, or count it; returns how many rows of each kind."""

        def work(connection: Connection) -> dict[str, int]:
            project = project_id(connection, self.project)
            if project is None:
                return {}
            if dry_run:
                return count_expired(connection, project, self.project, kept)
            return delete_expired(connection, project, self.project, self._who, kept)

        with self._closing():
            return (self.database.read if dry_run else self.database.write)(work)

    @contextmanager
    def _closing(self) -> Iterator[None]:
        try:
            yield
        finally:
            if not self._keep_open:
                self.close()
