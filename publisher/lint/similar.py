"""Near-duplicates: posts whose words are almost those of another post of the same author."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain
from typing import NamedTuple

from publisher.model.diagnostic import Diagnostic, Position
from publisher.model.post import Post
from publisher.model.state import State, Status, split_name
from publisher.rules import RULES

LIKENESS = 0.6
"""Share of common word triples from which on two texts are near-duplicates."""

_SKETCH = 6  # runs that stand for a text; near-duplicates share one of them almost surely
_BUCKET = 16  # texts compared for one run: boilerplate must not make this quadratic
_WORD = re.compile(r"\w+")
_BETWEEN = {code: " " for code in range(128) if not _WORD.match(chr(code))}
_LIVE = (Status.PUBLISHED, Status.STAMPED)


Sketch = str
"""The few word triples that stand for a text: the longest, which are seldom shared; one a line."""


class _Known(NamedTuple):
    """A text that others are compared with: the word triples of its sketch, and how to get at it, which few
    need.
    """

    key: str
    author: str
    runs: Sequence[str]
    text: Callable[[], str]
    live: bool = False


_Buckets = Mapping[str, Mapping[str, list[int]]]
"""Author -> run -> which of the known texts have it, as far as they were looked at."""


def sketch_of(text: str) -> Sketch:
    """Return the sketch of a text; the same in every process."""
    # sorted twice, so that runs of one length come in an order that is the same in every process
    return "\n".join(sorted(sorted(shingles(text)), key=len)[-_SKETCH:])


def shingles(text: str) -> frozenset[str]:
    """Return all runs of three words, whatever their case and the punctuation between them."""
    folded = text.casefold()
    # the same words either way; most texts are ASCII, and splitting takes a third of the pattern's time
    words = folded.translate(_BETWEEN).split() if folded.isascii() else _WORD.findall(folded)
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
    """Yield a diagnostic for each pending post that almost repeats a published or an earlier pending one.

    A live post under a new key repeats nobody: its old key is gone.
    ``sketches`` holds those that are known already, by text digest; ``now`` narrows it to posts that are
    due then.
    """
    done = {key for key, entry in published.posts.items() if entry.status in _LIVE}
    pending = [post for post in posts if post.key not in done and (now is None or _is_due(post, now))]
    # the usual case of a project at rest: nothing to compare
    if not pending:
        return
    keys = {post.key for post in posts}
    # The same digest under a new key is a moved file, which planning reports.
    renamed = {e.digest for key, e in published.posts.items() if key not in keys and e.status in _LIVE}
    pending = [post for post in pending if post.digest not in renamed]
    live = list(_published(published, sketches))
    known = [*live, *[_pending(post, sketches) for post in pending]]
    buckets = _buckets(known[len(live) :], live)
    for index, own in enumerate(known):
        places = buckets.get(own.author, {})
        shared = [place for run in own.runs if (place := places.get(run)) is not None]
        twin = None if own.live else _twin(own, shared, known)
        if twin is not None:
            yield _diagnostic(pending[index - len(live)], *twin)
        for place in shared:
            if len(place) < _BUCKET:
                place.append(index)


def _pending(post: Post, sketches: Mapping[str, Sketch]) -> _Known:
    sketch = sketches.get(post.text_digest) or sketch_of(post.text.plain)
    return _Known(post.key, post.author.urn, sketch.splitlines(), lambda: post.text.plain)


def _is_due(post: Post, now: datetime) -> bool:
    return not post.draft and (post.publish_at is None or post.publish_at <= now)


def _published(published: State, sketches: Mapping[str, Sketch]) -> Iterator[_Known]:
    for key, entry in published.posts.items():
        if entry.text and entry.status in _LIVE and not split_name(key).part:
            text = entry.text
            runs = (sketches.get(entry.text_digest) or sketch_of(text)).splitlines()
            yield _Known(key, entry.author, runs, lambda text=text: text, live=True)  # type: ignore[misc]


def _buckets(pending: Iterable[_Known], live: Iterable[_Known]) -> _Buckets:
    """Return a place for each run that a pending post shares with another post of its author.

    Most runs of words occur in one post only.
    """
    times: dict[str, Counter[str]] = defaultdict(Counter)
    for own in pending:
        times[own.author].update(own.runs)
    for known in live:
        counts = times.get(known.author, Counter())
        for run in known.runs:
            if run in counts:
                counts[run] += 1
    return {
        author: {run: [] for run, count in counts.items() if count > 1} for author, counts in times.items()
    }


def _twin(
    own: _Known, shared: Sequence[Sequence[int]], known: Sequence[_Known]
) -> tuple[_Known, float] | None:
    """Return the most alike of the texts that share two of the runs, and their likeness.

    The first by key is taken among equals.
    """
    # One common run can be boilerplate such as a signature; a text of one run has no second.
    needed = min(len(own.runs), 2)
    met = Counter(chain.from_iterable(shared)) if len(shared) >= needed else {}
    candidates = [known[index] for index, times in met.items() if times >= needed]
    if not candidates:
        return None
    words = shingles(own.text())
    share, _, twin = min((-likeness(words, shingles(other.text())), other.key, other) for other in candidates)
    return (twin, -share) if -share >= LIKENESS else None


def _diagnostic(post: Post, twin: _Known, share: float) -> Diagnostic:
    state = "published" if twin.live else "also pending"
    return Diagnostic(
        "near-duplicate",
        f"The text repeats that of {twin.key!r}, which is {state}, by {share:.0%}; "
        + ("LinkedIn refuses exact duplicates, and " if post.author.network == "linkedin" else "")
        + "readers notice near ones.",
        post.source,
        Position(),
        "Change the text, or remove one of the posts.",
        RULES["near-duplicate"].severity,
        post.document_key,
    )
