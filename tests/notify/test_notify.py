"""Notifications over real HTTP and real processes: once, without secrets, and never in a run's way."""

import json
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from publisher.auth.status import TokenStatus
from publisher.model.post import Author
from publisher.notify import Event, events_of, notify
from publisher.planning.status import Health, Problem, ProblemKind
from tests.support.project import ProjectDir

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
FAILED = Event("failed", "a", "", "It failed.", "Look.", "", "1")
UNKNOWN = Event("unknown", "b", "", "Nobody knows.", "Settle it.", "", "2")


class Hook:
    """A webhook. ``answer`` is its status; ``got`` what it was sent."""

    def __init__(self) -> None:
        self.got: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.answer = 204
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                hook.got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                hook.headers.append(dict(self.headers))
                self.send_response(hook.answer)
                self.send_header("Location", hook.url)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook?key=s3cr3t"


@pytest.fixture
def hook() -> Iterator[Hook]:
    made = Hook()
    thread = threading.Thread(target=made.server.serve_forever)
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


def tell(events: list[Event], target: str, memory: Path) -> list[str]:
    return list(
        notify(
            events,
            "posts",
            {"PUBLISHER_NOTIFY": target, "PATH": "/bin", "LINKEDIN_ACCESS_TOKEN": "t0ken"},
            memory,
        )
    )


def test_each_event_is_sent_once_and_again_when_it_returns(hook: Hook, tmp_path: Path) -> None:
    memory = tmp_path / "deep/memory.json"
    assert tell([FAILED], hook.url, memory) == []
    assert tell([FAILED, UNKNOWN], hook.url, memory) == []
    assert tell([FAILED, UNKNOWN], hook.url, memory) == []
    assert [got["event"] for got in hook.got] == ["failed", "unknown"]
    assert tell([UNKNOWN], hook.url, memory) == []
    assert tell([FAILED, UNKNOWN], hook.url, memory) == []
    assert [got["event"] for got in hook.got] == ["failed", "unknown", "failed"]
    assert hook.got[0]["project"] == "posts"
    assert "t0ken" not in json.dumps([hook.got, hook.headers])


@pytest.mark.parametrize("answer", [302, 400, 500])
def test_a_refused_message_is_a_warning_and_is_tried_again(hook: Hook, tmp_path: Path, answer: int) -> None:
    hook.answer = answer
    (problem,) = tell([FAILED], hook.url, tmp_path / "m")
    assert str(answer) in problem
    assert "s3cr3t" not in problem
    assert len(hook.got) == 1  # no redirect was followed
    hook.answer = 200
    assert tell([FAILED], hook.url, tmp_path / "m") == []


@pytest.mark.parametrize(
    "target",
    ["http://example.org/hook", "http://127.0.0.1.example.org/", "ftp://127.0.0.1/", "file:///etc/passwd",
     "https://", "http://[::1/", "http://localhost@example.org/"],
)  # fmt: skip
def test_an_address_is_https_or_loopback(target: str, tmp_path: Path) -> None:
    (problem,) = tell([FAILED], target, tmp_path / "m")
    assert "must be https" in problem or "can't be reached" in problem


def test_a_dead_webhook_stops_nothing(tmp_path: Path) -> None:
    (problem,) = tell([FAILED], "http://127.0.0.1:1/?key=s3cr3t", tmp_path / "m")
    assert "can't be reached" in problem
    assert "s3cr3t" not in problem


def test_a_command_gets_json_and_no_token(tmp_path: Path) -> None:
    script = tmp_path / "tell.py"
    script.write_text(
        "import json, os, sys\n"
        "said = json.dumps([json.load(sys.stdin), sys.argv[1:], dict(os.environ)])\n"
        f"open({str(tmp_path / 'said')!r}, 'w').write(said)\n"
    )
    assert tell([FAILED], f"{sys.executable} {script} 'a b' $(id)", tmp_path / "m") == []
    said, arguments, environ = json.loads((tmp_path / "said").read_text())
    assert (said["event"], said["key"], said["message"]) == ("failed", "a", "It failed.")
    assert arguments == ["a b", "$(id)"]
    assert "t0ken" not in environ.values()


@pytest.mark.parametrize("target", ["/nowhere/command", "false", "'unclosed", " "])
def test_a_command_that_fails_is_a_warning(target: str, tmp_path: Path) -> None:
    assert len(tell([FAILED], target, tmp_path / "m")) == (1 if target.strip() else 0)


def test_a_run_sends_a_bounded_number(hook: Hook, tmp_path: Path) -> None:
    many = [Event("failed", str(n), "", "It failed.", "", "", str(n)) for n in range(50)]
    tell(many, hook.url, tmp_path / "m")
    assert len(hook.got) == 20


def test_events_name_what_lasts_and_no_secret() -> None:
    problems = (
        Problem(ProblemKind.FAILED, "a", NOW, "It failed with t0ken-t0ken.", "Look."),
        Problem(ProblemKind.UNKNOWN, "b", NOW, "Unknown.", "Settle it."),
        Problem(ProblemKind.HELD, "c", NOW, "Held.", ""),
        Problem(ProblemKind.NOT_RUN, "d", None, "Not run.", ""),
        Problem(ProblemKind.INVALID, "", None, "Invalid.", ""),
    )
    tokens = (
        TokenStatus(Author("urn:li:person:a", "soon"), "file", expires_at=NOW + timedelta(days=3)),
        TokenStatus(Author("urn:li:person:b", "later"), "file", expires_at=NOW + timedelta(days=30)),
        TokenStatus(Author("urn:li:person:c", "renewed"), "file", expires_at=NOW, refreshable=True),
        TokenStatus(Author("urn:li:person:d", "endless"), "file", endless=True),
    )
    events = events_of(Health(problems), tokens, NOW, ["t0ken-t0ken"])
    assert [(one.event, one.key or one.author) for one in events] == [
        ("failed", "a"), ("unknown", "b"), ("overdue", "c"), ("overdue", "d"), ("token-expiry", "soon"),
    ]  # fmt: skip
    assert "t0ken" not in str(events)
    later = events_of(
        Health(
            (Problem(ProblemKind.FAILED, "a", NOW + timedelta(hours=1), "It failed with t0ken-t0ken.", ""),)
        ),
        (),
        NOW,
        ["t0ken-t0ken"],
    )
    assert later[0].id == events[0].id  # the same failure of a later run
    assert len({one.id for one in events}) == 5


def test_a_failed_run_tells_and_ends_as_it_would(project: ProjectDir, hook: Hook) -> None:
    project.write("content/a.md", "Hello\n")
    project.env.update(PUBLISHER_NOTIFY=hook.url)  # type: ignore[attr-defined]
    project.env.update(LINKEDIN_ACCESS_TOKEN="no-such-token")  # type: ignore[attr-defined]
    assert project.publisher("publish").code == 1
    assert [got["event"] for got in hook.got] == ["failed"]
    assert project.publisher("publish").code == 1
    assert project.publisher("status").code == 1
    assert len(hook.got) == 1
    assert "no-such-token" not in json.dumps(hook.got)
    hook.answer = 500
    project.write("content/b.md", "Hello again\n")
    result = project.publisher("publish")
    assert result.code == 1
    assert "s3cr3t" not in result.text


def test_the_project_names_no_target(project: ProjectDir, hook: Hook) -> None:
    project.configure(f"notify: {hook.url}\n")
    assert project.publisher("validate").code == 2
    assert hook.got == []
