"""The memory of what was published: a value that knows no file, no database and no clock."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Literal, NamedTuple, TypeVar

from publisher.model.usage import Usage

T = TypeVar("T")


def _nothing() -> Mapping[str, T]:
    return MappingProxyType({})


class Status(StrEnum):
    """The status of a key: live, in doubt (an intent), declared done, or deleted by publisher.

    Entries of a state have one of the first four. The last two are written only for keys without an entry,
    see `Past`.
    """

    PUBLISHED = "published"
    PENDING = "pending"
    STAMPED = "stamped"
    DELETED = "deleted"
    FORGOTTEN = "forgotten"
    MOVED = "moved"


Intention = Literal["create", "update", "delete", "replace", "comment"]
"""The action of an intent. ``comment`` creates a first comment or a reply."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """An intent, written before its request leaves. ``id`` is random, ``digest`` is what the key becomes.

    Until ``expires_at`` the attempt is in flight, after that its outcome is unknown. Older versions wrote no
    ``expires_at``. ``token`` is the idempotency key or record key that was chosen before the first request,
    ``record`` the body in the exact form in which a repetition must send it. ``extra`` is JSON of fields of
    newer versions.
    """

    id: str
    started_at: datetime
    digest: str
    expires_at: datetime | None = None
    action: Intention = "create"
    token: str | None = None
    record: str | None = None
    extra: str = ""


@dataclass(frozen=True, slots=True)
class UploadedMedia:
    """A file that the network has: the sha256 (hex) of its bytes, its URN, and the API that the URN belongs to.

    Older versions wrote no ``api``.
    """

    sha256: str
    urn: str
    api: str | None = None
    extra: str = ""


class Entry(NamedTuple):
    """The memory of one copy of a post. Times are UTC; absent facts are None and are not written.

    A pending entry describes what the copy becomes. ``before`` is the entry that the intent replaced: it is
    restored when nothing came of the intent. ``urn`` stays the live one until the network has confirmed its
    deletion.
    """

    status: Status
    author: str
    """The author's identity: URN, DID or account id."""
    digest: str
    text_digest: str
    api: str
    source: str
    urn: str | None = None
    """The network's name of the post: a LinkedIn URN, an ``at://`` URI, or the URI of a Mastodon status."""
    permalink: str | None = None
    published_at: datetime | None = None
    deleted_at: datetime | None = None
    attempt: Attempt | None = None
    media: tuple[UploadedMedia, ...] = ()
    text: str | None = None
    """The text as published, so that a later plan can show a diff; None in imported entries."""
    rest_digest: str | None = None
    """The digest of everything but the text, so that a later plan knows that only the text differs."""
    network: str = "linkedin"
    ids: Mapping[str, str] = MappingProxyType({})
    """Further names that the network needs later, such as ``cid`` (Bluesky) or ``id`` (Mastodon, Zernio)."""
    before: "Entry | None" = None
    extra: str = ""
    """JSON of fields that newer versions wrote."""


@dataclass(frozen=True, slots=True)
class Past:
    """An earlier fact about a key: a URN that the entry no longer has, or an intent without effect.

    ``deleted_at`` is set when publisher deleted the post. ``moved_to`` is the key that has the entry now.
    ``attempt`` is the id of the intent.
    """

    author: str
    digest: str
    text_digest: str
    urn: str | None = None
    deleted_at: datetime | None = None
    attempt: str | None = None
    moved_to: str | None = None
    extra: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """A key whose content was refused as a duplicate of another post: it is not sent again with this ``digest``."""

    digest: str
    at: datetime
    urn: str | None = None
    """The post that the answer named."""
    message: str = ""
    extra: str = ""


@dataclass(frozen=True, slots=True)
class Pause:
    """A pause of all publishing since ``since``. It ends at ``until`` or, if that is None, with a command."""

    since: datetime
    until: datetime | None = None
    reason: str = ""
    extra: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the state's history: which command did what to a key, and when."""

    at: datetime
    action: str
    key: str
    detail: str = ""
    extra: str = ""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a key's last change was refused: since when, the network's code (or HTTP status), its reason, redacted."""

    at: datetime
    code: str
    message: str
    extra: str = ""


@dataclass(frozen=True, slots=True)
class State:
    """Everything a project remembers.

    ``posts`` maps the names of copies (see `split_name`) to their entries. ``slots`` maps keys to the slot
    time assigned to them; ``uploads`` maps keys that are not published yet to the files that the network has
    for them; ``failures`` maps keys to why their last change was refused; ``past`` maps keys to what they
    were; ``held`` maps keys to refused duplicates; ``deferred`` maps authors, or ``app``, to the end of a
    rate limit. ``lineage`` is a random name that all copies of one state share. ``service`` is the service
    that the state describes, such as ``linkedin``. Both are empty until the first write of this version.
    ``extra`` is JSON of fields that newer versions wrote.

    ``claimed`` are keys that other runs work on now, ``usage`` is today's count of requests, ``serial`` is a
    number that goes up with each write and ``written_at`` the time of the last one, where the store knows;
    none of them is part of the memory.
    """

    posts: Mapping[str, Entry] = field(default_factory=_nothing)
    slots: Mapping[str, datetime] = field(default_factory=_nothing)
    uploads: Mapping[str, tuple[UploadedMedia, ...]] = field(default_factory=_nothing)
    history: tuple[Event, ...] = ()
    failures: Mapping[str, Failure] = field(default_factory=_nothing)
    past: Mapping[str, tuple[Past, ...]] = field(default_factory=_nothing)
    held: Mapping[str, Held] = field(default_factory=_nothing)
    deferred: Mapping[str, datetime] = field(default_factory=_nothing)
    pause: Pause | None = None
    lineage: str = ""
    service: str = ""
    extra: str = ""
    claimed: frozenset[str] = field(default=frozenset(), compare=False)
    usage: Usage | None = field(default=None, compare=False)
    serial: int = field(default=0, compare=False)
    written_at: datetime | None = field(default=None, compare=False)


COMMENT_SUFFIX = "#first_comment"
"""A first comment is an entry of its own: its post's name with this suffix, which no key can contain."""

_NAME = re.compile(r"(?P<key>[^@#]*)(?:@(?P<alias>[^@#]*))?(?:#(?P<part>.*))?", re.DOTALL)


class Name(NamedTuple):
    """The parts of a name: ``KEY``, ``KEY@ALIAS`` for a further author, ``…#PART`` for a comment or reply."""

    key: str
    alias: str = ""
    part: str = ""

    def __str__(self) -> str:
        """Return the name."""
        return self.key + (f"@{self.alias}" if self.alias else "") + (f"#{self.part}" if self.part else "")


def split_name(name: str) -> Name:
    """Return the parts of an entry's name.

    Older versions allowed ``@`` in keys. Such a name is split at its first ``@``.
    """
    if "@" not in name and "#" not in name:
        return Name(name)  # nearly all names; a plan splits each of them several times
    found = _NAME.fullmatch(name)
    return Name(found["key"], found["alias"] or "", found["part"] or "") if found else Name(name)


def copies_of(state: State, key: str) -> dict[str, str]:
    """Return author -> name of each copy of a post, comments and replies left out.

    Costs a pass over the state.
    """
    found: dict[str, str] = {}
    for name, entry in state.posts.items():
        if name.startswith(key) and split_name(name)[::2] == (key, ""):
            found.setdefault(entry.author, name)
    return found


def name_copies(
    known: Mapping[str, str], key: str, authors: Iterable[tuple[str, str, str]], taken: Iterable[str] = ()
) -> dict[str, str]:
    """Return author -> name of the copy, for each of ``authors``: (identity, alias, network) in the post's order.

    ``known`` are the copies that the state has (`copies_of`): an author keeps the name of its copy. Of the others, one
    is named ``key`` if that name is free: the first on LinkedIn, else the first. ``taken`` are further names in use.
    """
    authors = list(authors)
    used = {*known.values(), *taken}
    names = {author: known[author] for author, _, _ in authors if author in known}
    new = [(author, alias, network) for author, alias, network in authors if author not in known]
    main = next((author for author, _, network in new if network == "linkedin"), new[0][0] if new else "")
    for author, alias, _ in sorted(new, key=lambda one: one[0] != main):
        if author in names:
            continue  # listed twice
        free = key if author == main and key not in used else next(_aliased(key, alias or author, used))
        names[author] = free
        used.add(free)
    return names


def _aliased(key: str, alias: str, used: set[str]) -> Iterator[str]:
    alias = re.sub(r"[@#]", "-", alias)
    yield from (
        name
        for n in range(1, len(used) + 2)
        if (name := f"{key}@{alias}" + (f"-{n}" if n > 1 else "")) not in used
    )


def known_urns(state: State) -> frozenset[str]:
    """Return every URN that the state has ever seen: live, about to be replaced, deleted, forgotten."""
    entries = [one for entry in state.posts.values() for one in (entry, entry.before) if one]
    past = [one for line in state.past.values() for one in line]
    return frozenset(urn for urn in (*(e.urn for e in entries), *(p.urn for p in past)) if urn)
