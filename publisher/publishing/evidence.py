"""What a URN proves: its own time, and whether a duplicate answer names our own attempt."""

import re
from datetime import UTC, datetime

from publisher.model.state import Entry, State, known_urns
from publisher.planning.same_post import GHOST_WINDOW, content_of, deletions

_URN = re.compile(r"urn:li:(?:share|ugcPost|activity):(\d+)")
_POST = re.compile(r"urn:li:(?:share|ugcPost):\d+")


def urn_time(urn: str) -> datetime | None:
    """When a share, ugcPost or activity URN was made: its id >> 22 is epoch milliseconds."""
    match = _URN.fullmatch(urn)
    if match is None:
        return None
    try:
        return datetime.fromtimestamp((int(match[1]) >> 22) / 1000, UTC)
    except (OverflowError, ValueError, OSError):
        return None


def is_our_attempt(urn: str | None, started_at: datetime, now: datetime) -> bool:
    """Whether a URN was made between the start of an attempt and now, by the URN's own time.

    There is no tolerance: a post that was made before the attempt is never its own. Where the clocks differ, the
    duplicate is held, and a person decides.
    """
    made_at = urn_time(urn) if urn else None
    return made_at is not None and started_at <= made_at <= now


def may_be_adopted(urn: str, key: str, pending: Entry, state: State) -> bool:
    """Whether a URN from within our attempt can be nobody else's: of a post, unknown, and no other attempt was near."""
    attempt = pending.attempt
    if attempt is None or attempt.action == "comment" or not _POST.fullmatch(urn) or urn in known_urns(state):
        return False
    return not any(
        entry.author == pending.author
        and (entry.attempt is not None or (entry.published_at or attempt.started_at) >= attempt.started_at)
        for other, entry in state.posts.items()
        if other != key
    )


def may_be_ghost(pending: Entry, state: State, now: datetime) -> bool:
    """Whether the same content was deleted lately, or may have been.

    Then LinkedIn is known to name URNs that do not exist, with fresh times.
    """
    content = content_of(pending)
    if any(found == content and at >= now - GHOST_WINDOW for found, at in deletions(state)):
        return True
    doubtful = [
        entry.before
        for entry in state.posts.values()
        if entry.before is not None and entry.attempt and entry.attempt.action in ("delete", "replace")
    ]
    return any(
        content_of(entry) == content for entry in (*doubtful, *((pending.before,) if pending.before else ()))
    )
