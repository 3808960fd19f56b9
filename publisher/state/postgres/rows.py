"""Entries as rows of ``publisher.posts``, column by column."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from publisher.model.state import Attempt, Entry, Status, UploadedMedia

COLUMNS = (
    "status",
    "author",
    "digest",
    "text_digest",
    "api",
    "source",
    "urn",
    "permalink",
    "published_at",
    "deleted_at",
    "attempt_id",
    "attempt_started_at",
    "attempt_digest",
    "media",
    "text",
    "rest_digest",
)
"""The columns of an entry, in the order in which both functions here take and give them."""

_STATUS = {status.value: status for status in Status}

Row = Sequence[Any]


def entry_to_row(entry: Entry) -> tuple[Any, ...]:
    """The values of ``COLUMNS``."""
    attempt = entry.attempt
    return (
        entry.status.value,
        entry.author,
        entry.digest,
        entry.text_digest,
        entry.api,
        entry.source,
        entry.urn,
        entry.permalink,
        entry.published_at,
        entry.deleted_at,
        attempt and attempt.id,
        attempt and attempt.started_at,
        attempt and attempt.digest,
        media_to_array(entry.media) or None,
        entry.text,
        entry.rest_digest,
    )


def row_to_entry(row: Row) -> Entry:
    """The entry of a row of ``COLUMNS``; times are UTC."""
    status, author, digest, text_digest, api, source, urn, permalink, published_at, deleted_at = row[:10]
    attempt_id, started_at, attempt_digest, media, text, rest_digest = row[10:]
    return Entry(
        _STATUS[status],
        author,
        digest,
        text_digest,
        api,
        source,
        urn,
        permalink,
        in_utc(published_at) if published_at else None,
        in_utc(deleted_at) if deleted_at else None,
        Attempt(attempt_id, in_utc(started_at), attempt_digest) if attempt_id is not None else None,
        array_to_media(media) if media else (),
        text,
        rest_digest,
    )


def media_to_array(media: Sequence[UploadedMedia]) -> list[str]:
    """sha256, urn, sha256, urn, …, as one flat array of texts."""
    return [part for item in media for part in (item.sha256, item.urn)]


def array_to_media(parts: Sequence[str]) -> tuple[UploadedMedia, ...]:
    """The assets of such an array."""
    return tuple(UploadedMedia(*pair) for pair in zip(parts[::2], parts[1::2], strict=True))


def in_utc(at: datetime) -> datetime:
    """A time as the product keeps it; the server gives it in the session's zone."""
    return at if at.tzinfo is UTC else at.astimezone(UTC)
