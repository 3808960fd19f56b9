"""One rule for "the same post": author and content. It keeps one content from being live twice. Pure.

Two posts of one author are the same if their texts with their mentions are equal, because LinkedIn refuses
that as a duplicate. Posts without words are the same if all that readers see is equal.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from operator import itemgetter
from shlex import quote
from typing import NamedTuple

from publisher.model.plan import Action, Change
from publisher.model.post import Author, Post, Text
from publisher.model.state import Entry, Past, State, Status, split_name
from publisher.planning.copies import is_same_place
from publisher.planning.doubt import CLOCKS
from publisher.render.digest import text_digest

GHOST_WINDOW = timedelta(hours=48)
"""How long after a deletion LinkedIn may call the same text a duplicate, of a URN that does not exist.

Observed: 24 to 48 hours (Composio#2710, read 2026-11-24).
"""

_RECENT = timedelta(days=30)
"""How long after its publication a post without a file is compared with similar new ones.

After that, a series of similar posts would be blocked more often than a rename would be found.
"""

_SAME_WORDS, _SIMILAR_WORDS = 0.9, 0.6
"""Shares of equal characters: of a text with a few words changed, and of a text that was edited.

The stricter share is for live posts, where a wrong block costs a command. An intent in doubt blocks from the
lower one on, because a second create can't be undone.
"""

_NO_WORDS = text_digest(Post("", "", Author(""), Text(), "", ""))

_SENDING = frozenset({Action.CREATE, Action.UPDATE, Action.REPLACE})

Content = tuple[str, str]
"""Author, and the digest that identifies the content."""


def content_of(thing: Post | Entry | Past) -> Content:
    """Return what identifies the content of a post, or of what the state knows of one."""
    author = thing.author.urn if isinstance(thing, Post) else thing.author
    return author, thing.text_digest if _has_words(thing) else thing.digest


def _has_words(thing: Post | Entry | Past) -> bool:
    text = thing.text.plain if isinstance(thing, Post) else thing.text if isinstance(thing, Entry) else None
    return thing.text_digest != _NO_WORDS and (text is None or bool(text.strip()))


def deletions(state: State) -> Iterator[tuple[Content, datetime]]:
    """Yield the content of each post that publisher deleted, and when."""
    for entry in state.posts.values():
        for one in (entry, entry.before):
            if one is not None and one.deleted_at is not None:
                yield content_of(one), one.deleted_at
    for line in state.past.values():
        for past in line:
            if past.deleted_at is not None:
                yield content_of(past), past.deleted_at


def block_repeats(
    changes: Iterable[Change], by_key: Mapping[str, Post], state: State, now: datetime
) -> list[Change]:
    """Block each create and edit whose author has the same content elsewhere, or may have it.

    Elsewhere is: live, in doubt, renamed, deleted within `GHOST_WINDOW`, or earlier in ``changes`` whatever
    its action.
    """
    changes = list(changes)
    if all(line.action not in _SENDING for line in changes):
        return changes
    taken = _taken(state)
    # a deletion in the future was written by a wrong clock, and must not block the content until then
    deleted = {content: at for content, at in deletions(state) if now - GHOST_WINDOW < at <= now + CLOCKS}
    vanished = _vanished(by_key, state, now)
    result = []
    for line in changes:
        post = line.post
        if line.action in _SENDING and post is not None:
            content = content_of(post)
            # the most certain reason first, because each names the command for its own case
            reason = (
                _held(line, post, state)
                or _repeats(line, taken.get(content), state)
                or (_ghost(deleted.get(content)) if line.network == "linkedin" else "")
                or _renamed(line, post, vanished)
            )
            if reason:
                line = line._replace(action=Action.BLOCKED, reason=reason)
            else:
                taken.setdefault(content, []).append(line.key)
        result.append(line)
    return result


def _taken(state: State) -> dict[Content, list[str]]:
    """Return content -> keys that have it, live or soon. An intent has the content before and after it."""
    taken: dict[Content, list[str]] = {}
    for key, entry in state.posts.items():
        if entry.status not in (Status.PUBLISHED, Status.PENDING) or split_name(key).part:
            continue
        for one in (entry, entry.before):
            if one is not None:
                taken.setdefault(content_of(one), []).append(key)
    return taken


def _held(line: Change, post: Post, state: State) -> str:
    held = state.held.get(line.key)
    if held is None or held.digest != post.digest:
        return ""
    other = f" of {held.urn}" if held.urn else ""
    adopt = held.urn or "URN"
    return (
        f"was refused as a duplicate{other} at {_time(held.at)} and is not sent again as it is; change it, or "
        f"`publisher state import {quote(line.key)} {adopt}` if that is this post, or "
        f"`publisher state rm {quote(line.key)}` to send it again"
    )


def _repeats(line: Change, keys: Sequence[str] | None, state: State) -> str:
    other = next((key for key in keys or () if key != line.key), None)
    if other is None:
        return ""
    entry = state.posts.get(other)
    if entry is None:
        return f"has the same author and content as {other!r}, which this run publishes; change one of them"
    if entry.status is Status.PENDING:
        settle = f"settle that first: `publisher state resolve {quote(other)} …`"
        return f"has the same author and content as {other!r}, whose outcome is unknown; {settle}"
    how = f"if it was renamed, `publisher state mv {quote(other)} {quote(line.key)}`"
    if line.key in state.posts:
        how = "if two files were swapped, `publisher state mv` swaps their keys"
    return f"has the same author and content as {other!r}, which is live; {how}, else change it"


def _ghost(deleted_at: datetime | None) -> str:
    if deleted_at is None:
        return ""
    return (
        f"the same content was deleted at {_time(deleted_at)}; LinkedIn may refuse it as a duplicate until "
        f"{_time(deleted_at + GHOST_WINDOW)}, and it is published after that; or change it"
    )


class _Vanished(NamedTuple):
    """Entries whose files are gone: by the length of their text, and, by key, those whose text is not known."""

    by_length: list[tuple[int, str, Entry]]
    others: list[tuple[str, Entry]]

    def near(self, post: Post) -> list[tuple[str, Entry]]:
        """Return by key the entries with a text about as long as the post's. Others share too few letters."""
        length = len(post.text.plain)
        # a share s of equal letters in texts of the lengths a and b needs 2 min(a, b) >= s (a + b)
        ratio = _SIMILAR_WORDS / (2 - _SIMILAR_WORDS)
        first = bisect_left(self.by_length, length * ratio, key=itemgetter(0))
        last = bisect_right(self.by_length, length / ratio, key=itemgetter(0))
        near = [(key, entry) for _, key, entry in self.by_length[first:last]]
        return sorted([*self.others, *near], key=itemgetter(0))


def _renamed(line: Change, post: Post, vanished: _Vanished) -> str:
    """Return why a new post may be one in doubt or live under a key without a file; empty if it is not."""
    if line.action is not Action.CREATE:
        return ""
    for key, entry in vanished.near(post):
        if not is_same_place(post.author, entry):
            continue
        if entry.status is Status.PENDING and _resembles(post, entry, _SIMILAR_WORDS):
            return (
                f"may be {key!r}, whose file is gone and whose outcome is unknown; settle that first: "
                f"`publisher state resolve {quote(key)} …`"
            )
        if entry.status is Status.PUBLISHED and _resembles(post, entry, _SAME_WORDS):
            return (
                f"may be {key!r}, which is live and whose file is gone; if it is, "
                f"`publisher state mv {quote(key)} {quote(line.key)}`, else `publisher state rm {quote(key)}`"
            )
    return ""


def _vanished(by_key: Mapping[str, Post], state: State, now: datetime) -> _Vanished:
    """Return the entries in doubt, and those published lately, whose files are gone."""
    found = _Vanished([], [])
    documents = {post.document_key for post in by_key.values()}
    for key in sorted(state.posts.keys() - by_key.keys()):
        entry = state.posts[key]
        recent = entry.published_at is not None and entry.published_at > now - _RECENT
        own, _, part = split_name(key)
        if own not in documents and not part and (entry.status is Status.PENDING or recent):
            if entry.text and _has_words(entry):
                found.by_length.append((len(entry.text), key, entry))
            else:
                found.others.append((key, entry))
    found.by_length.sort(key=itemgetter(0, 1))
    return found


def _resembles(post: Post, entry: Entry, share: float) -> bool:
    """Return whether a post may be an edited form of what an entry describes, perhaps for another author."""
    if not _has_words(post) or not _has_words(entry):
        files = {item.sha256 for item in entry.media}
        return _has_words(post) == _has_words(entry) and any(media.sha256 in files for media in post.media)
    if post.text_digest == entry.text_digest:
        return True
    if not entry.text:
        return False
    longer, shorter = sorted((len(entry.text), len(post.text.plain)), reverse=True)
    if 2 * shorter < share * (longer + shorter):
        return False  # before the matcher prepares anything
    from difflib import SequenceMatcher  # here, because it is slow to import

    matcher = SequenceMatcher(None, entry.text, post.text.plain, autojunk=False)
    return matcher.real_quick_ratio() >= share and matcher.quick_ratio() >= share and matcher.ratio() >= share


def _time(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
