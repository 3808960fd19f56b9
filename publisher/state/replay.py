"""Rebase a state: find what changed between two states, as edits that can be made to a third. Pure."""

from collections.abc import Iterator, Mapping
from typing import TypeVar

from publisher.model.state import State, known_urns
from publisher.state.edits import (
    DeferEdit,
    Edit,
    EventEdit,
    FailureEdit,
    HeldEdit,
    PastEdit,
    PauseEdit,
    PostEdit,
    SlotEdit,
    UploadEdit,
    lost_by,
)

T = TypeVar("T")


def replayed(base: State, mine: State, theirs: State) -> tuple[Edit, ...]:
    """Return the edits that bring to ``theirs`` what ``mine`` has done since ``base``.

    Leave out what ``theirs`` has already.

    Applied to ``theirs``, they raise `StateConflict` if both have changed one entry in different ways. An
    entry that ``mine`` lacks is removed only if ``mine`` remembers that it was removed or moved
    (`State.past`): a file that lost entries, such as one checked out from an older commit, removes nothing.
    """
    # changes that settle an entry also clear what belongs to it, so these come first
    edits: list[Edit] = []
    for key in _changed(base.posts, mine.posts, theirs.posts):
        there, here = base.posts.get(key), mine.posts.get(key)
        if here is not None or mine.past.get(key, ()) != base.past.get(key, ()):
            edits.append(PostEdit(key, there, here, _moved_to(mine, key) if here is None else None))
    edits += [
        PastEdit(key, mine.past[key])
        for key in _changed(base.past, mine.past, theirs.past)
        if key in mine.past
    ]
    edits += [SlotEdit(key, mine.slots.get(key)) for key in _changed(base.slots, mine.slots, theirs.slots)]
    edits += [
        UploadEdit(key, mine.uploads.get(key, ()))
        for key in _changed(base.uploads, mine.uploads, theirs.uploads)
    ]
    edits += [
        FailureEdit(key, mine.failures.get(key))
        for key in _changed(base.failures, mine.failures, theirs.failures)
    ]
    edits += [HeldEdit(key, mine.held.get(key)) for key in _changed(base.held, mine.held, theirs.held)]
    edits += [
        DeferEdit(name, mine.deferred.get(name))
        for name in _changed(base.deferred, mine.deferred, theirs.deferred)
    ]
    if mine.pause not in (base.pause, theirs.pause):
        edits.append(PauseEdit(mine.pause))
    known = {*base.history, *theirs.history}
    edits += [EventEdit(event) for event in mine.history if event not in known]
    return tuple(edits)


def missing_edits(state: State, other: State) -> tuple[Edit, ...]:
    """Return the edits that add to a state what another copy of it has: entries, and what keys were.

    Nothing is replaced.
    """
    edits: list[Edit] = []
    known = known_urns(state)
    for key, entry in sorted(other.posts.items()):
        if key not in state.posts and key not in state.past and (entry.urn is None or entry.urn not in known):
            edits.append(PostEdit(key, None, entry))
        elif entry.urn is not None and entry.urn not in known:
            edits.append(PastEdit(key, lost_by(PostEdit(key, entry, None))))
    edits += [PastEdit(key, line) for key, line in sorted(other.past.items())]
    return tuple(edits)


def _moved_to(state: State, key: str) -> str | None:
    past = state.past.get(key, ())
    return past[-1].moved_to if past else None


def _changed(base: Mapping[str, T], mine: Mapping[str, T], theirs: Mapping[str, T]) -> Iterator[str]:
    for key in sorted(base.keys() | mine.keys()):
        if mine.get(key) not in (base.get(key), theirs.get(key)):
            yield key
