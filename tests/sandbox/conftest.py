"""A running sandbox for each test, and the bodies that clients send."""

from collections.abc import Iterator
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
        return self.send("POST", "/v2/ugcPosts", ugc_body(self.sandbox.member.urn, text), **named)

    def create_post(self, commentary: str = "Hello", **named: Any) -> requests.Response:
        """Create a post by the versioned API."""
        return self.send("POST", "/rest/posts", posts_body(self.sandbox.member.urn, commentary, **named))

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
