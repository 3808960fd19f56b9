"""Guard against a lost or foreign state: check before a session publishes, and record after it."""

import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from shlex import quote
from types import MappingProxyType

from publisher.errors import StateError
from publisher.model.state import State, Status, known_urns
from publisher.state import journal
from publisher.state.edits import Edit, IdentityEdit, PostEdit
from publisher.state.marks import described, losses
from publisher.state.moved import moved_to
from publisher.state.origins import Copy, Origins
from publisher.state.records import format_time

_AGAIN = "live posts would be published again"


class Guard:
    """What is known of a state beside its own bytes.

    ``root`` is the project folder, ``service`` what this run publishes to (empty: it publishes nothing, and
    nothing is checked). ``journaled`` is False for rehearsals, which may begin anew at any time. ``serials`` are the
    numbers that this machine has seen, by lineage.
    """

    def __init__(
        self,
        location: str,
        root: Path,
        service: str,
        *,
        origins: Origins | None = None,
        journaled: bool = True,
        serials: Mapping[str, int] = MappingProxyType({}),
        environ: Mapping[str, str] = os.environ,
    ) -> None:
        self._location = location
        self._root = str(root.resolve())
        self._service = service
        self._origins = origins
        self._journaled = journaled
        self._ci = environ.get("CI", "").lower() not in ("", "0", "false")
        # a later line is of a run beside this one: the store has it, and the state we hold may be older
        self._since = format_time(datetime.now(UTC))
        self._checked: object = None
        # Read before the state, as `serials`: a run beside this one may write, and remember its number, in between.
        self._serials = serials
        self._serial = 0

    def identity(self, state: State) -> tuple[IdentityEdit, ...]:
        """Return the edit that gives a state its lineage and service, if it lacks one."""
        if state.lineage and (state.service or not self._service):
            return ()
        lineage = state.lineage or journal.new_lineage()
        return (IdentityEdit(lineage, state.service or self._service, state.extra),)

    def require_whole(self, state: State, *, there: bool, fetch: bool) -> None:
        """Raise `StateError` if the state lacks what a source within reach has, or describes another service.

        ``there`` says whether something is kept at the location. ``fetch`` asks remotes.
        """
        if not self._service:
            return
        # Cheap checks first: they read nothing but the state. The copies in git and the journal are compared
        # again only after a commit, or after somebody else has changed the state, since this runs before each
        # create.
        self.require_service(state)
        self.require_serial(state)
        head = self._origins.head if self._origins else None
        seen = (head, there)
        if self._checked == seen and not fetch:
            return
        if self._origins is not None:
            for copy in self._origins.copies(fetch=fetch):
                self.compare(state, copy)
            self._compare_history(state)
        if self._journaled:
            self._compare_journal(state)
        if not there:
            self._require_creation()
        self._checked = seen

    def require_service(self, state: State) -> None:
        """Raise `StateError` if the state belongs to another service than this run publishes to, or was moved."""
        if self._service and (new := moved_to(state)):
            raise StateError(
                f"{self._location} was moved to {new}, and nothing is published from it.",
                f"Set `state: {new}` in publisher.yaml. To use {self._location} again: "
                f"`publisher state migrate {new} {self._location}`.",
            )
        if self._service and state.service and state.service != self._service:
            raise StateError(
                f"{self._location} describes {state.service}, and this run publishes to {self._service}.",
                f"Use a state of its own for each service: set `state:` to another place for {self._service}.",
            )

    def require_serial(self, state: State) -> None:
        """Raise `StateError` if the serial is lower than one that this machine has seen, as after a restore."""
        if not self._service or not state.serial:  # only a database numbers its writes
            return
        if not self._serial and state.lineage and self._journaled:
            self._serial = self._serials.get(state.lineage, 0)
        if state.serial < self._serial:
            at = state.written_at or datetime.now(UTC)
            raise StateError(
                f"{self._location} was restored from a backup: its newest record has the number {state.serial}, and "
                f"this machine has seen {self._serial}; {_AGAIN}.",
                f"Stop every worker, then `publisher state restored --since {format_time(at.replace(microsecond=0))}` "
                "(the time of its newest record) holds what was due since then until somebody has looked.",
            )
        self._serial = state.serial

    def remember_serial(self, state: State) -> None:
        """Remember the highest serial for later runs on this machine."""
        if self._service and self._journaled and state.lineage and state.serial:
            journal.keep_serial(state.lineage, state.serial)

    def forget(self) -> None:
        """Check everything again next time, because another process has changed the state."""
        self._checked = None

    def compare(self, state: State, copy: Copy) -> None:
        """Raise `StateError` if the state lacks what a copy of it has."""
        lost = losses(state, copy.state)
        if not lost:
            return
        message = f"{self._location} lacks {described(lost)}, which {copy.name} has; {_AGAIN}."
        # each lacks something of the other: a restore of the copy would lose what only this state has
        if losses(copy.state, state):
            raise StateError(message, f"Keep both: `publisher state init --from {quote(copy.name)}`.")
        raise StateError(message, f"Restore it: {copy.restore}.")

    def _compare_history(self, state: State) -> None:
        assert self._origins is not None  # noqa: S101 - asked by the only caller
        known = known_urns(state)
        for urn, commit in self._origins.removed_urns(state.lineage).items():
            if urn not in known:
                raise StateError(
                    f"{self._location} lacks {urn}, which commit {commit[:10]} removed; {_AGAIN}.",
                    f"Add it again: `publisher state init --from {commit[:10]}^`.",
                )

    def _compare_journal(self, state: State) -> None:
        if state.lineage:
            lines = journal.of_lineage(state.lineage)
        else:
            _, lines = journal.of_project(self._root, self._service)
        known = known_urns(state)
        lost = [
            line
            for line in lines
            # a rehearsal writes no lines, but a sandbox does, and its posts are not LinkedIn's
            if line.urn not in known and line.service == self._service and line.at < self._since
        ]
        if lost:
            first = lost[0]
            more = f" and {len(lost) - 1} more" if len(lost) > 1 else ""
            raise StateError(
                f"{self._location} lacks {first.urn} of {first.key!r}{more}, which this machine published; {_AGAIN}.",
                "Restore the state from git or a backup. Without one: `publisher state init --from-journal`.",
            )

    def _require_creation(self) -> None:
        """Raise `StateError` if nothing shows whether there ever was a state."""
        if not self._journaled:
            return  # a rehearsal's state, which git never keeps: what it lacks is live nowhere
        # both lack the memory that would show an older state: a runner has no journal, a shallow clone no
        # history
        why = "this is a CI runner" if self._ci else None
        if self._origins is not None and self._origins.cut_off():
            why = "this is a shallow clone, which does not have the history that would tell"
        if why is not None:
            raise StateError(
                f"{self._location} does not exist, and {why}.",
                "If nothing was published yet: `publisher state init`, and commit it. "
                "Else restore the state, or fetch the whole history (`git fetch --unshallow`).",
            )

    def published(self, state: State, edits: Sequence[Edit]) -> None:
        """Add to the journal what a write has recorded as published."""
        if not (self._journaled and self._service and state.lineage):
            return
        at = format_time(datetime.now(UTC))
        lines = [
            journal.Line(edit.key, edit.after.author, edit.after.urn, self._service, self._root, at)
            for edit in _posts(edits)
            if edit.after is not None and edit.after.urn is not None and edit.after.status is Status.PUBLISHED
            if edit.before is None or edit.before.urn != edit.after.urn
        ]
        journal.append(state.lineage, lines)
        if lines:
            self.remember_serial(state)


def _posts(edits: Iterable[Edit]) -> list[PostEdit]:
    return [edit for edit in edits if isinstance(edit, PostEdit)]
