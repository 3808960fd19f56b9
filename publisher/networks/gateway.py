"""What publishing needs of LinkedIn: one protocol, so that the engine knows no HTTP and the client no engine."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, Protocol

from publisher.model.post import Author, Media

Payload = Mapping[str, Any]
"""A JSON body, exactly as it is sent."""

Progress = Callable[[int, int], None]
"""Called with (bytes sent so far, bytes in all) while a file is uploaded, and with the same again while LinkedIn
works on it; what it raises ends the upload. It may be called from another thread, one call at a time.
"""


class Created(NamedTuple):
    """A create that succeeded: the URN LinkedIn gave and the link under which people see it."""

    urn: str
    permalink: str


class Gateway(Protocol):
    """LinkedIn, as one configured API (``ugcPosts`` or ``posts``) speaks to it.

    Every method raises errors of `publisher.errors.ApiError` only. ``create`` and ``comment`` send their
    request exactly once; the others retry what is safe to retry.
    """

    def upload(self, author: Author, media: Media, progress: Progress | None = None) -> str:
        """Upload one file and wait until it can be used; returns its asset, image, video or document URN."""

    def create(self, author: Author, payload: Payload) -> Created:
        """Create a post from its encoded body.

        Raises `OutcomeUnknown` on a timeout, a dropped connection, 408, 5xx or a 201 without URN,
        `Duplicate` on 422 DUPLICATE_POST.
        """

    def update_text(self, author: Author, urn: str, payload: Payload) -> None:
        """Edit the text of a live post with an encoded patch (versioned API only)."""

    def delete(self, author: Author, urn: str) -> None:
        """Delete a live post; deleting one that is gone succeeds."""

    def comment(self, author: Author, urn: str, payload: Payload) -> Created:
        """Post a comment, encoded, under ``urn``; raises like ``create``."""
