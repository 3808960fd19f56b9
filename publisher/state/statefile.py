"""The state's JSON document: a reader for every version, a writer for the newest only.

Two-space indent, sorted keys and one entry per block, so that branches which publish different posts merge
in git. A document that is broken, newer or foreign is refused by name and never overwritten.
"""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, TypeVar

from publisher.errors import StateError
from publisher.model.state import Past, State, Status
from publisher.state.records import (
    Json,
    entry_from_json,
    entry_to_json,
    event_from_json,
    event_to_json,
    extra_of,
    failure_from_json,
    failure_to_json,
    format_time,
    held_from_json,
    held_to_json,
    media_from_json,
    media_to_json,
    parse_time,
    past_from_json,
    past_to_json,
    pause_from_json,
    pause_to_json,
    with_extra,
)

T = TypeVar("T")

VERSION = 1

KNOWN = {
    "version",
    "posts",
    "slots",
    "uploads",
    "history",
    "failures",
    "past",
    "held",
    "deferred",
    "pause",
    "lineage",
    "service",
}
_TOMBSTONES = (Status.FORGOTTEN.value, Status.MOVED.value)
# looked for before parsing, because "is not valid JSON" would not tell what to do
_CONFLICT = re.compile(rb"^(<<<<<<<|=======|>>>>>>>|\|\|\|\|\|\|\|)( |$)", re.MULTILINE)
_BROKEN = (KeyError, TypeError, ValueError, AttributeError, RecursionError)


def encode(state: State) -> bytes:
    """Return the file's bytes. The same state gives the same bytes."""
    return to_bytes(to_json(state))


def to_bytes(document: Json) -> bytes:
    """Return a document as it is written."""
    return (json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode()


def decode(data: bytes, name: str) -> State:
    """Return the state in a file's bytes; ``name`` is how messages call the file. Raise `StateError`."""
    return from_json(parse(data, name), name)


def parse(data: bytes, name: str) -> Any:
    """Return the JSON value in a file's bytes. Raise `StateError`, also for an object with two equal keys."""
    if (marker := _CONFLICT.search(data)) is not None:
        line = data.count(b"\n", 0, marker.start()) + 1
        raise StateError(
            f"{name}:{line} has a merge conflict marker.",
            "Resolve the conflict so that the entries of both sides are kept, or `git merge --abort`; "
            "the file was not changed.",
        )
    try:
        return json.loads(data, object_pairs_hook=_object)
    except (ValueError, RecursionError) as error:
        raise unusable(name, f"is not valid JSON ({error})") from None


def _object(pairs: list[tuple[str, Any]]) -> Json:
    # JSON readers keep the last of two equal keys, so a bad merge would drop an entry silently
    document = dict(pairs)
    if len(document) != len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise ValueError(f"the key {twice!r} appears twice in one object")
    return document


def state_digest(state: State) -> str:
    """``sha256:<hex>`` of everything a plan depends on; what a saved plan is compared with.

    Failures and the history are left out: a saved plan that was refused can be tried again.
    """
    compact = json.dumps(
        to_json(replace(state, failures={}, history=(), lineage="", service="")),
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
    )
    return "sha256:" + hashlib.sha256(compact.encode()).hexdigest()


def to_json(state: State) -> Json:
    """Return the state as a JSON document; parts that are empty are left out."""
    document: Json = {"version": VERSION, "posts": _all(entry_to_json, state.posts)}
    parts: Json = {
        "slots": _all(format_time, state.slots),
        "uploads": _all(media_to_json, state.uploads),
        "history": [event_to_json(event) for event in state.history],
        "failures": _all(failure_to_json, state.failures),
        "past": {key: [past_to_json(one) for one in line] for key, line in state.past.items()},
        "held": _all(held_to_json, state.held),
        "deferred": _all(format_time, state.deferred),
        "pause": pause_to_json(state.pause) if state.pause else None,
        "lineage": state.lineage,
        "service": state.service,
    }
    document |= {name: part for name, part in parts.items() if part}
    return with_extra(document, state.extra)


def from_json(document: Any, name: str) -> State:
    """Return the state in a JSON document of any version this product knows. Raise `StateError`."""
    if not isinstance(document, dict) or "version" not in document or "posts" not in document:
        raise unusable(name, "is not a publisher state: it has no version and posts")
    check_version(document["version"], name)
    try:
        return _from_version_1(document)
    except _BROKEN as error:
        raise unusable(name, f"does not match the state's schema ({error})") from None


def check_version(version: Any, name: str) -> None:
    """Raise `StateError` for a version that this product can't read."""
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise unusable(name, f"has the version {version!r}, which isn't a known version")
    # a newer version may keep facts that this one would not obey, so it is refused and not read in part
    if version > VERSION:
        raise StateError(
            f"{name} has version {version}, but this publisher knows only versions up to {VERSION}.",
            "Upgrade publisher; the file was not changed.",
        )


def _from_version_1(document: Json) -> State:
    posts = document["posts"]
    alive = {key: entry for key, entry in posts.items() if _tombstone(entry) is None}
    return State(
        _read("posts", entry_from_json, alive),
        _part(document, "slots", _slot),
        _part(document, "uploads", media_from_json),
        tuple(event_from_json(event) for event in document.get("history", ())),
        _part(document, "failures", failure_from_json),
        _part(document, "past", _past_line),
        _part(document, "held", held_from_json),
        _part(document, "deferred", _slot),
        pause_from_json(document["pause"]) if "pause" in document else None,
        _string(document, "lineage"),
        _string(document, "service"),
        extra_of(document, KNOWN),
    )


def _tombstone(entry: Any) -> str | None:
    """Return the status of an entry that says only that the key was removed; details are in ``past``."""
    status = entry.get("status") if isinstance(entry, dict) else None
    return status if status in _TOMBSTONES else None


def _read(part: str, read: Callable[[Any], T], values: Mapping[str, Any]) -> Mapping[str, T]:
    found = {}
    for key, value in values.items():
        try:
            found[key] = read(value)
        except _BROKEN as error:
            raise ValueError(f"{part}: {key}: {error}") from None
    return MappingProxyType(found)


def _part(document: Json, part: str, read: Callable[[Any], T]) -> Mapping[str, T]:
    return _read(part, read, document.get(part, {}))


def _all(write: Callable[[T], Any], values: Mapping[str, T]) -> Json:
    return {key: write(value) for key, value in values.items()}


def _slot(value: Any) -> datetime:
    return parse_time(value)


def _past_line(value: Any) -> tuple[Past, ...]:
    return tuple(past_from_json(one) for one in value)


def _string(document: Json, name: str) -> str:
    value = document.get(name, "")
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a string, not {value!r}")
    return value


def unusable(name: str, why: str) -> StateError:
    """Return the error of a state that can't be read."""
    return StateError(
        f"{name} {why}.",
        "Restore it from git history or a backup; it was left as it is. Without it, posts that are live "
        "would be published again.",
    )
