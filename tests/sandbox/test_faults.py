"""Faults: each strikes the requests it means, as often as it says, and does what it says."""

import socket
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from publisher.sandbox.faults import KINDS, Fault, Faults, parse_fault, read_fault
from publisher.sandbox.server import Sandbox

from .conftest import PNG, Client, encoded, initialize, register


def test_commit_then_hang(client: Client, sandbox: Sandbox) -> None:
    sandbox.fault("commit-then-hang")
    with pytest.raises(requests.ReadTimeout):
        client.create("Hello", timeout=0.2)
    (post,) = sandbox.posts()
    (exchange,) = sandbox.requests(resource="ugcPosts")
    assert (exchange["committed"], exchange["fault"]) == (post.urn, "commit-then-hang")
    assert post.urn in client.create("Hello").json()["message"]


@pytest.mark.parametrize(("status", "kind"), [(500, "json"), (502, "html"), (503, "html"), (504, "json")])
def test_commit_then_error(status: int, kind: str, client: Client, sandbox: Sandbox) -> None:
    sandbox.fault("commit-then-error", status=status)
    response = client.create()
    assert response.status_code == status
    assert kind in response.headers["Content-Type"]
    assert len(sandbox.posts()) == 1


def test_an_error_commits_nothing(client: Client, sandbox: Sandbox) -> None:
    sandbox.fault("error", status=503)
    assert client.create().status_code == 503
    assert sandbox.posts() == []
    assert client.create().status_code == 201


def test_no_id(client: Client, sandbox: Sandbox) -> None:
    sandbox.fault("no-id")
    response = client.create()
    assert (response.status_code, response.json(), "x-restli-id" in response.headers) == (201, {}, False)
    assert len(sandbox.posts()) == 1


def test_invisible(client: Client, sandbox: Sandbox) -> None:
    sandbox.fault("invisible")
    assert client.create().json()["id"]
    assert sandbox.posts() == []
    (post,) = client.control("GET", "posts", all=1)["posts"]
    assert post["visible"] is False


@pytest.mark.parametrize(("scope", "others"), [("member", 200), ("app", 429)])
def test_throttled_until_midnight(scope: str, others: int, client: Client, sandbox: Sandbox) -> None:
    sandbox.fault("throttle", scope=scope)
    response = client.create()
    assert (response.status_code, response.json()["serviceErrorCode"]) == (429, 101)
    assert client.create().status_code == 429
    client.token = sandbox.token(sandbox.store.add_member().urn)
    assert client.send("GET", "/v2/userinfo").status_code == others
    client.token = ""
    sandbox.clock.set(sandbox.clock.midnight())
    assert client.create().status_code == 201


def test_bytes_lost_on_upload(client: Client, sandbox: Sandbox) -> None:
    sandbox.fault("lose-bytes")
    asset, url = register(client)
    assert client.upload(url, PNG).status_code == 201
    media = [{"status": "READY", "media": asset}]
    assert client.create_ugc(shareMediaCategory="IMAGE", media=media).status_code == 201
    assert sandbox.posts() == []
    sandbox.fault("lose-bytes")
    value = initialize(client, "image")
    client.upload(value["uploadUrl"], PNG)
    assert client.create_post(content={"media": {"id": value["image"]}}).status_code == 400


def test_slow_media_shows_the_post_later(client: Client, sandbox: Sandbox) -> None:
    sandbox.clock.freeze()
    sandbox.fault("slow-media", seconds=60.0)
    asset, url = register(client)
    client.upload(url, PNG)
    assert (
        client.create_ugc(shareMediaCategory="IMAGE", media=[{"status": "READY", "media": asset}]).status_code
        == 201
    )
    assert sandbox.posts() == []
    sandbox.clock.advance(60)
    assert len(sandbox.posts()) == 1


def test_a_version_dies_on_a_date(client: Client, sandbox: Sandbox) -> None:
    sandbox.fault("sunset", version="202609", since="2027-01-01")
    assert client.create_post("One").status_code == 201
    sandbox.clock.set(1_798_761_600)
    assert client.create_post("Two").status_code == 426
    client.version = "202608"
    assert client.create_post("Three").status_code == 201


@pytest.mark.parametrize(("kind", "number"), [("revoke-token", 65601), ("expire-token", 65602)])
def test_a_token_dies_in_mid_run(kind: str, number: int, client: Client, sandbox: Sandbox) -> None:
    client.token = sandbox.token()
    sandbox.fault(kind, skip=1)
    assert client.create("One").status_code == 201
    assert client.create("Two").json()["serviceErrorCode"] == number
    assert client.create("Three").json()["serviceErrorCode"] == number


@pytest.mark.parametrize(
    ("kind", "made"), [("drop-before-body", 0), ("drop-after-body", 0), ("commit-then-drop", 1)]
)
def test_dropped_connections(kind: str, made: int, client: Client, sandbox: Sandbox) -> None:
    sandbox.fault(kind)
    with pytest.raises(requests.ConnectionError):
        client.create()
    assert len(sandbox.posts()) == made
    (exchange,) = sandbox.requests(resource="ugcPosts")
    assert (exchange["fault"], exchange["response"]["ending"]) == (kind, "drop")
    assert (exchange["request"]["size"] == 0) is (kind == "drop-before-body")


def raw_create(sandbox: Sandbox, client: Client, text: str) -> bytes:
    """Everything that comes back over the wire, until the connection ends."""
    request = client.session.prepare_request(
        requests.Request(
            "POST",
            f"{sandbox.url}/v2/ugcPosts",
            headers=client.headers("/v2"),
            json=client.body(text),
        )
    )
    lines = [f"{name}: {value}" for name, value in request.headers.items()]
    head = "\r\n".join(["POST /v2/ugcPosts HTTP/1.1", "Host: sandbox", "Connection: close", *lines, "", ""])
    address = urlsplit(sandbox.url)
    received = b""
    with socket.create_connection((address.hostname, address.port), timeout=20) as connection:
        connection.sendall(head.encode() + request.body)
        with suppress(ConnectionResetError):
            while piece := connection.recv(65_536):
                received += piece
    return received


@pytest.mark.parametrize("at", [0, 1, 12, 100, 500])
def test_the_answer_is_cut_at_a_byte(at: int, client: Client, sandbox: Sandbox) -> None:
    whole = raw_create(sandbox, client, "Whole")
    assert whole.startswith(b"HTTP/1.1 201 Created\r\n")
    sandbox.fault("cut", at=at)
    part = raw_create(sandbox, client, "Part")
    assert len(part) <= at
    assert part[:12] == whole[: len(part)][:12]
    assert len(sandbox.posts()) == 2


def test_slow_answers_come_all_the_same(client: Client, sandbox: Sandbox) -> None:
    sandbox.fault("slow", seconds=0.05)
    assert client.create().status_code == 201
    assert sandbox.requests()[0]["fault"] == "slow"


def test_matching(client: Client, sandbox: Sandbox) -> None:
    sandbox.fault("error", resource="ugcPosts", method="CREATE", text="second", author=sandbox.member.urn)
    assert client.create("the first").status_code == 201
    assert client.create_post("the second").status_code == 201
    assert client.create("the second, again").status_code == 500
    assert client.create("the second, at last").status_code == 201


def test_matching_by_the_token_where_the_body_names_nobody(client: Client, sandbox: Sandbox) -> None:
    other = sandbox.store.add_member()
    sandbox.fault("error", resource="userinfo", author=other.urn, status=503)
    assert client.send("GET", "/v2/userinfo").status_code == 200
    client.token = sandbox.token(other.urn)
    assert client.send("GET", "/v2/userinfo").status_code == 503


@pytest.mark.parametrize("kind", ["drop-before-body", "drop-after-body"])
def test_a_dropped_upload_is_not_stored(kind: str, client: Client, sandbox: Sandbox) -> None:
    asset, url = register(client)
    sandbox.fault(kind, resource="uploads")
    with pytest.raises(requests.ConnectionError):
        client.upload(url, PNG * 10_000)
    stored = sandbox.store.media(asset)
    assert stored is not None
    assert stored.uploaded_at is None
    assert client.upload(url, PNG * 10_000).status_code == 201


def test_a_refused_request_uses_up_no_commit_fault(client: Client, sandbox: Sandbox) -> None:
    sandbox.fault("commit-then-hang")
    assert client.create("x" * 3001).status_code == 422
    assert len(sandbox.store.faults.all()) == 1


def test_counting() -> None:
    from publisher.sandbox.faults import Facts

    faults = Faults([Fault("error", count=2, skip=1), Fault("slow", count=0)])
    facts = Facts("posts", "CREATE")
    assert [bool(faults.claim(facts, "error")) for _ in range(5)] == [False, True, True, False, False]
    assert all(faults.claim(facts, "slow") for _ in range(5))
    assert [fault.kind for _, fault in faults.all()] == ["slow"]


def test_by_control_endpoint(client: Client, sandbox: Sandbox) -> None:
    client.control("POST", "faults", {"faults": [{"kind": "error", "status": 500}, {"kind": "no-id"}]})
    assert [item["kind"] for item in client.control("GET", "faults")["faults"]] == ["error", "no-id"]
    assert client.create().status_code == 500
    client.control("DELETE", "faults")
    assert client.create().json()["id"]


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ({"kind": "nonsense"}, "unknown fault 'nonsense'"),
        ({"kind": []}, "unknown fault"),
        ({"kind": "error", "colour": 1}, "unknown field 'colour'"),
        ({"kind": "error", "status": 200}, "status of fault error can't be 200"),
        ({"kind": "error", "count": -1}, "count of fault error can't be -1"),
        ({"kind": "error", "count": True}, "count of fault error can't be True"),
        ({"kind": "sunset", "since": "soon"}, "since of fault sunset can't be 'soon'"),
        ({"kind": "throttle", "scope": "store"}, "scope of fault throttle"),
    ],
)
def test_faults_that_make_no_sense(document: dict[str, Any], reason: str, client: Client) -> None:
    with pytest.raises(ValueError, match=reason.replace("[", r"\[")):
        read_fault(document)
    url = f"{client.sandbox.url}/_sandbox/faults"
    assert client.session.post(url, json=document, timeout=20).status_code == 400


def test_from_the_command_line() -> None:
    assert parse_fault("commit-then-error, status=502,resource=ugcPosts") == Fault(
        "commit-then-error", status=502, resource="ugcPosts"
    )
    assert parse_fault("slow,seconds=1.5").seconds == 1.5
    for wrong in ("slow,seconds", "slow,seconds=x", ""):
        with pytest.raises(ValueError, match=r"."):
            parse_fault(wrong)


def test_every_kind_is_tested_here() -> None:
    from pathlib import Path

    here = Path(__file__).parent
    files = [Path(__file__), here / "test_rest_posts.py", *here.glob("*/test_*.py")]
    source = "".join(file.read_text(encoding="utf-8") for file in files)
    assert [kind for kind in KINDS if f'"{kind}"' not in source] == []


def test_ended_posts_are_gone_after_a_hang(client: Client, sandbox: Sandbox) -> None:
    """What hung is really there: it can be deleted by the URN the record shows."""
    sandbox.fault("commit-then-drop")
    with pytest.raises(requests.ConnectionError):
        client.create()
    urn = sandbox.requests(resource="ugcPosts")[0]["committed"]
    assert client.send("DELETE", f"/v2/ugcPosts/{encoded(urn)}").status_code == 204
