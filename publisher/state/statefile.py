"""The state's JSON format: a reader for every version, a writer for the newest only.

Two-space indent, sorted keys and one entry per block, so that branches which publish different posts merge
in git. A file that is broken, newer or foreign is refused by name and never overwritten.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from operator import itemgetter
from types import MappingProxyType
from typing import Any

import orjson

from publisher.errors import StateError
from publisher.model.state import Attempt, Entry, Event, Failure, State, Status, UploadedMedia

VERSION = 1

_TEXTS = ("author", "digest", "text_digest", "api", "source", "urn", "permalink", "text", "rest_digest")
_REQUIRED = ("author", "digest", "text_digest", "api", "source")
_STRING = {str}
_TIMES = ("published_at", "deleted_at")

_LIVE = (*_TEXTS, "published_at", "status")
"""What is known of a post without media that is live: nearly all entries, read by a way of their own."""

_LIVE_NAMES = frozenset(_LIVE)
_live_values = itemgetter(*_LIVE)


def encode(state: State) -> bytes:
    """The file's bytes. The same state gives the same bytes."""
    return (json.dumps(to_json(state), indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode()


def decode(data: bytes, name: str) -> State:
    """The state in a file's bytes; ``name`` is how messages call the file. Raises `StateError`."""
    try:
        document = orjson.loads(data)  # three times as fast, for the largest file there is
    except ValueError:
        document = _any_json(data, name)
    return from_json(document, name)


def _any_json(data: bytes, name: str) -> Any:
    """What an editor may have made of the file, such as one with a byte order mark."""
    try:
        return json.loads(data)
    except ValueError as error:
        raise _unusable(name, f"is not valid JSON ({error})") from None


def state_digest(state: State) -> str:
    """``sha256:<hex>`` of everything a plan depends on; what a saved plan is compared with.

    Failures are left out: a saved plan that was refused can be tried again.
    """
    compact = json.dumps(
        to_json(replace(state, failures={})), sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )
    return "sha256:" + hashlib.sha256(compact.encode()).hexdigest()


def to_json(state: State) -> dict[str, Any]:
    """The state as a JSON document; parts that are empty are left out."""
    document: dict[str, Any] = {
        "version": VERSION,
        "posts": {key: entry_to_json(entry) for key, entry in state.posts.items()},
    }
    if state.slots:
        document["slots"] = {key: format_time(at) for key, at in state.slots.items()}
    if state.uploads:
        document["uploads"] = {key: _media_to_json(media) for key, media in state.uploads.items()}
    if state.history:
        document["history"] = [event_to_json(event) for event in state.history]
    if state.failures:
        document["failures"] = {key: failure_to_json(failure) for key, failure in state.failures.items()}
    return document


def from_json(document: Any, name: str) -> State:
    """The state in a JSON document of any version this product knows. Raises `StateError`."""
    if not isinstance(document, dict) or "version" not in document or "posts" not in document:
        raise _unusable(name, "is not a publisher state: it has no version and posts")
    version = document["version"]
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise _unusable(name, f"has the version {version!r}, which no publisher has ever written")
    if version > VERSION:
        raise StateError(
            f"{name} has version {version}, but this publisher knows only versions up to {VERSION}.",
            "Upgrade publisher; the file was left as it is.",
        )
    try:
        return _from_version_1(document)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _unusable(name, f"does not match the state's schema ({error})") from None


def _from_version_1(document: dict[str, Any]) -> State:
    posts = {}
    for key, entry in document["posts"].items():
        try:
            posts[key] = entry_from_json(entry)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise ValueError(f"posts: {key}: {error}") from None
    slots = {key: parse_time(at) for key, at in document.get("slots", {}).items()}
    uploads = {key: _media_from_json(media) for key, media in document.get("uploads", {}).items()}
    history = tuple(event_from_json(event) for event in document.get("history", ()))
    failures = {key: failure_from_json(failure) for key, failure in document.get("failures", {}).items()}
    return State(
        MappingProxyType(posts),
        MappingProxyType(slots),
        MappingProxyType(uploads),
        history,
        MappingProxyType(failures),
    )


def entry_to_json(entry: Entry) -> dict[str, Any]:
    """One entry; facts that are None are left out."""
    document: dict[str, Any] = {"status": entry.status.value}
    document |= {name: value for name in _TEXTS if (value := getattr(entry, name)) is not None}
    document |= {name: format_time(value) for name in _TIMES if (value := getattr(entry, name)) is not None}
    if entry.attempt is not None:
        document["attempt"] = {
            "id": entry.attempt.id,
            "started_at": format_time(entry.attempt.started_at),
            "digest": entry.attempt.digest,
        }
    if entry.media:
        document["media"] = _media_to_json(entry.media)
    return document


def entry_from_json(document: dict[str, Any]) -> Entry:
    """One entry. Raises KeyError, TypeError or ValueError with the field's name."""
    if document.keys() == _LIVE_NAMES:
        values = _live_values(document)
        *known, text, rest_digest, published_at, status = values
        if status == "published" and {*map(type, values)} == _STRING:
            at = parse_time(published_at)
            return Entry._make((Status.PUBLISHED, *known, at, None, None, (), text, rest_digest))
    _check_texts(document)
    texts: list[Any] = [document.get(name) for name in _TEXTS]
    author, digest, text_digest, api, source, urn, permalink, text, rest_digest = texts
    published_at, deleted_at = [parse_time(document[name]) if name in document else None for name in _TIMES]
    status, attempt = Status(document["status"]), document.get("attempt")
    if status is Status.PENDING and attempt is None:
        raise ValueError("a pending entry needs an attempt")
    if attempt is not None:
        attempt = Attempt(_text("id", attempt["id"]), parse_time(attempt["started_at"]), attempt["digest"])
    media = _media_from_json(document["media"]) if "media" in document else ()
    return Entry(
        status=status,
        author=author,
        digest=digest,
        text_digest=text_digest,
        api=api,
        source=source,
        urn=urn,
        permalink=permalink,
        published_at=published_at,
        deleted_at=deleted_at,
        attempt=attempt,
        media=media,
        text=text,
        rest_digest=rest_digest,
    )


def _check_texts(document: Mapping[str, Any]) -> None:
    for name in _TEXTS:
        if not isinstance(document.get(name), str):
            if name in document:
                raise TypeError(f"{name} must be a string, not {document[name]!r}")
            if name in _REQUIRED:
                raise ValueError(f"{name} is missing")


def event_to_json(event: Event) -> dict[str, Any]:
    """One line of the history."""
    document = {"at": format_time(event.at), "action": event.action, "key": event.key}
    return document | ({"detail": event.detail} if event.detail else {})


def event_from_json(document: dict[str, Any]) -> Event:
    """One line of the history, read back."""
    at = parse_time(document["at"])
    return Event(at, document["action"], document["key"], document.get("detail", ""))


def failure_to_json(failure: Failure) -> dict[str, str]:
    """Why a key's last change was refused."""
    return {"at": format_time(failure.at), "code": failure.code, "message": failure.message}


def failure_from_json(document: dict[str, Any]) -> Failure:
    """The same, read back."""
    return Failure(
        parse_time(document["at"]), _text("code", document["code"]), _text("message", document["message"])
    )


def format_time(at: datetime) -> str:
    """RFC 3339 in UTC with a ``Z``; milliseconds only where there are any."""
    at = at.astimezone(UTC)
    spec = "milliseconds" if at.microsecond else "seconds"
    return at.isoformat(timespec=spec).replace("+00:00", "Z")


def parse_time(text: str) -> datetime:
    """The aware datetime of an RFC 3339 text."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(f"{text!r} has no offset")
    return at


def _media_to_json(media: tuple[UploadedMedia, ...]) -> list[dict[str, str]]:
    return [{"sha256": item.sha256, "urn": item.urn} for item in media]


def _media_from_json(media: list[dict[str, str]]) -> tuple[UploadedMedia, ...]:
    return tuple(UploadedMedia(item["sha256"], item["urn"]) for item in media)


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a string, not {value!r}")
    return value


def _unusable(name: str, why: str) -> StateError:
    return StateError(
        f"{name} {why}.",
        "Restore it from git history or a backup; it was left as it is. Without it, posts that are live "
        "would be published again.",
    )
