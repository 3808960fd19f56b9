"""Planning as projects grow: posts against as many entries, in a file and in PostgreSQL; time and memory."""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from publisher.model.config import Config, Limits
from publisher.model.post import Author
from publisher.model.state import Entry, State
from publisher.planning.options import PlanOptions
from publisher.planning.plan import make_plan
from publisher.project import load
from publisher.state import open_store
from publisher.state.edits import PostEdit
from publisher.state.store import Store
from tests.bench.corpus import write_corpus
from tests.bench.measure import publisher, table
from tests.support.postgres import running_server
from tests.support.posts import NOW, make_entry, make_post

SIZES = (10_000, 30_000, 100_000)
AUTHORS = 1_000
"""Of the values: pages, whose requests count for the person that has their token."""


def main() -> None:
    """Print both tables; every figure is that of a process of its own."""
    values, commands = [], []
    with running_server() as server:
        for size in SIZES:
            url = server.url(server.make_database())
            values += [_values(size, "file", ""), _values(size, "PostgreSQL", f"{url}?project=values")]
            commands += _commands(size, f"{url}?project=files")
    head = [
        "posts = entries",
        "state",
        "write s",
        "read s",
        "plan CPU s",
        "us/post",
        "peak MB",
        "peak KB/post",
    ]
    title = f"Scale, of values: {AUTHORS:,} authors; a tenth is new, a tenth is edited, the rest is unchanged"
    table(title, head, values)
    head = ["files = entries", "state", "posts", "seconds", "CPU s", "CPU us/post", "peak MB", "peak KB/post"]
    table(
        "Scale, of `publisher plan` as a whole process: a tenth is new, the rest is unchanged", head, commands
    )


def _values(size: int, state: str, url: str) -> list[object]:
    with tempfile.TemporaryDirectory() as root:
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.bench_scale", str(size), url or f"{root}/state.json"],
            check=True,
            stdout=subprocess.PIPE,
        )
        return [f"{size:,}", state, *json.loads(done.stdout)]


def _commands(size: int, url: str) -> list[list[object]]:
    """`publisher plan` on files: with the posts remembered, and, the first time in another place, without."""
    rows: list[list[object]] = []
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as cache:
        root, env = Path(folder), {"PUBLISHER_CACHE_DIR": cache}
        write_corpus(root, size)
        settings = (root / "publisher.yaml").read_text()
        (root / "publisher.yaml").write_text(f"{settings}state: publisher.state.json\n")
        project = load(root, os.environ, datetime.now(UTC))
        entries = {post.key: make_entry(post) for post in project.posts[size // 10 :]}
        for state, place in (("file", "publisher.state.json"), ("PostgreSQL", url)):
            _write(open_store(place, root), entries.items())
            (root / "publisher.yaml").write_text(f"{settings}state: {place}\n")
            for kind in ("remembered",) if state == "file" else ("made anew", "remembered"):
                figure = publisher(root, "plan", "--format", "json", runs=1, env=env)
                each = [figure.cpu / size * 1e6, figure.peak_mb, figure.peak_mb * 1024 / size]
                rows.append([f"{size:,}", state, kind, figure.seconds, figure.cpu, *each])
    return rows


def measure_values(size: int, location: str) -> None:
    """Print the figures of one size and place: posts and entries as values, no files."""
    pages = [Author(f"urn:li:organization:{number}", f"p{number}", "TOKEN") for number in range(AUTHORS)]
    me = Author("urn:li:person:AbC_123456", "me", "TOKEN")
    posts = [
        make_post(f"2026/post-{number:06}", words(number), author=pages[number % AUTHORS])
        for number in range(size)
    ]
    entries = {}
    for number, post in enumerate(posts):
        if number % 10 == 1:
            edited = make_post(post.key, words(-number), author=post.author)
            entries[post.key] = make_entry(edited, published_at=NOW - timedelta(days=9))
        elif number % 10:
            entries[post.key] = make_entry(post, published_at=NOW - timedelta(days=9))
        else:
            entries[f"{post.key}-gone"] = make_entry(make_post(f"{post.key}-gone"))
    store = open_store(location, Path("/"))
    written, _ = timed(lambda: _write(store, entries.items()))
    read, state = timed(store.read)
    assert state.posts == entries
    authors = {author.alias: author for author in [*pages, me]}
    config = Config(authors=authors, limits=Limits(creates_per_run=size, requests_per_member=size))
    began = time.process_time()
    plan = make_plan(posts, state, config, NOW, PlanOptions())
    planned = time.process_time() - began
    assert plan.summary["create"] == size // 10
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps([written, read, planned, planned / size * 1e6, memory, memory * 1024 / size]))


def _write(store: Store, entries: Iterable[tuple[str, Entry]]) -> State:
    with store.session() as session:
        return session.write(*(PostEdit(key, None, entry) for key, entry in entries))


def timed(work):  # type: ignore[no-untyped-def]
    """Wall seconds, and what it gave."""
    began = time.perf_counter()
    result = work()
    return time.perf_counter() - began, result


def words(number: int) -> str:
    """A text of some 600 characters, of its own."""
    return f"Post {number}. " + "A sentence of the usual length, as people write them. " * 11


if __name__ == "__main__":
    if len(sys.argv) > 1:
        measure_values(int(sys.argv[1]), sys.argv[2])
    else:
        main()
