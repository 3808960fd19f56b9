"""PostgreSQL at a million posts: the product's own statements with their plans, locks, and the sizes of tables.

The plans are those that the server used (`auto_explain`), as a login with row-level security sees them.
"""

import argparse
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

import psycopg

from publisher.model.config import Config
from publisher.model.state import Attempt, Entry, Status
from publisher.state.edits import PostEdit
from publisher.state.history import Wanted
from publisher.state.postgres.database import Database
from publisher.state.postgres.location import read_location
from publisher.state.postgres.retention import Retention
from publisher.state.postgres.store import PostgresStore
from publisher.state.postgres.tables import Scope
from publisher.worker.metrics import ProjectMetrics
from publisher.worker.queue_tables import upgrade_queue
from tests.bench.measure import table
from tests.support.postgres import Server, running_server
from tests.support.roles import Roles

POSTS, PROJECTS, AUTHORS = 1_000_000, 10, 1_000
LINES = 2
"""Lines of history for each post."""

FILL = """
SET session_replication_role = replica; -- without the trigger that signs each line
INSERT INTO publisher.projects (name) SELECT 'p' || n FROM generate_series(1, %(projects)s) n;
INSERT INTO publisher.posts
    (project, key, status, author, digest, text_digest, api, source, urn, permalink, published_at)
SELECT 1 + n %% %(projects)s, key, 'published', 'urn:li:person:A' || n %% %(authors)s,
    'sha256:' || md5(key) || md5(key), 'sha256:' || md5(key) || md5(key), 'ugcPosts', 'content/' || key || '.md',
    'urn:li:share:' || 7000000000000000000 + n,
    'https://www.linkedin.com/feed/update/urn:li:share:' || 7000000000000000000 + n,
    now() - (%(posts)s - n) * interval '1 minute'
FROM generate_series(1, %(posts)s) n, LATERAL (SELECT '2026/post-' || lpad(n::text, 7, '0') AS key) AS named;
INSERT INTO publisher.history (project, at, who, action, key, digest, urn)
SELECT project, published_at, 'worker@host', action, key, digest, urn
FROM publisher.posts, unnest(ARRAY['send', 'published']) action ORDER BY published_at;
RESET session_replication_role;
ANALYZE
"""
EXPLAIN = """
ALTER DATABASE "{0}" SET session_preload_libraries = 'auto_explain';
ALTER DATABASE "{0}" SET auto_explain.log_min_duration = 0;
ALTER DATABASE "{0}" SET auto_explain.log_analyze = on;
ALTER DATABASE "{0}" SET auto_explain.log_nested_statements = off;
ALTER DATABASE "{0}" SET auto_explain.log_format = 'json';
ALTER DATABASE "{0}" SET auto_explain.log_level = 'notice'
"""
SIZES = """
SELECT relname, reltuples::bigint, pg_relation_size(oid), pg_indexes_size(oid), pg_total_relation_size(oid)
FROM pg_class WHERE relnamespace = 'publisher'::regnamespace AND relkind = 'r' AND reltuples >= 1000
ORDER BY pg_total_relation_size(oid) DESC
"""
INDEXES = """
SELECT indexrelname, pg_relation_size(indexrelid) FROM pg_stat_user_indexes
WHERE schemaname = 'publisher' AND pg_relation_size(indexrelid) > 1000000 ORDER BY 2 DESC
"""
LOCKS = """
SELECT DISTINCT relation::regclass::text, mode FROM pg_locks
WHERE pid = pg_backend_pid() AND locktype = 'relation' AND relation::regclass::text LIKE 'publisher.%%'
    AND mode <> 'AccessShareLock' ORDER BY 1, 2
"""


@dataclass
class Statement:
    """A statement as the server carried it out."""

    text: str
    milliseconds: float
    nodes: list[str]


def main(posts: int = POSTS) -> None:
    """Print the tables."""
    with running_server() as server:
        name = server.make_database()
        roles = Roles(server, name, "p1")
        PostgresStore(roles.place("publisher_owner")).upgrade()
        upgrade_queue(read_location(roles.place("publisher_owner")))
        roles.grant(queue=True)
        values = {"posts": posts, "projects": PROJECTS, "authors": AUTHORS}
        with psycopg.connect(server.url(name), autocommit=True) as admin:
            for statement in FILL.split(";"):
                admin.execute(psycopg.ClientCursor(admin).mogrify(statement, values))  # type: ignore[arg-type]
            admin.execute("VACUUM (ANALYZE) publisher.posts")
            admin.execute("VACUUM (ANALYZE) publisher.history")
            sizes = admin.execute(SIZES).fetchall()
            indexes = admin.execute(INDEXES).fetchall()
            for line in EXPLAIN.format(name).split(";"):
                admin.execute(line)  # type: ignore[arg-type]
        _statements(roles, posts, server)
    table(
        f"Sizes of {posts:,} posts of {PROJECTS} projects with {LINES} lines of history each",
        ["table", "rows", "MB", "MB of indexes", "bytes a row, with indexes"],
        [[row[0], f"{row[1]:,}", row[2] / 1e6, row[3] / 1e6, row[4] / max(row[1], 1)] for row in sizes],
    )
    table("Its indexes", ["index", "MB"], [[row[0], row[1] / 1e6] for row in indexes])


def _statements(roles: Roles, posts: int, server: Server) -> None:
    store = PostgresStore(roles.place("acme_run"), keep_open=True)
    known = f"2026/post-{posts // 2 // PROJECTS * PROJECTS:07}"  # of the first project
    now = datetime.now(UTC).replace(microsecond=0)
    attempt = Attempt("id", now, "d")
    pending = Entry(Status.PENDING, "urn:li:person:A1", "d", "t", "ugcPosts", "s", attempt=attempt)
    live = pending._replace(status=Status.PUBLISHED, attempt=None, urn="urn:li:share:1", published_at=now)
    scope = Scope(
        frozenset({known, f"{known}#first_comment"}), (("urn:li:person:A1", "t"),), "urn:li:person:A0"
    )
    locks: list[Any] = []
    steps: dict[str, Callable[[], object]] = {
        "plan: read a project": store.read,
        "job: open a session for one post": lambda: _session(store, scope),
        "job: claim a post": lambda: opened.claim("2026/new"),
        "job: write the intent": lambda: opened.write(PostEdit("2026/new", None, pending)),
        "job: record the URN": lambda: opened.write(PostEdit("2026/new", pending, live)),
        "job: count a request": lambda: store.budget.spend("m", {"": 100_000, "m": 150}, now),
        "history --key": lambda: store.audit(Wanted(key=known)),
        "history --limit 20": lambda: store.audit(Wanted(limit=20)),
        "history --since (a day)": lambda: store.audit(Wanted(since=now - timedelta(days=1))),
        "metrics: one scrape": lambda: _scrape(roles),
    }
    rows: list[list[object]] = []
    with store.session(scope) as opened:
        for title, step in steps.items():
            step()  # what the first time reads from disk is in memory the second time
            if title == "job: write the intent":
                opened.write(PostEdit("2026/new", pending, None))
            if title == "job: record the URN":
                opened.write(PostEdit("2026/new", live, pending))
            with _listened() as statements:
                step()
            rows += _rows(title, statements)
        gone = PostEdit("2026/new", live, None)
        original = Database.write

        def write(database: Database, work: Callable[[Any], Any]) -> Any:
            def watched(connection: Any) -> Any:
                result = work(connection)
                locks.extend(connection.execute(LOCKS).fetchall())
                return result

            return original(database, watched)

        with patch.object(Database, "write", write):
            opened.write(gone)
    store.close()
    owner = PostgresStore(roles.place("publisher_owner"), keep_open=True)
    ages = Retention(timedelta(days=400), timedelta(days=40), timedelta(days=7))
    with _listened() as statements:
        owner.expire(ages, dry_run=True)
    owner.close()
    rows += _rows("state expire --dry-run", statements)
    table(f"Statements at {posts:,} posts, second time", ["step", "statement", "plan", "ms"], rows)
    table(
        "Locks on tables of one write, besides AccessShare", ["table", "mode"], [list(lock) for lock in locks]
    )


def _session(store: PostgresStore, scope: Scope) -> None:
    with store.session(scope):
        pass


def _scrape(roles: Roles) -> None:
    place = Database(read_location(roles.place("acme_run")), patience=0)
    list(ProjectMetrics(place, "p1", "", Config, {"HOME": "/nonexistent"}, lambda: True).collect())
    place.close()


@contextmanager
def _listened() -> Iterator[list[Statement]]:
    """The statements that any connection of ours carries out, with their plans."""
    heard: list[Statement] = []

    def told(notice: Any) -> None:
        _, found, plan = (notice.message_primary or "").partition("plan:\n")
        if found:
            document = json.loads(plan)
            text = " ".join(document["Query Text"].split())
            root = document["Plan"]
            heard.append(Statement(text, root["Actual Total Time"], list(_nodes(root))))

    original = Database._open

    def opened(database: Database, *, check: bool) -> Any:
        connection = original(database, check=check)
        connection._notice_handlers.clear()
        connection.add_notice_handler(told)
        return connection

    with patch.object(Database, "_open", opened):
        yield heard


def _nodes(plan: dict[str, Any]) -> Iterator[str]:
    """What a plan reads, the outermost first."""
    if "Index Name" in plan:
        yield f"{plan['Node Type']} {plan['Index Name']}"
    elif plan["Node Type"] == "Seq Scan":
        yield f"Seq Scan {plan['Relation Name']}"
    for below in plan.get("Plans", ()):
        yield from _nodes(below)


def _rows(title: str, statements: list[Statement]) -> list[list[object]]:
    """The statements that read or write our tables."""
    ours = [
        s for s in statements if "publisher" in s.text and "versions" not in s.text and "BEGIN;" not in s.text
    ]
    return [[title, s.text[:90], ", ".join(dict.fromkeys(s.nodes)) or "-", s.milliseconds] for s in ours]


if __name__ == "__main__":
    options = argparse.ArgumentParser()
    options.add_argument("--posts", type=int, default=POSTS)
    main(**vars(options.parse_args()))
