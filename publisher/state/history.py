"""The history of a project: each action with its key, time, person and result."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable

from publisher.model.state import State


@dataclass(frozen=True, slots=True)
class Record:
    """One action. ``who`` is what the machine said, ``role`` the database's own name for it.

    ``answer`` is LinkedIn's code where it refused; ``detail`` its reason, or the command's words. None: not
    known.
    """

    at: datetime
    who: str | None
    role: str | None
    action: str
    key: str
    digest: str | None = None
    urn: str | None = None
    answer: str | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which records: the newest ``limit`` (None: all) of a key, since a time, of an action."""

    key: str | None = None
    since: datetime | None = None
    action: str | None = None
    limit: int | None = None

    def has(self, record: Record) -> bool:
        """Return whether a record is wanted; the limit is not looked at."""
        return (
            self.key in (None, record.key)
            and self.action in (None, record.action)
            and (self.since is None or record.at >= self.since)
        )


@runtime_checkable
class Audited(Protocol):
    """A store that keeps an audit of its own."""

    def audit(self, wanted: Wanted) -> Sequence[Record]:
        """Return every wanted record, oldest first."""


def records_of(state: State, wanted: Wanted) -> list[Record]:
    """Return what a store without audit knows: the commands people gave, and when posts were published."""
    records = [
        Record(event.at, None, None, event.action, event.key, detail=event.detail) for event in state.history
    ]
    for key, entry in state.posts.items():
        for at, action in ((entry.published_at, "published"), (entry.deleted_at, "deleted")):
            if at is not None:
                records.append(Record(at, None, None, action, key, entry.digest, entry.urn))
    found = sorted(
        (record for record in records if wanted.has(record)), key=lambda r: (r.at, r.key, r.action)
    )
    return found if wanted.limit is None else found[max(len(found) - wanted.limit, 0) :]
