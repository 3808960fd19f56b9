"""Protocols of a network, so that the engine knows no HTTP and the clients know no engine."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from types import MappingProxyType
from typing import Any, Literal, NamedTuple, Protocol

from publisher.model.post import Author, Media, Post

Payload = Mapping[str, Any]
"""A JSON body, exactly as it is sent."""

Progress = Callable[[int, int], None]
"""Called with (bytes sent so far, bytes in all) while a file is uploaded, and with the same again while LinkedIn
works on it; what it raises ends the upload. It may be called from another thread, one call at a time.
"""


class Created(NamedTuple):
    """A create that succeeded: the network's name of the post, its link for people, further names."""

    urn: str
    permalink: str
    ids: Mapping[str, str] = MappingProxyType({})


class Gateway(Protocol):
    """LinkedIn, as one configured API (``ugcPosts`` or ``posts``) speaks to it.

    Every method raises errors of `publisher.errors.ApiError` only. ``create`` and ``comment`` send their
    request exactly once; the others retry what is safe to retry.
    """

    def upload(self, author: Author, media: Media, progress: Progress | None = None) -> str:
        """Upload one file and wait until it can be used. Return its asset, image, video or document URN."""

    def create(self, author: Author, payload: Payload) -> Created:
        """Create a post from its encoded body.

        Raise `OutcomeUnknown` on a timeout, a dropped connection, 408, 5xx or a 201 without URN,
        `Duplicate` on 422 DUPLICATE_POST.
        """

    def update_text(self, author: Author, urn: str, payload: Payload) -> None:
        """Edit the text of a live post with an encoded patch (versioned API only)."""

    def delete(self, author: Author, urn: str) -> None:
        """Delete a live post; deleting one that is gone succeeds."""

    def comment(self, author: Author, urn: str, payload: Payload) -> Created:
        """Post a comment, encoded, under ``urn``; raises like ``create``."""


class Frozen(NamedTuple):
    """A create as the intent records it before its request: the key, and the body in its exact form."""

    token: str
    record: str


class Missing(Enum):
    """What `CopyGateway.find` says instead of a post."""

    ABSENT = "the network answered, and it has no such post"
    UNCERTAIN = "the network cannot tell"


@dataclass(frozen=True, slots=True)
class Traits:
    """What a network can do; the engine derives from it how an unknown outcome is settled.

    ``repeat_within`` is how long after the attempt a create may be repeated with its frozen key; None means
    never. ``atomic`` says that the network lets one key create one post even if requests overlap. If it does
    not, a create is repeated only after a look that found nothing, and not before ``settle_after``.
    ``media_steps`` are the calls that one file needs. Lengths are counted in ``unit``; ``byte_limit`` and
    ``url_length`` are None if there is none. ``lifetime`` is the longest time from the intent to the end
    of its request.
    """

    network: str
    repeat_within: timedelta | None
    atomic: bool
    readable: bool
    editable: bool
    deletable: bool
    replies: bool
    unit: Literal["UTF-16 units", "graphemes", "weighted characters"]
    limit: int
    byte_limit: int | None = None
    url_length: int | None = None
    settle_after: timedelta = timedelta(0)
    media_steps: tuple[str, ...] = ()
    lifetime: timedelta = timedelta(minutes=3)


class Step(Enum):
    """How an unknown create goes on."""

    ADOPT = "record the post that exists"
    REPEAT = "send the frozen create again"
    WAIT = "look again later"
    ASK = "a person decides"


def next_step(traits: Traits, found: Created | Missing, age: timedelta) -> Step:
    """Return how a create goes on whose outcome was never learned, ``age`` after its attempt began.

    A post that is absent later than ``repeat_within`` may have been deleted by somebody, so a person decides.
    The same holds for an age below zero: a clock was set back.
    """
    if isinstance(found, Created):
        return Step.ADOPT
    if traits.repeat_within is None or not timedelta(0) <= age <= traits.repeat_within:
        return Step.ASK
    if traits.atomic:
        return Step.REPEAT
    if age < traits.settle_after:
        return Step.WAIT
    return Step.REPEAT if found is Missing.ABSENT else Step.ASK


class CopyGateway(Protocol):
    """One author's account on a network other than LinkedIn.

    Every method raises errors of `publisher.errors.ApiError` only. ``create`` sends its request once; the
    others retry what is safe to retry. A delete or an edit raises `OutcomeUnknown` if it may have worked.
    """

    @property
    def identity(self) -> str:
        """Return the account of the secret, as the network names it. Raise `ApiError`."""

    @property
    def traits(self) -> Traits:
        """Return what the network can do, with the limits that the network itself states."""

    def freeze(self, post: Post, now: datetime, files: Mapping[str, bytes], parent: str = "") -> Frozen:
        """Upload the post's files (bytes by sha256) and return the create to be recorded.

        ``parent`` is replied to.
        """

    def create(self, frozen: Frozen) -> Created:
        """Send the create. Raise `OutcomeUnknown` if it may have been executed without a usable answer."""

    def find(self, frozen: Frozen, since: datetime) -> Created | Missing:
        """Look for the post of a create that was sent after ``since``."""

    def update(self, uri: str, post: Post) -> None:
        """Edit a live post to what ``post`` says. Called only if the traits say ``editable``."""

    def delete(self, uri: str) -> None:
        """Delete a live post; deleting one that is gone succeeds."""
