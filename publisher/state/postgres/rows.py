"""Entries as rows of ``publisher.posts``, column by column."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from psycopg.types.json import Jsonb

from publisher.model.state import Attempt, Entry, Status, UploadedMedia
from publisher.state.records import (
    Json,
    attempt_from_json,
    entry_from_json,
    entry_to_json,
    media_from_json,
    media_to_json,
)

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
    "files",
    "text",
    "rest_digest",
    "more",
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
        media_to_jsonb(entry.media),
        entry.text,
        entry.rest_digest,
        _more(entry),
    )


def row_to_entry(row: Row) -> Entry:
    """The entry of a row of ``COLUMNS``; times are UTC."""
    status, author, digest, text_digest, api, source, urn, permalink, published_at, deleted_at = row[:10]
    attempt_id, started_at, attempt_digest, files, text, rest_digest, more = row[10:]
    entry = Entry(
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
        media_from_json(files) if files else (),
        text,
        rest_digest,
    )
    return _with_more(entry, more) if more else entry


def _more(entry: Entry) -> Jsonb | None:
    """What has no column of its own; None for nearly all entries."""
    attempt = entry.attempt
    plain = attempt is None or attempt == Attempt(attempt.id, attempt.started_at, attempt.digest)
    if plain and entry.network == "linkedin" and not (entry.ids or entry.before or entry.extra):
        return None
    document = entry_to_json(entry)
    names = {"network", "ids", "before", "attempt"}
    more: Json = {name: document[name] for name in names & document.keys()}
    return Jsonb(more | ({"extra": entry.extra} if entry.extra else {}))


def _with_more(entry: Entry, more: Json) -> Entry:
    attempt = entry.attempt
    if attempt is not None and "attempt" in more:
        attempt = replace(attempt_from_json(more["attempt"]), started_at=attempt.started_at)
    return entry._replace(
        attempt=attempt,
        network=more.get("network", "linkedin"),
        ids=more.get("ids", entry.ids),
        before=entry_from_json(more["before"]) if "before" in more else None,
        extra=more.get("extra", ""),
    )


def media_to_jsonb(media: Sequence[UploadedMedia]) -> Jsonb | None:
    """Uploaded files, in order; None if there are none."""
    return Jsonb(media_to_json(tuple(media))) if media else None


def in_utc(at: datetime) -> datetime:
    """A time as the product keeps it; the server gives it in the session's zone."""
    return at if at.tzinfo is UTC else at.astimezone(UTC)
