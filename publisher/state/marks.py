"""Find the URNs and intents that one copy of a state has and another one lacks. Pure."""

from typing import NamedTuple

from publisher.model.state import Entry, State, Status, known_urns


class Loss(NamedTuple):
    """Something that a state lacks: a URN that ``key`` had, or (None) an intent of ``key``."""

    key: str
    author: str
    urn: str | None


def losses(state: State, other: State) -> list[Loss]:
    """Return what ``other`` has and ``state`` lacks, in the order of the keys; empty if nothing was lost."""
    known = known_urns(state)
    found = [
        Loss(key, entry.author, entry.urn)
        for key, entry in other.posts.items()
        if entry.urn is not None and entry.urn not in known
    ]
    found += [
        Loss(key, past.author, past.urn)
        for key, line in other.past.items()
        for past in line
        if past.urn is not None and past.urn not in known
    ]
    # an intent that is missing is as bad as a missing URN: its post may be live, and would be created again
    found += [
        Loss(key, entry.author, None)
        for key, entry in other.posts.items()
        if entry.status is Status.PENDING and not _settled(state, key, entry)
    ]
    return sorted(set(found), key=lambda loss: (loss.key, loss.urn or ""))


def _settled(state: State, key: str, pending: Entry) -> bool:
    """Return whether a state knows of an intent, or what came of it."""
    attempt = pending.attempt
    assert attempt is not None  # noqa: S101 - a pending entry has one
    if any(past.attempt == attempt.id for past in state.past.get(key, ())):
        return True
    here = state.posts.get(key)
    if here is None:
        return False
    if here.attempt is not None and here.attempt.id == attempt.id:
        return True
    since = max(filter(None, (here.published_at, here.deleted_at)), default=None)
    # published_at has whole seconds
    return since is not None and since >= attempt.started_at.replace(microsecond=0)


def described(found: list[Loss]) -> str:
    """Return what was lost, for a message."""
    first = found[0]
    what = f"{first.urn} of {first.key!r}" if first.urn else f"the intent of {first.key!r}"
    return what + (f" and {len(found) - 1} more" if len(found) > 1 else "")
