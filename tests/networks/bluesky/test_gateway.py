"""The gateway to Bluesky, against the emulator and a real PDS."""

import io
import json
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from PIL import Image

from publisher.errors import OutcomeUnknown, RateLimited, Rejected, Unauthorized, Unavailable, UntrustedHost
from publisher.model.post import Hashtag, MediaKind, Text
from publisher.networks.account import MemoryStore
from publisher.networks.bluesky.client import BlueskyGateway
from publisher.networks.bluesky.encoder import encode_facets
from publisher.networks.bluesky.images import fit_image
from publisher.networks.bluesky.open_gateway import open_bluesky
from publisher.networks.bluesky.record_keys import record_key
from publisher.networks.bluesky.session import BlueskySession
from publisher.networks.bluesky.videos import video_service
from publisher.networks.gateway import Missing
from publisher.sandbox.bluesky.lexicon import is_tid
from publisher.sandbox.bluesky.network import HANDLE, PASSWORD
from publisher.sandbox.server import Sandbox
from tests.support.copies import NOW, image, linked, post, runtime
from tests.support.pds import PdsClient, pds_server, real_account  # noqa: F401 - a fixture


@pytest.fixture(params=["emulator", "pds"])
def account(request: pytest.FixtureRequest, sandbox: Sandbox) -> PdsClient:
    """An account on each of the two servers."""
    if request.param == "emulator":
        return PdsClient(sandbox.url, HANDLE, PASSWORD, real=False).login()
    return real_account(request.getfixturevalue("pds_server"))


@pytest.fixture
def gateway(account: PdsClient) -> BlueskyGateway:
    """Its gateway."""
    return open_bluesky(
        account.handle, account.password, {}, service=account.url, runtime=runtime(patience=30.0)
    )


@pytest.fixture
def emulated(sandbox: Sandbox) -> BlueskyGateway:
    """A gateway to the emulator, with its clock."""
    now = lambda: datetime.fromtimestamp(sandbox.clock.now(), UTC)  # noqa: E731
    return open_bluesky(HANDLE, PASSWORD, {}, service=sandbox.url, runtime=runtime(now))


def test_create_find_repeat_delete(gateway: BlueskyGateway, account: PdsClient) -> None:
    frozen = gateway.freeze(post(), NOW, {})
    assert gateway.find(frozen, NOW) is Missing.ABSENT
    made = gateway.create(frozen)
    assert gateway.create(frozen) == made, "a repetition changes nothing"
    assert gateway.find(frozen, NOW) == made
    record = account.get(frozen.token).json()["value"]
    assert record["text"] == "Grüße, hello #World"
    assert record["createdAt"] == "2026-11-24T10:00:00.000Z"
    (facet,) = record["facets"]
    assert record["text"].encode()[facet["index"]["byteStart"] : facet["index"]["byteEnd"]] == b"#World"
    assert facet["features"][0]["tag"] == "World"
    assert made.permalink == f"https://bsky.app/profile/{account.did}/post/{frozen.token}"
    gateway.delete(made.urn)
    gateway.delete(made.urn)
    assert gateway.find(frozen, NOW) is Missing.ABSENT


def test_another_record_at_our_key_is_adopted(gateway: BlueskyGateway, account: PdsClient) -> None:
    frozen = gateway.freeze(post(), NOW, {})
    made = gateway.create(frozen)
    changed = frozen._replace(record=frozen.record.replace("hello", "hallo"))
    assert gateway.create(changed) == made
    assert account.get(frozen.token).json()["value"]["text"] == "Grüße, hello #World", "it was not replaced"


def test_images_and_links(gateway: BlueskyGateway, account: PdsClient, png: bytes) -> None:
    media = image(png)
    made = post(media=(media,), text=linked())
    frozen = gateway.freeze(made, NOW, {media.sha256: png})
    gateway.create(frozen)
    record = account.get(frozen.token).json()["value"]
    assert record["embed"]["images"][0]["alt"] == "red"
    assert record["embed"]["images"][0]["aspectRatio"] == {"width": 3, "height": 2}
    (facet,) = record["facets"]
    assert record["text"].encode()[facet["index"]["byteStart"] : facet["index"]["byteEnd"]] == b"the post"
    assert facet["features"] == [{"$type": "app.bsky.richtext.facet#link", "uri": "https://acme.dev/blog/"}]


def test_a_thread(gateway: BlueskyGateway, account: PdsClient) -> None:
    uris: list[str] = []
    for number in range(3):
        frozen = gateway.freeze(post(f"Part {number}"), NOW, {}, parent=uris[-1] if uris else "")
        uris.append(gateway.create(frozen).urn)
    third = account.get(uris[2].rpartition("/")[2]).json()["value"]["reply"]
    assert (third["root"]["uri"], third["parent"]["uri"]) == (uris[0], uris[1])


def test_mentions_are_resolved(gateway: BlueskyGateway, account: PdsClient) -> None:
    assert gateway.resolve(account.handle) == account.did
    assert gateway.resolve("@" + account.handle.upper()) == account.did
    assert gateway.resolve("nobody.test") == ""
    assert gateway.resolve("urn:li:organization:1") == ""
    assert gateway.resolve(account.did) == account.did


@pytest.mark.parametrize("kind", ["commit-then-hang", "commit-then-drop", "commit-then-error", "no-id"])
def test_an_executed_create_with_a_lost_answer_is_found(
    sandbox: Sandbox, emulated: BlueskyGateway, kind: str
) -> None:
    frozen = emulated.freeze(post(), NOW, {})
    sandbox.fault(kind, resource="bluesky.putRecord")
    with pytest.raises(OutcomeUnknown):
        emulated.create(frozen)
    found = emulated.find(frozen, NOW)
    assert found is not Missing.ABSENT
    assert emulated.create(frozen) == found
    assert len(sandbox.bluesky.records) == 1


@pytest.mark.parametrize(("kind", "named"), [("drop-after-body", {}), ("error", {"status": 500})])
def test_a_create_that_was_not_executed_is_absent(
    sandbox: Sandbox, emulated: BlueskyGateway, kind: str, named: dict[str, int]
) -> None:
    frozen = emulated.freeze(post(), NOW, {})
    sandbox.fault(kind, resource="bluesky.putRecord", **named)
    with pytest.raises(OutcomeUnknown):
        emulated.create(frozen)
    assert emulated.find(frozen, NOW) is Missing.ABSENT
    emulated.create(frozen)
    assert len(sandbox.bluesky.records) == 1


def test_a_create_that_commits_after_its_repetition(sandbox: Sandbox, emulated: BlueskyGateway) -> None:
    frozen = emulated.freeze(post(), NOW, {})
    sandbox.fault("commit-later", resource="bluesky.putRecord", seconds=60)
    with pytest.raises(OutcomeUnknown):
        emulated.create(frozen)
    made = emulated.create(frozen)
    sandbox.clock.advance(61)
    assert emulated.find(frozen, NOW) == made
    assert len(sandbox.bluesky.records) == 1


def test_sessions_are_kept_and_refreshed(sandbox: Sandbox) -> None:
    now: Callable[[], datetime] = lambda: datetime.fromtimestamp(sandbox.clock.now(), UTC)  # noqa: E731
    store = MemoryStore()

    def published(key: str) -> None:
        gateway = open_bluesky(HANDLE, PASSWORD, {}, service=sandbox.url, store=store, runtime=runtime(now))
        gateway.create(gateway.freeze(post(key=key), now(), {}))

    published("one")
    published("two")
    assert len(sandbox.requests(resource="bluesky.createSession")) == 1
    sandbox.clock.advance(7_000)
    published("three")
    assert len(sandbox.requests(resource="bluesky.createSession")) == 1
    assert len(sandbox.requests(resource="bluesky.refreshSession")) == 1
    sandbox.clock.advance(timedelta(days=91).total_seconds())
    published("four")
    assert len(sandbox.requests(resource="bluesky.createSession")) == 2, (
        "the refresh token has expired as well"
    )


def test_an_access_token_that_the_server_calls_expired(sandbox: Sandbox, emulated: BlueskyGateway) -> None:
    frozen = emulated.freeze(post(), NOW, {})
    sandbox.fault("expire-token", resource="bluesky.putRecord")
    emulated.create(frozen)
    assert len(sandbox.bluesky.records) == 1


def test_records_go_to_the_pds_and_passwords_to_the_service(
    sandbox: Sandbox, emulated: BlueskyGateway
) -> None:
    emulated.create(emulated.freeze(post(), NOW, {}))
    (put,) = sandbox.requests(resource="bluesky.putRecord")
    (login,) = sandbox.requests(resource="bluesky.createSession")
    assert put["request"]["headers"]["host"].startswith("localhost:")
    assert login["request"]["headers"]["host"].startswith("127.0.0.1:")


def test_no_secret_goes_to_a_host_that_only_the_project_names() -> None:
    gateway = open_bluesky(HANDLE, PASSWORD, {}, service="https://evil.example", runtime=runtime())
    with pytest.raises(UntrustedHost):
        gateway.freeze(post(), NOW, {})


def test_a_kept_session_is_not_used_for_another_service(sandbox: Sandbox) -> None:
    store = MemoryStore()
    first = open_bluesky(HANDLE, PASSWORD, {}, service=sandbox.url, store=store, runtime=runtime())
    first.freeze(post(), NOW, {})
    moved = open_bluesky(HANDLE, PASSWORD, {}, service="https://evil.example", store=store, runtime=runtime())
    with pytest.raises(UntrustedHost):
        moved.find(first.freeze(post(), NOW, {}), NOW)


def test_refusals(sandbox: Sandbox, emulated: BlueskyGateway) -> None:
    with pytest.raises(Rejected, match="grapheme too big"):
        emulated.create(emulated.freeze(post("x" * 301), NOW, {}))
    wrong = open_bluesky(HANDLE, "wrong", {}, service=sandbox.url, runtime=runtime())
    with pytest.raises(Unauthorized, match="app password"):
        wrong.freeze(post(), NOW, {})
    sandbox.fault("throttle", resource="bluesky.putRecord")
    with pytest.raises(RateLimited) as limited:
        emulated.create(emulated.freeze(post(), NOW, {}))
    left = limited.value.retry_at.timestamp() - sandbox.clock.now()
    assert 3_500 < left <= 3_601
    sandbox.fault("error", resource="bluesky.getRecord", status=502, count=2)
    with pytest.raises(Unavailable):
        emulated.find(emulated.freeze(post(), NOW, {}), NOW)


def test_keys_are_tids_and_depend_on_time_and_post() -> None:
    keys = {record_key(NOW + timedelta(seconds=second), name) for second in range(20) for name in "abc"}
    assert len(keys) == 60
    assert all(is_tid(key) for key in keys)
    assert record_key(NOW, "a") == record_key(NOW, "a")
    assert sorted(keys)[0] == min(record_key(NOW, name) for name in "abc"), "keys are in the order of time"


def test_facets_never_overlap() -> None:
    text = linked("#tagged words")
    start = text.plain.index("#tagged")
    both = Text(text.plain, hashtags=(Hashtag(start, start + 7, "#tagged"),), links=text.links)
    (facet,) = encode_facets(both, lambda _: "")
    assert facet["features"][0]["$type"] == "app.bsky.richtext.facet#link"


def test_large_images_become_small_jpegs(png: bytes) -> None:
    noise = Image.frombytes("RGB", (900, 900), random.Random(1).randbytes(900 * 900 * 3))
    buffer = io.BytesIO()
    noise.save(buffer, "PNG")
    content, mime_type = fit_image(buffer.getvalue())
    assert len(content) <= 1_000_000 < len(buffer.getvalue())
    assert mime_type == "image/jpeg"
    assert fit_image(buffer.getvalue()) == (content, mime_type), "the same bytes again"
    assert fit_image(png) == (png, "image/png")
    with pytest.raises(Rejected):
        fit_image(b"no image")


def test_the_frozen_record_is_json(emulated: BlueskyGateway) -> None:
    assert json.loads(emulated.freeze(post(), NOW, {}).record)["$type"] == "app.bsky.feed.post"


def test_videos_are_processed_before_they_are_posted(sandbox: Sandbox) -> None:
    now = lambda: datetime.fromtimestamp(sandbox.clock.now(), UTC)  # noqa: E731
    waiting = replace(runtime(now), sleep=sandbox.clock.advance)
    gateway = open_bluesky(HANDLE, PASSWORD, {}, service=sandbox.url, runtime=waiting)
    content = b"\0\0\0\x18ftypmp42" + b"\0" * 40
    clip = replace(image(content, alt="clip"), kind=MediaKind.VIDEO, mime_type="video/mp4")
    sandbox.fault("slow-media", resource="bluesky.uploadVideo", seconds=7)
    made = gateway.create(gateway.freeze(post(media=(clip,)), NOW, {clip.sha256: content}))
    record = sandbox.bluesky.records.get(made.urn)
    assert record is not None
    assert record.value["embed"]["alt"] == "clip"
    assert len(sandbox.requests(resource="bluesky.getJobStatus")) == 4
    gateway.freeze(post(key="again", media=(clip,)), NOW, {clip.sha256: content})
    assert len(sandbox.requests(resource="bluesky.getJobStatus")) == 4, "it was processed before"
    other = content + b"x"
    bad = replace(image(other), kind=MediaKind.VIDEO, mime_type="video/mp4")
    sandbox.fault("media-failed", resource="bluesky.uploadVideo")
    with pytest.raises(Rejected, match="cannot process"):
        gateway.freeze(post(media=(bad,)), NOW, {bad.sha256: other})


def test_only_the_service_token_goes_to_the_video_service(sandbox: Sandbox, emulated: BlueskyGateway) -> None:
    assert video_service(BlueskySession("d", "h", "https://bsky.social", "https://pds.example", "", "")) == (
        "https://video.bsky.app"
    )
    content = b"\0\0\0\x18ftypmp42" + b"\0" * 40
    clip = replace(image(content), kind=MediaKind.VIDEO, mime_type="video/mp4")
    emulated.freeze(post(media=(clip,)), NOW, {clip.sha256: content})
    (login,) = sandbox.requests(resource="bluesky.createSession")
    (upload,) = sandbox.requests(resource="bluesky.uploadVideo")
    assert login["response"]["json"]["accessJwt"] not in upload["request"]["headers"]["authorization"]
