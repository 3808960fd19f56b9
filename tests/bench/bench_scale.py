"""Planning as projects grow: posts against as many entries, as values and from PostgreSQL; time and memory."""

import os
import resource
import subprocess
import sys
import time
from datetime import timedelta

from publisher.model.config import Config, Limits
from publisher.model.state import State
from publisher.planning.options import PlanOptions
from publisher.planning.plan import make_plan
from publisher.state.edits import PostEdit
from publisher.state.postgres import PostgresStore
from tests.bench.measure import table
from tests.support.postgres import running_server
from tests.support.posts import ME, NOW, make_entry, make_post

SIZES = (10_000, 30_000, 100_000)


def main() -> None:
    """Print one table; every size is measured in a process of its own."""
    with running_server() as server:
        rows = []
        for size in SIZES:
            database = f"{server.url(server.make_database())}?project=bench"
            done = subprocess.run(
                [sys.executable, "-m", "tests.bench.bench_scale", str(size), database],
                check=True,
                capture_output=True,
                text=True,
                env={**os.environ, "PYTHONHASHSEED": "0"},
            )
            rows.append([f"{size:,}", *(float(number) for number in done.stdout.split())])
    head = [
        "posts = entries",
        "posts made MB",
        "write s",
        "read s",
        "plan s",
        "plan us/post",
        "peak MB",
        "peak KB/post",
    ]
    table(
        "Scale: a tenth is new, a tenth is edited, the rest is unchanged; the state is in PostgreSQL",
        head,
        rows,
    )


def measure_one(size: int, database: str) -> None:
    """Print the figures of one size."""
    posts = [make_post(f"2026/post-{number:06}", words(number)) for number in range(size)]
    entries = {}
    for number, post in enumerate(posts):
        if number % 10 == 1:
            entries[post.key] = make_entry(
                make_post(post.key, words(-number)), published_at=NOW - timedelta(days=9)
            )
        elif number % 10:
            entries[post.key] = make_entry(post, published_at=NOW - timedelta(days=9))
        else:
            entries[f"{post.key}-gone"] = make_entry(make_post(f"{post.key}-gone"))
    base = peak()
    store = PostgresStore(database)
    began = time.perf_counter()
    with store.session() as session:
        session.write(*(PostEdit(key, None, entry) for key, entry in entries.items()))
    written = time.perf_counter() - began
    del session
    began = time.perf_counter()
    state = store.read()
    read = time.perf_counter() - began
    assert state == State(entries)
    config = Config(authors={"me": ME}, limits=Limits(creates_per_run=size, requests_per_member=size))
    began = time.perf_counter()
    plan = make_plan(posts, state, config, NOW, PlanOptions())
    planned = time.perf_counter() - began
    assert plan.summary["create"] == size // 10
    print(base, written, read, planned, planned / size * 1e6, peak(), peak() * 1024 / size)


def words(number: int) -> str:
    """A text of some 600 characters, of its own."""
    return f"Post {number}. " + "A sentence of the usual length, as people write them. " * 11


def peak() -> float:
    """This process's peak memory so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    if len(sys.argv) > 1:
        measure_one(int(sys.argv[1]), sys.argv[2])
    else:
        main()
