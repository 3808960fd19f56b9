"""What a run does first: it settles what it can of the intents that a killed run of this machine left."""

from dataclasses import replace
from datetime import datetime

from publisher.model.state import Event, Status
from publisher.networks.gateway import Created
from publisher.publishing.entries import published, restored
from publisher.publishing.marks import Marks
from publisher.state.edits import AuditEdit, PostEdit
from publisher.state.store import Session


def recover(session: Session, marks: Marks, now: datetime) -> None:
    """Settle the intents whose marks prove what became of them."""
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
            continue
        else:
            after, what = entry._replace(attempt=replace(attempt, expires_at=now)), "in doubt"
        session.write(PostEdit(key, entry, after), AuditEdit(Event(now, "recover", key, what)))
        if mark.phase != "sending":
            marks.clear(attempt.id)
