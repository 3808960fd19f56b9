"""Serve ``/livez`` and ``/readyz`` for the orchestrator of a worker, and ``/metrics`` for Prometheus."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest

OUTCOMES = ("published", "nothing", "gone", "taken", "retried", "failed", "unknown")
"""The results that a job can have."""

HUNG = 120.0
"""Seconds without a beat of the worker's loop after which only a restart helps.

The loop beats each second. No step blocks it for two minutes, because jobs and git run in threads.
"""


@dataclass(slots=True)
class Health:
    """The health of one worker. ``problem`` is why it can't work at this moment; empty: it can.

    The registry has what this process counts. Of all workers of a project, counters are added up.
    """

    project: str
    problem: str = "starting"
    registry: CollectorRegistry = field(default_factory=CollectorRegistry)
    jobs: Counter = field(init=False)
    limited: Counter = field(init=False)
    seconds: Histogram = field(init=False)
    _alive: float = field(init=False, default_factory=time.monotonic)

    def __post_init__(self) -> None:
        to, of = self.registry, ["project"]
        words = "Jobs that ended, by what came of them."
        self.jobs = Counter("publisher_jobs", words, ["project", "outcome"], registry=to)
        words = "Answers 429: a network's own limit was reached."
        self.limited = Counter("publisher_rate_limited", words, of, registry=to)
        words = "How long publishing one post took."
        self.seconds = Histogram("publisher_job_seconds", words, of, registry=to)
        # from the start, because a rate needs a first value
        for outcome in OUTCOMES:
            self.jobs.labels(self.project, outcome)
        self.limited.labels(self.project)
        self.seconds.labels(self.project)

    def beat(self) -> None:
        """Record that the worker's loop runs."""
        self._alive = time.monotonic()

    def answer(self, path: str) -> tuple[int, str, bytes]:
        """Return the status, content type and body for one request's path."""
        if path == "/metrics":
            return 200, CONTENT_TYPE_LATEST, generate_latest(self.registry)
        if path == "/livez":
            hung = time.monotonic() - self._alive > HUNG
            return _status("the worker's loop does not run" if hung else "")
        if path in ("/readyz", "/healthz"):  # the second name is that of version 0.1
            return _status(self.problem)
        return 404, "text/plain; charset=utf-8", b"not found\n"


def _status(problem: str) -> tuple[int, str, bytes]:
    body = json.dumps({"status": "unavailable" if problem else "ok", "problem": problem})
    return 503 if problem else 200, "application/json", f"{body}\n".encode()


class _Handler(BaseHTTPRequestHandler):
    health: ClassVar[Health]
    timeout = 10

    def do_GET(self) -> None:
        """Answer a probe."""
        status, content_type, body = self.health.answer(self.path.partition("?")[0])
        self.send_response(status)
        self.send_header("content-type", content_type)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name in the standard library
        """Print nothing: an orchestrator asks every few seconds."""


@contextmanager
def served(health: Health, host: str, port: int) -> Iterator[int]:
    """Answer on a port (0: a free one). Yield the port."""
    server = ThreadingHTTPServer((host, port), type("_HealthHandler", (_Handler,), {"health": health}))
    thread = threading.Thread(target=server.serve_forever, name="health", daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
