"""A running sandbox for each test, and the bodies that clients send."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import pytest
import requests

from publisher.sandbox.server import Sandbox

CONTENT = "com.linkedin.ugc.ShareContent"
VISIBILITY = "com.linkedin.ugc.MemberNetworkVisibility"
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 64


@dataclass
class Client:
    """A plain HTTP client: what any other language would send."""

    sandbox: Sandbox
    token: str = ""
    version: str = "202609"
    session: requests.Session = field(default_factory=requests.Session)

    def headers(self, path: str) -> dict[str, str]:
        """The headers LinkedIn asks for on this path."""
        headers = {
            "Authorization": f"Bearer {self.token or self.sandbox.token()}",
            "X-Restli-Protocol-Version": "2.0.0",
        }
        return headers | ({"Linkedin-Version": self.version} if path.startswith("/rest") else {})

    def send(self, verb: str, path: str, body: Any = None, **named: Any) -> requests.Response:
        """One request; ``headers`` are added, or with None taken away."""
        headers = {**self.headers(path), **named.pop("headers", {})}
        return self.session.request(
            verb,
            self.sandbox.url + path,
            json=body,
            headers=headers,
            timeout=named.pop("timeout", 20),
            **named,
        )

    def create(self, text: str = "Hello", **named: Any) -> requests.Response:
        """Create a ugcPost."""
        return self.send("POST", "/v2/ugcPosts", self.body(text), **named)

    def create_ugc(self, text: str = "Hello", **share: Any) -> requests.Response:
        """Create a ugcPost with more than text in it."""
        return self.send("POST", "/v2/ugcPosts", self.body(text, **share))

    def body(self, text: str, **share: Any) -> dict[str, Any]:
        """The body of a ugcPost by the first member."""
        return ugc_body(self.sandbox.member.urn, text, **share)

    def create_post(self, commentary: str = "Hello", **named: Any) -> requests.Response:
        """Create a post by the versioned API."""
        return self.send("POST", "/rest/posts", posts_body(self.sandbox.member.urn, commentary, **named))

    def upload(self, url: str, content: bytes, verb: str = "PUT", bearer: bool = True) -> requests.Response:
        """Send bytes to an upload URL."""
        headers = {"Authorization": f"Bearer {self.token or self.sandbox.token()}"} if bearer else {}
        return self.session.request(verb, url, data=content, headers=headers, timeout=20)

    def control(self, verb: str, name: str, body: Any = None, **parameters: Any) -> Any:
        """A control request's JSON; it must succeed."""
        response = self.session.request(
            verb, f"{self.sandbox.url}/_sandbox/{name}", json=body, params=parameters, timeout=20
        )
        assert response.status_code == 200, response.text
        return response.json()


def ugc_body(author: str, text: str, **share: Any) -> dict[str, Any]:
    """The body of ``POST /v2/ugcPosts``."""
    content = {"shareCommentary": {"text": text}, "shareMediaCategory": "NONE", **share}
    return {
        "author": author,
        "lifecycleState": "PUBLISHED",
        "specificContent": {CONTENT: content},
        "visibility": {VISIBILITY: "PUBLIC"},
    }


def posts_body(author: str, commentary: str, **more: Any) -> dict[str, Any]:
    """The body of ``POST /rest/posts``."""
    return {
        "author": author,
        "commentary": commentary,
        "visibility": "PUBLIC",
        "distribution": {
            "feedDistribution": "MAIN_FEED",
            "targetEntities": [],
            "thirdPartyDistributionChannels": [],
        },
        "lifecycleState": "PUBLISHED",
        "isReshareDisabledByAuthor": False,
        **more,
    }


def encoded(urn: str) -> str:
    """A URN as it stands in a path."""
    return quote(urn, safe="")


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A sandbox with its default rules."""
    with Sandbox() as running:
        yield running


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[Client]:
    """A client with the member's self-serve token."""
    client = Client(sandbox)
    yield client
    client.session.close()


def register(
    client: Client, recipe: str = "feedshare-image", owner: str = "", **more: Any
) -> tuple[str, str]:
    """Register an asset; its URN and upload URL."""
    request = {
        "owner": owner or client.sandbox.member.urn,
        "recipes": [f"urn:li:digitalmediaRecipe:{recipe}"],
        "serviceRelationships": [{"relationshipType": "OWNER", "identifier": "urn:li:userGeneratedContent"}],
        **more,
    }
    response = client.send("POST", "/v2/assets?action=registerUpload", {"registerUploadRequest": request})
    assert response.status_code == 200, response.text
    value = response.json()["value"]
    (mechanism,) = value["uploadMechanism"].values()
    return value["asset"], mechanism.get("uploadUrl", "")


def initialize(client: Client, kind: str, **more: Any) -> dict[str, Any]:
    """Initialize an upload of the versioned API; the answer's value."""
    request = {"owner": client.sandbox.member.urn, **more}
    response = client.send(
        "POST", f"/rest/{kind}s?action=initializeUpload", {"initializeUploadRequest": request}
    )
    assert response.status_code == 200, response.text
    value: dict[str, Any] = response.json()["value"]
    return value


def until(condition: Callable[[], Any], seconds: float = 20.0) -> None:
    """Wait until a condition holds; fail where it doesn't in time."""
    pause = threading.Event()
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "the condition never held"
        pause.wait(0.005)
