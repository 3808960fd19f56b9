"""Workers that are killed, lose the database and meet a broken LinkedIn: each post is created once, or unknown."""

import random
from pathlib import Path

import pytest

from publisher.model.state import Status
from tests.support.fleet import CONCURRENCY, FAULTS, fleet, key, storm, words
from tests.support.postgres import Server, running_server
from tests.support.posts import make_entry, make_post
from tests.support.verdict import compare, judge

pytestmark = pytest.mark.postgres

WORKERS, AUTHORS, POSTS, KILLS = 3, 40, 200, 3


def test_everything_goes_wrong_and_nothing_is_published_twice(postgres: Server, tmp_path: Path) -> None:
    chance = random.Random(20261123)
    # a server of its own: it crashes
    with running_server() as server, fleet(tmp_path, server, authors=AUTHORS, posts=POSTS) as team:
        struck = team.linkedin.add_faults(chance, POSTS, {**dict.fromkeys(FAULTS, 1), "slow": 3})
        blows = [*[team.kill] * KILLS, *[team.cut] * 2, team.crash]
        chance.shuffle(blows)
        storm(team, chance, WORKERS, blows, seconds=40)
        verdict = judge(team, struck)
    assert verdict.failures(at_hand=KILLS * CONCURRENCY) == []
    assert verdict.published + verdict.unknown == POSTS


ENTRIES = {
    key(number): make_entry(make_post(key(number), words(number)))._replace(urn=f"urn:li:share:{number}")
    for number in range(4)
}
LIVE = [{"text": words(number), "urn": f"urn:li:share:{number}", "author": "me"} for number in range(4)]


def test_the_verdict_finds_what_is_twice_lost_or_made_up() -> None:
    def failures(entries: dict, live: list) -> list[str]:  # type: ignore[type-arg]
        return compare(entries, live, 4, frozenset(), ["me"]).failures(at_hand=0)

    assert failures(ENTRIES, LIVE) == []
    again = {**LIVE[1], "urn": "urn:li:share:9"}
    assert failures(ENTRIES, [*LIVE, again]) == [f"{words(1)} is live more than once"]
    (never,) = failures(
        {name: entry for name, entry in ENTRIES.items() if name != key(2)}, LIVE[:2] + LIVE[3:]
    )
    assert never == "1 posts were never sent"
    assert failures(ENTRIES, LIVE[1:]) == [f"{key(0)} is urn:li:share:0, but live as []"]
    assert "knows nothing" in failures({}, LIVE)[0]
    assert "nobody wrote it" in failures(ENTRIES, [*LIVE, {**again, "text": "Others."}])[0]
    assert "live as" in failures(ENTRIES, [{**LIVE[0], "author": "another"}, *LIVE[1:]])[0]
    doubtful = {**ENTRIES, key(3): ENTRIES[key(3)]._replace(status=Status.PENDING, urn=None)}
    assert "without a reason" in failures(doubtful, LIVE)[0]
