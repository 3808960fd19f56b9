"""What became of a fleet's posts: what the state says, beside what readers see."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from publisher.model.state import Entry, Status
from publisher.state.postgres.store import PostgresStore
from tests.support.fleet import Fleet, key, words


@dataclass(frozen=True, slots=True)
class Verdict:
    """How many posts were published, are in doubt (and of these are live), and were never sent.

    ``twice`` are posts that readers see more than once; ``wrong`` says where state and readers contradict each other,
    and ``unexplained`` are posts in doubt that no fault has struck.
    """

    published: int
    unknown: int
    live: int
    absent: int
    twice: tuple[str, ...]
    wrong: tuple[str, ...]
    unexplained: tuple[str, ...]

    def failures(self, at_hand: int) -> list[str]:
        """Why this is not exactly once; ``at_hand`` is how many posts killed workers may have had in the middle."""
        return [
            *(f"{name} is live more than once" for name in self.twice),
            *self.wrong,
            *([f"{self.absent} posts were never sent"] if self.absent else []),
            *(
                [f"{len(self.unexplained)} posts are in doubt without a reason: {self.unexplained[:10]}"]
                if len(self.unexplained) > at_hand
                else []
            ),
        ]


def judge(team: Fleet, struck: frozenset[str]) -> Verdict:
    """The verdict on a fleet that has ended; ``struck`` are the keys that faults were to meet."""
    entries = PostgresStore(team.database).read().posts
    return compare(
        entries, team.linkedin.posts(), team.posts, struck, [urn for urn, _ in team.linkedin.authors]
    )


def compare(
    entries: Mapping[str, Entry],
    live: list[dict[str, Any]],
    posts: int,
    struck: frozenset[str],
    authors: list[str],
) -> Verdict:
    """The verdict on ``posts`` posts of ``authors`` in turn."""
    seen: dict[str, list[tuple[str, str]]] = {}
    for post in live:
        seen.setdefault(post["text"], []).append((post["urn"], post["author"]))
    wrong = [f"{text!r} is live, and nobody wrote it" for text in seen.keys() - {*map(words, range(posts))}]
    for number in range(posts):
        entry, places = entries.get(key(number)), seen.get(words(number), [])
        expected = [] if entry is None else [(entry.urn, authors[number % len(authors)])]
        if entry is None and places:
            wrong.append(f"{key(number)} is live, and the state knows nothing")
        elif entry is not None and entry.status is Status.PUBLISHED and places[:1] != expected:
            wrong.append(f"{key(number)} is {entry.urn}, but live as {places}")
    doubtful = {name for name, entry in entries.items() if entry.status is Status.PENDING}
    return Verdict(
        published=Counter(entry.status for entry in entries.values())[Status.PUBLISHED],
        unknown=len(doubtful),
        live=sum(words(int(name[1:])) in seen for name in doubtful),
        absent=posts - len(entries),
        twice=tuple(sorted(text for text, places in seen.items() if len(places) > 1)),
        wrong=tuple(sorted(wrong)),
        unexplained=tuple(sorted(doubtful - struck)),
    )
