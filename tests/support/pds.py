"""A real Bluesky PDS (`@atproto/dev-env`), and a plain client that talks to it and to the emulator alike.

Install it once: ``tests/support/install-pds`` (four minutes). Set PUBLISHER_REQUIRE_PDS to fail where it is missing.
"""

import itertools
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

FOLDER = Path(os.environ.get("PUBLISHER_PDS", Path.home() / ".cache" / "publisher-tests" / "atproto"))
POST = "app.bsky.feed.post"
_SORTABLE = "234567abcdefghijklmnopqrstuvwxyz"
_numbers = itertools.count(int.from_bytes(os.urandom(4)))


def new_rkey() -> str:
    """Return a TID that no test has used."""
    number = next(_numbers) << 10
    return "3" + "".join(_SORTABLE[number >> shift & 31] for shift in range(55, -1, -5))


@dataclass
class PdsClient:
    """One account on one server, and its session."""

    url: str
    handle: str
    password: str
    real: bool
    plc: str = ""
    did: str = ""
    access: str = ""
    refresh: str = ""

    def login(self) -> "PdsClient":
        """Log in with the app password."""
        body = {"identifier": self.handle, "password": self.password}
        session = self.call("com.atproto.server.createSession", body).json()
        self.did, self.access, self.refresh = session["did"], session["accessJwt"], session["refreshJwt"]
        return self

    def call(
        self, method: str, body: Any = None, token: str | None = None, **named: Any
    ) -> requests.Response:
        """Call a procedure with a JSON body, or raw bytes and ``content_type``."""
        headers = {} if token == "" else {"authorization": f"Bearer {token or self.access}"}
        if "authorization" in named:
            headers = {"authorization": named["authorization"]}
        data = {"data": body} if isinstance(body, bytes) or body is None else {"json": body}
        if named.get("content_type"):
            headers["content-type"] = named["content_type"]
        return requests.post(f"{self.url}/xrpc/{method}", headers=headers, timeout=20, **data)

    def query(self, method: str, token: str = "", **parameters: Any) -> requests.Response:
        """Call a query."""
        headers = {"authorization": f"Bearer {token}"} if token else {}
        return requests.get(f"{self.url}/xrpc/{method}", params=parameters, headers=headers, timeout=20)

    def put(self, record: Any, rkey: str = "", **more: Any) -> requests.Response:
        """Put a post with ``swapRecord: null``."""
        body = {"repo": self.did, "collection": POST, "rkey": rkey or new_rkey(), "record": record}
        return self.call("com.atproto.repo.putRecord", {**body, "swapRecord": None, **more})

    def get(self, rkey: str) -> requests.Response:
        """Get a post."""
        return self.query("com.atproto.repo.getRecord", repo=self.did, collection=POST, rkey=rkey)

    def delete(self, rkey: str, **more: Any) -> requests.Response:
        """Delete a post."""
        body = {"repo": self.did, "collection": POST, "rkey": rkey, **more}
        return self.call("com.atproto.repo.deleteRecord", body)

    def upload(self, content: bytes, content_type: str) -> Any:
        """Upload a blob; returns its reference."""
        response = self.call("com.atproto.repo.uploadBlob", content, content_type=content_type)
        assert response.status_code == 200, response.text
        return response.json()["blob"]


def require_pds() -> None:
    """Skip the test where no PDS is installed, or fail where one is required."""
    if (FOLDER / "node_modules" / "@atproto" / "dev-env").is_dir() and shutil.which("node"):
        return
    reason = f"no PDS in {FOLDER}; tests/support/install-pds installs it"
    if os.environ.get("PUBLISHER_REQUIRE_PDS"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def pds_server() -> Iterator[dict[str, str]]:
    """The addresses of a running PDS and its directory of DIDs."""
    require_pds()
    environment = {**os.environ, "NODE_PATH": str(FOLDER / "node_modules"), "LOG_ENABLED": "false"}
    script = Path(__file__).with_name("pds.js")
    with subprocess.Popen(
        ["node", str(script)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
    ) as process:
        try:
            assert process.stdout is not None
            yield json.loads(process.stdout.readline())
        finally:
            assert process.stdin is not None
            process.stdin.close()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()


def real_account(server: dict[str, str]) -> PdsClient:
    """Make an account with an app password on the real PDS, and log in."""
    handle = f"u{next(_numbers)}.test"
    client = PdsClient(server["url"], handle, "", real=True, plc=server["plc"])
    made = client.call(
        "com.atproto.server.createAccount",
        {"handle": handle, "email": f"{handle.replace('.', '@')}.example.com", "password": "main-password"},
        token="",
    ).json()
    named = client.call(
        "com.atproto.server.createAppPassword", {"name": "publisher"}, token=made["accessJwt"]
    )
    client.password = named.json()["password"]
    return client.login()
