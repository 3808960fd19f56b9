"""Files: checked, sent where and how LinkedIn says, awaited."""

import hashlib
import json
import tracemalloc
from pathlib import Path

import pytest

from publisher.errors import ApiError, Forbidden, Rejected, Unauthorized, Unavailable
from publisher.model.config import Api
from publisher.model.post import Author, Media, MediaKind
from publisher.networks.linkedin import ugc_posts as ugc
from publisher.sandbox.server import Sandbox
from tests.networks.linkedin.raw import RawServer, answers, http, read_body
from tests.networks.linkedin.runtimes import ME, TOKEN, Naps, gateway

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40
MP4 = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2" + b"\x00\x01\x02\x03" * 30_000
PDF = b"%PDF-1.7\n" + b"1 0 obj <<>> endobj\n" * 50
KINDS = {
    MediaKind.IMAGE: ("a.png", "image/png", PNG),
    MediaKind.VIDEO: ("a.mp4", "video/mp4", MP4),
    MediaKind.DOCUMENT: ("a.pdf", "application/pdf", PDF),
}


def media(root: Path, kind: MediaKind = MediaKind.IMAGE, content: bytes | None = None) -> Media:
    name, mime_type, default = KINDS[kind]
    found = default if content is None else content
    (root / name).write_bytes(found)
    return Media(name, kind, mime_type, len(found), hashlib.sha256(found).hexdigest())


def author(sandbox: Sandbox) -> Author:
    return Author(sandbox.member.urn, "me")


def uploads(sandbox: Sandbox) -> list[dict]:
    return sandbox.requests(resource="uploads")


@pytest.mark.parametrize("kind", [MediaKind.IMAGE, MediaKind.VIDEO])
def test_an_asset_arrives_whole(kind: MediaKind, sandbox: Sandbox, tmp_path: Path) -> None:
    item, told = media(tmp_path, kind), []
    urn = gateway(sandbox.url, tmp_path, token=sandbox.token()).upload(
        author(sandbox), item, lambda sent, total: told.append((sent, total))
    )
    assert urn.startswith("urn:li:digitalmediaAsset:")
    stored = sandbox.store.media(urn)
    assert stored is not None
    assert (stored.sha256, stored.size) == (item.sha256, item.size)
    assert told[-1] == (item.size, item.size)
    assert told == sorted(told)


def test_a_video_in_parts_arrives_whole(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ugc, "_SINGLE_UPLOAD", 50_000)
    with Sandbox(part_size=30_000, strict_uploads=True) as parted:
        item = media(tmp_path, MediaKind.VIDEO)
        urn = gateway(parted.url, tmp_path, token=parted.token()).upload(author(parted), item)
        stored = parted.store.media(urn)
        assert stored is not None
        assert stored.sha256 == item.sha256
        assert len(uploads(parted)) == 5


@pytest.mark.parametrize("api", ["ugcPosts", "posts"])
@pytest.mark.parametrize("change", ["other bytes", "shorter", "gone", "a directory"])
def test_a_file_that_changed_is_not_sent(change: str, api: Api, sandbox: Sandbox, tmp_path: Path) -> None:
    item = media(tmp_path)
    path = tmp_path / item.path
    if change == "other bytes":
        path.write_bytes(PNG[:-1] + b"x")
    elif change == "shorter":
        path.write_bytes(PNG[:-1])
    else:
        path.unlink()
        if change == "a directory":
            path.mkdir()
    with pytest.raises(Rejected, match=r"a\.png (has changed|can't be read)") as caught:
        gateway(sandbox.url, tmp_path, api, token=sandbox.token()).upload(author(sandbox), item)
    assert caught.value.code == "MEDIA_CHANGED"
    assert sandbox.requests() == []


def test_ugc_posts_take_no_documents(sandbox: Sandbox, tmp_path: Path) -> None:
    with pytest.raises(Rejected, match="documents"):
        gateway(sandbox.url, tmp_path).upload(ME, media(tmp_path, MediaKind.DOCUMENT))


def test_a_file_that_is_worked_on_is_waited_for(tmp_path: Path) -> None:
    registered = {"value": {"asset": "urn:li:digitalmediaAsset:D5", "uploadMechanism": {}}}
    states = iter(("WAITING_UPLOAD", "PROCESSING", "PROCESSING", "AVAILABLE"))

    def play(connection, head: bytes) -> None:
        read_body(connection, head)
        if b"registerUpload" in head:
            registered["value"]["uploadMechanism"] = {
                "com.linkedin.digitalmedia.uploading.MediaUploadHttpRequest": {
                    "uploadUrl": f"{server.url}/put?secret=1",
                    "headers": {"media-type-family": "STILLIMAGE", "Authorization": "Bearer forged"},
                }
            }
            connection.sendall(http(200, json.dumps(registered)))
        elif head.startswith(b"PUT"):
            connection.sendall(http(201))
        else:
            connection.sendall(http(200, json.dumps({"recipes": [{"status": next(states)}]})))

    naps = Naps()
    with RawServer(play) as server:
        assert gateway(server.url, tmp_path, naps=naps).upload(ME, media(tmp_path)).endswith("D5")
    assert naps.naps == [1.0, 2.0, 4.0]
    put = server.heads[1].decode()
    assert "media-type-family: STILLIMAGE" in put
    assert f"Authorization: Bearer {TOKEN}" in put
    assert "forged" not in put


def ugc_server(upload_url: str, put: bytes = http(201), status: bytes = http(403)) -> RawServer:
    """Registers an upload at ``upload_url`` (``{url}`` is the server itself), takes it, tells its status."""
    server: RawServer

    def play(connection, head: bytes) -> None:
        read_body(connection, head)
        if b"registerUpload" in head:
            mechanism = {"x": {"uploadUrl": upload_url.format(url=server.url), "headers": {}}}
            value = {"asset": "urn:li:digitalmediaAsset:D5", "uploadMechanism": mechanism}
            connection.sendall(http(200, json.dumps({"value": value})))
        elif head.split(b" ", 1)[0] in {b"PUT", b"POST"}:
            connection.sendall(put)
        else:
            connection.sendall(status)

    server = RawServer(play)
    return server


def test_a_status_that_may_not_be_read_is_not_waited_for(tmp_path: Path) -> None:
    naps = Naps()
    with ugc_server("{url}/put") as server:
        assert gateway(server.url, tmp_path, naps=naps).upload(ME, media(tmp_path))
    assert naps.naps == []


@pytest.mark.parametrize(
    "status",
    [
        {"status": "BLOCKED", "recipes": []},
        {"recipes": [{"status": "CLIENT_ERROR"}]},
        {"recipes": [{"status": "AVAILABLE"}, {"status": "INCOMPLETE"}]},
    ],
)
def test_a_file_linkedin_cannot_use_is_refused(status: dict, tmp_path: Path) -> None:
    answer = http(200, json.dumps(status))
    with ugc_server("{url}/put", status=answer) as server, pytest.raises(Rejected, match="process") as caught:
        gateway(server.url, tmp_path).upload(ME, media(tmp_path))
    assert caught.value.code == "MEDIA_ASSET_PROCESSING_FAILED"


@pytest.mark.parametrize("answer", [http(404), http(405), http(501), http(200, "{}"), http(200, '{"recipes": 7}'),
                                    http(200, '{"status": "ALLOWED"}'), http(200, "<html>")])  # fmt: skip
@pytest.mark.parametrize("api", ["ugcPosts", "posts"])
def test_a_status_that_tells_nothing_is_not_waited_for(answer: bytes, api: Api, tmp_path: Path) -> None:
    naps = Naps()
    with either_server(answer) as server:
        assert gateway(server.url, tmp_path, api, naps).upload(ME, media(tmp_path)).startswith("urn:li:")
    assert sum(naps.naps) <= 3


def either_server(status: bytes) -> RawServer:
    """Registers uploads by either API at a path of its own, takes them, and tells their status."""

    def play(connection, head: bytes) -> None:
        read_body(connection, head)
        if head.startswith(b"GET"):
            connection.sendall(status)
        elif head.startswith(b"PUT /here?sig=1 "):
            connection.sendall(http(201))
        else:
            value = {
                "asset": "urn:li:digitalmediaAsset:D5",
                "image": "urn:li:image:D5",
                "uploadUrl": "/here?sig=1",
            }
            connection.sendall(http(200, json.dumps({"value": value})))

    return RawServer(play)


def test_waiting_has_an_end(tmp_path: Path) -> None:
    naps = Naps()
    slow, said = http(200, '{"recipes": [{"status": "PROCESSING"}]}'), "still working on the file after 60 s"
    with ugc_server("{url}/put", status=slow) as server, pytest.raises(Unavailable, match=said):
        gateway(server.url, tmp_path, naps=naps).upload(ME, media(tmp_path))
    assert sum(naps.naps) == 60


def test_a_foreign_store_gets_the_file_without_the_token(tmp_path: Path) -> None:
    with RawServer(answers(http(201))) as store, ugc_server(f"{store.url}/put?sig=1") as server:
        gateway(server.url, tmp_path).upload(ME, media(tmp_path))
    assert store.requests == 1
    assert b"authorization" not in store.heads[0].lower()


def test_a_redirect_takes_neither_file_nor_token_elsewhere(tmp_path: Path) -> None:
    with RawServer(answers(http(201))) as elsewhere:
        moved = http(307, Location=f"{elsewhere.url}/here")
        with ugc_server("{url}/put", put=moved) as server, pytest.raises(Unavailable):
            gateway(server.url, tmp_path).upload(ME, media(tmp_path))
    assert elsewhere.requests == 0


@pytest.mark.parametrize("url", ["file:///etc/passwd", "http://me:pw@127.0.0.1/x", "no url", "http://\\\\x/"])
def test_an_upload_address_that_is_none_is_refused(url: str, tmp_path: Path) -> None:
    with ugc_server(url) as server, pytest.raises(Rejected, match="upload address"):
        gateway(server.url, tmp_path).upload(ME, media(tmp_path))
    assert server.requests == 1


def habitual_server(refusal: int) -> RawServer:
    """Registers an upload, refuses PUT in its way, and takes POST."""
    server: RawServer

    def play(connection, head: bytes) -> None:
        read_body(connection, head)
        if b"registerUpload" in head:
            value = {"asset": "urn:li:digitalmediaAsset:D5", "uploadUrl": f"{server.url}/x"}
            connection.sendall(http(200, json.dumps({"value": value})))
        else:
            refused = {b"GET": 403, b"PUT": refusal}.get(head.split(b" ", 1)[0], 201)
            connection.sendall(http(refused))

    server = RawServer(play)
    return server


def test_a_server_that_wants_post_gets_post(tmp_path: Path) -> None:
    with habitual_server(405) as server:
        assert gateway(server.url, tmp_path).upload(ME, media(tmp_path, MediaKind.VIDEO))


@pytest.mark.parametrize(("status", "kind"), [(401, Unauthorized), (403, Forbidden)])
def test_a_video_goes_without_token_first(status: int, kind: type[ApiError], tmp_path: Path) -> None:
    with habitual_server(status) as server, pytest.raises(kind):
        gateway(server.url, tmp_path).upload(ME, media(tmp_path, MediaKind.VIDEO))
    assert [b"authorization" in head.lower() for head in server.heads] == [True, False, True]


def test_an_upload_that_breaks_off_starts_anew_and_progress_never_goes_back(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    sandbox.fault("drop-before-body", resource="uploads", count=2)
    told: list[int] = []
    item = media(tmp_path, content=PNG * 20)
    urn = gateway(sandbox.url, tmp_path, token=sandbox.token()).upload(
        author(sandbox), item, lambda sent, _: told.append(sent)
    )
    stored = sandbox.store.media(urn)
    assert stored is not None
    assert stored.sha256 == item.sha256
    assert told == sorted(told)
    assert told[-1] == item.size


@pytest.mark.parametrize(
    "body", ["", "{}", '{"value": 7}', '{"value": {"asset": 7}}', "<html>", '{"value": {"asset": "a"}}']
)
@pytest.mark.parametrize("api", ["ugcPosts", "posts"])
def test_an_answer_without_instructions_is_told(body: str, api: Api, tmp_path: Path) -> None:
    with RawServer(answers(http(200, body))) as server, pytest.raises(Unavailable, match="no usable"):
        gateway(server.url, tmp_path, api).upload(ME, media(tmp_path))


def test_two_files_of_one_run(sandbox: Sandbox, tmp_path: Path) -> None:
    speaker = gateway(sandbox.url, tmp_path, token=sandbox.token())
    first = speaker.upload(author(sandbox), media(tmp_path))
    second = speaker.upload(author(sandbox), media(tmp_path, content=PNG + b"2"))
    assert first != second


def test_a_large_file_is_streamed(tmp_path: Path) -> None:
    """Neither the check nor the upload ever holds the file in memory."""
    item = media(tmp_path, MediaKind.VIDEO, MP4[:32] + bytes(40_000_000))

    def play(connection, head: bytes) -> None:
        if head.startswith(b"PUT"):
            left = item.size
            while left:
                left -= len(connection.recv(min(left, 1 << 20)))
            connection.sendall(http(201))
            return
        read_body(connection, head)
        value = {"asset": "urn:li:digitalmediaAsset:D5", "uploadUrl": "/here"}
        connection.sendall(http(403) if head.startswith(b"GET") else http(200, json.dumps({"value": value})))

    with RawServer(play) as server:
        speaker = gateway(server.url, tmp_path)
        tracemalloc.start()
        speaker.upload(ME, item)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < 8_000_000
