"""Near-duplicates: posts whose words are almost those of another post of the same author."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from publisher.model.diagnostic import Diagnostic, Position
from publisher.model.post import Post
from publisher.model.state import COMMENT_SUFFIX, State, Status
from publisher.rules import RULES

LIKENESS = 0.6
"""Share of common word triples from which on two texts are near-duplicates."""

_SKETCH = 6  # runs that stand for a text; near-duplicates share one of them almost surely
_BUCKET = 16  # texts compared for one run: boilerplate must not make this quadratic
_WORD = re.compile(r"\w+")
_LIVE = (Status.PUBLISHED, Status.STAMPED)


Sketch = str
"""The few word triples that stand for a text: the longest, which are seldom shared; one a line."""


@dataclass(frozen=True, slots=True)
class _Known:
    """A text that others are compared with."""

    key: str
    author: str
    text: str
    sketch: Sketch
    live: bool

    @property
    def runs(self) -> Sequence[str]:
        """The word triples of the sketch."""
        return self.sketch.splitlines()


def sketch_of(text: str) -> Sketch:
    """The sketch of a text; the same in every process."""
    # sorted twice, so that runs of one length come in an order that is the same in every process
    return "\n".join(sorted(sorted(shingles(text)), key=len)[-_SKETCH:])


def shingles(text: str) -> frozenset[str]:
    """All runs of three words, whatever their case and the punctuation between them."""
    words = _WORD.findall(text.casefold())
    if not words:
        return frozenset()
    return frozenset(map(" ".join, zip(words, words[1:] or [""], words[2:] or [""], strict=False)))


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """Jaccard's share of common elements, 0 to 1."""
    common = len(one & other)
    return common / (len(one) + len(other) - common) if common else 0.0


def lint_similar(
    posts: Sequence[Post], published: State, sketches: Mapping[str, Sketch], now: datetime | None = None
) -> Iterator[Diagnostic]:
    """A diagnostic for each pending post that almost repeats a published or an earlier pending one.

    A live post under a new key repeats nobody: its old key is gone.
    ``sketches`` holds those of ``posts`` that are known already, by key; ``now`` narrows it to posts that are
    due then.
    """
    pending = [
        (post, _Known(post.key, post.author.urn, post.text.plain, _sketch(post, sketches), live=False))
        for post in posts
        if (now is None or _is_due(post, now)) and not _is_live(post.key, published)
    ]
    # the usual case of a project at rest: nothing to compare
    if not pending:
        return
    keys = {post.key for post in posts}
    renamed = {e.digest for key, e in published.posts.items() if key not in keys and e.status in _LIVE}
    pending = [(post, own) for post, own in pending if post.digest not in renamed]
    # only what a pending post could share is worth a bucket
    shared = {(own.author, run) for _, own in pending for run in own.runs}
    buckets: dict[tuple[str, str], list[_Known]] = {place: [] for place in shared}
    for known in _published(posts, published, sketches):
        _add(buckets, known)
    for post, own in pending:
        twin = _twin(own, buckets)
        if twin is not None:
            yield _diagnostic(post, *twin)
        _add(buckets, own)


def _sketch(post: Post, sketches: Mapping[str, Sketch]) -> Sketch:
    return sketches.get(post.key) or sketch_of(post.text.plain)


def _is_due(post: Post, now: datetime) -> bool:
    return not post.draft and (post.publish_at is None or post.publish_at <= now)


def _is_live(key: str, published: State) -> bool:
    entry = published.posts.get(key)
    return entry is not None and entry.status in _LIVE


def _published(posts: Sequence[Post], published: State, sketches: Mapping[str, Sketch]) -> Iterator[_Known]:
    digests = {post.key: post.text_digest for post in posts}
    for key, entry in published.posts.items():
        if entry.text and entry.status in _LIVE and not key.endswith(COMMENT_SUFFIX):
            same = digests.get(key) == entry.text_digest
            sketch = sketches.get(key) if same else None
            yield _Known(key, entry.author, entry.text, sketch or sketch_of(entry.text), live=True)


def _add(buckets: dict[tuple[str, str], list[_Known]], known: _Known) -> None:
    for run in known.runs:
        bucket = buckets.get((known.author, run))
        if bucket is not None and len(bucket) < _BUCKET:
            bucket.append(known)


def _twin(own: _Known, buckets: dict[tuple[str, str], list[_Known]]) -> tuple[_Known, float] | None:
    """The most alike of the posts that share two of the runs, the first by key among equals; and how alike."""
    met: dict[str, _Known] = {}
    candidates: dict[str, _Known] = {}
    for run in own.runs:
        for other in buckets.get((own.author, run), ()):
            if other.key in met or "\n" not in own.sketch:
                candidates[other.key] = other
            met[other.key] = other
    if not candidates:
        return None
    words = shingles(own.text)
    ranked = [(-likeness(words, shingles(other.text)), key) for key, other in candidates.items()]
    share, key = min(ranked)
    return (candidates[key], -share) if -share >= LIKENESS else None


def _diagnostic(post: Post, twin: _Known, share: float) -> Diagnostic:
    state = "published" if twin.live else "also pending"
    return Diagnostic(
        "near-duplicate",
        f"The text repeats that of {twin.key!r}, which is {state}, by {share:.0%}; LinkedIn refuses exact "
        "duplicates, and readers notice near ones.",
        post.source,
        Position(),
        "Change the text, or take one of the two out.",
        RULES["near-duplicate"].severity,
        post.key,
    )
