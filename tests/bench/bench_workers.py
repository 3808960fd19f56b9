"""Workers on one database: posts a second from 1 to 8 processes, then everything at once with kills and faults.

``PUBLISHER_BENCH_POSTS`` sizes the second part: 2,000 by default, so that it takes some minutes; the whole proof is
20,000, of a tenth as many authors.
"""

import os
import random
import tempfile
import time
from contextlib import ExitStack, suppress
from pathlib import Path

from publisher.sandbox.server import Sandbox
from tests.bench.bench_sandbox import Caller, rate, running
from tests.bench.measure import table
from tests.support.fleet import add_faults, fleet, judge
from tests.support.postgres import Server, running_server

WORKERS = (1, 2, 4, 8)
AUTHORS, POSTS, SECONDS = 400, 4_000, 20.0
"""Of each step of the first part; it is ended after so many seconds of work."""

KILLS, CUTS, FAULTS = 16, 8, 200


def main() -> None:
    """Print both tables."""
    with running() as alone:
        limit = rate(alone, 16, Caller.create)
    print(f"\nThe sandbox alone takes {limit:.0f} creates a second from 16 clients that do nothing else.")
    with running_server() as server:
        rows = [_growth(server, count) for count in WORKERS]
        first = float(str(rows[0][2]))
        table(
            f"Workers: {SECONDS:.0f} s, {AUTHORS} authors; {os.cpu_count()} CPUs for workers, database and sandbox",
            ["workers", "posts", "posts a second", "x one", "% of sandbox"],
            [[*row, float(str(row[2])) / first, 100 * float(str(row[2])) / limit] for row in rows],
        )
        _proof(server)


def _growth(server: Server, workers: int) -> list[object]:
    with ExitStack() as stack:
        root = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        sandbox = stack.enter_context(Sandbox(member_quota=None, app_quota=None, recorded=0))
        database = f"{server.url(server.make_database())}?project=bench"
        team = stack.enter_context(fleet(root, sandbox, database, authors=AUTHORS, posts=POSTS))
        for _ in range(workers):
            team.start()
        team.wait_until(POSTS - 20, seconds=120)  # processes and the first scan are there
        left, began = team.open_keys(), time.perf_counter()
        with suppress(TimeoutError):
            team.wait_until(0, seconds=SECONDS)
        done, seconds = left - team.open_keys(), time.perf_counter() - began
        team.stop()
        return [workers, done, done / seconds]


def _proof(server: Server) -> None:
    posts = int(os.environ.get("PUBLISHER_BENCH_POSTS", "2000"))
    authors = max(posts // 10, 1)
    chance = random.Random(8)
    with ExitStack() as stack:
        root = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        sandbox = stack.enter_context(Sandbox(member_quota=None, app_quota=None, recorded=0))
        database = f"{server.url(server.make_database())}?project=proof"
        team = stack.enter_context(fleet(root, sandbox, database, authors=authors, posts=posts))
        add_faults(sandbox, chance, posts, FAULTS)
        began = time.perf_counter()
        for _ in range(8):
            team.start()
        blows = ["kill"] * KILLS + ["cut"] * CUTS
        chance.shuffle(blows)
        for number, blow in enumerate(blows, 1):
            team.wait_until(posts - number * posts // (len(blows) + 1), seconds=1_800)
            if blow == "kill":
                team.kill_one(chance)
                team.start()
            else:
                team.cut_connections()
        team.wait_until(posts // (len(blows) + 1), seconds=1_800)
        team.stop()
        team.let_time_pass()
        team.run("worker", "--drain", "--concurrency", "8")
        seconds = time.perf_counter() - began
        verdict = judge(team)
    table(
        f"Proof: {posts:,} due posts of {authors:,} authors, 8 workers, {KILLS} SIGKILLs, {CUTS} times every "
        f"connection cut, {FAULTS} faults of LinkedIn",
        ["published", "unknown", "never sent", "twice", "wrong", "seconds", "a second"],
        [
            [
                verdict.published,
                verdict.unknown,
                verdict.absent,
                len(verdict.twice),
                len(verdict.wrong),
                seconds,
                posts / seconds,
            ]
        ],
    )
    if verdict.twice or verdict.wrong or verdict.absent:
        raise SystemExit(f"not exactly once: {verdict}")


if __name__ == "__main__":
    main()
