"""Entries of the preview. An entry shows a change of the plan, or a file with errors, with all its facts."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from publisher.feedview import PostView
from publisher.feedview.text import FOLD, graphemes
from publisher.feedview.values import Badge, Moment, Note, Tone
from publisher.model.config import Config
from publisher.model.diagnostic import Diagnostic, Severity
from publisher.model.plan import Action, Change
from publisher.model.post import Post
from publisher.networks.registry import facts_of
from publisher.planning.payloads import post_payload
from publisher.preview import posts
from publisher.preview.access import access_notes
from publisher.preview.editors import editor_link
from publisher.preview.groups import BADGES
from publisher.preview.media import MediaSource
from publisher.preview.word_diff import Piece, word_diff
from publisher.render.threads import part_of

_TONES: dict[Severity, Tone] = {
    Severity.ERROR: "danger",
    Severity.WARNING: "warning",
    Severity.INFO: "info",
}
_PLAIN_REASONS = frozenset({"new", "draft: true", "published"})  # which say no more than the badge
_UNSEEN = re.compile(
    "[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\u007f-\u009f]"
)


@dataclass(frozen=True, slots=True)
class Setting:
    """What all entries of a page share."""

    config: Config
    root: Path
    now: datetime
    editor: str
    sources: MediaSource


@dataclass(frozen=True, slots=True)
class Counts:
    """How long a text is: in its network's ``unit``, in characters as readers count, words, and lines.

    ``parts`` are the lengths of a thread's parts; ``length`` is that of the longest then.
    """

    length: int
    limit: int
    unit: str
    network: str
    characters: int
    words: int
    lines: int
    parts: tuple[int, ...] = ()

    @property
    def tone(self) -> Tone:
        """The tone that shows how close the length is to the limit."""
        if self.length > self.limit:
            return "danger"
        # From nine tenths on, an author who adds a hashtag or a link is likely to pass the limit.
        return "warning" if self.length > self.limit * 0.9 else "good"


@dataclass(frozen=True, slots=True)
class Entry:
    """What the template shows. ``words`` is what a search looks through besides the visible text."""

    id: str
    title: str
    source: str
    source_href: str
    reason: str = ""
    badge: Badge | None = None
    due: str = ""
    view: PostView | None = None
    permalink: str = ""
    author: str = ""
    tags: tuple[str, ...] = ()
    counts: Counts | None = None
    diff: tuple[Piece, ...] = ()
    beyond_text: bool = False
    comment: str = ""
    comment_diff: tuple[Piece, ...] = ()
    parts: tuple[str, ...] = ()
    problems: tuple[Note, ...] = ()
    access: tuple[Note, ...] = ()
    payload: str = ""
    fold: int = FOLD


def change_entry(
    change: Change,
    comment: Change | None,
    diagnostics: Sequence[Diagnostic],
    setting: Setting,
    parts: Sequence[Change] = (),
) -> Entry:
    """Return the entry of a change, with the changes of its first comment and of the further parts of its
    thread.
    """
    identity = entry_id(change.key)
    label, tone = BADGES[change.action]
    post, permalink = change.post, change.permalink or ""
    # A click opens the file at its first problem.
    first = min((d.position for d in diagnostics), default=None)
    return Entry(
        id=identity,
        title=change.key,
        source=change.source,
        source_href=editor_link(setting.editor, setting.root, change.source, *([first] if first else [])),
        reason=_reason(change),
        badge=Badge(label, tone),
        due=_due(change, setting),
        view=posts.post_view(
            post, f"{identity}-post", setting.sources, moment=_moment(change, setting), permalink=permalink
        )
        if post
        else None,
        permalink=permalink,
        author=posts.author_view(post.author).name if post else change.author,
        tags=_tags(post) if post else (),
        counts=count(post) if post else None,
        diff=word_diff(change.diff) if change.diff else (),
        beyond_text=not change.diff and change.action in (Action.CHANGED, Action.UPDATE, Action.REPLACE),
        comment=_comment_reason(comment),
        comment_diff=word_diff(comment.diff) if comment and comment.diff else (),
        parts=tuple(f"{part.part}: {_state(part)}" for part in parts),
        problems=notes(diagnostics, setting),
        access=access_notes(post, alt_reported=any(d.code == "alt-missing" for d in diagnostics))
        if post
        else (),
        payload=_payload(change, post, setting.config),
    )


def problem_entry(path: str, diagnostics: Sequence[Diagnostic], setting: Setting) -> Entry:
    """Return the entry of a file that gave no post."""
    return Entry(
        id=entry_id(path),
        title=path,
        source=path,
        source_href=editor_link(setting.editor, setting.root, path, diagnostics[0].position),
        problems=notes(diagnostics, setting),
    )


def entry_id(name: str) -> str:
    """Return the id of the entry for a key or file. The id has no blanks and is unique on the page."""
    # Percent signs as in URLs, so that two names never share an id and a link can lead to it.
    return "entry-" + re.sub(r"[^\w./-]", lambda match: f"%{ord(match.group()):x}", name)


def notes(diagnostics: Sequence[Diagnostic], setting: Setting) -> tuple[Note, ...]:
    """Return diagnostics as notes that lead to their place."""
    return tuple(
        Note(
            f"{found.message} [{found.code}]",
            _TONES[found.severity],
            found.remedy,
            found.location,
            editor_link(setting.editor, setting.root, found.path, found.position),
        )
        for found in diagnostics
    )


def _reason(change: Change) -> str:
    """Return the plan's reason, unless badge and due time say it already."""
    told = change.reason in _PLAIN_REASONS or (
        change.action is Action.SCHEDULED and change.publish_at is not None
    )
    return "" if told else change.reason


def _comment_reason(comment: Change | None) -> str:
    return _state(comment) if comment else ""


def _state(change: Change) -> str:
    return f"{BADGES[change.action][0]}: {change.reason}"


def _due(change: Change, setting: Setting) -> str:
    where = posts.zone(setting.config)
    return (
        f"{posts.day(change.publish_at, where)}, {posts.clock(change.publish_at, where)}"
        if change.publish_at
        else ""
    )


def _moment(change: Change, setting: Setting) -> Moment:
    where = posts.zone(setting.config)
    at = _published_at(change.urn) or change.publish_at
    if at is None:
        return Moment(setting.now.astimezone(where), "now")
    local = at.astimezone(where)
    return Moment(local, local.strftime("%-d %b %Y, %H:%M"))


def _published_at(urn: str | None) -> datetime | None:
    """Return when a post went live: the number of LinkedIn's URN carries the time."""
    number = (urn or "").rpartition(":")[2]
    if not (urn or "").startswith("urn:li:") or not number.isdecimal():
        return None
    try:
        # The upper bits of the number are milliseconds since 1970. LinkedIn does not document this; seven of
        # eight dated public samples agree (checked 2026-11).
        return datetime.fromtimestamp((int(number) >> 22) / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _tags(post: Post) -> tuple[str, ...]:
    found = {tag.casefold() for tag in post.tags} | {hashtag.tag.casefold() for hashtag in post.text.hashtags}
    return tuple(sorted(found))


def count(post: Post) -> Counts:
    """Return the length of a post by its network's own rule."""
    plain, facts, author = post.text.plain, facts_of(post.author), post.author
    sent = [facts.sent(part_of(post, number)) for number in range(1, len(post.parts) + 1)] or [
        facts.sent(post)
    ]
    lengths = tuple(facts.length(author, text) for text in sent)
    traits = facts.traits(author)
    return Counts(
        length=max(lengths),
        limit=traits.limit,
        unit=traits.unit,
        network=facts.label(author),
        characters=graphemes(plain),
        words=len(plain.split()),
        lines=plain.count("\n") + 1 if plain else 0,
        parts=lengths if len(lengths) > 1 else (),
    )


def _payload(change: Change, post: Post | None, config: Config) -> str:
    body: Mapping[str, Any] | None = change.payload
    if body is None and post is not None:
        body = post_payload(post, config)
    if body is None:
        return ""
    text = json.dumps(body, indent=2, ensure_ascii=False)
    # the same JSON, with nothing in it that can't be seen
    text = _UNSEEN.sub(lambda match: f"\\u{ord(match.group()):04x}", text)
    return text.encode("utf-8", "backslashreplace").decode()
