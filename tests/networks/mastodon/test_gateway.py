"""The gateway to Mastodon, against the emulator; read back with Mastodon.py."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import requests
from mastodon import Mastodon

from publisher.errors import OutcomeUnknown, RateLimited, Rejected, Unauthorized, Unavailable, UntrustedHost
from publisher.model.post import Article, Visibility
from publisher.networks.gateway import Missing
from publisher.networks.mastodon import oauth
from publisher.networks.mastodon.client import MastodonGateway
from publisher.networks.mastodon.open_gateway import open_mastodon
from publisher.networks.wire import Wire
from publisher.sandbox.mastodon.network import TOKEN
from publisher.sandbox.server import Sandbox
from tests.support.copies import image, post, runtime


@pytest.fixture
def gateway(sandbox: Sandbox) -> MastodonGateway:
    """A gateway to the emulator, with its clock; waiting moves the clock."""
    now = lambda: datetime.fromtimestamp(sandbox.clock.now(), UTC)  # noqa: E731
    waiting = replace(runtime(now), sleep=sandbox.clock.advance)
    return open_mastodon(sandbox.url, TOKEN, {}, runtime=waiting)


@pytest.fixture
def now(sandbox: Sandbox) -> datetime:
    """The sandbox's time."""
    return datetime.fromtimestamp(sandbox.clock.now(), UTC)


def test_create_find_edit_delete(sandbox: Sandbox, gateway: MastodonGateway, now: datetime) -> None:
    frozen = gateway.freeze(post(), now, {})
    assert gateway.find(frozen, now) is Missing.ABSENT
    made = gateway.create(frozen)
    assert gateway.create(frozen) == made
    assert gateway.find(frozen, now) == made
    edited = post("Edited")
    gateway.update(made.urn, edited)
    assert sandbox.mastodon.statuses.get(made.ids["id"]).text == "Edited"  # type: ignore[union-attr]
    gateway.delete(made.urn)
    gateway.delete(made.urn)
    assert gateway.find(frozen, now) is Missing.ABSENT


@pytest.mark.parametrize("kind", ["commit-then-hang", "commit-then-drop", "commit-then-error", "no-id"])
@pytest.mark.parametrize("keyless", [True, False])
def test_an_executed_create_with_a_lost_answer_is_found(
    sandbox: Sandbox, gateway: MastodonGateway, now: datetime, kind: str, keyless: bool
) -> None:
    frozen = gateway.freeze(post(), now, {})
    if keyless:
        sandbox.fault("no-key", resource="mastodon.statuses")
    sandbox.fault(kind, resource="mastodon.statuses")
    with pytest.raises(OutcomeUnknown):
        gateway.create(frozen)
    assert gateway.find(frozen, now) is not Missing.ABSENT
    sandbox.clock.advance(timedelta(days=1).total_seconds())
    assert gateway.find(frozen, now) is not Missing.ABSENT, "a day later as well"


def test_a_status_of_earlier_or_with_other_text_is_not_ours(
    sandbox: Sandbox, gateway: MastodonGateway, now: datetime
) -> None:
    gateway.create(gateway.freeze(post("Same"), now, {}))
    sandbox.clock.advance(3_600)
    later = datetime.fromtimestamp(sandbox.clock.now(), UTC)
    gateway.create(gateway.freeze(post("Other", key="other"), later, {}))
    assert gateway.find(gateway.freeze(post("Same"), later, {}), later) is Missing.ABSENT


def test_media_wait_until_they_are_processed(
    sandbox: Sandbox, gateway: MastodonGateway, now: datetime, png: bytes
) -> None:
    sandbox.fault("slow-media", seconds=7)
    media = image(png, alt="Röd")
    made = gateway.create(gateway.freeze(post(media=(media,)), now, {media.sha256: png}))
    assert len(sandbox.requests(resource="mastodon.attachment")) == 4
    client = Mastodon(access_token=TOKEN, api_base_url=sandbox.url, version_check_mode="none")
    try:
        status = client.status(made.ids["id"])
        assert status.media_attachments[0].description == "Röd"
        assert status.tags[0].name == "world"
        assert status.url == made.permalink
    finally:
        client.session.close()


def test_a_file_that_the_server_cannot_process(
    sandbox: Sandbox, gateway: MastodonGateway, now: datetime, png: bytes
) -> None:
    media = image(png)
    sandbox.fault("media-failed", resource="mastodon.media")
    sandbox.fault("slow-media", resource="mastodon.media", seconds=1)
    with pytest.raises(Rejected, match="422"):
        gateway.freeze(post(media=(media,)), now, {media.sha256: png})
    assert sandbox.requests(resource="mastodon.statuses") == []


def test_replies_visibility_and_warnings(sandbox: Sandbox, gateway: MastodonGateway, now: datetime) -> None:
    first = gateway.create(gateway.freeze(post("one", visibility=Visibility.CONNECTIONS), now, {}))
    frozen = gateway.freeze(post("two", spoiler="Long", language="de"), now, {}, parent=first.urn)
    second = sandbox.mastodon.statuses.get(gateway.create(frozen).ids["id"])
    assert second is not None
    assert (second.in_reply_to_id, second.spoiler_text, second.language) == (first.ids["id"], "Long", "de")
    assert sandbox.mastodon.statuses.get(first.ids["id"]).visibility == "private"  # type: ignore[union-attr]
    assert gateway.find(frozen, now) is not Missing.ABSENT


def test_a_card_is_an_address(sandbox: Sandbox, gateway: MastodonGateway, now: datetime) -> None:
    made = gateway.create(gateway.freeze(post("Read", article=Article("https://acme.dev/")), now, {}))
    assert sandbox.mastodon.statuses.get(made.ids["id"]).text == "Read\n\nhttps://acme.dev/"  # type: ignore[union-attr]


def test_refusals(sandbox: Sandbox, gateway: MastodonGateway, now: datetime) -> None:
    with pytest.raises(Rejected, match="501 characters"):
        gateway.freeze(post("x" * 501), now, {})
    with pytest.raises(Unauthorized):
        open_mastodon(sandbox.url, "wrong", {}, runtime=runtime()).freeze(post(), now, {})
    frozen = gateway.freeze(post(), now, {})
    sandbox.fault("throttle", resource="mastodon.statuses")
    with pytest.raises(RateLimited) as limited:
        gateway.create(frozen)
    assert limited.value.retry_at.timestamp() > sandbox.clock.now()
    sandbox.fault("error", resource="mastodon.timeline", status=503, count=2)
    with pytest.raises(Unavailable):
        gateway.find(frozen, now)


def test_no_token_goes_to_a_server_that_only_the_project_names(now: datetime) -> None:
    evil = open_mastodon("https://evil.example", TOKEN, {}, runtime=runtime())
    with pytest.raises(UntrustedHost):
        _ = evil.account
    bound = open_mastodon("https://mine.invalid", TOKEN, {}, bound=True, runtime=runtime())
    with pytest.raises(Unavailable):
        _ = bound.account


def test_login(sandbox: Sandbox, now: datetime) -> None:
    wire = Wire(lambda _: None, runtime())
    client = oauth.register(wire, sandbox.url)
    page = requests.get(oauth.authorization_url(client, "state"), timeout=20).text
    code = re.search(r"value='([\w-]+)'", page)
    assert code
    token = oauth.exchange_code(wire, client, f" {code[1]}\n")
    gateway = open_mastodon(sandbox.url, token, {}, runtime=runtime())
    gateway.create(gateway.freeze(post(), now, {}))
    with pytest.raises(Unauthorized, match="code"):
        oauth.exchange_code(wire, client, code[1])
    oauth.revoke(wire, client, token)
    with pytest.raises(Unauthorized):
        open_mastodon(sandbox.url, token, {}, runtime=runtime()).freeze(post(), now, {})
