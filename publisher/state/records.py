"""The JSON form of everything below a state: entries, intents, files, events. Absent facts are not written.

Fields that this version does not know are kept as JSON text (``extra``) and written again.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, get_args

from publisher.model.state import (
    Attempt,
    Entry,
    Event,
    Failure,
    Held,
    Intention,
    Past,
    Pause,
    Status,
    UploadedMedia,
)

Json = dict[str, Any]

_REQUIRED = ("author", "digest", "text_digest", "api", "source")
_TEXTS = (*_REQUIRED, "urn", "permalink", "text", "rest_digest")
_TIMES = ("published_at", "deleted_at")
_ENTRY = {*_TEXTS, *_TIMES, "status", "attempt", "media", "network", "ids", "before"}
_INTENTIONS = frozenset(get_args(Intention))


def entry_to_json(entry: Entry) -> Json:
    """One entry."""
    document: Json = {"status": entry.status.value}
    document |= {name: value for name in _TEXTS if (value := getattr(entry, name)) is not None}
    document |= {name: format_time(value) for name in _TIMES if (value := getattr(entry, name)) is not None}
    if entry.network != "linkedin":
        document["network"] = entry.network
    if entry.ids:
        document["ids"] = dict(entry.ids)
    if entry.attempt is not None:
        document["attempt"] = attempt_to_json(entry.attempt)
    if entry.media:
        document["media"] = media_to_json(entry.media)
    if entry.before is not None:
        document["before"] = entry_to_json(entry.before)
    return with_extra(document, entry.extra)


def entry_from_json(document: Json) -> Entry:
    """One entry. Raise KeyError, TypeError or ValueError with the field's name."""
    for name in _TEXTS:
        if not isinstance(document.get(name), str):
            if name in document:
                raise TypeError(f"{name} must be a string, not {document[name]!r}")
            if name in _REQUIRED:
                raise ValueError(f"{name} is missing")
    get = document.get
    status = Status(document["status"])
    attempt = attempt_from_json(document["attempt"]) if "attempt" in document else None
    if status is Status.PENDING and attempt is None:
        raise ValueError("a pending entry needs an attempt")
    return Entry(
        status,
        document["author"],
        document["digest"],
        document["text_digest"],
        document["api"],
        document["source"],
        get("urn"),
        get("permalink"),
        _time(document, "published_at"),
        _time(document, "deleted_at"),
        attempt,
        media_from_json(document["media"]) if "media" in document else (),
        get("text"),
        get("rest_digest"),
        _text("network", get("network", "linkedin")),
        _texts("ids", document["ids"]) if "ids" in document else Entry._field_defaults["ids"],
        entry_from_json(document["before"]) if "before" in document else None,
        extra_of(document, _ENTRY),
    )


_ATTEMPT = {"id", "started_at", "digest", "expires_at", "action", "token", "record"}


def attempt_to_json(attempt: Attempt) -> Json:
    """Return an intent."""
    document: Json = {
        "id": attempt.id,
        "started_at": format_time(attempt.started_at),
        "digest": attempt.digest,
    }
    if attempt.expires_at is not None:
        document["expires_at"] = format_time(attempt.expires_at)
    if attempt.action != "create":
        document["action"] = attempt.action
    document |= {name: value for name in ("token", "record") if (value := getattr(attempt, name)) is not None}
    return with_extra(document, attempt.extra)


def attempt_from_json(document: Json) -> Attempt:
    """Return the same, read back."""
    action = document.get("action", "create")
    if action not in _INTENTIONS:
        raise ValueError(f"attempt: {action!r} isn't an action")
    return Attempt(
        _text("id", document["id"]),
        parse_time(document["started_at"]),
        _text("digest", document["digest"]),
        _time(document, "expires_at"),
        action,
        _optional(document, "token"),
        _optional(document, "record"),
        extra_of(document, _ATTEMPT),
    )


_PAST = {"author", "digest", "text_digest", "urn", "deleted_at", "attempt", "moved_to"}


def past_to_json(past: Past) -> Json:
    """Return what a key was."""
    document: Json = {"author": past.author, "digest": past.digest, "text_digest": past.text_digest}
    document |= {
        name: value for name in ("urn", "attempt", "moved_to") if (value := getattr(past, name)) is not None
    }
    if past.deleted_at is not None:
        document["deleted_at"] = format_time(past.deleted_at)
    return with_extra(document, past.extra)


def past_from_json(document: Json) -> Past:
    """Return the same, read back."""
    return Past(
        _text("author", document["author"]),
        _text("digest", document["digest"]),
        _text("text_digest", document["text_digest"]),
        _optional(document, "urn"),
        _time(document, "deleted_at"),
        _optional(document, "attempt"),
        _optional(document, "moved_to"),
        extra_of(document, _PAST),
    )


def held_to_json(held: Held) -> Json:
    """Return a refused duplicate."""
    document: Json = {"digest": held.digest, "at": format_time(held.at)}
    document |= {} if held.urn is None else {"urn": held.urn}
    document |= {"message": held.message} if held.message else {}
    return with_extra(document, held.extra)


def held_from_json(document: Json) -> Held:
    """Return the same, read back."""
    return Held(
        _text("digest", document["digest"]),
        parse_time(document["at"]),
        _optional(document, "urn"),
        _text("message", document.get("message", "")),
        extra_of(document, {"digest", "at", "urn", "message"}),
    )


def pause_to_json(pause: Pause) -> Json:
    """Return a pause of all publishing."""
    document: Json = {"since": format_time(pause.since)}
    document |= {"until": format_time(pause.until)} if pause.until else {}
    document |= {"reason": pause.reason} if pause.reason else {}
    return with_extra(document, pause.extra)


def pause_from_json(document: Json) -> Pause:
    """Return the same, read back."""
    return Pause(
        parse_time(document["since"]),
        _time(document, "until"),
        _text("reason", document.get("reason", "")),
        extra_of(document, {"since", "until", "reason"}),
    )


def event_to_json(event: Event) -> Json:
    """One line of the history."""
    document = {"at": format_time(event.at), "action": event.action, "key": event.key}
    return with_extra(document | ({"detail": event.detail} if event.detail else {}), event.extra)


def event_from_json(document: Json) -> Event:
    """Return the same, read back."""
    return Event(
        parse_time(document["at"]),
        _text("action", document["action"]),
        _text("key", document["key"]),
        _text("detail", document.get("detail", "")),
        extra_of(document, {"at", "action", "key", "detail"}),
    )


def failure_to_json(failure: Failure) -> Json:
    """Return why a key's last change was refused."""
    document = {"at": format_time(failure.at), "code": failure.code, "message": failure.message}
    return with_extra(document, failure.extra)


def failure_from_json(document: Json) -> Failure:
    """Return the same, read back."""
    return Failure(
        parse_time(document["at"]),
        _text("code", document["code"]),
        _text("message", document["message"]),
        extra_of(document, {"at", "code", "message"}),
    )


def media_to_json(media: tuple[UploadedMedia, ...]) -> list[Json]:
    """Uploaded files, in order."""
    return [
        with_extra(
            {"sha256": one.sha256, "urn": one.urn} | ({} if one.api is None else {"api": one.api}), one.extra
        )
        for one in media
    ]


def media_from_json(media: list[Json]) -> tuple[UploadedMedia, ...]:
    """Return the same, read back."""
    return tuple(
        UploadedMedia(
            _text("sha256", one["sha256"]),
            _text("urn", one["urn"]),
            _optional(one, "api"),
            extra_of(one, {"sha256", "urn", "api"}),
        )
        for one in media
    )


def with_extra(document: Json, extra: str) -> Json:
    """Return the document with the unknown fields that it was read with."""
    return {**json.loads(extra), **document} if extra else document


def extra_of(document: Mapping[str, Any], known: set[str]) -> str:
    """Return the fields that this version does not know, as JSON; empty if there are none."""
    unknown = document.keys() - known
    if not unknown:
        return ""
    return json.dumps({name: document[name] for name in unknown}, sort_keys=True, ensure_ascii=False)


def format_time(at: datetime) -> str:
    """RFC 3339 in UTC with a ``Z`` and as many digits as the time has, so that nothing is lost."""
    at = at.astimezone(UTC)
    spec = "seconds" if not at.microsecond else "microseconds" if at.microsecond % 1000 else "milliseconds"
    return at.isoformat(timespec=spec).replace("+00:00", "Z")


def parse_time(text: str) -> datetime:
    """Return the aware datetime of an RFC 3339 text."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(f"{text!r} has no offset")
    return at


def _time(document: Json, name: str) -> datetime | None:
    return parse_time(document[name]) if name in document else None


def _optional(document: Json, name: str) -> str | None:
    return _text(name, document[name]) if name in document else None


def _texts(name: str, value: Any) -> dict[str, str]:
    if not isinstance(value, dict):
        raise TypeError(f"{name} must be a mapping, not {value!r}")
    return {key: _text(f"{name}.{key}", item) for key, item in value.items()}


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a string, not {value!r}")
    return value
