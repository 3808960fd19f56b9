"""The emulated Zernio: by plain HTTP, by the vendor's own client, and against its OpenAPI file."""

from pathlib import Path
from typing import Any

import pytest
import requests
from zernio import Zernio as VendorClient

from publisher.sandbox.server import Sandbox
from publisher.sandbox.zernio.network import KEY
from tests.support.zernio_spec import problems, require_spec

POSTS = "/v1/posts"


class Service:
    """The service and a key."""

    def __init__(self, sandbox: Sandbox, key: str = KEY) -> None:
        self.sandbox = sandbox
        self.api = f"{sandbox.url}/zernio/api"
        self.key = key
        self.x, self.threads, _ = sandbox.zernio.accounts.all()

    def send(self, verb: str, path: str, body: Any = None, **named: Any) -> requests.Response:
        """One request."""
        headers = {"authorization": f"Bearer {self.key}", **named.pop("headers", {})}
        timeout = named.pop("timeout", 20)
        return requests.request(verb, self.api + path, json=body, headers=headers, timeout=timeout, **named)

    def post(self, content: str = "Hello", key: str = "", **fields: Any) -> requests.Response:
        """Create a post for X, at once unless the fields say otherwise."""
        target = {"platform": "twitter", "accountId": self.x.id}
        body = {"content": content, "platforms": [target], "publishNow": True, **fields}
        return self.send("POST", POSTS, body, headers={"Idempotency-Key": key} if key else {})


@pytest.fixture
def service(sandbox: Sandbox) -> Service:
    """The sandbox's service."""
    return Service(sandbox)


def test_publish_read_unpublish(service: Service) -> None:
    made = service.post()
    assert made.status_code == 201
    assert made.headers["x-request-id"]
    post = made.json()["post"]
    (target,) = post["platforms"]
    assert (post["status"], target["status"]) == ("published", "published")
    assert service.send("GET", f"{POSTS}/{post['_id']}").json()["post"] == post
    assert service.send("DELETE", f"{POSTS}/{post['_id']}").status_code == 400
    gone = service.send("POST", f"{POSTS}/{post['_id']}/unpublish", {"platform": "twitter"})
    assert gone.json()["success"] is True
    assert service.send("GET", f"{POSTS}/{post['_id']}").json()["post"]["status"] == "cancelled"
    assert (
        service.send("POST", f"{POSTS}/{post['_id']}/unpublish", {"platform": "twitter"}).status_code == 400
    )


def test_timing(sandbox: Sandbox, service: Service) -> None:
    assert service.post("a", publishNow=False).json()["post"]["status"] == "draft"
    assert service.post("b", isDraft=True).json()["post"]["status"] == "draft"
    past = service.post("c", publishNow=False, scheduledFor="2020-01-01T00:00:00Z")
    assert past.json()["post"]["status"] == "published", "a past time publishes at once"
    later = service.post("d", publishNow=False, scheduledFor="2099-01-01T00:00:00Z").json()["post"]
    assert later["status"] == "scheduled"
    assert service.send("DELETE", f"{POSTS}/{later['_id']}").status_code == 200
    assert service.post("e", publishNow=False, requiresApproval=True).status_code == 400
    assert service.post("f", timezone="Mars/Olympus").status_code == 400


def test_the_key_counts_alone_and_for_a_day(sandbox: Sandbox, service: Service) -> None:
    first = service.post("one", "k")
    again = service.post("another text", "k")
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["message"] == "Post already exists (idempotent retry)"
    assert again.json()["post"]["_id"] == first.json()["post"]["_id"]
    sandbox.clock.advance(86_401)
    assert service.post("one", "k").status_code == 201
    assert service.post("x", "k" * 256).status_code == 400


def test_the_same_request_id_needs_the_same_content(service: Service) -> None:
    identity = {"x-request-id": "7f9c24e5-2a3f-4a53-8e29-2b1a0b6a9c10"}
    body = {
        "content": "Hello",
        "platforms": [{"platform": "twitter", "accountId": service.x.id}],
        "publishNow": True,
    }
    first = service.send("POST", POSTS, body, headers=identity)
    assert first.headers["x-request-id"] == identity["x-request-id"]
    assert service.send("POST", POSTS, body, headers=identity).status_code == 200
    assert service.send("POST", POSTS, {**body, "content": "Other"}, headers=identity).status_code == 201


def test_the_same_content_is_refused_for_a_day(sandbox: Sandbox, service: Service) -> None:
    first = service.post().json()["post"]
    again = service.post(key="new key")
    assert again.status_code == 409
    details = {"accountId": service.x.id, "platform": "twitter", "existingPostId": first["_id"]}
    assert again.json()["details"] == details
    sandbox.clock.advance(86_401)
    assert service.post().status_code == 201


def test_a_request_that_still_runs_is_a_conflict(sandbox: Sandbox, service: Service) -> None:
    sandbox.fault("commit-later", resource="zernio.posts", seconds=30)
    with pytest.raises(requests.Timeout):
        service.send("POST", POSTS, {"content": "x"}, headers={"Idempotency-Key": "k"}, timeout=0.3)
    running = service.post("x", "k")
    assert (running.status_code, running.json()["code"]) == (409, "idempotency_conflict")
    assert running.headers["retry-after"]
    sandbox.clock.advance(31)
    assert service.post("x", "k").status_code == 200


@pytest.mark.parametrize(
    ("kinds", "status"),
    [
        (["target-failed"], "partial"),
        (["target-failed"] * 2, "failed"),
        (["target-retried"] * 2, "scheduled"),
    ],
)
def test_207_is_incomplete(sandbox: Sandbox, service: Service, kinds: list[str], status: str) -> None:
    for kind in kinds:
        sandbox.fault(kind, resource="zernio.posts")
    both = [{"platform": item.platform, "accountId": item.id} for item in (service.x, service.threads)]
    answer = service.post(platforms=both)
    assert answer.status_code == 207
    assert answer.json()["post"]["status"] == status
    assert len(answer.json()["platformResults"]) == 2


def test_refusals(sandbox: Sandbox, service: Service) -> None:
    assert Service(sandbox, "sk_wrong").post().json()["code"] == "invalid_credentials"
    assert requests.get(f"{service.api}/v1/accounts", timeout=20).json()["code"] == "missing_credentials"
    assert service.post("").status_code == 400
    assert service.post("x" * 281).status_code == 400
    assert service.post(platforms=[]).status_code == 400
    assert service.post(platforms=[{"platform": "twitter", "accountId": "0" * 24}]).status_code == 403
    assert service.post(platforms=[{"platform": "threads", "accountId": service.x.id}]).status_code == 400
    gone = sandbox.zernio.connect("twitter", active=False)
    refused = service.post(platforms=[{"platform": "twitter", "accountId": gone.id}])
    assert (refused.status_code, refused.json()["code"]) == (403, "ACCOUNT_DISCONNECTED")
    assert service.send("GET", f"{POSTS}?tag=x").status_code == 400
    assert service.send("GET", f"{POSTS}/{'0' * 24}").status_code == 404
    wrong = [{"type": "video", "url": "https://x.example/a.png"}]
    assert service.post(mediaItems=wrong).status_code == 400
    dropped = service.post("with media", mediaItems=[{"type": "image", "url": ""}])
    assert dropped.json()["post"]["mediaItems"] == []


def test_limits(sandbox: Sandbox, service: Service) -> None:
    answers = [service.post(f"post {number}") for number in range(26)]
    assert [answer.status_code for answer in answers] == [201] * 25 + [429]
    assert 0 < int(answers[-1].headers["retry-after"]) <= 3_600
    sandbox.clock.advance(3_601)
    assert service.post("after an hour").status_code == 201


def test_tags_find_posts(service: Service) -> None:
    made = service.post(tags=["launch"]).json()["post"]
    service.post("other", tags=["launching"])
    found = service.send("GET", POSTS, params={"tags": "launch,x"}).json()["posts"]
    assert [post["_id"] for post in found] == [made["_id"]]


def test_uploads(sandbox: Sandbox, service: Service, png: bytes) -> None:
    asked = {"filename": "a.png", "contentType": "image/png"}
    given = service.send("POST", "/v1/media/presign", asked).json()
    assert given["expiresIn"] == 3_600
    wrong = requests.put(given["uploadUrl"], data=png, headers={"content-type": "image/jpeg"}, timeout=20)
    assert wrong.status_code == 403
    done = requests.put(given["uploadUrl"], data=png, headers={"content-type": "image/png"}, timeout=20)
    assert done.status_code == 200
    assert requests.get(given["publicUrl"], timeout=20).content == png
    bad = service.send("POST", "/v1/media/presign", {**asked, "contentType": "text/html"})
    assert bad.status_code == 400
    late = service.send("POST", "/v1/media/presign", asked).json()
    sandbox.clock.advance(3_601)
    late_upload = requests.put(late["uploadUrl"], data=png, headers={"content-type": "image/png"}, timeout=20)
    assert late_upload.status_code == 403


def test_answers_fit_the_official_description(sandbox: Sandbox, service: Service) -> None:
    require_spec()
    made = service.post(tags=["launch"], metadata={"a": "b"})
    assert problems("post", POSTS, made.json(), "201") == []
    assert problems("post", POSTS, service.post().json(), "409") == []
    sandbox.fault("target-failed", resource="zernio.posts")
    assert problems("post", POSTS, service.post("fails").json(), "207") == []
    assert problems("get", POSTS, service.send("GET", POSTS).json(), "200") == []
    assert problems("get", "/v1/accounts", service.send("GET", "/v1/accounts").json(), "200") == []
    presigned = service.send("POST", "/v1/media/presign", {"filename": "a.png", "contentType": "image/png"})
    assert problems("post", "/v1/media/presign", presigned.json(), "200") == []
    one = service.send("GET", f"{POSTS}/{made.json()['post']['_id']}")
    assert problems("get", "/v1/posts/{postId}", one.json(), "200") == []
    assert problems("post", POSTS, {"post": {"status": "odd"}}, "201") != [], "the judge can say no"


def test_the_vendors_client(service: Service) -> None:
    client = VendorClient(KEY, base_url=service.api)
    target = [{"platform": "twitter", "accountId": service.x.id}]
    named: dict[str, Any] = {"content": "By the SDK", "platforms": target, "publish_now": True}
    first = client.posts.create_post(**named, idempotency_key="k")
    again = client.posts.create_post(**named, idempotency_key="k")
    assert first["post"]["_id"] == again["post"]["_id"]
    assert first["post"]["status"] == "published"
    listed = client.posts.list_posts()
    assert [post["_id"] for post in listed["posts"]] == [first["post"]["_id"]]
    assert len(client.accounts.list_accounts()["accounts"]) == 3


def test_reset_and_restart(tmp_path: Path) -> None:
    with Sandbox(db=tmp_path / "kept.sqlite") as first:
        identity = Service(first).post().json()["post"]["_id"]
    with Sandbox(db=tmp_path / "kept.sqlite") as second:
        service = Service(second)
        assert service.send("GET", f"{POSTS}/{identity}").status_code == 200
        second.reset()
        assert service.send("GET", f"{POSTS}/{identity}").status_code == 404
