"""Workers on one database: posts a second from 1 to 8 processes, beside what the sandbox alone takes."""

import os
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from tests.bench.bench_sandbox import Caller, rate, running
from tests.bench.measure import table
from tests.support.fleet import CONCURRENCY, fleet
from tests.support.postgres import Server, running_server

WORKERS = (1, 2, 4, 8)
AUTHORS, POSTS, SECONDS = 400, 4_000, 20.0
"""Of each step, which is ended after so many seconds of work."""


def main() -> None:
    """Print the table."""
    with running() as alone:
        limit = rate(alone, 16, Caller.create)
    print(f"\nThe sandbox alone takes {limit:.0f} creates a second from 16 clients that do nothing else.")
    with running_server() as server:
        rows = [_growth(server, count) for count in WORKERS]
    first = float(str(rows[0][2]))
    table(
        f"Workers of {CONCURRENCY} posts at a time, up to {SECONDS:.0f} s of {POSTS:,} posts by {AUTHORS} authors; "
        f"{os.cpu_count()} CPUs for workers, database and sandbox",
        ["workers", "posts", "posts a second", "x one", "% of sandbox"],
        [[*row, float(str(row[2])) / first, 100 * float(str(row[2])) / limit] for row in rows],
    )


def _growth(server: Server, workers: int) -> list[object]:
    with (
        tempfile.TemporaryDirectory() as root,
        fleet(Path(root), server, authors=AUTHORS, posts=POSTS) as team,
    ):
        for _ in range(workers):
            team.start()
        team.wait_until(POSTS - 20 * workers, seconds=120)  # processes and the first scan are there
        left, began = team.open_keys(), time.perf_counter()
        with suppress(TimeoutError):
            team.wait_until(0, seconds=SECONDS)
        done, seconds = left - team.open_keys(), time.perf_counter() - began
        team.stop()
        return [workers, done, done / seconds]


if __name__ == "__main__":
    main()
