"""Edits: how a state becomes the next one. Pure; every store applies the same rules."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from publisher.errors import StateConflict
from publisher.model.state import Entry, Event, Failure, State, Status, UploadedMedia


@dataclass(frozen=True, slots=True)
class PostEdit:
    """Replace what is kept under ``key``: from ``before`` (None: nothing) to ``after`` (None: remove)."""

    key: str
    before: Entry | None
    after: Entry | None


@dataclass(frozen=True, slots=True)
class SlotEdit:
    """Assign a slot time to ``key``, or give it back with None."""

    key: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class UploadEdit:
    """Remember the assets LinkedIn has for ``key`` before it is published; empty forgets them."""

    key: str
    media: tuple[UploadedMedia, ...]


@dataclass(frozen=True, slots=True)
class EventEdit:
    """Append a line to the history."""

    event: Event


@dataclass(frozen=True, slots=True)
class FailureEdit:
    """Remember why a key's last change was refused, or forget it with None.

    The same code and message again change nothing: the failure keeps the time since when it is so.
    """

    key: str
    failure: Failure | None


@dataclass(frozen=True, slots=True)
class AuditEdit:
    """A line for stores that keep an audit of every action; the others have nothing to change for it."""

    event: Event


Edit = PostEdit | SlotEdit | UploadEdit | EventEdit | FailureEdit | AuditEdit


def apply_edits(state: State, edits: Sequence[Edit]) -> State:
    """The state after all edits. Raises `StateConflict`, naming the key, where an entry is not ``before``.

    What settles a key (published, stamped, deleted) also ends its failure, and gives its slot back.
    """
    posts, slots, uploads = dict(state.posts), dict(state.slots), dict(state.uploads)
    failures, history = dict(state.failures), list(state.history)
    for edit in edits:
        match edit:
            case PostEdit(key, before, after):
                if posts.get(key) != before:
                    raise conflict(key)
                _put(posts, key, after)
                if after is not None and after.status is not Status.PENDING:
                    failures.pop(key, None)
                    slots.pop(key, None)
            case SlotEdit(key, at):
                _put(slots, key, at)
            case UploadEdit(key, media):
                _put(uploads, key, media or None)
            case EventEdit(event):
                history.append(event)
            case FailureEdit(key, failure):
                _put(failures, key, _since(failures.get(key), failure))
    return replace(
        state,
        posts=MappingProxyType(posts),
        slots=MappingProxyType(slots),
        uploads=MappingProxyType(uploads),
        history=tuple(history),
        failures=MappingProxyType(failures),
    )


def conflict(key: str) -> StateConflict:
    """The error of an edit that does not find what it expected."""
    return StateConflict(
        f"The state's entry of {key!r} was changed by someone else; nothing was written.",
        "Run the command again: it will start from the state as it is now.",
    )


def _since(known: Failure | None, failure: Failure | None) -> Failure | None:
    same = known and failure and (known.code, known.message) == (failure.code, failure.message)
    return known if same else failure


def _put(mapping: dict[str, Any], key: str, value: Any) -> None:
    if value is None:
        mapping.pop(key, None)
    else:
        mapping[key] = value
