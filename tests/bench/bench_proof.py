"""The proof: killed and frozen workers, a database that is cut off, crashes and is lost, a LinkedIn that fails.

In the end, a backup from the middle of the run is put in the database's place: a run must refuse it, and after
`publisher state restored` nothing may be created.

``python -m tests.bench.bench_proof`` is the whole of it: 20,000 due posts of 2,000 authors, 8 workers. It ends with 1
if a post was created twice, lost, never sent, or is in doubt without a reason. ``make bench`` takes a tenth of it.
"""

import argparse
import os
import random
import sys
import tempfile
import time
from pathlib import Path

from tests.bench.measure import table
from tests.support.fleet import CONCURRENCY, FAULTS, Fleet, fleet, storm
from tests.support.postgres import running_server
from tests.support.verdict import judge

WORKERS = 8
KILLS, FREEZES, CUTS, CRASHES = 12, 3, 8, 3
EACH = 25
"""Faults of each kind; a few answers never come, and as many are only slow."""


def main(posts: int = 2_000, authors: int = 200, seed: int = 8) -> None:
    """Print what became of the posts; ends the process with 1 where that is not exactly once."""
    chance = random.Random(seed)
    share = max(posts // 20_000, 0.1)
    faults = {
        **dict.fromkeys(FAULTS, round(EACH * share)),
        "commit-then-hang": 4,
        "slow": round(EACH * share),
    }
    with (
        tempfile.TemporaryDirectory() as root,
        running_server() as server,
        fleet(Path(root), server, authors=authors, posts=posts, pause=20) as team,
    ):
        struck = team.linkedin.add_faults(chance, posts, faults)
        blows = [
            *[team.kill] * KILLS, *[team.freeze] * FREEZES, *[team.cut] * CUTS, *[team.crash] * CRASHES
        ]  # fmt: skip
        chance.shuffle(blows)
        began = time.perf_counter()
        storm(team, chance, WORKERS, blows, seconds=300)
        seconds = time.perf_counter() - began
        verdict = judge(team, struck)
        loss = lose_state(team)
    at_hand = (KILLS + FREEZES + CRASHES) * CONCURRENCY
    table(
        f"Proof: {posts:,} due posts of {authors:,} authors, {WORKERS} workers of {CONCURRENCY} posts at a time; "
        f"{KILLS} SIGKILLs, {FREEZES} frozen workers, {CUTS} times all connections cut, {CRASHES} crashes of "
        f"PostgreSQL,\n{sum(faults.values())} faults of LinkedIn, which takes the same text twice; seed {seed}, "
        f"{os.cpu_count()} CPUs for everything",
        [
            "published",
            "unknown",
            "live",
            "by faults",
            "never sent",
            "twice",
            "wrong",
            "seconds",
            "posts a second",
        ],
        [
            [
                verdict.published,
                verdict.unknown,
                verdict.live,
                verdict.unknown - len(verdict.unexplained),
                verdict.absent,
                len(verdict.twice),
                len(verdict.wrong),
                seconds,
                posts / seconds,
            ]
        ],
    )
    failures = [*verdict.failures(at_hand), *loss]
    if failures:
        sys.exit("\n".join(["NOT exactly once:", *failures]))
    print(f"Each of {posts:,} posts was created exactly once, or is reported unknown.")


def lose_state(team: Fleet) -> list[str]:
    """Put a backup back, publish, say so, publish again; returns what was wrong."""
    before = len(team.linkedin.posts())
    _, at = team.restore_backup()
    team.end(team.start("publish", "--max-creates", str(team.posts)), 300, 2)
    problems = [] if "was restored from a backup" in team.said() else ["a restored database was not noticed"]
    team.end(team.start("state", "restored", "--since", at), 300)
    team.end(team.start("publish", "--max-creates", str(team.posts)), 300, 3)
    created = len(team.linkedin.posts()) - before
    return [*problems, *([f"{created} posts were created after the state was lost"] if created else [])]


if __name__ == "__main__":
    options = argparse.ArgumentParser()
    options.add_argument("--posts", type=int, default=20_000)
    options.add_argument("--authors", type=int, default=2_000)
    options.add_argument("--seed", type=int, default=8)
    main(**vars(options.parse_args()))
