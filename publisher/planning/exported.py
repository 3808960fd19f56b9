"""A data export compared with content and state: which post each exported one is, as edits. Pure.

A match needs the same text. Quotes, white space and the form of Unicode are left out of the comparison,
because exports change them. An intent needs a URN of its own time, too. What more than one post could be is
left to a person.
"""

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

from publisher.model.post import Post
from publisher.model.state import Entry, State, Status, known_urns, split_name
from publisher.planning.copies import under_their_names
from publisher.planning.state_edits import CLOCKS, adopted, settled
from publisher.state.edits import Edit

_PROMPT = timedelta(minutes=20)
"""How long after the end of its intent a post appears at the latest.

LinkedIn's processing takes up to 15 minutes (see `publisher.planning.doubt.INVISIBLE`); 5 more allow for the
clocks.
"""

_BEGINNING = 40
"""Characters at the beginning by which an edited text is recognised.

They only lead to a hint, never to an edit.
"""


class Exported(Protocol):
    """One post of an export."""

    @property
    def line(self) -> int:
        """The line of the file."""

    @property
    def link(self) -> str:
        """Its link."""

    @property
    def urn(self) -> str | None:
        """The post's URN, if its link names one."""

    @property
    def text(self) -> str:
        """The text as it is exported."""


class Links(NamedTuple):
    """Functions that read a network's URN: its link, and its time."""

    permalink: Callable[[str], str]
    made_at: Callable[[str], datetime | None]


class Unmatched(NamedTuple):
    """An exported post that is not adopted, and why."""

    share: Exported
    reason: str


@dataclass
class Matches:
    """The result of a comparison: the edits, the names that they concern, and what is left for a person."""

    edits: list[Edit] = field(default_factory=list)
    matched: dict[str, str] = field(default_factory=dict)
    """Name -> URN."""
    known: int = 0
    unmatched: list[Unmatched] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    """Names without an entry, or in doubt, that no exported post belongs to."""


def match_export(
    shares: Iterable[Exported],
    posts: Iterable[Post],
    state: State,
    author: str,
    api: str,
    links: Links,
    now: datetime,
) -> Matches:
    """Match the exported posts of ``author`` (a URN) with posts that are missing, in doubt or only stamped."""
    found = Matches()
    known = known_urns(state)
    by_key = {post.key: post for post in under_their_names(posts, state) if post.author.urn == author}
    waiting = _waiting(by_key, state, author)
    edited = {entry.urn: name for name, entry in state.posts.items() if _action(entry) == "update"}
    live: dict[str, list[Exported]] = {}
    for share in shares:
        if share.urn is None:
            found.unmatched.append(Unmatched(share, "its link names no post"))
        elif share.urn in known:
            found.known += 1
            name = edited.get(share.urn)
            entry = state.posts[name] if name else None
            if name and entry and plain(share.text) == plain(entry.text or ""):  # it shows the new text
                found.edits += settled(name, entry, share.urn, links.permalink(share.urn), now, now)
                found.matched[name] = share.urn
        else:
            live.setdefault(plain(share.text), []).append(share)
    for text, same in live.items():
        names = waiting.pop(text, [])
        for name in names:
            chosen = _choose(names, same, by_key.get(name), state.posts.get(name), links)
            urn = chosen.urn if chosen else None
            if urn is None:
                continue
            entry, post = state.posts.get(name), by_key.get(name)
            made_at = links.made_at(urn) or now
            if entry is not None and entry.status is Status.PENDING:
                found.edits += settled(name, entry, urn, links.permalink(urn), made_at, now)
            elif post is not None:
                link = links.permalink(urn)
                found.edits += adopted(state, name, post, urn, link, api, made_at, now, by="import")
            found.matched[name] = urn
            same = [other for other in same if other is not chosen]
        found.open += [name for name in names if name not in found.matched]
        found.unmatched += [Unmatched(share, _why(share, text, names, by_key)) for share in same]
    found.unmatched.sort(key=lambda one: one.share.line)
    found.open = sorted([*found.open, *(name for names in waiting.values() for name in names)])
    return found


def plain(text: str) -> str:
    """Return a text as it is compared.

    Exports double quotes once or twice, and quote every line of some posts.
    """
    return " ".join(unicodedata.normalize("NFC", text).replace('"', "").split())


def _waiting(by_key: Mapping[str, Post], state: State, author: str) -> dict[str, list[str]]:
    """Return text -> the names that an exported post may belong to."""
    waiting: dict[str, list[str]] = {}
    for key, post in by_key.items():
        entry = state.posts.get(key)
        if not post.draft and (entry is None or entry.status is Status.STAMPED):
            waiting.setdefault(plain(post.text.plain), []).append(key)
    for name, entry in state.posts.items():
        creating = _action(entry) in ("create", "replace") and not split_name(name).part
        if creating and entry.author == author:
            waiting.setdefault(plain(entry.text or ""), []).append(name)
    return {text: sorted(names) for text, names in waiting.items()}


def _action(entry: Entry) -> str:
    return entry.attempt.action if entry.status is Status.PENDING and entry.attempt else ""


def _choose(
    names: Sequence[str],
    same: Sequence[Exported],
    post: Post | None,
    entry: Entry | None,
    links: Links,
) -> Exported | None:
    """Return the only exported post of this text that ``name`` can be, or None if that is not certain."""
    if entry is not None and entry.status is Status.PENDING and entry.attempt is not None:
        # the intent has this machine's time and the URN the network's, so a clock's error must fit in between
        first = entry.attempt.started_at - CLOCKS
        last = max(entry.attempt.expires_at or entry.attempt.started_at, entry.attempt.started_at) + _PROMPT
        fitting = [share for share in same if _within(share, first, last, links)]
        return fitting[0] if len(fitting) == 1 else None
    if not same or not plain(same[0].text):
        return None  # without words, only the time of an attempt tells which one it is
    if len(names) == 1:
        return max(same, key=lambda share: _order(share, links))
    if post is None or post.publish_at is None:
        return None
    # a day, because late.grace lets a late post go out for as long by default
    due = post.publish_at
    fitting = [share for share in same if _within(share, due - CLOCKS, due + timedelta(days=1), links)]
    return fitting[0] if len(fitting) == 1 else None


def _within(share: Exported, first: datetime, last: datetime, links: Links) -> bool:
    at = links.made_at(share.urn) if share.urn else None
    return at is not None and first <= at <= last


def _order(share: Exported, links: Links) -> float:
    at = links.made_at(share.urn) if share.urn else None
    return at.timestamp() if at else 0.0


def _why(share: Exported, text: str, names: Sequence[str], by_key: Mapping[str, Post]) -> str:
    if not text:
        return "it has no words"
    if len(names) > 1:
        return f"several posts have its text: {', '.join(names)}"
    if names:
        return f"{names[0]} has its text, and is another one by its time"
    similar = next(
        (key for key, post in by_key.items() if plain(post.text.plain)[:_BEGINNING] == text[:_BEGINNING]),
        None,
    )
    if similar is not None:
        return f"its text begins like {similar}; if it is that post, `publisher state import {similar} {share.urn}`"
    return "no post has its text"
