"""The order of the checks: of several wrongs, LinkedIn names the first one in its order."""

from typing import Any

import pytest

from publisher.sandbox.linkedin.versions import SUNSETS, active, lifetime
from publisher.sandbox.server import Sandbox

from .conftest import Client, posts_body


def test_of_all_wrongs_the_earlier_is_named() -> None:
    """Begin with everything wrong; mend one thing at a time, and see the next refusal."""
    with Sandbox() as sandbox:
        client = Client(sandbox)
        headers: dict[str, Any] = {"Authorization": None, "Linkedin-Version": None}
        body: dict[str, Any] = {"author": "urn:li:organization:4711", "content": None, "colour": 1}

        def status() -> tuple[int, str]:
            response = client.send("POST", "/rest/posts", body, headers=headers)
            return response.status_code, response.json().get("code", response.json()["message"][:5])

        assert status() == (401, "EMPTY_ACCESS_TOKEN")
        headers["Authorization"] = "Bearer unknown"
        assert status() == (401, "INVALID_ACCESS_TOKEN")
        headers["Authorization"] = f"Bearer {sandbox.token(scopes=['openid'], expires_in=0)}"
        assert status() == (401, "EXPIRED_ACCESS_TOKEN")
        headers["Authorization"] = f"Bearer {sandbox.token(scopes=['openid'])}"
        assert status() == (400, "VERSION_MISSING")
        headers["Linkedin-Version"] = "20260901"
        assert status() == (426, "NONEXISTENT_VERSION")
        headers["Linkedin-Version"] = "202609"
        sandbox.fault("throttle")
        assert status() == (429, "TOO_MANY_REQUESTS")
        sandbox.store.quota.clear()
        assert status() == (403, "ACCESS_DENIED")
        headers["Authorization"] = f"Bearer {sandbox.token()}"
        assert status() == (403, "ACCESS_DENIED")
        del body["content"]
        assert status() == (400, "BAD_REQUEST")
        body["author"] = sandbox.member.urn
        assert status() == (422, "ERROR")
        body = {**posts_body(sandbox.member.urn, "Hello"), "content": {"media": {"id": "urn:li:image:x"}}}
        assert status() == (400, "INVALID_URN_ID")
        del body["content"]
        assert client.send("POST", "/rest/posts", body, headers=headers).status_code == 201
        assert client.send("POST", "/rest/posts", body, headers=headers).status_code == 422
        client.session.close()


@pytest.mark.parametrize(
    ("authorization", "code", "number"),
    [
        ("", "EMPTY_ACCESS_TOKEN", 401),
        ("Bearer ", "EMPTY_ACCESS_TOKEN", 401),
        ("Basic abc", "INVALID_ACCESS_TOKEN", 65600),
        ("Bearer abc", "INVALID_ACCESS_TOKEN", 65600),
    ],
)
def test_bad_tokens(authorization: str, code: str, number: int, client: Client) -> None:
    answer = client.send("GET", "/v2/userinfo", headers={"Authorization": authorization or None})
    assert answer.status_code == 401
    assert (answer.json()["code"], answer.json()["serviceErrorCode"]) == (code, number)


def test_a_revoked_token(client: Client, sandbox: Sandbox) -> None:
    client.control("DELETE", "tokens", {"token": sandbox.token()})
    client.token = sandbox.store.tokens.all()[0].value
    answer = client.send("GET", "/v2/userinfo").json()
    assert (answer["serviceErrorCode"], answer["message"]) == (
        65601,
        "The token used in the request has been revoked by the user",
    )


@pytest.mark.parametrize(
    ("version", "day", "alive"),
    [
        ("202609", 1_795_000_000, True),
        ("202609.01", 1_795_000_000, True),
        ("202511", 1_794_787_199, True),
        ("202511", 1_794_787_200, False),
        ("202512", 1_795_000_000, False),
        ("20260901", 1_795_000_000, False),
        ("202610", 1_795_000_000, True),
        ("202609", 1_789_300_000, False),  # 2026-09-13, when it was seen to answer 426
        ("202609", 1_790_063_000, True),  # 2026-09-22, when it was seen to work
        ("202512", 1_780_000_000, False),
        ("202205", 1_660_000_000, False),
        ("202613", 1_900_000_000, False),
        ("²02609", 1_795_000_000, False),
        ("999912", 1_795_000_000, False),
    ],
)
def test_versions_live_about_a_year(version: str, day: float, alive: bool) -> None:
    assert active(version, day) is alive


def test_every_version_ends() -> None:
    for version, day in SUNSETS.items():
        life = lifetime(version)
        assert life is not None
        assert life[0] < life[1] == day
    assert lifetime("202512") is None


def test_the_living_versions_can_be_set() -> None:
    with Sandbox(versions="202601,202611", now="2026-11-24T09:00:00Z") as sandbox:
        client = Client(sandbox)
        for version, status in (("202601", 201), ("202611", 201), ("202609", 426)):
            client.version = version
            assert client.create_post(f"Hello {version}").status_code == status
    assert active("203001", 0, "any")
    assert not active("2030", 0, "any")


def test_quotas_are_counted_by_utc_day() -> None:
    with Sandbox(member_quota=2, app_quota=3, frozen=True) as sandbox:
        client = Client(sandbox)
        other = sandbox.token(sandbox.store.add_member().urn)

        def ask(token: str) -> tuple[int, str]:
            client.token = token
            response = client.send("GET", "/v2/userinfo")
            return response.status_code, response.json().get("message", "")

        limit = "Resource level throttle {} DAY limit for calls to this resource is reached."
        assert [ask(sandbox.token())[0] for _ in range(2)] == [200, 200]
        assert ask(sandbox.token()) == (429, limit.format("MEMBER"))
        assert ask(other)[0] == 200
        assert ask(other) == (429, limit.format("APPLICATION"))
        sandbox.clock.set(sandbox.clock.midnight() - 0.001)
        assert ask(other)[0] == 429
        sandbox.clock.advance(0.001)
        assert ask(other)[0] == 200
        client.session.close()


@pytest.mark.parametrize(
    ("headers", "content", "status"),
    [
        ({"Content-Type": "text/plain"}, b"{}", 415),
        ({"Content-Type": "application/json"}, b"{", 400),
        ({"Content-Type": "application/json"}, b'{"a": NaN}', 400),
        ({"Content-Type": "application/json"}, b'{"a": "\\ud800"}', 400),
        ({"Content-Type": "application/json"}, b"\xff", 400),
        ({"Content-Type": "application/json"}, b"[" * 100_000, 400),
        ({"Content-Type": "application/json; charset=utf-8"}, b"{}", 422),
        ({"Content-Type": "application/json"}, b"[]", 422),
    ],
)
def test_bodies_that_are_no_json_object(
    headers: dict[str, str], content: bytes, status: int, client: Client
) -> None:
    url = client.sandbox.url + "/v2/ugcPosts"
    sent = {**client.headers("/v2"), **headers}
    assert client.session.post(url, data=content, headers=sent, timeout=20).status_code == status


def test_what_is_not_there(client: Client) -> None:
    assert (
        client.send("POST", "/v2/nothing", {}).json()["message"] == "No virtual resource found for: nothing"
    )
    assert client.send("GET", "/v2/ugcPosts").status_code == 405
    assert client.send("TRACE", "/rest/posts").status_code == 405
    assert client.send("DELETE", "/v2/ugcPosts").status_code == 405


def test_the_support_headers_are_there(client: Client) -> None:
    headers = client.send("GET", "/v2/userinfo").headers
    assert headers["x-li-fabric"] == "prod-lor1"
    assert headers["x-li-uuid"] != client.send("GET", "/v2/userinfo").headers["x-li-uuid"]


def test_userinfo_tells_what_the_scopes_allow(client: Client, sandbox: Sandbox) -> None:
    full = client.send("GET", "/v2/userinfo").json()
    assert (full["sub"], full["email"]) == (sandbox.member.id, "mira@example.com")
    client.token = sandbox.token(scopes=["openid"])
    assert client.send("GET", "/v2/userinfo").json() == {"sub": sandbox.member.id}
    client.token = sandbox.token(scopes=["w_member_social"])
    assert client.send("GET", "/v2/userinfo").status_code == 403
    assert client.send("GET", "/v2/me").json()["message"].endswith("me.GET.NO_VERSION")
