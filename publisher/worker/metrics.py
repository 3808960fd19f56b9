"""Metrics of a whole project.

Each scrape asks the database, so every worker shows the same current figures.
"""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from publisher.auth.vault import Vault, config_directory, known_expiry
from publisher.errors import PublisherError
from publisher.model.config import Config
from publisher.model.usage import APP, Usage
from publisher.planning.budget import budget_owner, limit_of
from publisher.state.postgres.budget import read_usage
from publisher.state.postgres.database import Connection, Database
from publisher.state.postgres.tables import project_id
from publisher.worker.queue import PUBLISH, SCAN
from publisher.worker.queue_tables import SCHEMA

OVERDUE = "10 minutes"
"""How late a post may be before it counts as overdue: longer than a scan (5 minutes) and two tries take."""

# an intent without a time until which it is in flight is in doubt at once
_POSTS = """
SELECT count(*) FILTER (WHERE until > now()), count(*) FILTER (WHERE until IS NULL OR until <= now())
FROM (SELECT (more->'attempt'->>'expires_at')::timestamptz AS until
      FROM publisher.posts WHERE project = %s AND status = 'pending') AS pending
"""
_REFUSED = "SELECT count(*) FROM publisher.failures WHERE project = %s"
_PAUSED = """
SELECT count(*) FROM publisher.projects
WHERE id = %s AND pause IS NOT NULL AND coalesce((pause->>'until')::timestamptz > now(), true)
"""
# the time at which a post was due, not that of the next try; jobs of version 0.1 don't have it
_JOBS = f"""
SELECT count(*) FILTER (WHERE due <= now()),
       count(*) FILTER (WHERE due <= now() - interval '{OVERDUE}')
FROM (SELECT coalesce((args->>'due')::timestamptz, scheduled_at, now()) AS due FROM {SCHEMA}.procrastinate_jobs
      WHERE queue_name = %s AND task_name = '{PUBLISH}' AND status = 'todo') AS waiting
"""  # noqa: S608 - our own names
_SCANNED = f"""
SELECT extract(epoch FROM max(event.at))::float8
FROM {SCHEMA}.procrastinate_jobs job JOIN {SCHEMA}.procrastinate_events event ON event.job_id = job.id
WHERE job.queue_name = %s AND job.task_name = '{SCAN}' AND event.type = 'succeeded'
"""  # noqa: S608


class Facts(NamedTuple):
    """The facts in the database about a project at one moment."""

    in_flight: int
    unknown: int
    refused: int
    paused: int
    due: int
    overdue: int
    scanned: float | None
    usage: Usage


class ProjectMetrics(Collector):
    """Gauges of one project.

    Without the database there are none, because an old figure would look like a new one.

    ``database`` is of its own, and waits for a lost server no longer than a scrape may take. ``config`` gives
    the newest settings.
    """

    def __init__(
        self,
        database: Database,
        project: str,
        app: str,
        config: Callable[[], Config],
        environ: Mapping[str, str],
        ready: Callable[[], bool],
    ) -> None:
        self._database, self._project, self._app = database, project, app
        self._config, self._environ, self._ready = config, environ, ready
        self._lock = threading.Lock()  # scrapes come in threads, and a connection is for one at a time

    def describe(self) -> Iterable[Metric]:
        """Return nothing, so that the registry opens no connection before the first scrape."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """Yield the gauges as they are now."""
        yield self._gauge("publisher_ready", "Whether this worker can work now.", int(self._ready()))
        yield from self._tokens()
        try:
            with self._lock:
                facts = self._database.read(self._ask)
        except PublisherError:
            return
        for name, words, value in (
            ("due_posts", "Posts that are due and wait for a worker or for another try.", facts.due),
            ("overdue_posts", f"Posts that have been due for {OVERDUE} or more.", facts.overdue),
            ("in_flight_posts", "Posts that a run is sending at this moment.", facts.in_flight),
            ("unknown_posts", "Posts whose outcome a person must settle.", facts.unknown),
            ("refused_posts", "Posts whose last change was refused.", facts.refused),
            ("paused", "Whether publishing is paused.", facts.paused),
        ):
            yield self._gauge(f"publisher_{name}", words, value)
        if facts.scanned is not None:
            words = "When a worker of the project last finished a scan."
            yield self._gauge("publisher_last_scan_timestamp_seconds", words, facts.scanned)
        yield from self._budgets(facts.usage)

    def _ask(self, connection: Connection) -> Facts:
        number = project_id(connection, self._project)
        with connection.pipeline():
            posts = connection.execute(_POSTS, [number])
            refused = connection.execute(_REFUSED, [number])
            paused = connection.execute(_PAUSED, [number])
            jobs = connection.execute(_JOBS, [self._project])
            scanned = connection.execute(_SCANNED, [self._project])
        usage = read_usage(connection, self._app, datetime.now(UTC))
        rows = [cursor.fetchall()[0] for cursor in (posts, refused, paused, jobs, scanned)]
        (in_flight, unknown), (refused,), (paused,), (due, overdue), (scanned_at,) = rows
        return Facts(in_flight, unknown, refused, paused, due, overdue, scanned_at, usage)

    def _gauge(self, name: str, words: str, value: float) -> Metric:
        gauge = GaugeMetricFamily(name, words, labels=["project"])
        gauge.add_metric([self._project], value)
        return gauge

    def _tokens(self) -> Iterator[Metric]:
        words = "When an author's token ends for good, as far as this machine knows."
        gauge = GaugeMetricFamily(
            "publisher_token_expiry_timestamp_seconds", words, labels=["project", "author"]
        )
        config, vault = self._config(), Vault(config_directory(self._environ))
        for alias, author in config.authors.items():
            try:
                ends = known_expiry(author, config, self._environ, vault)
            except PublisherError:  # a broken vault; publishing says so
                continue
            if ends is not None:
                gauge.add_metric([self._project, alias], ends.timestamp())
        yield gauge

    def _budgets(self, usage: Usage) -> Iterator[Metric]:
        labels = ["project", "owner"]
        used = GaugeMetricFamily("publisher_requests_today", "Requests sent this UTC day.", labels=labels)
        limit = GaugeMetricFamily("publisher_requests_limit", "Requests allowed in a day.", labels=labels)
        config = self._config()
        owners = {budget_owner(author, config): alias for alias, author in config.authors.items()}
        for owner, label in {APP: "app", **owners}.items():
            used.add_metric([self._project, label], usage.requests.get(owner, 0))
            limit.add_metric([self._project, label], limit_of(owner, config))
        yield used
        yield limit
