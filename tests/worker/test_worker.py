"""Workers as processes: due posts become jobs, each is published once, and a worker ends when it is asked to."""

import asyncio
import json
import os
import re
import signal
import subprocess
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast
from unittest.mock import patch

import psycopg
import pytest
from procrastinate.jobs import Job
from procrastinate.sql import queries
from prometheus_client import CollectorRegistry

from publisher.errors import UsageError
from publisher.model.config import Config
from publisher.model.plan import Action
from publisher.networks.gateway import Gateway
from publisher.publishing.receipts import Outcome, Receipt
from publisher.state.history import Wanted
from publisher.state.postgres.database import Database
from publisher.state.postgres.location import read_location
from publisher.state.postgres.store import PostgresStore
from publisher.worker.checkout import Folder, Remote
from publisher.worker.content import Content
from publisher.worker.metrics import ProjectMetrics
from publisher.worker.queue import rescue_stalled
from publisher.worker.queue_tables import SCHEMA, open_app, qualified
from publisher.worker.retry import ATTEMPTS, Again, NotDone, Retry, Taken, judge, pause
from tests.support.postgres import Cable, Server
from tests.support.project import ProjectDir
from tests.support.roles import Roles

pytestmark = pytest.mark.postgres
DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture
def team(project: ProjectDir, database: str) -> ProjectDir:
    """A project whose state and queue are in the database."""
    project.configure(f"state: {database}")
    result = project.publisher("state", "upgrade", "--workers")
    assert result.code == 0, result.text
    return project


def write_posts(project: ProjectDir, count: int) -> None:
    for number in range(count):
        project.write(f"content/p{number:03}.md", f"Words of p{number:03}.\n")


def wait_for(process: subprocess.Popen[str], met: Callable[[], bool]) -> None:
    while process.poll() is None and not met():
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.01)


def drained(process: subprocess.Popen[str]) -> str:
    try:
        out, err = process.communicate(timeout=90)
    finally:
        process.kill()
    assert process.returncode == 0, err
    return out + err


def test_a_worker_publishes_what_is_due_and_nothing_else(team: ProjectDir, database: str) -> None:
    write_posts(team, 5)
    team.write("content/later.md", "---\npublish_at: 2099-01-01T00:00:00Z\n---\nLater.\n")
    drained(team.start("worker", "--drain"))
    assert Counter(team.created_texts()) == {f"Words of p{number:03}.": 1 for number in range(5)}
    assert "later" not in PostgresStore(database).read().posts
    drained(team.start("worker", "--drain"))
    assert len(team.created_texts()) == 5


def published(database: str) -> int:
    return sum(entry.status == "published" for entry in PostgresStore(database).read().posts.values())


@contextmanager
def running(project: ProjectDir, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A worker in the background, and where its health is; killed at the end unless it has ended."""
    process = project.start("worker", "--listen", "127.0.0.1:0", *arguments)
    assert process.stderr is not None
    url = process.stderr.readline().strip().removesuffix("/readyz")
    try:
        yield process, url
    finally:
        process.kill()
        process.communicate()


def get(url: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def metrics(url: str) -> dict[str, float]:
    """Every sample of a scrape by its name and labels."""
    lines = get(f"{url}/metrics")[1].splitlines()
    return {name: float(value) for name, value in (x.rsplit(" ", 1) for x in lines if x[0] != "#")}


def test_a_worker_ends_after_the_post_at_hand(team: ProjectDir, database: str) -> None:
    write_posts(team, 3)
    team.sandbox.fault("slow", seconds=1, resource="ugcPosts")
    with running(team) as (process, url):
        wait_for(process, lambda: len(team.sandbox.requests(resource="ugcPosts")) == 1)
        assert get(f"{url}/healthz")[0] == 200
        process.send_signal(signal.SIGTERM)
        process.wait(120)
        assert process.returncode == 0
    assert published(database) == 1
    assert "unknown" not in team.publisher("plan").out


def test_health_and_metrics_say_how_it_goes(team: ProjectDir, database: str) -> None:
    write_posts(team, 2)
    with running(team) as (process, url):
        wait_for(process, lambda: published(database) == 2)
        wait_for(
            process, lambda: metrics(url)['publisher_jobs_total{outcome="published",project="demo"}'] == 2
        )
        wait_for(process, lambda: 'publisher_last_scan_timestamp_seconds{project="demo"}' in metrics(url))
        for path in ("livez", "readyz", "healthz"):
            status, health = get(f"{url}/{path}")
            assert (status, json.loads(health)) == (200, {"status": "ok", "problem": ""})
        assert get(f"{url}/")[0] == 404
        found = metrics(url)
        for name in ("due", "overdue", "in_flight", "unknown", "refused"):
            assert found[f'publisher_{name}_posts{{project="demo"}}'] == 0, name
        assert found['publisher_ready{project="demo"}'] == 1
        assert found['publisher_requests_today{owner="me",project="demo"}'] >= 2
        assert found['publisher_requests_limit{owner="me",project="demo"}'] == 150


def test_a_lost_database_is_said_and_waited_for(
    team: ProjectDir, database: str, postgres: Server, cable: Cable
) -> None:
    write_posts(team, 1)
    team.configure(f"state: {database.replace(f':{postgres.port}/', f':{cable.port}/')}")
    with running(team) as (process, url):
        wait_for(process, lambda: published(database) == 1)
        cable.refusing = True
        cable.cut()
        wait_for(process, lambda: get(f"{url}/readyz")[0] == 503)
        # a restart would not bring the database back, and no old figure stands for a new one
        assert get(f"{url}/livez")[0] == 200
        found = metrics(url)
        assert found['publisher_ready{project="demo"}'] == 0
        assert not [name for name in found if "_posts" in name or "scan" in name]
        assert process.poll() is None
        cable.refusing = False
        wait_for(process, lambda: get(f"{url}/readyz")[0] == 200)
        assert 'publisher_due_posts{project="demo"}' in metrics(url)
        assert process.poll() is None


def test_what_a_killed_worker_left_is_given_to_others_and_not_sent_again(
    team: ProjectDir, database: str
) -> None:
    write_posts(team, 3)
    team.sandbox.fault("slow", seconds=30, resource="ugcPosts")
    with running(team) as (process, _):
        wait_for(process, lambda: len(team.sandbox.requests(resource="ugcPosts")) == 1)
        process.send_signal(signal.SIGKILL)
        process.wait(120)
    with psycopg.connect(database.partition("?")[0], autocommit=True) as owner:  # half a minute passes
        owner.execute(
            "UPDATE publisher_queue.procrastinate_workers SET last_heartbeat = now() - interval '1 hour'"
        )
        owner.execute("UPDATE publisher.claims SET until = now() - interval '1 second'")
    drained(team.start("worker", "--drain"))
    assert Counter(team.created_texts()).most_common(1)[0][1] == 1
    assert published(database) == 2
    assert '"unknown": 1' in team.publisher("plan", "--at", "+5m", "--format", "json").out


def test_only_what_was_never_created_is_tried_again(team: ProjectDir, database: str) -> None:
    for key in ("refused", "doubtful", "unreached"):
        team.write(f"content/{key}.md", f"Words of {key}.\n")
    team.sandbox.fault("error", status=403, resource="ugcPosts", text="refused", count=0)
    team.sandbox.fault("commit-then-error", status=504, resource="ugcPosts", text="doubtful", count=0)
    drained(team.start("worker", "--drain"))
    drained(team.start("worker", "--drain"))
    assert Counter(team.created_texts()) == {
        f"Words of {key}.": 1 for key in ("refused", "doubtful", "unreached")
    }
    team.write("content/refused.md", "Words of refused, but others.\n")
    drained(team.start("worker", "--drain"))
    assert len(team.created_texts()) == 4


def test_what_was_unknown_and_is_absent_is_tried_again_at_once(team: ProjectDir, database: str) -> None:
    write_posts(team, 1)
    team.sandbox.fault("error", status=504, resource="ugcPosts")
    assert "state resolve" in drained(team.start("worker", "--drain"))
    drained(team.start("worker", "--drain"))
    assert len(team.created_texts()) == 1
    assert team.publisher("state", "resolve", "p000", "--absent", "--force").code == 0
    drained(team.start("worker", "--drain"))
    assert published(database) == 1


def test_an_author_s_posts_go_one_after_the_other_in_the_order_of_their_times(
    team: ProjectDir, database: str
) -> None:
    now = datetime.now(UTC)
    keys = [f"p{number:03}" for number in range(12)]
    for minutes, key in enumerate(keys, 1):  # the first by name is the last by time
        at = (now - timedelta(minutes=minutes)).isoformat()
        team.write(f"content/{key}.md", f"---\npublish_at: {at}\n---\nWords of {key}.\n")
    for process in [team.start("worker", "--drain") for _ in range(2)]:
        drained(process)
    records = PostgresStore(database).audit(Wanted())
    expected = [(key, action) for key in reversed(keys) for action in ("send", "published")]
    assert [(record.key, record.action) for record in records] == expected


def test_a_drained_worker_does_not_wait_for_midnight(team: ProjectDir) -> None:
    write_posts(team, 3)  # of one author: two wait behind the one that waits
    team.sandbox.fault("throttle", resource="ugcPosts")
    drained(team.start("worker", "--drain"))
    assert len(team.created_texts()) == 1


def test_what_a_live_worker_lost_is_queued_again(team: ProjectDir, database: str) -> None:
    """The database was lost just as the end of a job was to be written: nobody works on it, and nobody says so."""
    with psycopg.connect(database.partition("?")[0], autocommit=True) as owner:
        owner.execute("SET search_path = publisher_queue")
        worker = owner.execute("INSERT INTO procrastinate_workers DEFAULT VALUES RETURNING id").fetchall()[0][
            0
        ]
        lost, busy, fresh = (
            owner.execute(
                "INSERT INTO procrastinate_jobs (queue_name, task_name, args, status, worker_id) "
                "VALUES ('demo', 'publish', %s, 'todo', %s) RETURNING id",
                [f'{{"key": "{key}"}}', worker],
            ).fetchall()[0][0]
            for key in ("lost", "busy", "fresh")
        )
        owner.execute("UPDATE procrastinate_jobs SET status = 'doing'")
        owner.execute(
            "UPDATE procrastinate_events SET at = now() - interval '1 minute' WHERE job_id <> %s", [fresh]
        )

    async def rescued() -> list[tuple[int, str]]:
        app = open_app(read_location(database))
        async with app.open_async():
            return await rescue_stalled(app, "demo", 30, worker, [busy])

    assert asyncio.run(rescued()) == [(lost, "lost")]


def test_a_refusal_is_said_without_a_traceback(team: ProjectDir) -> None:
    write_posts(team, 1)
    team.sandbox.fault("error", status=403, resource="ugcPosts")
    said = drained(team.start("worker", "--drain"))
    assert "p000: failed" in said
    assert "Traceback" not in said


def test_a_job_reads_its_own_file_and_looks_for_no_other(team: ProjectDir) -> None:
    write_posts(team, 2)
    gateway = cast("Gateway", None)  # nothing is sent
    source, environ = Folder(team.root), team.environ
    content = Content(source, environ, lambda config, root: (gateway, lambda change, error: None))
    snapshot = content.refresh()
    with patch("os.scandir", side_effect=AssertionError):
        (post,) = snapshot.copies("p001", "content/p001.md")
    assert post is not None
    assert post.text.plain == "Words of p001."
    assert snapshot.copies("p001", "content/p000.md") == ()
    assert snapshot.copies("p001", "content/gone.md") == ()


def test_new_settings_are_noticed_in_a_folder(tmp_path: Path) -> None:
    source = Folder(tmp_path)
    nothing = source.newest()
    (tmp_path / "publisher.yaml").write_text("content: posts\n")
    first = source.newest()
    assert len({nothing.name, first.name}) == 2
    (tmp_path / "posts").mkdir()
    assert source.newest() == first


def test_a_git_that_hangs_is_given_up_and_hinders_no_later_one(tmp_path: Path) -> None:
    slow = tmp_path / "upload-pack"
    slow.write_text("#!/bin/sh\nexec sleep 60\n")
    slow.chmod(0o755)
    remote = tmp_path / "remote"
    (remote / "content").mkdir(parents=True)
    (remote / "content" / "a.md").write_text("A.\n")
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "init.defaultBranch=main"]
    for arguments in (["init"], ["add", "."], ["commit", "-m", "one"]):
        subprocess.run(["git", *identity, *arguments], cwd=remote, check=True, capture_output=True)
    base = tmp_path / "base"
    base.mkdir()
    # git runs what stands in for ssh, and waits for it
    with (
        patch.dict(os.environ, {"GIT_SSH_COMMAND": str(slow)}),
        pytest.raises(UsageError, match="did not end"),
    ):
        Remote("ssh://nobody.invalid/posts", "main", base, patience=0.3).newest()
    found = Remote(f"file://{remote}", "main", base).newest()
    assert (found.root / "content" / "a.md").read_text() == "A.\n"


def test_content_is_followed_on_a_git_remote(team: ProjectDir, database: str, tmp_path: Path) -> None:
    def git(*arguments: str) -> None:
        identity = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "init.defaultBranch=main"]
        subprocess.run(["git", *identity, *arguments], cwd=team.root, check=True, capture_output=True)

    write_posts(team, 1)
    git("init")
    git("add", ".")
    git("commit", "-m", "one")
    remote = f"file://{team.root}"
    empty = replace(team, root=tmp_path / "elsewhere")
    empty.root.mkdir()
    drained(empty.start("worker", "--git", remote, "--drain"))
    assert published(database) == 1
    write_posts(team, 2)
    git("add", ".")
    git("commit", "-m", "two")
    drained(empty.start("worker", "--git", remote, "--drain"))
    assert published(database) == 2
    gone = empty.publisher("worker", "--git", remote, "--branch", "absent", "--drain")
    assert (gone.code, "can't be fetched" in gone.text) == (2, True)


def test_a_worker_says_what_it_needs(project: ProjectDir, database: str) -> None:
    assert "needs a database" in project.publisher("worker", "--drain").text
    project.configure(f"state: {database}")
    result = project.publisher("worker", "--drain")
    assert "publisher state upgrade --workers" in result.text


def test_a_worker_may_start_while_the_database_is_away_for_a_moment(
    team: ProjectDir, database: str, postgres: Server, cable: Cable
) -> None:
    write_posts(team, 1)
    team.configure(f"state: {database.replace(f':{postgres.port}/', f':{cable.port}/')}")
    cable.cut_after = b"schemaname = $1"  # which asks for the queue's version
    drained(team.start("worker", "--drain"))
    assert cable.cut_after is None
    assert published(database) == 1


def test_pauses_grow_and_end() -> None:
    pauses = [pause(attempts).total_seconds() for attempts in range(ATTEMPTS)]
    assert pauses[:3] == [2, 4, 8]
    assert pauses == sorted(pauses)
    assert max(pauses) == 3600


@pytest.mark.parametrize(
    ("outcome", "status", "raised"),
    [
        (Outcome.DONE, 201, None),
        (Outcome.TAKEN, 0, Taken),
        (Outcome.DEFERRED, 429, Again),
        (Outcome.FAILED, 0, Again),
        (Outcome.FAILED, 401, Again),
        (Outcome.FAILED, 503, Again),
        (Outcome.FAILED, 403, NotDone),
        (Outcome.FAILED, 422, NotDone),
        (Outcome.UNKNOWN, 504, None),
        (Outcome.UNKNOWN, 0, None),
    ],
)
def test_a_job_is_tried_again_only_where_nothing_can_have_been_created(
    outcome: Outcome, status: int, raised: type[Exception] | None
) -> None:
    receipt = Receipt("a", Action.CREATE, outcome, status=status)
    with pytest.raises(raised) if raised else nullcontext():
        judge([receipt])


def test_the_posts_of_an_author_keep_their_distance(team: ProjectDir, database: str) -> None:
    write_posts(team, 3)
    team.configure(f"state: {database}")
    settings = (team.root / "publisher.yaml").read_text()
    team.write(
        "publisher.yaml", settings.replace("creates_per_run: 1000", "creates_per_run: 1000, spacing: 1h")
    )
    drained(team.start("worker", "--drain"))
    drained(team.start("worker", "--drain"))
    assert published(database) == 1


def test_slots_are_given_once_and_kept(team: ProjectDir, database: str) -> None:
    team.configure(f"state: {database}\ntimezone: UTC\nslots: [{{weekday: monday, time: '09:00'}}]")
    team.write("content/a.md", "---\npublish_at: next-slot\n---\nWords of a.\n")
    drained(team.start("worker", "--drain"))
    first = PostgresStore(database).read().slots
    assert list(first) == ["a"]
    team.write("content/0.md", "---\npublish_at: next-slot\n---\nWords of 0.\n")
    drained(team.start("worker", "--drain"))
    assert PostgresStore(database).read().slots["a"] == first["a"]
    assert team.created_texts() == []


def test_a_worker_needs_no_more_rights_than_the_docs_say(
    project: ProjectDir, database: str, postgres: Server
) -> None:
    roles = Roles(postgres, database.rpartition("/")[2].partition("?")[0])
    project.configure(f"state: {roles.place('publisher_owner')}")
    assert project.publisher("state", "upgrade", "--workers").code == 0
    roles.grant(queue=True)
    project.configure(f"state: {roles.place('acme_run')}")
    write_posts(project, 55)
    drained(project.start("worker", "--drain", "--concurrency", "1"))
    assert len(set(project.created_texts())) == 55
    assert project.publisher("history", "--action", "published", "--limit", "1").code == 0


def test_a_stalled_job_that_was_queued_again_meanwhile_hinders_nobody(
    team: ProjectDir, database: str
) -> None:
    write_posts(team, 2)
    with psycopg.connect(database.partition("?")[0], autocommit=True) as owner:
        owner.execute("SET search_path = publisher_queue")
        for status in ("doing", "todo"):  # a scan whose worker vanished, and the next one
            owner.execute(
                "INSERT INTO publisher_queue.procrastinate_jobs (queue_name, task_name, lock, queueing_lock, args, "
                "status) VALUES ('demo', 'scan', 'demo scan', 'demo scan', '{\"timestamp\": 0}', %s)",
                [status],
            )
    drained(team.start("worker", "--drain"))
    assert published(database) == 2


def test_a_post_of_a_dead_claimant_is_published_without_another_scan(team: ProjectDir, database: str) -> None:
    write_posts(team, 1)
    with psycopg.connect(database.partition("?")[0], autocommit=True) as owner:
        owner.execute("INSERT INTO publisher.projects (name) VALUES ('demo')")
        owner.execute(
            "INSERT INTO publisher.claims VALUES (1, 'p000', 'a machine that died', now() + interval '1 hour')"
        )
        with running(team, "--scan-every", "59") as (process, url):
            taken = 'publisher_jobs_total{outcome="taken",project="demo"}'
            wait_for(process, lambda: metrics(url)[taken] == 1)
            assert published(database) == 0
            job = "SELECT status::text FROM publisher_queue.procrastinate_jobs WHERE task_name = 'publish'"
            wait_for(process, lambda: owner.execute(job).fetchall() == [("todo",)])  # no success
            owner.execute("UPDATE publisher.claims SET until = now()")
            wait_for(process, lambda: published(database) == 1)
            assert metrics(url)['publisher_jobs_total{outcome="published",project="demo"}'] == 1
            scans = "SELECT count(*) FROM publisher_queue.procrastinate_jobs WHERE task_name = 'scan'"
            assert owner.execute(scans).fetchall() == [(1,)]


def test_what_another_run_holds_is_never_given_up() -> None:
    job = Job(id=1, queue="demo", lock=None, queueing_lock=None, task_name="publish", attempts=10 * ATTEMPTS)
    decision = Retry().get_retry_decision(exception=Taken("held"), job=job)
    assert decision is not None
    assert decision.retry_at is not None
    assert decision.retry_at - datetime.now(UTC) <= timedelta(seconds=30)
    assert Retry().get_retry_decision(exception=Again("no answer"), job=job) is None


def test_due_and_overdue_posts_are_counted_without_scans_and_rescues(team: ProjectDir, database: str) -> None:
    now = datetime.now(UTC)
    jobs = [  # task, since when it is due, when it is tried again
        ("publish", now - timedelta(minutes=1), None),
        ("publish", now - timedelta(minutes=20), None),
        ("publish", now - timedelta(hours=20), now + timedelta(hours=3)),  # it waits for midnight
        ("publish", now + timedelta(minutes=3), now + timedelta(minutes=3)),
        ("scan", None, None),
        ("rescue", None, None),
    ]
    with psycopg.connect(database.partition("?")[0], autocommit=True) as owner:
        PostgresStore(database).verify()
        owner.execute("INSERT INTO publisher.projects (name) VALUES ('demo')")
        for task, due, at in jobs:
            args = json.dumps({"due": due.isoformat()} if due else {})
            owner.execute(
                "INSERT INTO publisher_queue.procrastinate_jobs (queue_name, task_name, args, scheduled_at) "
                "VALUES ('demo', %s, %s, %s)",
                [task, args, at],
            )
        for key, until in (("a", now + timedelta(minutes=5)), ("b", now - timedelta(minutes=5)), ("c", None)):
            attempt = {"attempt": {"expires_at": until.isoformat()}} if until else None
            owner.execute(
                "INSERT INTO publisher.posts (project, key, status, author, digest, text_digest, api, source, "
                "attempt_id, attempt_started_at, attempt_digest, more) VALUES "
                "(1, %s, 'pending', 'urn:li:person:A', 'd', 't', 'ugcPosts', 's', 'x', now(), 'd', %s)",
                [key, json.dumps(attempt) if attempt else None],
            )
    assert gauges(database) == {"due": 3, "overdue": 2, "in_flight": 1, "unknown": 2, "refused": 0}


def gauges(database: str) -> dict[str, float]:
    """The gauges of posts, as a scrape gives them."""
    place = Database(read_location(database), patience=0)
    registry = CollectorRegistry()
    registry.register(ProjectMetrics(place, "demo", "", Config, {}, lambda: True))
    names = ("due", "overdue", "in_flight", "unknown", "refused")
    found = {n: registry.get_sample_value(f"publisher_{n}_posts", {"project": "demo"}) for n in names}
    place.close()
    return {name: value for name, value in found.items() if value is not None}


def test_every_published_post_is_named_in_a_json_log(team: ProjectDir, database: str) -> None:
    write_posts(team, 2)
    team.write("content/bad.md", "Words that are refused.\n")
    team.sandbox.fault("error", status=403, resource="ugcPosts", text="refused")
    said = drained(team.start("worker", "--drain", "--log", "json"))
    lines = [json.loads(line) for line in said.splitlines()]
    posts = {line["key"]: line for line in lines if line.get("event") == "post"}
    assert {key: line["outcome"] for key, line in posts.items()} == {
        "p000": "done",
        "p001": "done",
        "bad": "failed",
    }
    entries = PostgresStore(database).read().posts
    for key in ("p000", "p001"):
        line = posts[key]
        assert (line["level"], line["project"], line["action"]) == ("info", "demo", "create")
        assert (line["author"], line["urn"]) == (entries[key].author, entries[key].urn)
    assert (posts["bad"]["level"], posts["bad"]["status"]) == ("warning", 403)
    assert "Traceback" not in said


def test_a_queue_of_a_newer_procrastinate_is_refused(team: ProjectDir, database: str) -> None:
    with psycopg.connect(database.partition("?")[0], autocommit=True) as owner:
        owner.execute("INSERT INTO publisher_queue.versions (migration) VALUES ('99.00.00_01_later.sql')")
    for command in (["worker", "--drain"], ["state", "upgrade", "--workers"]):
        result = team.publisher(*command)
        assert result.code == 2, result.text
        assert "99.00.00_01_later.sql" in result.text


def test_every_name_of_procrastinate_s_queries_is_qualified() -> None:
    for name, query in queries.items():
        left = re.sub(rf"{SCHEMA}\.procrastinate_\w+", "", qualified(query))
        assert "procrastinate_" not in left, name


def test_a_worker_publishes_every_copy_and_every_part(
    team: ProjectDir, database: str, tmp_path: Path
) -> None:
    sandbox = team.sandbox
    env = {
        **team.env,
        **sandbox.places,
        "BLUESKY_APP_PASSWORD": sandbox.secret_for("bluesky", "mira.test"),
        "MASTODON_TOKEN": sandbox.secret_for("mastodon", "mira"),
        "PUBLISHER_CONFIG_DIR": str(tmp_path / "config"),
    }
    project = ProjectDir(team.root, sandbox, env)
    settings = (team.root / "publisher.yaml").read_text()
    further = """authors:
  sky: {network: bluesky, handle: mira.test}
  masto: {network: mastodon, server: "https://mastodon.test"}
"""
    project.write("publisher.yaml", settings.replace("authors:\n", further))
    text = "\n\n".join(f"Paragraph {number}. " + "Words of this paragraph. " * 10 for number in range(3))
    project.write("content/hello.md", "---\nauthor: [me, sky, masto]\n---\nWords.\n")
    project.write("content/long.md", f"---\nauthor: [sky]\nthread: true\n---\n{text}\n")
    sandbox.fault("commit-then-drop", resource="bluesky.putRecord", text="Words.")
    for _ in range(3):
        drained(project.start("worker", "--drain"))
    assert [post.text for post in sandbox.posts()] == ["Words."]
    assert [item.text for item in sandbox.mastodon.statuses.all()] == ["Words."]
    records = [item.value["text"] for item in sandbox.bluesky.records.all()]
    assert (len(records), records.count("Words.")) == (4, 1)
    state = PostgresStore(database).read()
    assert {entry.status.value for entry in state.posts.values()} == {"published"}
    assert set(state.posts) == {"hello", "hello@sky", "hello@masto", "long", "long#2", "long#3"}
