"""One run's hold on a state that others hold, too: no lock but those of its short transactions."""

import secrets
import time
from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

from publisher.errors import StateConflict
from publisher.model.state import State
from publisher.state.edits import (
    AuditEdit,
    DeferEdit,
    Edit,
    EventEdit,
    FailureEdit,
    HeldEdit,
    IdentityEdit,
    PastEdit,
    PauseEdit,
    PostEdit,
    SlotEdit,
    UploadEdit,
    apply_edits,
)
from publisher.state.guard import Guard
from publisher.state.postgres.audit import write_audit
from publisher.state.postgres.budget import PostgresBudget
from publisher.state.postgres.claims import RENEWED_AFTER, release_claims, renew_claims, take_claim
from publisher.state.postgres.database import Connection, Database
from publisher.state.postgres.tables import (
    Scope,
    lock_state,
    make_project,
    read_state,
    renumber,
    write_changes,
)

_PARTS = ("posts", "slots", "uploads", "failures", "past", "held", "deferred")


class PostgresSession:
    """Made by `publisher.state.postgres.store.PostgresStore.session` only."""

    def __init__(
        self,
        database: Database,
        project: int,
        who: str,
        state: State,
        budget: PostgresBudget,
        guard: Guard | None = None,
        *,
        narrowed: bool = False,
    ) -> None:
        self._guard = guard
        self._narrowed = narrowed
        self._database = database
        self.budget = budget
        self._project = project
        self._who = who
        self._holder = f"{who} {secrets.token_hex(6)}"
        self._claimed: str | None = None
        self._renewed = 0.0
        # a state of 100,000 entries is not copied for each write: its mappings are views of these
        self._parts: dict[str, dict[str, object]] = {part: dict(getattr(state, part)) for part in _PARTS}
        views = {part: MappingProxyType(mapping) for part, mapping in self._parts.items()}
        self._state = replace(state, **views)  # type: ignore[arg-type] # the parts are mappings

    @property
    def state(self) -> State:
        """What was read at first, with this run's writes; its mappings follow them."""
        return self._state

    def verify(self) -> None:
        """See `publisher.state.store.Session.verify`. A session that sees a part of the state checks the service."""
        if self._guard is None:
            return
        if self._narrowed:
            self._guard.require_service(self._state)
            self._guard.require_serial(self._state)
        else:
            there = bool(self._state.lineage or self._state.posts)
            self._guard.require_whole(self._state, there=there, fetch=False)

    def write(self, *edits: Edit) -> State:
        """See `publisher.state.store.Session.write`."""
        keys = frozenset(key for edit in edits if (key := _key(edit)) is not None)

        def work(connection: Connection) -> tuple[State, State | None]:
            there = lock_state(connection, self._project, keys)
            if self._guard is not None:
                self._guard.require_serial(there)
            try:
                after = apply_edits(there, edits)
                if self._guard is not None and after is not there:
                    after = apply_edits(after, self._guard.identity(after))
            except StateConflict:
                return there, None
            if after != there or any(isinstance(edit, AuditEdit | FailureEdit) for edit in edits):
                write_changes(connection, self._project, there, after)
                write_audit(connection, self._project, self._who, there, edits)
            self._renew_claim(connection)
            return there, after

        if edits:
            try:
                there, after = self._database.write(work)
            except StateConflict:  # an entry that came into being between our look and our write
                self._refresh(keys)
                raise
            self._remember(keys, after or there)
            if after is None:
                apply_edits(there, edits)  # says again which key it was
            elif self._guard is not None:
                self._guard.published(self._state, edits)
        return self._state

    def claim(self, key: str) -> bool:
        """See `publisher.state.store.SharedSession.claim`. A first comment or part is claimed with its post."""
        own, known = key.partition("#")[0], self._state.posts.get(key)

        def work(connection: Connection) -> tuple[bool, State]:
            taken = take_claim(connection, self._project, own, self._holder)
            # a comment needs its post's entry as it is now
            return taken, read_state(connection, self._project, Scope(frozenset({key, own})))

        taken, there = self._database.write(work)
        self._claimed = own if taken else None
        self._renewed = time.monotonic()
        self._remember({key, own}, there)
        return taken and self._state.posts.get(key) == known

    def renumber(self) -> None:
        """Tell all machines that a person knows of the restore: see `publisher.state.guard.Guard.require_serial`."""
        self._database.write(lambda connection: renumber(connection, self._project))

    def close(self) -> None:
        """Let go of what is claimed."""
        if self._guard is not None:
            self._guard.remember_serial(self._state)
        if self._claimed is not None:
            self._database.write(lambda connection: release_claims(connection, self._holder))
            self._claimed = None

    def _renew_claim(self, connection: Connection) -> None:
        if self._claimed is not None and time.monotonic() - self._renewed > RENEWED_AFTER:
            renew_claims(connection, self._holder)
            self._renewed = time.monotonic()

    def _refresh(self, keys: Iterable[str]) -> None:
        scope = Scope(frozenset(keys))
        self._remember(keys, self._database.read(lambda c: read_state(c, self._project, scope)))

    def _remember(self, keys: Iterable[str], now: State) -> None:
        """Take over what is kept under ``keys`` now, and lines of history that are new."""
        for part, known in self._parts.items():
            there: Mapping[str, object] = getattr(now, part)
            for key in keys:
                if key in there:
                    known[key] = there[key]
                else:
                    known.pop(key, None)
        self._state = replace(
            self._state,
            history=(*self._state.history, *now.history),
            pause=now.pause,
            lineage=now.lineage,
            service=now.service,
            extra=now.extra,
            serial=now.serial,
            written_at=now.written_at,
        )


def _key(edit: Edit) -> str | None:
    """What an edit changes the facts of: a key, or the author of a rate limit."""
    match edit:
        case (
            PostEdit(key) | PastEdit(key) | SlotEdit(key) | UploadEdit(key) | FailureEdit(key) | HeldEdit(key)
        ):
            return key
        case DeferEdit(author):
            return author
        case EventEdit() | AuditEdit() | PauseEdit() | IdentityEdit():
            return None


def open_session(
    database: Database,
    name: str,
    who: str,
    app: str,
    scope: Scope | None = None,
    *,
    guard: Guard | None = None,
) -> PostgresSession:
    """A session on a project, made on first use; ``scope`` narrows what it sees, ``app`` is whose budget counts."""
    database.prepare()

    def begin(connection: Connection) -> tuple[int, State]:
        project = make_project(connection, name)
        return project, read_state(connection, project, scope, app)

    project, state = database.write(begin)
    budget = PostgresBudget(database, app)
    return PostgresSession(database, project, who, state, budget, guard, narrowed=scope is not None)
