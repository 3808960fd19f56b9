"""What only the emulator can show: time, limits, faults, the video service, reset and restart."""

from pathlib import Path

import pytest
import requests
from atproto import Client as AtprotoClient

from publisher.sandbox.bluesky.network import HANDLE, PASSWORD
from publisher.sandbox.server import Sandbox
from tests.sandbox.bluesky.test_pds_contract import RECORD, refused
from tests.support.pds import POST, PdsClient, new_rkey

LOGIN = "com.atproto.server.createSession"
REFRESH = "com.atproto.server.refreshSession"
SESSION = "com.atproto.server.getSession"


def test_an_access_token_lives_two_hours(sandbox: Sandbox, emulated: PdsClient) -> None:
    sandbox.clock.advance(7_199)
    assert emulated.query(SESSION, emulated.access).status_code == 200
    sandbox.clock.advance(2)
    refused(emulated.query(SESSION, emulated.access), 400, "ExpiredToken", "Token has expired")
    assert emulated.call(REFRESH, token=emulated.refresh).status_code == 200


def test_a_used_refresh_token_dies_after_its_grace_period(sandbox: Sandbox, emulated: PdsClient) -> None:
    emulated.call(REFRESH, token=emulated.refresh)
    sandbox.clock.advance(7_201)
    refused(emulated.call(REFRESH, token=emulated.refresh), 400, "ExpiredToken", "Token has been revoked")


def test_thirty_logins_in_five_minutes(sandbox: Sandbox, emulated: PdsClient) -> None:
    body = {"identifier": HANDLE, "password": PASSWORD}
    answers = [emulated.call(LOGIN, body) for _ in range(30)]
    assert [answer.status_code for answer in answers] == [200] * 29 + [429]
    refused(answers[-1], 429, "RateLimitExceeded", "Rate Limit Exceeded")
    assert answers[-1].headers["ratelimit-policy"] == "30;w=300"
    wait = float(answers[-1].headers["ratelimit-reset"]) - sandbox.clock.now()
    assert 0 < wait <= 300
    sandbox.clock.advance(301)
    assert emulated.call(LOGIN, body).status_code == 200


def test_writes_cost_points(sandbox: Sandbox, emulated: PdsClient) -> None:
    hour, _day = sandbox.bluesky.repository.windows
    hour.spend(emulated.did, sandbox.clock.now(), 4_999)
    assert emulated.delete(new_rkey()).status_code == 200, "a delete costs one point, the last of 5,000"
    answer = emulated.delete(new_rkey())
    refused(answer, 429, "RateLimitExceeded")
    assert answer.headers["ratelimit-policy"] == "5000;w=3600"


def test_the_entryway_names_another_host_as_pds(sandbox: Sandbox, emulated: PdsClient) -> None:
    session = emulated.call(LOGIN, {"identifier": HANDLE, "password": PASSWORD}).json()
    endpoint = session["didDoc"]["service"][0]["serviceEndpoint"]
    assert endpoint == sandbox.url.replace("127.0.0.1", "localhost")
    emulated.url = endpoint
    assert emulated.put(RECORD).status_code == 200
    (request,) = sandbox.requests(resource="bluesky.putRecord")
    assert request["request"]["headers"]["host"].startswith("localhost:")


@pytest.mark.parametrize(("kind", "made"), [("commit-then-hang", True), ("drop-after-body", False)])
def test_lost_answers(sandbox: Sandbox, emulated: PdsClient, kind: str, made: bool) -> None:
    rkey = new_rkey()
    sandbox.fault(kind, resource="bluesky.putRecord", text="hello")
    with pytest.raises((requests.Timeout, requests.ConnectionError)):
        requests.post(
            f"{sandbox.url}/xrpc/com.atproto.repo.putRecord",
            json={"repo": emulated.did, "collection": POST, "rkey": rkey, "record": RECORD},
            headers={"authorization": f"Bearer {emulated.access}"},
            timeout=0.3,
        )
    assert (emulated.get(rkey).status_code == 200) is made
    (request,) = sandbox.requests(resource="bluesky.putRecord")
    assert request["fault"] == kind
    assert request["member"] == (emulated.did if made else "")
    assert bool(request["committed"]) is made


def test_a_commit_that_comes_later(sandbox: Sandbox, emulated: PdsClient) -> None:
    rkey = new_rkey()
    sandbox.fault("commit-later", resource="bluesky.putRecord", seconds=120)
    with pytest.raises(requests.Timeout):
        requests.post(
            f"{sandbox.url}/xrpc/com.atproto.repo.putRecord",
            json={"repo": emulated.did, "collection": POST, "rkey": rkey, "record": RECORD},
            headers={"authorization": f"Bearer {emulated.access}"},
            timeout=0.3,
        )
    assert emulated.get(rkey).status_code == 400
    sandbox.clock.advance(121)
    assert emulated.get(rkey).status_code == 200


def test_faults_of_tokens_and_statuses(sandbox: Sandbox, emulated: PdsClient) -> None:
    sandbox.fault("error", resource="bluesky.putRecord", status=502)
    assert emulated.put(RECORD).status_code == 502
    sandbox.fault("throttle", resource="bluesky.putRecord")
    assert emulated.put(RECORD).status_code == 429
    sandbox.fault("commit-then-error", resource="bluesky.putRecord", status=500)
    rkey = new_rkey()
    refused(emulated.put(RECORD, rkey), 500, "InternalServerError")
    assert emulated.get(rkey).status_code == 200
    sandbox.fault("expire-token")
    refused(emulated.put(RECORD), 400, "ExpiredToken")
    refused(emulated.put(RECORD), 400, "ExpiredToken")


def test_videos_are_processed_by_a_job(sandbox: Sandbox, emulated: PdsClient) -> None:
    asked = {"aud": "did:web:localhost", "lxm": "com.atproto.repo.uploadBlob"}
    token = emulated.query("com.atproto.server.getServiceAuth", emulated.access, **asked).json()["token"]
    upload = f"app.bsky.video.uploadVideo?did={emulated.did}&name=clip.mp4"
    video = b"\0\0\0\x18ftypmp42" + b"\0" * 40
    assert emulated.call(upload, video, content_type="video/mp4").status_code == 400, "an access token"
    sandbox.fault("slow-media", seconds=30)
    job = emulated.call(upload, video, token=token, content_type="video/mp4").json()
    status = "app.bsky.video.getJobStatus"
    assert emulated.query(status, jobId=job["jobId"]).json()["jobStatus"]["state"] == "JOB_STATE_ENCODING"
    sandbox.clock.advance(31)
    done = emulated.query(status, jobId=job["jobId"]).json()["jobStatus"]
    assert done["state"] == "JOB_STATE_COMPLETED"
    again = emulated.call(upload, video, token=token, content_type="video/mp4")
    assert (again.status_code, again.json()["error"]) == (409, "already_exists")
    assert again.json()["blob"] == done["blob"]
    embed = {"$type": "app.bsky.embed.video", "video": done["blob"], "alt": "clip"}
    assert emulated.put({**RECORD, "embed": embed}).status_code == 200


def test_the_larger_limit_of_newer_servers(png: bytes) -> None:
    with Sandbox(bluesky_image_limit=2_000_000) as newer:
        client = PdsClient(newer.url, HANDLE, PASSWORD, real=False).login()
        blob = client.upload(png + b"\1" * 1_500_000, "image/png")
        embed = {"$type": "app.bsky.embed.images", "images": [{"image": blob, "alt": ""}]}
        assert client.put({**RECORD, "embed": embed}).status_code == 200


def test_reset_removes_records_and_keeps_the_account(sandbox: Sandbox, emulated: PdsClient) -> None:
    rkey = new_rkey()
    emulated.put(RECORD, rkey)
    sandbox.reset()
    assert emulated.get(rkey).status_code == 400
    assert emulated.query(SESSION, emulated.access).status_code == 200


def test_a_kept_sandbox_has_its_records_after_a_restart(tmp_path: Path, png: bytes) -> None:
    rkey = new_rkey()
    with Sandbox(db=tmp_path / "kept.sqlite") as first:
        client = PdsClient(first.url, HANDLE, PASSWORD, real=False).login()
        blob = client.upload(png, "image/png")
        client.put(RECORD, rkey)
    with Sandbox(db=tmp_path / "kept.sqlite") as second:
        client.url = second.url
        assert client.get(rkey).json()["value"] == RECORD
        embed = {"$type": "app.bsky.embed.images", "images": [{"image": blob, "alt": ""}]}
        assert client.put({**RECORD, "embed": embed}).status_code == 200
        second.reset()
        assert client.get(rkey).status_code == 400


def test_the_atproto_client_reads_and_writes(sandbox: Sandbox) -> None:
    client = AtprotoClient(base_url=f"{sandbox.url}/xrpc")
    # Client.login asks the AppView for a profile, which neither a PDS nor the sandbox has
    session = client.com.atproto.server.create_session({"identifier": HANDLE, "password": PASSWORD})
    client.request.add_additional_header("Authorization", f"Bearer {session.access_jwt}")
    made = client.com.atproto.repo.create_record({"repo": session.did, "collection": POST, "record": RECORD})
    rkey = made.uri.rpartition("/")[2]
    found = client.com.atproto.repo.get_record({"repo": session.did, "collection": POST, "rkey": rkey})
    assert found.value.text == "hello"
    assert found.cid == made.cid
    client.request.close()
