"""Plans: the comparison of posts with the state, as data."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from publisher.model.config import Api
from publisher.model.post import Post
from publisher.model.state import split_name


class Action(StrEnum):
    """The action of publish for a key, in the words of the contract."""

    CREATE = "create"
    NONE = "none"
    CHANGED = "changed"
    UPDATE = "update"
    REPLACE = "replace"
    MOVE = "move"
    ORPHAN = "orphan"
    DELETE = "delete"
    SCHEDULED = "scheduled"
    DRAFT = "draft"
    LATE = "late"
    UNKNOWN = "unknown"
    BLOCKED = "blocked"


ACTING = frozenset({Action.CREATE, Action.UPDATE, Action.REPLACE, Action.MOVE, Action.DELETE})
"""The actions that publish carries out. All other actions only state why nothing is done."""


class Change(NamedTuple):
    """One line of a plan: one copy of a post.

    ``key`` is the name of the copy's entry in the state: KEY, or KEY@ALIAS for a further author. It is unique
    in a plan. ``post`` is None if the source is gone; ``moved_from`` is the old name of a move. A first
    comment is a change of its own, under its copy's name with `publisher.model.state.COMMENT_SUFFIX`; so is
    each further part of a thread, with ``#2``, ``#3``, …: its ``post`` is the part. ``in_flight`` tells that
    another run may be sending it now.
    """

    key: str
    action: Action
    reason: str
    source: str
    author: str
    digest: str
    publish_at: datetime | None = None
    urn: str | None = None
    permalink: str | None = None
    diff: str | None = None
    payload: Mapping[str, Any] | None = None
    moved_from: str | None = None
    post: Post | None = None
    in_flight: bool = False
    network: str = "linkedin"

    @property
    def document(self) -> str:
        """The document's key, which all copies of a post share."""
        return self.post.document_key if self.post else split_name(self.key).key

    @property
    def part(self) -> str:
        """Which part of a copy it is: empty for the post, else ``first_comment`` or the number of a thread's part."""
        return split_name(self.key).part


@dataclass(frozen=True, slots=True)
class Plan:
    """All changes of a project, sorted by (publish_at, key, author), and the digests of what they were made from."""

    api: Api
    state_digest: str
    content_digest: str
    changes: tuple[Change, ...]
    refusal: str = ""
    """Why nothing of it is carried out: a limit, or a pause. Empty if it may be."""

    @property
    def acting(self) -> tuple[Change, ...]:
        """The changes that publish would carry out, in order."""
        return tuple(change for change in self.changes if change.action in ACTING)

    @property
    def summary(self) -> dict[str, int]:
        """How many changes each action has; actions without one are left out."""
        counts = Counter([change.action for change in self.changes])
        return {action.value: count for action, count in sorted(counts.items())}


@dataclass(frozen=True, slots=True)
class SavedPlan:
    """The promise of a saved plan: the digests it was made from, and its acting changes.

    ``acting`` holds (name, action, digest) in the order in which they are carried out.
    """

    api: str
    state_digest: str
    content_digest: str
    acting: tuple[tuple[str, Action, str], ...]
