"""Uploads: assets, images, videos in parts, documents; what is stored, refused, lost or late."""

import hashlib
import socket
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from PIL import Image

from publisher.sandbox.server import Sandbox

from .conftest import PNG, Client, encoded, initialize, register, until

MP4 = b"\x00\x00\x00\x18ftypmp42" + bytes(range(256)) * 40


def state(client: Client, asset: str) -> str:
    answer = client.send("GET", f"/v2/assets/{asset.rpartition(':')[2]}").json()
    status: str = answer["recipes"][0]["status"]
    return status


@pytest.mark.parametrize("verb", ["PUT", "POST"])
def test_an_asset_from_registering_to_available(verb: str, client: Client, sandbox: Sandbox) -> None:
    asset, url = register(client)
    assert url.startswith(f"{sandbox.url}/dms-uploads/")
    assert state(client, asset) == "NEW"
    response = client.upload(url, PNG, verb)
    assert (response.status_code, response.content) == (201, b"")
    assert state(client, asset) == "AVAILABLE"
    stored = sandbox.store.media(asset)
    assert stored is not None
    assert (stored.read(), stored.mime_type) == (PNG, "image/png")


def test_the_record_keeps_size_and_digest_of_an_upload(client: Client, sandbox: Sandbox) -> None:
    _, url = register(client)
    client.upload(url, PNG)
    (exchange,) = sandbox.requests(resource="uploads")
    assert exchange["request"]["size"] == len(PNG)
    assert exchange["request"]["sha256"] == hashlib.sha256(PNG).hexdigest()


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"recipes": [{"recipe": "x"}]}, "recipes/0"),
        ({"recipes": ["urn:li:digitalmediaRecipe:other"]}, "recipes/0"),
        (
            {"serviceRelationships": [{"relationshipType": "OWNER", "identifier": "urn:li:x"}]},
            "serviceRelationships/0/identifier",
        ),
        ({"owner": "urn:li:organization:4711"}, "owner"),
    ],
)
def test_values_that_registering_refuses(change: dict[str, Any], path: str, client: Client) -> None:
    request = {
        "owner": client.sandbox.member.urn,
        "recipes": ["urn:li:digitalmediaRecipe:feedshare-image"],
        "serviceRelationships": [{"relationshipType": "OWNER", "identifier": "urn:li:userGeneratedContent"}],
        **change,
    }
    response = client.send("POST", "/v2/assets?action=registerUpload", {"registerUploadRequest": request})
    assert response.status_code == 403
    assert response.json()["message"].endswith(f"[/registerUploadRequest/{path}]")


def test_images_need_the_bearer_and_videos_do_not(client: Client) -> None:
    _, image_url = register(client)
    assert client.upload(image_url, PNG, bearer=False).json()["code"] == "EMPTY_ACCESS_TOKEN"
    _, video_url = register(client, "feedshare-video")
    assert client.upload(video_url, MP4, bearer=False).status_code == 201


def test_anothers_upload_url_is_closed(client: Client, sandbox: Sandbox) -> None:
    _, url = register(client)
    client.token = sandbox.token(sandbox.store.add_member().urn)
    assert client.upload(url, PNG).status_code == 403


def test_an_upload_url_expires(client: Client, sandbox: Sandbox) -> None:
    _, url = register(client)
    sandbox.clock.advance(sandbox.store.settings.upload_lifetime)
    assert client.upload(url, PNG).json()["code"] == "EXPIRED_UPLOAD_URL"


def test_bytes_that_are_no_image_fail_processing(client: Client) -> None:
    asset, url = register(client)
    assert client.upload(url, b"RIFF0000WEBPVP8 ").status_code == 201
    assert state(client, asset) == "INCOMPLETE"


@pytest.mark.parametrize(
    ("size", "frames", "kind", "found"),
    [
        ((6012, 6013), 1, "PNG", "AVAILABLE"),
        ((6013, 6013), 1, "PNG", "INCOMPLETE"),
        ((12000, 12000), 1, "PNG", "INCOMPLETE"),
        ((2, 2), 250, "GIF", "AVAILABLE"),
        ((2, 2), 251, "GIF", "INCOMPLETE"),
    ],
)
def test_pixels_and_frames_have_limits(
    size: tuple[int, int], frames: int, kind: str, found: str, client: Client
) -> None:
    # each frame differs, or Pillow would fold them into one
    pictures = [Image.new("1", size, number % 2) for number in range(frames)]
    file = BytesIO()
    more = {"save_all": True, "append_images": pictures[1:], "duration": 50} if frames > 1 else {}
    pictures[0].save(file, kind, **more)
    asset, url = register(client)
    client.upload(url, file.getvalue())
    assert state(client, asset) == found


def test_documents_have_a_limit(client: Client) -> None:
    value = initialize(client, "document")
    parts = urlsplit(value["uploadUrl"])
    head = f"PUT {parts.path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {client.sandbox.token()}\r\n"
    with socket.create_connection((parts.hostname, parts.port), timeout=20) as connection:
        connection.sendall(f"{head}Content-Length: 104857601\r\n\r\n".encode())
        assert connection.recv(65_536).startswith(b"HTTP/1.1 413 ")


def test_processing_takes_its_time_on_the_sandboxs_clock() -> None:
    with Sandbox(processing=30, frozen=True) as sandbox:
        client = Client(sandbox)
        asset, url = register(client)
        client.upload(url, PNG)
        assert state(client, asset) == "PROCESSING"
        sandbox.clock.advance(30)
        assert state(client, asset) == "AVAILABLE"
        client.session.close()


def test_a_multipart_asset(client: Client, sandbox: Sandbox) -> None:
    client.sandbox.store.settings = type(sandbox.store.settings)(part_size=4_000)
    request = {
        "owner": sandbox.member.urn,
        "recipes": ["urn:li:digitalmediaRecipe:feedshare-video"],
        "serviceRelationships": [{"relationshipType": "OWNER", "identifier": "urn:li:userGeneratedContent"}],
        "supportedUploadMechanism": ["MULTIPART_UPLOAD"],
        "fileSize": len(MP4),
    }
    answer = client.send("POST", "/v2/assets?action=registerUpload", {"registerUploadRequest": request})
    value = answer.json()["value"]
    multipart = value["uploadMechanism"]["com.linkedin.digitalmedia.uploading.MultipartUpload"]
    responses = []
    for part in multipart["partUploadRequests"]:
        first, last = part["byteRange"]["firstByte"], part["byteRange"]["lastByte"]
        sent = client.upload(part["url"], MP4[first : last + 1], bearer=False)
        responses.append({"headers": {"ETag": sent.headers["ETag"]}, "httpStatusCode": sent.status_code})
    complete = {
        "mediaArtifact": value["mediaArtifact"],
        "metadata": multipart["metadata"],
        "partUploadResponses": responses,
    }
    path = "/v2/assets?action=completeMultiPartUpload"
    wrong = {**complete, "partUploadResponses": responses[::-1]}
    assert client.send("POST", path, {"completeMultipartUploadRequest": wrong}).status_code == 400
    assert client.send("POST", path, {"completeMultipartUploadRequest": complete}).status_code == 200
    stored = sandbox.store.media(value["asset"])
    assert stored is not None
    assert stored.read() == MP4


def send_video(client: Client, content: bytes) -> tuple[dict[str, Any], list[str]]:
    value = initialize(client, "video", fileSizeBytes=len(content))
    etags = []
    for part in value["uploadInstructions"]:
        piece = content[part["firstByte"] : part["lastByte"] + 1]
        etags.append(client.upload(part["uploadUrl"], piece, bearer=False).headers["etag"].strip('"'))
    return value, etags


def finalize(client: Client, video: str, etags: list[str], token: str = "") -> requests.Response:
    request = {"video": video, "uploadToken": token, "uploadedPartIds": etags}
    return client.send("POST", "/rest/videos?action=finalizeUpload", {"finalizeUploadRequest": request})


def test_a_video_by_parts() -> None:
    with Sandbox(part_size=4_000) as sandbox:
        client = Client(sandbox)
        value, etags = send_video(client, MP4)
        assert len(etags) == 3
        path = f"/rest/videos/{encoded(value['video'])}"
        assert client.send("GET", path).json()["status"] == "WAITING_UPLOAD"
        assert finalize(client, value["video"], etags[::-1]).json()["code"] == "UPDATING_ASSET_FAILED"
        assert finalize(client, value["video"], etags, "other").json()["code"] == "UPDATING_ASSET_FAILED"
        assert finalize(client, value["video"], etags).status_code == 200
        answer = client.send("GET", path).json()
        assert answer["status"] == "AVAILABLE"
        assert client.upload(answer["downloadUrl"], b"", "GET").content == MP4
        client.session.close()


def test_a_part_must_have_its_length(client: Client) -> None:
    value = initialize(client, "video", fileSizeBytes=100)
    url = value["uploadInstructions"][0]["uploadUrl"]
    assert client.upload(url, b"x" * 99, bearer=False).status_code == 400


@pytest.mark.parametrize("strict", [True, False])
def test_habits_that_the_documentation_does_not_know(strict: bool) -> None:
    with Sandbox(strict_uploads=strict) as sandbox:
        client, refused = Client(sandbox), 400 if strict else 201
        assert client.upload(register(client)[1], PNG).status_code == refused
        _, url = register(client)
        headers = {"media-type-family": "STILLIMAGE", "Authorization": f"Bearer {sandbox.token()}"}
        assert requests.put(url, PNG, headers=headers, timeout=20).status_code == 201
        part = initialize(client, "video", fileSizeBytes=4)["uploadInstructions"][0]["uploadUrl"]
        assert client.upload(part, b"film", bearer=True).status_code == (400 if strict else 200)
        assert client.upload(part, b"film", bearer=False).status_code == 200
        client.session.close()


def test_an_unknown_field_of_initializing(client: Client) -> None:
    request = {"owner": client.sandbox.member.urn, "fileSizeBytes": 5, "uploadCaption": False}
    response = client.send(
        "POST", "/rest/videos?action=initializeUpload", {"initializeUploadRequest": request}
    )
    assert "/initializeUploadRequest/uploadCaption :: unrecognized field" in response.json()["message"]


def test_captions_and_thumbnail_have_urls_of_their_own(client: Client) -> None:
    value = initialize(client, "video", fileSizeBytes=5, uploadCaptions=True, uploadThumbnail=True)
    for name in ("captionsUploadUrl", "thumbnailUploadUrl"):
        assert client.upload(value[name], b"1\n00:00 --> 00:01\nHi").status_code == 201


def test_an_image_of_the_versioned_api_is_put_and_cannot_be_read(client: Client) -> None:
    value = initialize(client, "image")
    assert client.upload(value["uploadUrl"], PNG).status_code == 201
    response = client.send("GET", f"/rest/images/{encoded(value['image'])}")
    assert response.json()["message"] == (
        "Accessing this image resource is forbidden. Please check your permissions for this resource"
    )


def test_other_scopes_read_images(client: Client, sandbox: Sandbox) -> None:
    client.token = sandbox.organization_token()
    value = initialize(client, "image")
    urn = value["image"]
    assert client.send("GET", f"/rest/images/{encoded(urn)}").json()["status"] == "WAITING_UPLOAD"
    client.upload(value["uploadUrl"], PNG)
    many = client.send("GET", f"/rest/images?ids=List({encoded(urn)},{encoded('urn:li:image:x')})").json()
    assert many["results"][urn]["status"] == "AVAILABLE"
    assert many["statuses"]["urn:li:image:x"] == 404


def test_a_broken_upload_leaves_nothing(client: Client, sandbox: Sandbox) -> None:
    asset, url = register(client)
    parts = urlsplit(url)
    head = f"PUT {parts.path}?{parts.query} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n"
    with socket.create_connection((parts.hostname, parts.port), timeout=20) as connection:
        connection.sendall(f"{head}Authorization: Bearer {sandbox.token()}\r\n\r\nonly a part".encode())
    until(lambda: sandbox.requests(resource="uploads"))
    assert state(client, asset) == "NEW"
    assert list(sandbox.store.media_folder.iterdir()) == []
