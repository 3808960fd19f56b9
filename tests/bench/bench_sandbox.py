"""How many creates and 10 MB uploads a second the sandbox takes, over loopback, server in a process of its own."""

import http.client
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from tests.bench.measure import table

SECONDS = 4.0
UPLOAD = b"\x89PNG\r\n\x1a\n" + os.urandom(10 * 1024 * 1024)


@contextmanager
def running(*arguments: str) -> Iterator[dict[str, Any]]:
    """A sandbox process; what it prints about itself."""
    command = [sys.executable, "-m", "publisher", "sandbox", "--port", "0", "--format", "json", *arguments]
    command += ["--set", "member_quota=none", "--set", "app_quota=none"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    printed = ""
    while not printed.endswith("}\n") or printed.count("{") != printed.count("}"):
        printed += process.stdout.readline()
    try:
        yield json.loads(printed)
    finally:
        process.terminate()
        process.wait(20)
        process.stdout.close()


class Caller:
    """One client with a connection that stays open."""

    def __init__(self, sandbox: dict[str, Any], number: int) -> None:
        address = urlsplit(sandbox["url"])
        self.connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=60)
        self.headers = {
            "Authorization": f"Bearer {sandbox['environment']['LINKEDIN_ACCESS_TOKEN']}",
            "Content-Type": "application/json",
            "X-Restli-Protocol-Version": "2.0.0",
        }
        self.member = sandbox["member"]
        self.number = number
        self.count = 0

    def send(self, verb: str, path: str, body: bytes, **headers: str) -> Any:
        """One request; its JSON, or None for an empty answer. Raises RuntimeError unless it succeeded."""
        self.connection.request(verb, path, body, {**self.headers, **headers})
        response = self.connection.getresponse()
        content = response.read()
        if response.status not in {200, 201}:
            raise RuntimeError(f"{verb} {path}: {response.status} {content[:200]!r}")
        return json.loads(content) if content else None

    def create(self) -> None:
        """Publish a text that nobody published before."""
        self.count += 1
        share = {
            "shareCommentary": {"text": f"Post {self.number} {self.count}"},
            "shareMediaCategory": "NONE",
        }
        body = {
            "author": self.member,
            "lifecycleState": "PUBLISHED",
            "specificContent": {"com.linkedin.ugc.ShareContent": share},
            "visibility": {"com.linkedin.ugc.MemberNetworkVisibility": "PUBLIC"},
        }
        self.send("POST", "/v2/ugcPosts", json.dumps(body).encode())

    def upload(self) -> None:
        """Register an image of 10 MB and send it."""
        address = urlsplit(self.register("image"))
        self.send("PUT", f"{address.path}?{address.query}", UPLOAD, **{"Content-Type": "image/png"})

    def register(self, kind: str) -> str:
        """Announce an ``image`` or ``video``; the URL it goes to."""
        relation = {"relationshipType": "OWNER", "identifier": "urn:li:userGeneratedContent"}
        request = {
            "owner": self.member,
            "recipes": [f"urn:li:digitalmediaRecipe:feedshare-{kind}"],
            "serviceRelationships": [relation],
        }
        body = json.dumps({"registerUploadRequest": request}).encode()
        answer = self.send("POST", "/v2/assets?action=registerUpload", body)
        (mechanism,) = answer["value"]["uploadMechanism"].values()
        return str(mechanism["uploadUrl"])


def rate(
    sandbox: dict[str, Any], clients: int, work: Callable[[Caller], None], seconds: float = SECONDS
) -> float:
    """Calls a second of ``work`` by so many clients at once."""
    callers = [Caller(sandbox, clients * 1000 + number) for number in range(clients)]
    began = time.perf_counter()
    end = began + seconds

    def repeat(caller: Caller) -> int:
        done = 0
        while time.perf_counter() < end:
            work(caller)
            done += 1
        caller.connection.close()
        return done

    with ThreadPoolExecutor(clients) as pool:
        done = sum(pool.map(repeat, callers))
    return done / (time.perf_counter() - began)


def main() -> None:
    """Print the rates."""
    rows: list[tuple[object, ...]] = []
    with running() as sandbox:
        for clients in (1, 16, 200):
            rows.append(("create", clients, rate(sandbox, clients, Caller.create)))
        for clients in (1, 4):
            rows.append(("10 MB upload", clients, rate(sandbox, clients, Caller.upload)))
    table("Sandbox: requests a second", ("request", "clients", "a second"), rows)


if __name__ == "__main__":
    main()
