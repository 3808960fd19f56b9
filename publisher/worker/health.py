"""How a worker is seen from outside: ``/healthz`` for the machine that runs it, ``/metrics`` for Prometheus."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response


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

    def answer(self, request: Request) -> Response:
        """One request's answer."""
        if request.path == "/metrics":
            return Response(generate_latest(self.registry), content_type=CONTENT_TYPE_LATEST)
        if request.path == "/healthz":
            body = json.dumps({"status": "unavailable" if self.problem else "ok", "problem": self.problem})
            return Response(body + "\n", 503 if self.problem else 200, content_type="application/json")
        return Response("not found\n", 404)


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 - werkzeug's signature
        """Nothing: an orchestrator asks every few seconds."""


@contextmanager
def served(health: Health, host: str, port: int) -> Iterator[int]:
    """Answer on a port (0: a free one), which is given."""
    server = make_server(
        host, port, Request.application(health.answer), threaded=True, request_handler=_Quiet
    )
    thread = threading.Thread(target=server.serve_forever, name="health", daemon=True)
    thread.start()
    try:
        yield server.port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
