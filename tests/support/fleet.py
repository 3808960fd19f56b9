"""A fleet of worker processes on one database and one sandbox: many authors, many posts, and all that can go wrong."""

import json
import os
import random
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from tests.bench.bench_sandbox import running
from tests.support.postgres import Server

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

STATUSES = (500, 502, 503, 504)
CONCURRENCY = 4
"""Posts that each worker has at hand at a time."""


class Linkedin:
    """A sandbox in a process of its own. The same text is taken again at once: only we keep posts from being twice."""

    def __init__(self, told: dict[str, Any], authors: int) -> None:
        self.url = told["url"]
        made = self.ask("members", {"count": authors})["members"]
        self.authors: list[tuple[str, str]] = [(member["urn"], member["token"]) for member in made]

    def ask(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """One of its control endpoints."""
        document = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(f"{self.url}/_sandbox/{path}", document, timeout=60) as answer:
            return dict(json.load(answer))

    def posts(self) -> list[dict[str, Any]]:
        """What readers see."""
        return list(self.ask("posts?limit=1000000")["posts"])

    def add_faults(self, chance: random.Random, posts: int, counts: dict[str, int]) -> frozenset[str]:
        """Let so many creates of each kind go wrong, at random posts; returns the keys that will be in doubt."""
        wanted = [kind for kind, count in counts.items() for _ in range(count)]
        struck = chance.sample(range(posts), len(wanted))
        faults = [
            {
                "kind": kind,
                "resource": "ugcPosts",
                "text": words(number),
                **({"status": chance.choice(STATUSES)} if "error" in kind else {}),
                **({"seconds": chance.random()} if kind == "slow" else {}),
            }
            for kind, number in zip(wanted, struck, strict=True)
        ]
        self.ask("faults", {"faults": faults})
        return frozenset(key(n) for kind, n in zip(wanted, struck, strict=True) if kind != "slow")


@dataclass
class Fleet:
    """A project with ``posts``, all due, of the sandbox's authors in turn, and the workers that publish them.

    After ``pause`` seconds in which nothing is published, what takes minutes is made to happen.
    """

    root: Path
    linkedin: Linkedin
    server: Server
    database: str
    posts: int
    pause: float
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)
    frozen: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def write(self) -> None:
        """Write the project; each author has a token of its own."""
        authors = self.linkedin.authors
        lines = [f"state: {self.database}", f"limits: {{creates_per_run: {self.posts}}}", "authors:"]
        lines += [
            f'  a{number:04}: {{urn: "{urn}", token_env: T{number:04}}}'
            for number, (urn, _) in enumerate(authors)
        ]
        (self.root / "publisher.yaml").write_text("\n".join(lines) + "\n")
        for number in range(self.posts):
            path = self.root / "content" / f"{number // 500:03}" / f"{key(number)}.md"
            path.parent.mkdir(parents=True, exist_ok=True)
            front = f"id: {key(number)}\nauthor: a{number % len(authors):04}"
            path.write_text(f"---\n{front}\n---\n{words(number)}\n")
        self.environ = {
            # a CI runner would refuse to begin a state
            **{k: v for k, v in os.environ.items() if k != "CI" and not k.startswith("LINKEDIN_")},
            **{f"T{number:04}": token for number, (_, token) in enumerate(authors)},
            "PUBLISHER_LINKEDIN_API_URL": self.linkedin.url,
            "PUBLISHER_LINKEDIN_OAUTH_URL": self.linkedin.url,
            "PUBLISHER_CACHE_DIR": "",
            "XDG_STATE_HOME": str(self.root / "machine"),
            "PYTHONFAULTHANDLER": "1",
        }

    @property
    def log(self) -> Path:
        """What all workers say."""
        return self.root / "workers.log"

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """One more process of the product, a worker unless told otherwise."""
        words = arguments or ("worker", "--concurrency", str(CONCURRENCY))
        command = [sys.executable, "-m", "publisher", "-C", str(self.root), *words]
        with self.log.open("ab") as log:
            worker = subprocess.Popen(command, env=self.environ, stderr=log, stdout=log)
        self.running.append(worker)
        return worker

    def end(self, worker: subprocess.Popen[bytes], seconds: float, *codes: int) -> None:
        """Wait for a process to end with 0 or one of ``codes``.

        Raises TimeoutError with its threads' stacks, or RuntimeError.
        """
        try:
            code = worker.wait(seconds)
        except subprocess.TimeoutExpired:
            worker.send_signal(signal.SIGABRT)  # faulthandler tells where it hangs
            worker.wait()
            raise TimeoutError(f"{worker.args} does not end:\n{self.said()}") from None
        finally:
            self.running.remove(worker)
        if code not in (0, *codes):
            raise RuntimeError(f"{worker.args} ended with {code}:\n{self.said()}")

    def stop(self, seconds: float = 120) -> None:
        """End all workers after the posts at hand."""
        self.thaw()
        for worker in self.running:
            worker.send_signal(signal.SIGTERM)
        for worker in list(self.running):
            self.end(worker, seconds, -signal.SIGTERM, 130)  # which ends one that has not even begun

    def drain(self, seconds: float = 120) -> None:
        """What one more worker does some minutes later: all that is left."""
        self.pause = 0  # nobody is left
        self.let_time_pass()
        self.end(self.start("worker", "--drain", "--concurrency", "8"), seconds)

    def kill(self, chance: random.Random) -> None:
        """SIGKILL one worker, wherever it is, and start another."""
        worker = self.running.pop(chance.randrange(len(self.running)))
        worker.kill()
        worker.wait()
        self.start()

    def cut(self, _: random.Random) -> None:
        """End every session of the workers in the database."""
        with connect(self.database) as owner:
            owner.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )

    def crash(self, _: random.Random) -> None:
        """Let the database crash, and come back."""
        self.server.crash()
        self.server.restart()

    def freeze(self, chance: random.Random) -> None:
        """Stop one worker in the middle of everything, for so long that others take over; another one goes on again."""
        self.thaw()
        worker = chance.choice(self.running)
        worker.send_signal(signal.SIGSTOP)
        self.frozen.append(worker)
        self.let_time_pass()

    def thaw(self) -> None:
        """Let frozen workers go on where they were."""
        for worker in self.frozen:
            worker.send_signal(signal.SIGCONT)
        self.frozen.clear()

    def let_time_pass(self) -> None:
        """What vanished workers held is free, and what waits for another try is due, as it is after some minutes.

        A worker counts as vanished after ``pause`` seconds without a sign of life.
        """
        stale = "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 hour'"
        with connect(self.database) as owner:
            owner.execute("SET search_path = publisher_queue")
            owner.execute(f"{stale} WHERE last_heartbeat < now() - %s * interval '1 s'", [self.pause - 5])
            owner.execute("UPDATE procrastinate_jobs SET scheduled_at = NULL WHERE status = 'todo'")
            owner.execute("UPDATE publisher.claims SET until = now() - interval '1 second'")
            owner.execute(  # which else begins with each minute
                "INSERT INTO procrastinate_jobs (queue_name, task_name, priority, queueing_lock, args, status) "
                "VALUES ('fleet', 'rescue', 10, 'fleet rescue', '{\"timestamp\": 0}', 'todo') ON CONFLICT DO NOTHING"
            )

    def restore_backup(self) -> tuple[str, str]:
        """Put a backup from the middle of the run in the database's place; returns its address and its time.

        The workers must have ended.
        """
        name = self.database.rpartition("/")[2].partition("?")[0]
        url = f"{self.server.url(self.server.make_database(template=name))}?project=fleet"
        with connect(url) as owner:
            middle = "SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY recorded_at) FROM publisher.history"
            (at,) = owner.execute(middle).fetchall()[0]
            later = "SELECT key FROM publisher.history WHERE recorded_at > %s"
            owner.execute(f"DELETE FROM publisher.posts WHERE key IN ({later})", [at])
            owner.execute("DELETE FROM publisher.history WHERE recorded_at > %s", [at])
        settings = self.root / "publisher.yaml"
        settings.write_text(settings.read_text().replace(self.database, url))
        return url, str(at).replace(" ", "T")

    def open_keys(self) -> int:
        """How many posts have no entry yet."""
        with connect(self.database) as owner:
            return self.posts - int(owner.execute("SELECT count(*) FROM publisher.posts").fetchall()[0][0])

    def wait_until(self, open_keys: int, seconds: float) -> None:
        """Until no more than so many posts have no entry. Raises TimeoutError with what the workers said.

        What is held for dead workers is set free, so that nobody waits for real minutes.
        """
        began = moved = time.monotonic()
        before = self.posts
        while (left := self.open_keys()) > open_keys:
            now = time.monotonic()
            if now - began > seconds or all(worker.poll() is not None for worker in self.running):
                raise TimeoutError(f"{left} posts are left, not {open_keys}:\n{self.said()}")
            if left == before and now - moved > self.pause:
                self.let_time_pass()
            if left != before or now - moved > self.pause:
                before, moved = left, now
            time.sleep(0.05)

    def said(self) -> str:
        """The last lines of the workers' log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-80:])


def key(number: int) -> str:
    """The key of a post."""
    return f"p{number:05}"


def words(number: int) -> str:
    """Its words, which no other has."""
    return f"Words of post {number}, which nobody else has."


def connect(database: str) -> "psycopg.Connection[tuple[object, ...]]":
    """A session of one's own."""
    return psycopg.connect(database.partition("?")[0], autocommit=True)


@contextmanager
def fleet(root: Path, server: Server, *, authors: int, posts: int, pause: float = 5) -> Iterator[Fleet]:
    """A project, its sandbox and its queue, ready for workers; whoever still runs at the end is killed."""
    with ExitStack() as stack:
        told = stack.enter_context(running("--set", "duplicate_window=0", "--set", "recorded=0"))
        database = f"{server.url(server.make_database())}?project=fleet"
        made = Fleet(root, Linkedin(told, authors), server, database, posts, pause)
        made.write()
        made.end(made.start("state", "upgrade", "--workers"), 60)
        try:
            yield made
        finally:
            for worker in made.running:
                worker.kill()
                worker.wait()


def storm(
    team: Fleet,
    chance: random.Random,
    workers: int,
    blows: Sequence[Callable[[random.Random], None]],
    seconds: float,
) -> None:
    """Start the workers, and strike each time another share of the posts is done; then let the rest be done in peace.

    No share may take longer than ``seconds``.
    """
    for _ in range(workers):
        team.start()
    share = team.posts // (len(blows) + 1)
    for number, blow in enumerate(blows, 1):
        team.wait_until(team.posts - number * share, seconds)
        blow(chance)
        team.let_time_pass()
    team.wait_until(share // 2, seconds)
    team.stop()
    team.drain(10 * seconds)
