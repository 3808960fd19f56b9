"""Near-duplicates: posts whose words are almost those of another post of the same author."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class _Sketch:
    """A text as its word triples, and the few of them that stand for it: the longest, which are seldom shared."""

    key: str
    author: str
    shingles: frozenset[str]
    longest: Sequence[str]
    live: bool


def _sketch(key: str, author: str, text: str, *, live: bool) -> _Sketch:
    found = shingles(text)
    # sorted twice, so that runs of one length come in an order that is the same in every process
    return _Sketch(key, author, found, sorted(sorted(found), key=len)[-_SKETCH:], live)


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


def lint_similar(posts: Sequence[Post], published: State) -> Iterator[Diagnostic]:
    """A diagnostic for each pending post that almost repeats a published or an earlier pending one."""
    pending = [post for post in posts if not _is_live(post.key, published)]
    # the usual case of a project at rest: nothing to compare
    if not pending:
        return
    buckets: dict[tuple[str, str], list[_Sketch]] = {}
    for sketch in _published(published):
        _add(buckets, sketch)
    for post in pending:
        sketch = _sketch(post.key, post.author.urn, post.text.plain, live=False)
        twin = _twin(sketch, buckets)
        if twin is not None:
            yield _diagnostic(post, twin, likeness(sketch.shingles, twin.shingles))
        _add(buckets, sketch)


def _is_live(key: str, published: State) -> bool:
    entry = published.posts.get(key)
    return entry is not None and entry.status in _LIVE


def _published(published: State) -> Iterable[_Sketch]:
    for key, entry in published.posts.items():
        if entry.text and entry.status in _LIVE and not key.endswith(COMMENT_SUFFIX):
            yield _sketch(key, entry.author, entry.text, live=True)


def _add(buckets: dict[tuple[str, str], list[_Sketch]], sketch: _Sketch) -> None:
    for run in sketch.longest:
        bucket = buckets.setdefault((sketch.author, run), [])
        # later texts of a crowded bucket are still compared with the earlier ones
        if len(bucket) < _BUCKET:
            bucket.append(sketch)


def _twin(sketch: _Sketch, buckets: dict[tuple[str, str], list[_Sketch]]) -> _Sketch | None:
    """The most alike of the posts that share two of the runs, the first by key among equals."""
    met: dict[str, _Sketch] = {}
    candidates: dict[str, _Sketch] = {}
    for run in sketch.longest:
        for other in buckets.get((sketch.author, run), ()):
            # one common run may be a set phrase, two are seldom chance
            if other.key in met or len(sketch.longest) == 1:
                candidates[other.key] = other
            met[other.key] = other
    ranked = [(-likeness(sketch.shingles, other.shingles), key) for key, other in candidates.items()]
    best = min((pair for pair in ranked if pair[0] <= -LIKENESS), default=None)
    return candidates[best[1]] if best else None


def _diagnostic(post: Post, twin: _Sketch, share: float) -> Diagnostic:
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
