"""Workers that are killed, lose the database and meet a broken LinkedIn: each post is created once, or unknown."""

import random
from pathlib import Path

import pytest

from publisher.sandbox.server import Sandbox
from tests.support.fleet import add_faults, fleet, judge

pytestmark = pytest.mark.postgres

WORKERS, AUTHORS, POSTS, FAULTS = 3, 40, 200, 8


def test_everything_goes_wrong_and_nothing_is_published_twice(
    sandbox: Sandbox, database: str, tmp_path: Path
) -> None:
    chance = random.Random(20261123)
    with fleet(tmp_path, sandbox, database, authors=AUTHORS, posts=POSTS) as team:
        add_faults(sandbox, chance, POSTS, FAULTS)
        for _ in range(WORKERS):
            team.start()
        for left in range(POSTS - 25, POSTS // 4, -25):
            team.wait_until(left, seconds=40)
            if chance.random() < 0.5:
                team.cut_connections()
            else:
                team.kill_one(chance)
                team.start()
        team.stop()
        team.let_time_pass()
        team.run("worker", "--drain")
        verdict = judge(team)
    assert verdict.twice == ()
    assert verdict.wrong == ()
    assert verdict.absent == 0
    assert verdict.published + verdict.unknown == POSTS
    # in doubt is what a fault or a kill has hit, and nothing else
    assert verdict.unknown <= FAULTS + 7 * 4
