"""Read evidence from a URN: its time, and whether a duplicate answer names our own attempt."""

import re
from datetime import UTC, datetime

from publisher.model.state import Entry, State, known_urns
from publisher.planning.same_post import GHOST_WINDOW, content_of, deletions

_URN = re.compile(r"urn:li:(?:share|ugcPost|activity):(\d+)")
# an activity is a feed item with a number of its own, so its URN does not name the post
_POST = re.compile(r"urn:li:(?:share|ugcPost):\d+")


def urn_time(urn: str) -> datetime | None:
    """Return when a share, ugcPost or activity URN was made: its id >> 22 is epoch milliseconds."""
    # LinkedIn documents no such rule. Of 8 URNs with a known date, 7 fit (checked 2026-11-23); the one that
    # does not is a sample in the documentation. So the time can speak against a URN, and never alone for one.
    match = _URN.fullmatch(urn)
    if match is None:
        return None
    try:
        return datetime.fromtimestamp((int(match[1]) >> 22) / 1000, UTC)
    except (OverflowError, ValueError, OSError):
        return None


def is_our_attempt(urn: str | None, started_at: datetime, now: datetime) -> bool:
    """Return whether a URN was made between the start of an attempt and now, by the URN's own time.

    There is no tolerance, because a post from before the attempt is never its result. If the clocks differ,
    the duplicate is held, and a person decides.
    """
    made_at = urn_time(urn) if urn else None
    return made_at is not None and started_at <= made_at <= now


def may_be_adopted(urn: str, key: str, pending: Entry, state: State) -> bool:
    """Return whether a URN from the time of our attempt can only be ours.

    It must name a post that the state does not know, and no other attempt of the author may be as late.
    """
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
    """Return whether the same content was deleted lately, or may have been.

    After that, LinkedIn named URNs that do not exist, a new one for each attempt (Composio#2710, read
    2026-11-24).
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
