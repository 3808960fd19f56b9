"""How a worker is seen from outside: ``/healthz`` for the machine that runs it, ``/metrics`` for Prometheus."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)


@dataclass(slots=True)
class Health:
    """What is known of one worker. ``problem`` is why it can't work at this moment; empty: it can."""

    problem: str = "starting"
    registry: CollectorRegistry = field(default_factory=CollectorRegistry)
    jobs: Counter = field(init=False)
    seconds: Histogram = field(init=False)
    queue: Gauge = field(init=False)
    unknown: Gauge = field(init=False)
    scanned: Gauge = field(init=False)

    def __post_init__(self) -> None:
        to = self.registry
        self.jobs = Counter(
            "publisher_jobs", "Jobs that ended, by what came of them.", ["outcome"], registry=to
        )
        self.seconds = Histogram("publisher_job_seconds", "How long publishing one post took.", registry=to)
        self.queue = Gauge(
            "publisher_queue", "Jobs of the project, as of the last scan.", ["status"], registry=to
        )
        self.unknown = Gauge(
            "publisher_unknown_posts", "Posts whose outcome a human must settle.", registry=to
        )
        self.scanned = Gauge(
            "publisher_last_scan_timestamp_seconds", "When the last scan succeeded.", registry=to
        )

    def answer(self, path: str) -> tuple[int, str, bytes]:
        """Return the status, content type and body for one request's path."""
        if path == "/metrics":
            return 200, CONTENT_TYPE_LATEST, generate_latest(self.registry)
        if path == "/healthz":
            body = json.dumps({"status": "unavailable" if self.problem else "ok", "problem": self.problem})
            return 503 if self.problem else 200, "application/json", f"{body}\n".encode()
        return 404, "text/plain; charset=utf-8", b"not found\n"


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
    """Answer on a port (0: a free one), which is given."""
    server = ThreadingHTTPServer((host, port), type("_HealthHandler", (_Handler,), {"health": health}))
    thread = threading.Thread(target=server.serve_forever, name="health", daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
