"""Apply edits to a state and return the next state. Pure. Every store applies the same rules."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import TypeVar

from publisher.errors import StateConflict
from publisher.model.state import (
    Entry,
    Event,
    Failure,
    Held,
    Past,
    Pause,
    State,
    Status,
    UploadedMedia,
)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class PostEdit:
    """Replace what is kept under ``key``: from ``before`` (None: nothing) to ``after`` (None: remove).

    ``moved_to`` is the key that gets the entry in the same write. What the entry's URN and intent were is
    remembered in `State.past` by `apply_edits`.
    """

    key: str
    before: Entry | None
    after: Entry | None
    moved_to: str | None = None


@dataclass(frozen=True, slots=True)
class PastEdit:
    """Remember what ``key`` was, such as a URN that a restored file no longer has."""

    key: str
    past: tuple[Past, ...]


@dataclass(frozen=True, slots=True)
class SlotEdit:
    """Assign a slot time to ``key``, or give it back with None."""

    key: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class UploadEdit:
    """Remember the files that the network has for ``key`` before it is published; empty forgets them."""

    key: str
    media: tuple[UploadedMedia, ...]


@dataclass(frozen=True, slots=True)
class EventEdit:
    """Append a line to the history."""

    event: Event


@dataclass(frozen=True, slots=True)
class FailureEdit:
    """Remember why a key's last change was refused, or forget it with None.

    The same code and message again change nothing. The failure keeps the time of its first occurrence.
    """

    key: str
    failure: Failure | None


@dataclass(frozen=True, slots=True)
class HeldEdit:
    """Hold ``key`` after a duplicate answer, or free it with None."""

    key: str
    held: Held | None


@dataclass(frozen=True, slots=True)
class DeferEdit:
    """Send nothing for ``author`` (or ``app``) until ``until``; None ends that.

    An earlier time changes nothing.
    """

    author: str
    until: datetime | None


@dataclass(frozen=True, slots=True)
class PauseEdit:
    """Stop all publishing, or resume it with None."""

    pause: Pause | None


@dataclass(frozen=True, slots=True)
class IdentityEdit:
    """Set the lineage, the service and the unknown fields of a new state."""

    lineage: str
    service: str
    extra: str = ""


@dataclass(frozen=True, slots=True)
class AuditEdit:
    """A line for stores that keep an audit of every action; the others have nothing to change for it."""

    event: Event


Edit = (
    PostEdit
    | PastEdit
    | SlotEdit
    | UploadEdit
    | EventEdit
    | FailureEdit
    | HeldEdit
    | DeferEdit
    | PauseEdit
    | IdentityEdit
    | AuditEdit
)


class _Draft:
    """The parts of a state that edits change; a part is copied when it is changed first."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._changed: dict[str, object] = {}

    def get(self, part: str, key: str) -> object:
        found: Mapping[str, object] = self._mapping(part)
        return found.get(key)

    def put(self, part: str, key: str, value: object) -> None:
        if self.get(part, key) == value:
            return
        copied = self._changed.get(part)
        if not isinstance(copied, dict):
            copied = self._changed[part] = dict(self._mapping(part))
        if value is None:
            copied.pop(key, None)
        else:
            copied[key] = value

    def set(self, part: str, value: object) -> None:
        if getattr(self._state, part) != value or part in self._changed:
            self._changed[part] = value

    def append(self, event: Event) -> None:
        known = self._changed.get("history", self._state.history)
        assert isinstance(known, tuple)  # noqa: S101 - the part's type
        self._changed["history"] = (*known, event)

    def result(self) -> State:
        """Return the state with the changes; the same object if nothing changed."""
        if not self._changed:
            return self._state
        changes: dict[str, object] = {
            part: MappingProxyType(value) if isinstance(value, dict) else value
            for part, value in self._changed.items()
        }
        return replace(self._state, **changes)  # type: ignore[arg-type] # the names are this module's own

    def _mapping(self, part: str) -> Mapping[str, object]:
        found = self._changed.get(part)
        if isinstance(found, dict):
            return found
        known: Mapping[str, object] = getattr(self._state, part)
        return known


def apply_edits(state: State, edits: Sequence[Edit]) -> State:
    """Return the state after all edits, the same object if they change nothing.

    Raise `StateConflict`, naming the key, where an entry is not ``before``. What settles a key (published,
    stamped, deleted) also ends its failure and its hold, and gives its slot back.
    """
    draft = _Draft(state)
    for edit in edits:
        match edit:
            case PostEdit() | PastEdit():
                _apply_to_post(draft, edit)
            case EventEdit(event):
                draft.append(event)
            case PauseEdit(pause):
                draft.set("pause", pause)
            case IdentityEdit(lineage, service, extra):
                for name, value in (("lineage", lineage), ("service", service), ("extra", extra)):
                    draft.set(name, value)
            case AuditEdit():
                pass
            case _:
                _apply_to_note(draft, edit)
    return draft.result()


def _apply_to_post(draft: _Draft, edit: PostEdit | PastEdit) -> None:
    if isinstance(edit, PastEdit):
        _remember(draft, edit.key, edit.past)
        return
    if draft.get("posts", edit.key) != edit.before:
        raise conflict(edit.key)
    draft.put("posts", edit.key, edit.after)
    # an intent settles nothing, so a refused key keeps its failure until it is published
    if edit.after is not None and edit.after.status is not Status.PENDING:
        for part in ("failures", "slots", "held"):
            draft.put(part, edit.key, None)
    _remember(draft, edit.key, lost_by(edit))


def _apply_to_note(draft: _Draft, edit: SlotEdit | UploadEdit | FailureEdit | HeldEdit | DeferEdit) -> None:
    match edit:
        case SlotEdit(key, at):
            draft.put("slots", key, at)
        case UploadEdit(key, media):
            draft.put("uploads", key, media or None)
        case FailureEdit(key, failure):
            known = draft.get("failures", key)
            draft.put("failures", key, _since(known if isinstance(known, Failure) else None, failure))
        case HeldEdit(key, held):
            draft.put("held", key, held)
        case DeferEdit(author, until):
            # the later time holds: of two runs that were refused, one may have got a shorter answer
            so_far = draft.get("deferred", author)
            if until is None or not isinstance(so_far, datetime) or so_far < until:
                draft.put("deferred", author, until)


def lost_by(edit: PostEdit) -> tuple[Past, ...]:
    """Return what `State.past` must remember: a removed entry, a URN that is gone, an edit that is over.

    An intent of a create that its own run takes back leaves nothing, so that a refusal every hour does not
    change the state every hour. Who settles another run's intent adds a `PastEdit` with `over`.
    """
    if edit.before is None:
        return ()
    old = [one for one in (edit.before, edit.before.before) if one is not None]
    new = [one for one in (edit.after, edit.after.before if edit.after else None) if one is not None]
    kept = {one.urn for one in new}
    lost = tuple(_past(one, edit.moved_to) for one in old if one.urn is not None and one.urn not in kept)
    if lost:
        return lost
    if edit.after is None:
        return () if edit.before.status is Status.PENDING else (_past(edit.before, edit.moved_to),)
    edited = (
        edit.before.attempt is not None and edit.after.attempt is None and edit.after.urn == edit.before.urn
    )
    return over(edit.before) if edited and edit.after != edit.before.before else ()


def over(entry: Entry) -> tuple[Past, ...]:
    """Return what to remember of a settled intent, so that no older copy of the state brings it back."""
    return (replace(_past(entry, None), urn=None),) if entry.attempt else ()


def _past(entry: Entry, moved_to: str | None) -> Past:
    return Past(
        entry.author,
        entry.digest,
        entry.text_digest,
        entry.urn,
        entry.deleted_at,
        entry.attempt.id if entry.attempt else None,
        moved_to,
    )


def _remember(draft: _Draft, key: str, lost: Iterable[Past]) -> None:
    known = draft.get("past", key)
    line: tuple[Past, ...] = known if isinstance(known, tuple) else ()
    fresh = tuple(one for one in lost if one not in line)
    if fresh:
        draft.put("past", key, (*line, *fresh))


def conflict(key: str) -> StateConflict:
    """Return the error of an edit that does not find what it expected."""
    return StateConflict(
        f"The state's entry of {key!r} was changed by someone else; nothing was written.",
        "Run the command again: it starts from the current state.",
    )


def _since(known: Failure | None, failure: Failure | None) -> Failure | None:
    same = known and failure and (known.code, known.message) == (failure.code, failure.message)
    return known if same else failure
