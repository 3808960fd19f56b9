"""The emulated Mastodon server: by plain HTTP, by Mastodon.py, and beside `mastodon_mock`."""

import re
import socket
import threading
import time
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from publisher.sandbox.mastodon.network import TOKEN
from publisher.sandbox.server import Sandbox

STATUSES = "/api/v1/statuses"


@dataclass
class Server:
    """A server and a token."""

    url: str
    token: str = TOKEN

    def send(self, verb: str, path: str, **named: Any) -> requests.Response:
        """One request."""
        headers = {"authorization": f"Bearer {self.token}"} if self.token else {}
        headers |= named.pop("headers", {})
        return requests.request(
            verb, self.url + path, headers=headers, timeout=named.pop("timeout", 20), **named
        )

    def post(self, text: str, key: str = "", **fields: Any) -> requests.Response:
        """Create a status."""
        headers = {"idempotency-key": key} if key else {}
        return self.send("POST", STATUSES, json={"status": text, **fields}, headers=headers)

    def timeline(self, **asked: Any) -> list[str]:
        """The ids of the account's statuses."""
        me = self.send("GET", "/api/v1/accounts/verify_credentials").json()["id"]
        return [
            item["id"] for item in self.send("GET", f"/api/v1/accounts/{me}/statuses", params=asked).json()
        ]


@pytest.fixture
def server(sandbox: Sandbox) -> Server:
    """The sandbox's account."""
    return Server(sandbox.url)


@pytest.fixture(scope="session")
def mock_server() -> Iterator[Server]:
    """`mastodon_mock`, an emulator that others wrote."""
    import uvicorn
    from mastodon_mock.app import create_app

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    mock = uvicorn.Server(uvicorn.Config(create_app(), port=port, log_level="error"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        thread = threading.Thread(target=mock.run, daemon=True)
        thread.start()
        pause = threading.Event()
        while not mock.started:
            pause.wait(0.05)
        yield Server(f"http://127.0.0.1:{port}", "mock_token")
        mock.should_exit = True
        thread.join()


@pytest.fixture(params=["emulator", "mastodon_mock"])
def either(request: pytest.FixtureRequest) -> Server:
    """Both servers, for what they agree on."""
    return request.getfixturevalue("server" if request.param == "emulator" else "mock_server")


def test_create_show_edit_delete(either: Server) -> None:
    made = either.post("Hello #World").json()
    path = f"{STATUSES}/{made['id']}"
    assert either.send("GET", path).json()["url"] == made["url"]
    assert "World" in made["content"]
    assert either.send("GET", f"{path}/source").json()["text"] == "Hello #World"
    edited = either.send("PUT", path, json={"status": "Hello again"}).json()
    assert edited["id"] == made["id"]
    assert edited["edited_at"]
    assert made["id"] in either.timeline()
    assert either.send("DELETE", path).json()["text"] == "Hello again"
    assert either.send("GET", path).status_code == 404
    assert either.send("DELETE", path).status_code == 404
    assert made["id"] not in either.timeline()


def test_a_key_makes_one_status(either: Server) -> None:
    key = f"key-{time.time_ns()}"
    first, again = either.post("once", key), either.post("once", key)
    assert first.status_code == again.status_code == 200
    assert first.json()["id"] == again.json()["id"]


def test_refusals(either: Server) -> None:
    assert either.post("").status_code == 422
    assert either.post("x" * 501).status_code == 422
    assert Server(either.url, "wrong").post("x").status_code == 401
    assert either.send("GET", f"{STATUSES}/1").status_code == 404


def test_replies(either: Server) -> None:
    first = either.post("one").json()
    second = either.post("two", in_reply_to_id=first["id"]).json()
    assert second["in_reply_to_id"] == first["id"]


def test_the_key_ignores_the_body_and_lives_an_hour(sandbox: Sandbox, server: Server) -> None:
    first = server.post("one", "k").json()
    assert server.post("another text", "k").json()["id"] == first["id"]
    sandbox.clock.advance(3_599)
    assert server.post("one", "k").json()["id"] == first["id"]
    sandbox.clock.advance(2)
    assert server.post("one", "k").json()["id"] != first["id"]


def test_scheduled_statuses_ignore_the_key(sandbox: Sandbox, server: Server) -> None:
    later = {"scheduled_at": "2099-01-01T09:00:00Z"}
    first, again = server.post("later", "k", **later).json(), server.post("later", "k", **later).json()
    assert first["id"] != again["id"]
    assert "url" not in first
    assert len(server.send("GET", "/api/v1/scheduled_statuses").json()) == 2
    assert server.timeline() == []
    soon = {"scheduled_at": "2020-01-01T09:00:00Z"}
    assert server.post("past", **soon).json()["url"], "a past time posts at once"


def test_the_key_is_written_after_the_create(sandbox: Sandbox, server: Server) -> None:
    sandbox.fault("no-key", resource="mastodon.statuses")
    sandbox.fault("commit-then-drop", resource="mastodon.statuses")
    with pytest.raises(requests.ConnectionError):
        server.post("twice", "k")
    server.post("twice", "k")
    assert len(server.timeline()) == 2, "as a server that dies between create and key"


def test_a_slow_database_lets_a_retry_through(sandbox: Sandbox, server: Server) -> None:
    sandbox.fault("commit-later", resource="mastodon.statuses", seconds=60)
    with pytest.raises(requests.Timeout):
        server.send("POST", STATUSES, json={"status": "x"}, headers={"idempotency-key": "k"}, timeout=0.3)
    assert server.timeline() == []
    sandbox.clock.advance(61)
    assert len(server.timeline()) == 1


def test_lengths(sandbox: Sandbox, server: Server) -> None:
    family = "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"
    assert server.post(family * 500).status_code == 200
    assert server.post("https://example.com/" + "x" * 600 + " " + "y" * 476).status_code == 200
    assert server.post("https://example.com/" + "x" * 600 + " " + "y" * 477).status_code == 422
    assert server.post("@mira@a.very.long.name.example " + "y" * 494).status_code == 200
    assert server.post("y" * 400, spoiler_text="z" * 101).status_code == 422
    refused = server.post("x" * 501).json()["error"]
    assert refused == "Validation failed: Text character limit of 500 exceeded"
    configuration = requests.get(f"{server.url}/api/v2/instance", timeout=20).json()["configuration"]
    assert configuration["statuses"]["characters_reserved_per_url"] == 23


def test_another_limit() -> None:
    with Sandbox(mastodon_characters=5_000) as larger:
        assert Server(larger.url).post("x" * 5_000).status_code == 200


def test_media(sandbox: Sandbox, server: Server, png: bytes) -> None:
    sandbox.fault("slow-media", seconds=20)
    files = {"file": ("a.png", png, "image/png")}
    upload = server.send("POST", "/api/v2/media", files=files, data={"description": "red"})
    assert (upload.status_code, upload.json()["url"]) == (202, None)
    identity = upload.json()["id"]
    assert server.send("GET", f"/api/v1/media/{identity}").status_code == 206
    assert server.post("early", media_ids=[identity]).status_code == 422
    sandbox.clock.advance(21)
    ready = server.send("GET", f"/api/v1/media/{identity}")
    assert (ready.status_code, ready.json()["description"]) == (200, "red")
    status = server.post("with image", media_ids=[identity]).json()
    assert [item["id"] for item in status["media_attachments"]] == [identity]
    assert server.post("again", media_ids=[identity]).json()["media_attachments"] == []
    files = {"file": ("a.txt", b"text", "text/plain")}
    assert server.send("POST", "/api/v2/media", files=files).status_code == 422


def test_failed_media(sandbox: Sandbox, server: Server, png: bytes) -> None:
    sandbox.fault("media-failed")
    files = {"file": ("a.png", png, "image/png")}
    identity = server.send("POST", "/api/v2/media", files=files).json()["id"]
    assert server.send("GET", f"/api/v1/media/{identity}").status_code == 422


def test_private_statuses_are_hidden(server: Server) -> None:
    identity = server.post("hidden", visibility="private").json()["id"]
    assert Server(server.url, "").send("GET", f"{STATUSES}/{identity}").status_code == 404
    assert server.send("GET", f"{STATUSES}/{identity}").status_code == 200
    assert server.post("odd", visibility="nope").status_code == 422


def test_ids_contain_their_time(sandbox: Sandbox, server: Server) -> None:
    identity = int(server.post("now").json()["id"])
    assert abs((identity >> 16) / 1000 - sandbox.clock.now()) < 60


def test_the_timeline_pages(server: Server) -> None:
    ids = [server.post(f"status {number}").json()["id"] for number in range(3)]
    assert server.timeline() == ids[::-1]
    assert server.timeline(limit=1) == ids[2:]
    assert server.timeline(since_id=ids[0]) == ids[:0:-1]
    assert server.timeline(max_id=ids[2]) == ids[1::-1]


def test_rate_limits(sandbox: Sandbox, server: Server, png: bytes) -> None:
    files = {"file": ("a.png", png, "image/png")}
    answers = [server.send("POST", "/api/v2/media", files=files) for _ in range(31)]
    assert [answer.status_code for answer in answers] == [200] * 30 + [429]
    assert answers[-1].headers["x-ratelimit-reset"].endswith("Z")
    sandbox.clock.advance(1_800)
    assert server.send("POST", "/api/v2/media", files=files).status_code == 200
    sandbox.fault("throttle")
    assert server.post("x").status_code == 429


@pytest.mark.parametrize("address", ["urn:ietf:wg:oauth:2.0:oob", "http://127.0.0.1:9/callback"])
def test_oauth(server: Server, address: str) -> None:
    named = {"client_name": "publisher", "redirect_uris": address, "scopes": "read write"}
    app = requests.post(f"{server.url}/api/v1/apps", data=named, timeout=20).json()
    asked = {
        "client_id": app["client_id"],
        "redirect_uri": address,
        "response_type": "code",
        "scope": "read write",
        "state": "s",
    }
    page = requests.get(f"{server.url}/oauth/authorize", params=asked, allow_redirects=False, timeout=20)
    shown = page.text if page.status_code == 200 else page.headers["location"]
    found = re.search(r"(?:value='|code=)([\w-]+)", shown)
    assert found
    code = found[1]
    grant = {
        "grant_type": "authorization_code",
        "client_id": app["client_id"],
        "client_secret": app["client_secret"],
        "redirect_uri": address,
        "code": code,
    }
    token = requests.post(f"{server.url}/oauth/token", data=grant, timeout=20).json()["access_token"]
    assert requests.post(f"{server.url}/oauth/token", data=grant, timeout=20).status_code == 400
    assert Server(server.url, token).post("by oauth").status_code == 200
    gone = {"client_id": app["client_id"], "client_secret": app["client_secret"], "token": token}
    assert requests.post(f"{server.url}/oauth/revoke", data=gone, timeout=20).status_code == 200
    assert Server(server.url, token).post("by oauth").status_code == 401


def test_mastodon_py(server: Server, png: bytes) -> None:
    from mastodon import Mastodon

    client = Mastodon(access_token=TOKEN, api_base_url=server.url, version_check_mode="none")
    try:
        media = client.media_post(png, mime_type="image/png", description="red", synchronous=True)
        status = client.status_post("Hello from Mastodon.py", media_ids=[media], idempotency_key="k")
        again = client.status_post("Hello from Mastodon.py", idempotency_key="k")
        assert status.id == again.id
        assert client.status(status.id).media_attachments[0].description == "red"
        assert client.account_statuses(client.me())[0].id == status.id
        assert client.instance().configuration.statuses.max_characters == 500
        assert client.status_update(status.id, "edited").edited_at
        client.status_delete(status.id)
    finally:
        client.session.close()


def test_reset_and_restart(tmp_path: Path) -> None:
    with Sandbox(db=tmp_path / "kept.sqlite") as first:
        identity = Server(first.url).post("kept").json()["id"]
    with Sandbox(db=tmp_path / "kept.sqlite") as second:
        server = Server(second.url)
        assert server.timeline() == [identity]
        second.reset()
        assert server.timeline() == []
