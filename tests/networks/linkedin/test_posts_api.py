"""Both APIs against the sandbox: files of each kind, posts, edits, deletes, comments."""

import contextlib
import json
import socket
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from publisher.errors import Duplicate, OutcomeUnknown, RateLimited, Rejected, Unavailable, VersionInactive
from publisher.model.config import Api, Config, LinkedIn
from publisher.model.post import Author, MediaKind
from publisher.networks.linkedin.open_gateway import PostsGateway, UgcGateway, open_gateway
from publisher.sandbox.server import Sandbox
from tests.networks.linkedin.raw import RawServer, answers, http
from tests.networks.linkedin.runtimes import ME, NOW, Naps, gateway
from tests.networks.linkedin.test_creates import payload as ugc_payload
from tests.networks.linkedin.test_uploads import author, media

BOTH: tuple[Api, ...] = ("ugcPosts", "posts")


def payload(sandbox: Sandbox, text: str = "Hello", **more: Any) -> dict[str, Any]:
    return {
        "author": sandbox.member.urn,
        "commentary": text,
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


def client(
    sandbox: Sandbox, root: Path = Path(), api: Api = "posts", naps: Naps | None = None
) -> UgcGateway | PostsGateway:
    return gateway(sandbox.url, root, api, naps, sandbox.token())


def body_for(api: Api, sandbox: Sandbox, text: str = "Hello") -> dict[str, Any]:
    return payload(sandbox, text) if api == "posts" else ugc_payload(sandbox, text)


@pytest.fixture
def parted() -> Any:
    with Sandbox(part_size=30_000, member_quota=None) as running:
        yield running


@pytest.mark.parametrize(
    ("kind", "prefix"),
    [
        (MediaKind.IMAGE, "urn:li:image:"),
        (MediaKind.VIDEO, "urn:li:video:"),
        (MediaKind.DOCUMENT, "urn:li:document:"),
    ],
)
def test_a_file_arrives_whole_and_can_be_posted(
    kind: MediaKind, prefix: str, parted: Sandbox, tmp_path: Path
) -> None:
    item, told = media(tmp_path, kind), []
    speaker = client(parted, tmp_path)
    urn = speaker.upload(author(parted), item, lambda sent, _: told.append(sent))
    assert urn.startswith(prefix)
    stored = parted.store.media(urn)
    assert stored is not None
    assert (stored.sha256, stored.size) == (item.sha256, item.size)
    assert told == sorted(told)
    assert told[-1] == item.size
    content = {"media": {"id": urn, "title": "A title"}}
    assert speaker.create(author(parted), payload(parted, content=content)).urn


def test_parts_go_without_token_and_images_with_it(parted: Sandbox, tmp_path: Path) -> None:
    speaker = client(parted, tmp_path)
    speaker.upload(author(parted), media(tmp_path, MediaKind.VIDEO))
    parts = parted.requests(resource="uploads")
    assert len(parts) == 5
    speaker.upload(author(parted), media(tmp_path, MediaKind.IMAGE))
    sent = parted.requests(resource="uploads")
    assert [("authorization" in {name.lower() for name in item["request"]["headers"]}) for item in sent] == [
        False
    ] * 5 + [True]


def test_a_part_that_breaks_off_is_sent_again(parted: Sandbox, tmp_path: Path) -> None:
    parted.fault("drop-before-body", resource="uploads")
    item, told = media(tmp_path, MediaKind.VIDEO), []
    urn = client(parted, tmp_path).upload(author(parted), item, lambda sent, _: told.append(sent))
    stored = parted.store.media(urn)
    assert stored is not None
    assert stored.sha256 == item.sha256
    assert told == sorted(told)


def test_a_video_that_fails_is_refused(parted: Sandbox, tmp_path: Path) -> None:
    parted.fault("media-failed")
    with pytest.raises(Rejected, match="could not process"):
        client(parted, tmp_path).upload(author(parted), media(tmp_path, MediaKind.VIDEO))


def test_a_video_is_awaited_until_it_can_be_used(tmp_path: Path) -> None:
    naps = Naps()
    with Sandbox(processing=9, now=NOW, frozen=True) as sandbox:
        runtime = naps.runtime()
        config = Config(api="posts", linkedin=LinkedIn(api_url=sandbox.url))

        def sleep(seconds: float) -> None:
            naps.sleep(seconds)
            sandbox.clock.advance(seconds)

        speaker = open_gateway(
            config,
            tmp_path,
            lambda _: sandbox.token(),
            runtime=type(runtime)(sleep, naps.now, lambda: 0.0, runtime.timeouts),
        )
        urn = speaker.upload(author(sandbox), media(tmp_path, MediaKind.VIDEO))
        assert speaker.create(author(sandbox), payload(sandbox, content={"media": {"id": urn}})).urn
    assert naps.naps == [1.0, 2.0, 4.0, 8.0]


@pytest.mark.parametrize(
    "instructions",
    [
        [],
        None,
        [{"uploadUrl": "{url}/x", "firstByte": 0, "lastByte": 9}],
        [{"uploadUrl": "{url}/x", "firstByte": 1, "lastByte": 120_031}],
        [{"uploadUrl": "{url}/x", "firstByte": 0}],
        [{"uploadUrl": "{url}/x", "firstByte": "a", "lastByte": "b"}],
    ],
)
def test_instructions_that_do_not_fit_are_not_followed(instructions: Any, tmp_path: Path) -> None:
    value = {"value": {"video": "urn:li:video:C5", "uploadToken": "", "uploadInstructions": instructions}}
    with RawServer(answers(http(200, json.dumps(value)))) as server, pytest.raises((Rejected, Unavailable)):
        gateway(server.url, tmp_path, "posts").upload(ME, media(tmp_path, MediaKind.VIDEO))
    assert server.requests == 1


def test_an_image_of_a_write_only_token_gets_a_moment(sandbox: Sandbox, tmp_path: Path) -> None:
    naps = Naps()
    client(sandbox, tmp_path, naps=naps).upload(author(sandbox), media(tmp_path))
    assert naps.naps == [3]


@pytest.mark.parametrize("api", BOTH)
def test_posting_deleting_and_deleting_again(api: Api, sandbox: Sandbox) -> None:
    speaker = client(sandbox, api=api)
    created = speaker.create(author(sandbox), body_for(api, sandbox))
    assert [post.urn for post in sandbox.posts()] == [created.urn]
    speaker.delete(author(sandbox), created.urn)
    assert sandbox.posts() == []
    if api == "ugcPosts":  # /rest answers 404 the second time
        speaker.delete(author(sandbox), created.urn)


def test_a_post_nobody_knows_does_not_count_as_deleted(sandbox: Sandbox) -> None:
    kept = client(sandbox).create(author(sandbox), payload(sandbox))
    with pytest.raises(OutcomeUnknown):
        client(sandbox).delete(author(sandbox), "urn:li:share:7400000000000000001")
    (asked,) = sandbox.requests(resource="posts", method="DELETE")
    assert (asked["verb"], asked["response"]["status"]) == ("DELETE", 404)
    assert asked["target"] == "/rest/posts/urn%3Ali%3Ashare%3A7400000000000000001"
    assert [post.urn for post in sandbox.posts()] == [kept.urn]


@pytest.mark.parametrize("status", [404, 410])
def test_a_post_that_may_be_hidden_does_not_count_as_deleted(status: int) -> None:
    gone = http(status, '{"status":404,"code":"NOT_FOUND","message":"Could not find entity"}')
    with RawServer(answers(gone)) as server, pytest.raises(OutcomeUnknown, match="Could not find entity"):
        gateway(server.url).delete(ME, "urn:li:share:1")
    assert server.requests == 1
    assert server.heads[0].startswith(b"DELETE /v2/ugcPosts/urn%3Ali%3Ashare%3A1 ")


@pytest.mark.parametrize("status", [200, 204])
def test_a_web_page_is_no_proof_of_a_deletion(status: int) -> None:
    page = http(status, "<html><title>Log in</title></html>", content_type="text/html")
    with RawServer(answers(page)) as server, pytest.raises(OutcomeUnknown):
        gateway(server.url).delete(ME, "urn:li:share:1")


def test_a_path_nobody_knows_deletes_nothing() -> None:
    lost = http(404, '{"status":404,"message":"No virtual resource found"}')
    with RawServer(answers(lost)) as server, pytest.raises(Rejected, match="No virtual resource"):
        gateway(server.url).delete(ME, "urn:li:share:1")


def test_a_text_is_edited(sandbox: Sandbox) -> None:
    speaker = client(sandbox)
    created = speaker.create(author(sandbox), payload(sandbox, "First"))
    speaker.update_text(author(sandbox), created.urn, {"patch": {"$set": {"commentary": "Second"}}})
    assert sandbox.posts()[0].text == "Second"


def test_ugc_posts_are_not_edited(sandbox: Sandbox) -> None:
    with pytest.raises(Rejected, match="can't edit"):
        client(sandbox, api="ugcPosts").update_text(ME, "urn:li:share:1", {})
    assert sandbox.requests() == []


@pytest.mark.parametrize("api", BOTH)
def test_a_comment_gets_a_urn_of_its_own(api: Api, sandbox: Sandbox) -> None:
    speaker = client(sandbox, api=api)
    post = speaker.create(author(sandbox), body_for(api, sandbox))
    comment = {"actor": sandbox.member.urn, "object": post.urn, "message": {"text": "First!"}}
    created = speaker.comment(author(sandbox), post.urn, comment)
    assert created.urn.startswith("urn:li:comment:(urn:li:activity:")
    assert "/feed/update/urn:li:activity:" in created.permalink
    assert "commentUrn=urn%3Ali%3Acomment" in created.permalink


@pytest.mark.parametrize(
    ("answer", "urn"),
    [
        (http(201, '{"id": "42", "object": "urn:li:activity:7"}'), "urn:li:comment:(urn:li:activity:7,42)"),
        (http(201, '{"$URN": "urn:li:comment:(urn:li:activity:8,42)"}'), "urn:li:comment:(urn:li:activity:8,42)"),
        (http(201, "", x_restli_id="42"), "urn:li:comment:(urn:li:share:1,42)"),
        (http(201, "", x_restli_id="urn%3Ali%3Acomment%3A%28urn%3Ali%3Aactivity%3A9%2C42%29"),
         "urn:li:comment:(urn:li:activity:9,42)"),
        (http(201, '{"id": 42}'), "urn:li:comment:(urn:li:share:1,42)"),
    ],
)  # fmt: skip
def test_a_comment_urn_is_made_of_what_there_is(answer: bytes, urn: str) -> None:
    with RawServer(answers(answer)) as server:
        assert gateway(server.url).comment(ME, "urn:li:share:1", {}).urn == urn


@pytest.mark.parametrize("answer", [http(201), http(500), b""])
def test_a_comment_without_an_outcome_is_unknown(answer: bytes) -> None:
    with RawServer(answers(answer)) as server, pytest.raises(OutcomeUnknown):
        gateway(server.url).comment(ME, "urn:li:share:1", {})
    assert server.requests == 1


def test_comments_are_throttled_by_the_minute(sandbox: Sandbox) -> None:
    naps, speaker = Naps(), client(sandbox)
    post = speaker.create(author(sandbox), payload(sandbox))
    comment = {"actor": sandbox.member.urn, "object": post.urn, "message": {"text": "Once more"}}
    for _ in range(2):
        speaker.comment(author(sandbox), post.urn, comment)
    with pytest.raises(RateLimited) as caught:
        speaker.comment(author(sandbox), post.urn, comment)
    assert (caught.value.retry_at - naps.now()).total_seconds() == 60


@pytest.mark.parametrize("version", ["202501", "202512", "20260901", "abc"])
def test_a_version_that_is_not_active_is_explained(version: str, sandbox: Sandbox) -> None:
    config = Config(api="posts", linkedin=LinkedIn(api_url=sandbox.url, version=version))
    speaker = open_gateway(config, Path(), lambda _: sandbox.token(), runtime=Naps().runtime())
    with pytest.raises(VersionInactive, match="not active") as caught:
        speaker.create(author(sandbox), payload(sandbox))
    assert "linkedin.version" in caught.value.remedy


@pytest.mark.parametrize("api", BOTH)
@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "commit-then-drop"},
        {"kind": "commit-then-error", "status": 500},
        {"kind": "commit-then-error", "status": 502},
        {"kind": "commit-then-error", "status": 504},
        {"kind": "commit-then-hang"},
        {"kind": "no-id"},
        {"kind": "drop-after-body"},
    ],
)
def test_what_may_have_happened_is_unknown_and_was_sent_once(api: Api, fault: dict, sandbox: Sandbox) -> None:
    sandbox.fault(**fault)
    patience = 0.5 if fault["kind"] == "commit-then-hang" else 10.0
    speaker = gateway(sandbox.url, api=api, token=sandbox.token(), read=patience)
    with pytest.raises(OutcomeUnknown):
        speaker.create(author(sandbox), body_for(api, sandbox))
    expected = 0 if fault["kind"] == "drop-after-body" else 1
    assert len(sandbox.posts()) == expected


@pytest.mark.parametrize("api", BOTH)
def test_a_duplicate_names_the_live_post(api: Api, sandbox: Sandbox) -> None:
    speaker = client(sandbox, api=api)
    created = speaker.create(author(sandbox), body_for(api, sandbox))
    with pytest.raises(Duplicate) as caught:
        speaker.create(author(sandbox), body_for(api, sandbox))
    assert caught.value.urn == created.urn


@pytest.mark.parametrize("scope", ["member", "app"])
def test_a_used_up_quota_says_until_when(scope: str, sandbox: Sandbox) -> None:
    sandbox.fault("throttle", scope=scope)
    with pytest.raises(RateLimited) as caught:
        client(sandbox, api="ugcPosts").create(author(sandbox), ugc_payload(sandbox))
    assert caught.value.retry_at == datetime(2026, 11, 24, tzinfo=UTC)


def test_an_organization_posts_with_its_own_token(sandbox: Sandbox) -> None:
    page = Author(sandbox.organization.urn, "page")
    speaker = gateway(sandbox.url, api="posts", token=sandbox.organization_token())
    assert speaker.create(page, {**payload(sandbox), "author": page.urn}).urn


def test_headers_that_drip_end_at_a_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("publisher.networks.deadline.HEADERS_WITHIN", 0.3)
    ended = threading.Event()

    def drip(connection: socket.socket, head: bytes) -> None:
        connection.sendall(b"HTTP/1.1 201 Created\r\nX-Slow: ")
        with contextlib.suppress(OSError):
            while not ended.wait(0.05):
                connection.sendall(b"1")

    with RawServer(drip) as server:
        try:
            with pytest.raises(OutcomeUnknown):
                gateway(server.url).create(ME, {})
        finally:
            ended.set()
