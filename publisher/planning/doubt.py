"""Describe intents with an unknown outcome in a plan, and tell a person how to settle them. Pure."""

from datetime import UTC, datetime, timedelta
from shlex import quote

from publisher.model.plan import Action
from publisher.model.state import Entry, Intention

INVISIBLE = timedelta(minutes=15)
"""How long a new post may be invisible although it is live.

LinkedIn's processing takes 5 to 15 minutes (Postiz feedback#3651, #2065, read 2026-11-24).
"""

RESTORED = "restored-"
"""How the ids of intents begin that `publisher state restored` wrote."""

CLOCKS = timedelta(hours=1)
"""How far the clocks of the machines that publish may differ. A later time was written by a wrong clock."""

_SENT = {
    "create": "a create was sent",
    "comment": "a comment was sent",
    "update": "an edit was sent",
    "delete": "a delete was sent",
    "replace": "a delete and a create were sent",
}


def pending_reason(key: str, entry: Entry, now: datetime) -> tuple[Action, str]:
    """Return what to do with a key in doubt, and why.

    Do nothing while it is in flight. Later a person must settle it.
    """
    if is_in_flight(entry, now) and entry.attempt and entry.attempt.expires_at:
        until = _time(entry.attempt.expires_at)
        return Action.NONE, f"another run may be sending it now; its outcome is unknown from {until} on"
    if entry.attempt and entry.attempt.id.startswith(RESTORED):
        since = _time(entry.attempt.started_at)
        return Action.UNKNOWN, (
            f"the state was restored, and it may have been published since {since}; {how_to_settle(key, entry)}"
        )
    sent = _SENT[entry.attempt.action] if entry.attempt else "something was sent"
    at = _time(entry.attempt.started_at) if entry.attempt else "an unknown time"
    return Action.UNKNOWN, f"{sent} at {at} and its outcome is unknown; {how_to_settle(key, entry)}"


def is_in_flight(entry: Entry, now: datetime) -> bool:
    """Return whether the run that wrote an intent may still be sending it."""
    attempt = entry.attempt
    if attempt is None or attempt.expires_at is None or attempt.started_at > now + CLOCKS:
        return False
    return now < attempt.expires_at


def may_be_repeated(entry: Entry, action: Intention, now: datetime) -> bool:
    """Return whether an intent of that action is over and its request may be sent again without harm."""
    return entry.attempt is not None and entry.attempt.action == action and not is_in_flight(entry, now)


def absent_from(entry: Entry) -> datetime | None:
    """Return when the author's page proves that nothing was created, or None without an attempt."""
    attempt = entry.attempt
    if attempt is None:
        return None
    return max(attempt.started_at, attempt.expires_at or attempt.started_at) + INVISIBLE


def how_to_settle(key: str, entry: Entry) -> str:
    """Return the page to look at and the commands to paste."""
    action = entry.attempt.action if entry.attempt else "create"
    page = entry.permalink if action in ("update", "delete") and entry.permalink else author_page(entry)
    resolve = f"publisher state resolve {quote(key)}"
    from_then = absent_from(entry)
    wait = f" from {_time(from_then)} on" if from_then else ""
    live = (entry.before.urn if entry.before else entry.urn) or "URN"
    if entry.network != "linkedin" and action not in ("update", "delete"):
        page = f"{page} (`{resolve} --check` asks the network)"
    match action:
        case "delete":
            return f"look at {page}, then `{resolve} --absent` if it is gone, or `{resolve} --published {live}` if not"
        case "update":
            return (
                f"look at {page}, then `{resolve} --published {live}` if it shows the new text, or "
                f"`{resolve} --absent` if it shows the old one"
            )
        case _:
            return (
                f"look at {page}, then `{resolve} --published URN` with its link if it is there, or, if it is not,"
                f"{wait} `{resolve} --absent`"
            )


def author_page(entry: Entry) -> str:
    """Return the page that lists the newest posts of an entry's author."""
    author = entry.author
    match entry.network:
        case "bluesky":
            return f"https://bsky.app/profile/{author}"
        case "mastodon":
            return author
        case "zernio":
            return "https://zernio.com/dashboard"
    kind, _, number = author.removeprefix("urn:li:").partition(":")
    if kind == "organization":
        return f"https://www.linkedin.com/company/{number}/posts/"
    return "https://www.linkedin.com/in/me/recent-activity/all/"


def _time(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
