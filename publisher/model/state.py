"""The memory of what was published: a value that knows no file, no database and no clock."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from publisher.model.usage import Usage
from publisher.model.value import Value, plain_members


@plain_members
class Status(StrEnum):
    """What is known of a key: live, possibly live (an intent), declared done, or deleted by us."""

    PUBLISHED = "published"
    PENDING = "pending"
    STAMPED = "stamped"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Attempt(Value):
    """An intent: the create that was about to leave. ``id`` is random, ``digest`` what was to be created."""

    id: str
    started_at: datetime
    digest: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class UploadedMedia(Value):
    """An asset LinkedIn has: the bytes' sha256 (hex) and the URN they got."""

    sha256: str
    urn: str


class Entry(NamedTuple):
    """What is remembered of one key. Times are UTC; absent facts are None and are not written."""

    status: Status
    author: str
    digest: str
    text_digest: str
    api: str
    source: str
    urn: str | None = None
    permalink: str | None = None
    published_at: datetime | None = None
    deleted_at: datetime | None = None
    attempt: Attempt | None = None
    media: tuple[UploadedMedia, ...] = ()
    text: str | None = None
    """The text as published, so that a later plan can show a diff; None in imported entries."""
    rest_digest: str | None = None
    """The digest of everything but the text, so that a later plan knows that only the text differs."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Event(Value):
    """One line of the state's history: which command did what to a key, and when."""

    at: datetime
    action: str
    key: str
    detail: str = ""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Failure(Value):
    """Why a key's last change was refused: since when, LinkedIn's code (or HTTP status), its reason, redacted."""

    at: datetime
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class State:
    """Everything a project remembers.

    ``slots`` maps keys to the slot time assigned to them; ``uploads`` maps keys that are not published yet to
    the assets LinkedIn already has for them; ``failures`` maps keys to why their last change was refused.
    ``claimed`` are keys that other runs work on at this moment, ``usage`` is today's count of requests, where the store
    knows; both are no part of the memory.
    """

    posts: Mapping[str, Entry] = field(default_factory=lambda: MappingProxyType({}))
    slots: Mapping[str, datetime] = field(default_factory=lambda: MappingProxyType({}))
    uploads: Mapping[str, tuple[UploadedMedia, ...]] = field(default_factory=lambda: MappingProxyType({}))
    history: tuple[Event, ...] = ()
    failures: Mapping[str, Failure] = field(default_factory=lambda: MappingProxyType({}))
    claimed: frozenset[str] = field(default=frozenset(), compare=False)
    usage: Usage | None = field(default=None, compare=False)


COMMENT_SUFFIX = "#first_comment"
"""A first comment is an entry of its own: its post's key with this suffix, which no key can contain."""
