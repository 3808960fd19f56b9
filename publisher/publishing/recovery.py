"""Settle the intents of this machine's killed runs before a new run, as far as marks prove the outcome."""

from dataclasses import replace
from datetime import datetime

from publisher.model.state import Event, Status
from publisher.networks.gateway import Created
from publisher.publishing.entries import published, restored
from publisher.publishing.marks import Marks
from publisher.state.edits import AuditEdit, PostEdit
from publisher.state.store import Session


def recover(session: Session, marks: Marks, now: datetime) -> None:
    """Settle the intents whose marks prove their outcome."""
    for key, entry in sorted(session.state.posts.items()):
        attempt = entry.attempt
        mark = marks.read(attempt.id) if entry.status is Status.PENDING and attempt else None
        if attempt is None or mark is None:
            continue
        if mark.phase == "prepared":
            after, what = restored(entry), "was never sent"
        elif mark.phase == "created":
            after, what = published(entry, Created(mark.urn, mark.permalink), attempt.started_at), mark.urn
        elif attempt.expires_at is not None and attempt.expires_at <= now:
            continue  # it is in doubt already
        else:
            after, what = entry._replace(attempt=replace(attempt, expires_at=now)), "in doubt"
        session.write(PostEdit(key, entry, after), AuditEdit(Event(now, "recover", key, what)))
        # After the state, because a mark removed first would be missed if the write failed. "sending" stays:
        # an intent in doubt is settled by a person.
        if mark.phase != "sending":
            marks.clear(attempt.id)
