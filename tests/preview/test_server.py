"""The live page's server: what it answers, and whom."""

import http.client
import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from publisher.preview.handler import MAX_BODY
from publisher.preview.page import Page, Section, part
from publisher.preview.server import PreviewServer
from publisher.preview.stage import Show, Stage

SHA = "a" * 64


class Browser:
    """Sends single requests."""

    def __init__(self, port: int) -> None:
        self.port = port

    def send(
        self, verb: str, path: str, body: bytes = b"", **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        """The status, the headers and the body of the answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(verb, path, body, headers)
            answer = connection.getresponse()
            return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()
        finally:
            connection.close()


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Browser]:
    film = tmp_path / "film.mp4"
    film.write_bytes(bytes(range(100)))
    stage = Stage()
    stage.present(Show(Page((Section("s", (part("one", "<p>1</p>"),)),)), {SHA: (film, "video/mp4")}))
    with PreviewServer(stage) as server:
        yield Browser(urlsplit(server.url).port or 0)


def test_only_requests_to_this_machine_are_answered(browser: Browser) -> None:
    for path, verb in (("/", "GET"), ("/parts", "POST"), (f"/media/{SHA}", "GET"), ("/events", "GET")):
        assert browser.send(verb, path, host=f"evil.example:{browser.port}")[0] == 403
    assert browser.send("GET", "/", host=f"localhost:{browser.port}")[0] == 200


def test_every_answer_carries_the_guards(browser: Browser) -> None:
    for path in ("/", "/nothing", f"/media/{SHA}"):
        _, headers, _ = browser.send("GET", path)
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]


@pytest.mark.parametrize(
    ("asked", "status", "given"),
    [
        ("", 200, bytes(range(100))),
        ("bytes=10-19", 206, bytes(range(10, 20))),
        ("bytes=95-", 206, bytes(range(95, 100))),
        ("bytes=0-999", 206, bytes(range(100))),
        ("bytes=100-", 416, b""),
        ("bytes=20-10", 416, b""),
        ("bytes=x-y", 200, bytes(range(100))),
    ],
)
def test_media_are_sent_whole_or_in_ranges(browser: Browser, asked: str, status: int, given: bytes) -> None:
    answer = browser.send("GET", f"/media/{SHA}", range=asked)
    assert (answer[0], answer[2]) == (status, given)
    if status == 206:
        first = given[0]
        assert answer[1]["content-range"] == f"bytes {first}-{first + len(given) - 1}/100"


def test_parts_are_sent_by_id(browser: Browser) -> None:
    status, _, body = browser.send("POST", "/parts", b'["one", "gone", 7, {}]')
    assert status == 200
    assert {name: html for name, (_, html) in json.loads(body).items()} == {"one": "<p>1</p>"}
    assert browser.send("POST", "/parts", b"{}")[0] == 400
    assert browser.send("POST", "/parts", b"[" * 100_000)[0] == 400
    assert browser.send("POST", "/parts", **{"content-length": str(MAX_BODY + 1)})[0] == 413


@pytest.mark.parametrize("length", ["", "-1", "+2", "1_0", "2.0", "²", "9" * 5_000, "0x10", " "])
def test_a_length_that_is_no_number_is_refused(browser: Browser, length: str) -> None:
    assert browser.send("POST", "/parts", **{"content-length": length})[0] == 413


def test_a_body_that_asks_for_one_part_again_and_again_is_answered_once(browser: Browser) -> None:
    body = json.dumps(["one"] * 500_000).encode()
    assert len(body) < MAX_BODY
    status, _, answer = browser.send("POST", "/parts", body)
    assert (status, len(json.loads(answer))) == (200, 1)


@pytest.mark.parametrize("path", ["/media/../x", f"/media/{'b' * 64}", f"/media/{SHA}/small", "/parts", "/x"])
def test_what_is_not_on_the_page_is_not_found(browser: Browser, path: str) -> None:
    assert browser.send("GET", path)[0] == 404
