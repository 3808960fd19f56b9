"""A fleet of worker processes on one database: many authors, many posts, and everything that can go wrong."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from publisher.model.state import Status
from publisher.sandbox.server import Sandbox
from publisher.state.postgres import PostgresStore

FAULTS = (
    "commit-then-drop",
    "drop-after-body",
    "drop-before-body",
    "commit-then-error",
    "error",
    "no-id",
    "cut",
)
"""What LinkedIn does to some creates; after each of them the outcome is unknown, whether the post is there or not."""


@dataclass
class Fleet:
    """A project with ``authors`` and ``posts``, all due, and the workers that publish them."""

    root: Path
    sandbox: Sandbox
    database: str
    authors: int
    posts: int
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)
    log: Path = Path(os.devnull)

    def write(self) -> None:
        """Write the project."""
        limits = f"creates_per_run: {self.posts}, requests_per_member: 1000000, requests_per_app: 1000000"
        lines = [f"state: {self.database}", f"limits: {{{limits}}}", "authors:"]
        lines += [f'  a{number:04}: {{urn: "{self.author(number)}"}}' for number in range(self.authors)]
        tokens = {self.sandbox.token_for(self.author(number)) for number in range(self.authors)}
        (self.root / "publisher.yaml").write_text("\n".join(lines) + "\n")
        for number in range(self.posts):
            path = self.root / "content" / f"{number // 500:03}" / f"p{number:05}.md"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(
                f"---\nid: p{number:05}\nauthor: a{number % self.authors:04}\n---\n{text(number)}\n"
            )
        self.environ = {
            **{name: value for name, value in os.environ.items() if not name.startswith("LINKEDIN_")},
            "PUBLISHER_LINKEDIN_API_URL": self.sandbox.url,
            "PUBLISHER_LINKEDIN_OAUTH_URL": self.sandbox.url,
            "LINKEDIN_ACCESS_TOKEN": tokens.pop(),
        }

    def author(self, number: int) -> str:
        """A page's URN; one member may post for all of them."""
        return f"urn:li:organization:{100_000 + number}"

    def command(self, *arguments: str) -> list[str]:
        """A command in the project."""
        return [sys.executable, "-m", "publisher", "-C", str(self.root), *arguments]

    def run(self, *arguments: str) -> None:
        """Run a command to its end."""
        subprocess.run(self.command(*arguments), env=self.environ, check=True, capture_output=True)

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """One more worker."""
        with self.log.open("ab") as log:
            worker = subprocess.Popen(
                self.command("worker", *arguments), env=self.environ, stderr=log, stdout=log
            )
        self.running.append(worker)
        return worker

    def kill_one(self, chance: random.Random) -> None:
        """SIGKILL one worker, wherever it is."""
        worker = self.running.pop(chance.randrange(len(self.running)))
        worker.send_signal(signal.SIGKILL)
        worker.wait()

    def cut_connections(self) -> None:
        """End every session of the workers in the database."""
        with connect(self.database) as owner:
            owner.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )

    def let_time_pass(self) -> None:
        """What vanished workers held is free, as it is after some minutes."""
        with connect(self.database) as owner:
            owner.execute(
                "UPDATE publisher_queue.procrastinate_workers SET last_heartbeat = now() - interval '1 hour'"
            )
            owner.execute("UPDATE publisher.claims SET until = now() - interval '1 second'")

    def created(self) -> int:
        """How many posts are live."""
        return len(self.sandbox.posts())

    def open_keys(self) -> int:
        """How many posts have no entry yet."""
        with connect(self.database) as owner:
            return self.posts - int(owner.execute("SELECT count(*) FROM publisher.posts").fetchall()[0][0])

    def wait_until(self, open_keys: int, seconds: float) -> None:
        """Until no more than so many posts have no entry. Raises TimeoutError."""
        end = time.monotonic() + seconds
        while self.open_keys() > open_keys:
            if time.monotonic() > end or all(worker.poll() is not None for worker in self.running):
                raise TimeoutError(f"{self.open_keys()} posts are left")
            time.sleep(0.05)

    def stop(self) -> None:
        """End all workers after the posts at hand."""
        for worker in self.running:
            worker.send_signal(signal.SIGTERM)
        for worker in self.running:
            worker.wait(240)
        self.running.clear()


def text(number: int) -> str:
    """The words of a post."""
    return f"Words of post {number}, which nobody else has."


def connect(database: str) -> "psycopg.Connection[tuple[object, ...]]":
    """A session of one's own."""
    return psycopg.connect(database.partition("?")[0], autocommit=True)


@contextmanager
def fleet(
    root: Path, sandbox: Sandbox, database: str, *, authors: int, posts: int, log: Path = Path(os.devnull)
) -> Iterator[Fleet]:
    """A project and its queue, ready for workers; whoever still runs at the end is killed."""
    made = Fleet(root, sandbox, database, authors, posts, log=log)
    made.write()
    made.run("state", "upgrade", "--workers")
    try:
        yield made
    finally:
        for worker in made.running:
            worker.kill()
            worker.wait()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of all posts. ``twice`` and ``lost`` must be empty: created again, or live and unknown to nobody."""

    published: int
    unknown: int
    absent: int
    twice: tuple[str, ...]
    wrong: tuple[str, ...]


def judge(made: Fleet) -> Verdict:
    """Compare what the state says with what readers see."""
    entries = PostgresStore(made.database).read().posts
    live = Counter(post.text for post in made.sandbox.posts())
    urns = {post.text: post.urn for post in made.sandbox.posts()}
    wrong = []
    for number in range(made.posts):
        entry, words = entries.get(f"p{number:05}"), text(number)
        if entry is None and live[words]:
            wrong.append(f"p{number:05} is live, and the state knows nothing")
        elif entry is not None and entry.status is Status.PUBLISHED and entry.urn != urns.get(words):
            wrong.append(f"p{number:05} is {entry.urn}, but live as {urns.get(words)}")
    statuses = Counter(entry.status for entry in entries.values())
    return Verdict(
        statuses[Status.PUBLISHED],
        statuses[Status.PENDING],
        made.posts - len(entries),
        tuple(sorted(words for words, count in live.items() if count > 1)),
        tuple(wrong),
    )


def add_faults(sandbox: Sandbox, chance: random.Random, posts: int, count: int) -> Sequence[str]:
    """Let so many creates go wrong, at random; returns the kinds."""
    kinds = [chance.choice(FAULTS) for _ in range(count)]
    for kind in kinds:
        status = {"status": 504} if "error" in kind else {}
        sandbox.fault(kind, resource="ugcPosts", text=text(chance.randrange(posts)), **status)
    return kinds
