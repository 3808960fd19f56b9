"""The gateway to Zernio, against the emulator; its requests against the official OpenAPI file."""

from datetime import UTC, datetime, timedelta

import pytest

from publisher.errors import Duplicate, OutcomeUnknown, RateLimited, Rejected, Unauthorized, UntrustedHost
from publisher.networks.gateway import Missing
from publisher.networks.zernio.client import ZernioGateway
from publisher.networks.zernio.open_gateway import open_zernio
from publisher.sandbox.server import Sandbox
from publisher.sandbox.zernio.network import KEY
from tests.support.copies import NOW, image, linked, post, runtime
from tests.support.zernio_spec import problems, require_spec


def opened(sandbox: Sandbox, platform: str = "twitter", key: str = KEY) -> ZernioGateway:
    """A gateway to the emulator, with its clock."""
    (account,) = (item for item in sandbox.zernio.accounts.all() if item.platform == platform)
    now = lambda: datetime.fromtimestamp(sandbox.clock.now(), UTC)  # noqa: E731
    return open_zernio(platform, account.id, key, {}, api=f"{sandbox.url}/zernio/api", runtime=runtime(now))


@pytest.fixture
def gateway(sandbox: Sandbox) -> ZernioGateway:
    """A gateway to the account on X."""
    return opened(sandbox)


def test_create_find_repeat_delete(sandbox: Sandbox, gateway: ZernioGateway) -> None:
    frozen = gateway.freeze(post(), NOW, {})
    assert gateway.find(frozen, NOW) is Missing.ABSENT
    made = gateway.create(frozen)
    assert gateway.create(frozen) == made
    assert gateway.find(frozen, NOW) == made
    assert made.permalink.startswith("https://twitter.example/")
    gateway.delete(made.urn)
    gateway.delete(made.urn)
    assert gateway.find(frozen, NOW) is Missing.UNCERTAIN, "it was there, and is off the platform"
    assert len(sandbox.zernio.posts) == 1


def test_requests_fit_the_official_description(sandbox: Sandbox, gateway: ZernioGateway, png: bytes) -> None:
    require_spec()
    media = image(png)
    gateway.create(gateway.freeze(post(text=linked(), media=(media,)), NOW, {media.sha256: png}))
    (create,) = sandbox.requests(resource="zernio.posts")
    assert problems("post", "/v1/posts", create["request"]["json"]) == []
    (presign,) = sandbox.requests(resource="zernio.presign")
    assert problems("post", "/v1/media/presign", presign["request"]["json"]) == []
    assert create["request"]["json"]["content"] == "Größer: read the post now"
    assert create["request"]["json"]["mediaItems"][0]["altText"] == "red"
    (upload,) = sandbox.requests(resource="zernio.upload")
    assert "authorization" not in upload["request"]["headers"]


@pytest.mark.parametrize("kind", ["commit-then-hang", "commit-then-drop", "commit-then-error", "no-id"])
def test_an_executed_create_with_a_lost_answer_is_found(
    sandbox: Sandbox, gateway: ZernioGateway, kind: str
) -> None:
    frozen = gateway.freeze(post(), NOW, {})
    sandbox.fault(kind, resource="zernio.posts")
    with pytest.raises(OutcomeUnknown):
        gateway.create(frozen)
    found = gateway.find(frozen, NOW)
    assert gateway.create(frozen) == found
    sandbox.clock.advance(timedelta(days=3).total_seconds())
    assert gateway.find(frozen, NOW) == found, "the tag is found after the key's life as well"
    assert len(sandbox.zernio.posts) == 1


def test_a_request_that_still_runs_is_in_doubt(sandbox: Sandbox, gateway: ZernioGateway) -> None:
    frozen = gateway.freeze(post(), NOW, {})
    sandbox.fault("commit-later", resource="zernio.posts", seconds=60)
    for _ in range(2):
        with pytest.raises(OutcomeUnknown):
            gateway.create(frozen)
    sandbox.clock.advance(61)
    assert gateway.find(frozen, NOW) == gateway.create(frozen)
    assert len(sandbox.zernio.posts) == 1


def test_207_is_no_success(sandbox: Sandbox, gateway: ZernioGateway) -> None:
    sandbox.fault("target-failed", resource="zernio.posts")
    with pytest.raises(Rejected, match="rejected") as failed:
        gateway.create(gateway.freeze(post(), NOW, {}))
    assert failed.value.code == "platform_rejected"
    sandbox.fault("target-retried", resource="zernio.posts")
    frozen = gateway.freeze(post("Later", key="later"), NOW, {})
    with pytest.raises(OutcomeUnknown, match="scheduled"):
        gateway.create(frozen)
    assert gateway.find(frozen, NOW) is Missing.UNCERTAIN


def test_duplicate_content(gateway: ZernioGateway) -> None:
    made = gateway.create(gateway.freeze(post(), NOW, {}))
    with pytest.raises(Duplicate) as duplicate:
        gateway.create(gateway.freeze(post(key="other"), NOW, {}))
    assert duplicate.value.urn == made.urn


def test_edits_where_the_platform_allows_them(sandbox: Sandbox, gateway: ZernioGateway) -> None:
    linkedin = opened(sandbox, "linkedin")
    made = linkedin.create(linkedin.freeze(post(), NOW, {}))
    linkedin.update(made.urn, post("Edited"))
    assert sandbox.zernio.posts.get(made.urn).body["content"] == "Edited"  # type: ignore[union-attr]
    with pytest.raises(Rejected):
        gateway.update(made.urn, post("Edited"))


def test_refusals(sandbox: Sandbox, gateway: ZernioGateway) -> None:
    assert len(gateway.accounts()) == 3
    with pytest.raises(Unauthorized):
        opened(sandbox, key="sk_wrong").accounts()
    sandbox.fault("throttle", resource="zernio.posts")
    with pytest.raises(RateLimited) as limited:
        gateway.create(gateway.freeze(post(), NOW, {}))
    assert 3_500 < limited.value.retry_at.timestamp() - sandbox.clock.now() <= 3_600
    with pytest.raises(Rejected, match="280"):
        gateway.create(gateway.freeze(post("x" * 281), NOW, {}))


def test_no_key_goes_to_a_host_that_only_the_project_names() -> None:
    with pytest.raises(UntrustedHost):
        open_zernio("twitter", "x", KEY, {}, api="https://evil.example/api", runtime=runtime()).accounts()
