"""What the state costs: a record in each form as it grows, a branch with many commits, a plan over a folder and a file.

``python -m tests.bench.bench_state 10 1000`` takes other sizes than 10, 1,000 and 100,000 entries.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from publisher.model.state import Attempt, State, Status
from publisher.state import folder, open_store, statefile
from publisher.state.edits import PostEdit
from publisher.state.git.command import Git
from publisher.state.git.objects import commit_files
from publisher.state.store import Store
from tests.bench.corpus import write_corpus
from tests.bench.measure import publisher, table
from tests.support.postgres import running_server
from tests.support.posts import NOW, make_entry, make_post
from tests.support.repository import git, make_server, start_repository

SIZES = (10, 1_000, 100_000)
RECORDS = 5
COMMITS = 5_000
PLANNED, ENTRIES = 1_000, 20_000
BRANCH = "git+branch:publisher-state"


def main(sizes: tuple[int, ...] = SIZES) -> None:
    """Print the tables."""
    rows: list[list[object]] = []
    with running_server() as server:
        for size in sizes:
            state = a_state(size)
            for form in ("file", "folder", "branch", "database"):
                with tempfile.TemporaryDirectory() as root:
                    url = f"{server.url(server.make_database())}?project=p" if form == "database" else ""
                    with filled(form, Path(root), state, url) as store:
                        rows.append([form, f"{size:,}", *records(store)])
    head = ["form", "entries", "open, ms", "record, ms", "record, CPU ms"]
    table(f"One record (an intent, or what came of it); median of {2 * RECORDS}", head, rows)
    table(f"A branch with {COMMITS:,} commits, in a clone of one commit", *many_commits())
    table(f"`publisher plan` of {PLANNED:,} posts with {ENTRIES:,} entries", *plans())


def a_state(size: int) -> State:
    """A state of published posts."""
    posts = (make_post(f"2026/post-{number:06}") for number in range(size))
    return State({post.key: make_entry(post) for post in posts}, lineage="ab" * 16, service="sandbox")


@contextmanager
def filled(form: str, root: Path, state: State, url: str = "") -> Iterator[Store]:
    """A store that has the state, written without its own, durable, way."""
    start_repository(root / "work", make_server(root) if form == "branch" else None)
    place = {"file": "publisher.state.json", "folder": "publisher.state/", "branch": BRANCH}.get(form, url)
    documents = {
        f"publisher.state/{path}": statefile.to_bytes(d) for path, d in folder.all_documents(state).items()
    }
    store = open_store(place, root / "work")
    if form == "file":
        (root / "work" / place).write_bytes(statefile.encode(state))
    elif form == "folder":
        for name, data in documents.items():
            (root / "work" / name).parent.mkdir(parents=True, exist_ok=True)
            (root / "work" / name).write_bytes(data)
    elif form == "branch":
        made = commit_files(Git(root / "work"), None, documents, "state\n")
        refs = ["refs/heads/publisher-state", "refs/publisher/publisher-state"]
        git(root / "work", "push", "--quiet", "origin", *(f"{made}:{ref}" for ref in refs))
    else:
        with store.session() as session:
            session.write(*(PostEdit(key, None, entry) for key, entry in state.posts.items()))
    yield store


def records(store: Store) -> list[object]:
    """Milliseconds to open a session, and of a record in it."""
    walls, cpus = list[float](), list[float]()
    began = time.perf_counter()
    with store.session() as session:
        opened = time.perf_counter() - began
        for number in range(RECORDS):
            done = make_entry(make_post(f"new-{number}"))
            attempt = Attempt(f"{number:016x}", NOW, done.digest)
            intent = done._replace(
                status=Status.PENDING, urn=None, permalink=None, published_at=None, attempt=attempt
            )
            for before, after in ((None, intent), (intent, done)):
                wall, cpu = time.perf_counter(), time.process_time()
                session.write(PostEdit(f"new-{number}", before, after))
                walls.append(time.perf_counter() - wall)
                cpus.append(time.process_time() - cpu)
    return [opened * 1e3, statistics.median(walls) * 1e3, statistics.median(cpus) * 1e3]


def many_commits() -> tuple[list[str], list[list[object]]]:
    """The cost of a post on a branch with a long history, for a machine that has cloned one commit."""
    with tempfile.TemporaryDirectory() as folder_name:
        root = Path(folder_name)
        server = make_server(root)
        work = start_repository(root / "work", server)
        documents = folder.all_documents(a_state(1_000))
        lines = [b"commit refs/heads/publisher-state\ncommitter a <a@b> 1 +0000\ndata 0\n"]
        for path, document in documents.items():
            data = statefile.to_bytes(document)
            lines.append(
                f"M 100644 inline publisher.state/{path}\ndata {len(data)}\n".encode() + data + b"\n"
            )
        for number in range(COMMITS):
            text = f"{number}\n".encode()
            lines.append(b"commit refs/heads/publisher-state\ncommitter a <a@b> 1 +0000\ndata 0\n")
            lines.append(b"M 100644 inline README\ndata %d\n%s\n" % (len(text), text))
        subprocess.run(["git", "fast-import", "--quiet"], cwd=server, input=b"".join(lines), check=True)
        git(server, "update-ref", "refs/publisher/publisher-state", "refs/heads/publisher-state")
        git(work, "push", "--quiet", "origin", "HEAD:refs/heads/main")
        git(root, "clone", "--quiet", "--depth=1", "--branch=main", f"file://{server}", "clone")
        clone = root / "clone"
        before = kilobytes(clone)
        opened, record, cpu = records(open_store(BRANCH, clone))
        grown = (kilobytes(clone) - before) / RECORDS
        return ["clone", "open, ms", "record, ms", "record, CPU ms", "KB a post"], [
            ["depth 1", opened, record, cpu, grown]
        ]


def kilobytes(root: Path) -> float:
    """What a repository's objects take."""
    return (
        sum(path.stat().st_size for path in (root / ".git" / "objects").rglob("*") if path.is_file()) / 1024
    )


def plans() -> tuple[list[str], list[list[object]]]:
    """Plans of the same posts and entries, in a file and in a folder."""
    rows: list[list[object]] = []
    for form in ("file", "folder"):
        with tempfile.TemporaryDirectory() as name:
            root = Path(name)
            with filled(form, root, a_state(ENTRIES)):
                work = root / "work"
                write_corpus(work, PLANNED)
                settings = (work / "publisher.yaml").read_text()
                place = "publisher.state.json" if form == "file" else "publisher.state/"
                (work / "publisher.yaml").write_text(f"{settings}state: {place}\n")
                env = {"PUBLISHER_LINKEDIN_API_URL": "http://127.0.0.1:1"}
                figure = publisher(work, "plan", "--format", "json", runs=2, env=env)
                rows.append([form, figure.seconds, figure.cpu, figure.peak_mb])
    return ["form", "seconds", "CPU s", "peak MB"], rows


if __name__ == "__main__":
    main(tuple(map(int, sys.argv[1:])) or SIZES)
