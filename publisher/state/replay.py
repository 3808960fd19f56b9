"""What changed between two states, as edits that can be made to a third: how a state is rebased. Pure."""

from collections.abc import Iterator, Mapping
from typing import TypeVar

from publisher.model.state import State
from publisher.state.edits import Edit, EventEdit, FailureEdit, PostEdit, SlotEdit, UploadEdit

T = TypeVar("T")


def replayed(base: State, mine: State, theirs: State) -> tuple[Edit, ...]:
    """The edits that bring to ``theirs`` what ``mine`` has done since ``base``; what is there already is left out.

    Applied to ``theirs``, they raise `StateConflict` where both have changed one entry in different ways.
    """
    # changes that settle an entry also clear what hangs on it, so that these come first
    return (
        *(
            PostEdit(key, base.posts.get(key), mine.posts.get(key))
            for key in _changed(base.posts, mine.posts, theirs.posts)
        ),
        *(SlotEdit(key, mine.slots.get(key)) for key in _changed(base.slots, mine.slots, theirs.slots)),
        *(
            UploadEdit(key, mine.uploads.get(key, ()))
            for key in _changed(base.uploads, mine.uploads, theirs.uploads)
        ),
        *(
            FailureEdit(key, mine.failures.get(key))
            for key in _changed(base.failures, mine.failures, theirs.failures)
        ),
        *(EventEdit(event) for event in mine.history if event not in {*base.history, *theirs.history}),
    )


def _changed(base: Mapping[str, T], mine: Mapping[str, T], theirs: Mapping[str, T]) -> Iterator[str]:
    for key in sorted(base.keys() | mine.keys()):
        if mine.get(key) not in (base.get(key), theirs.get(key)):
            yield key
