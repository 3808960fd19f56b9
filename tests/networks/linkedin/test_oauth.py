"""OAuth's calls: what is sent, every error the reference knows, and that no secret comes back in any of them."""

import json
from datetime import UTC, datetime
from urllib.parse import parse_qs

import pytest

from publisher.errors import ApiError, Forbidden, Rejected, Unauthorized, Unavailable
from publisher.networks.linkedin.oauth import Client, exchange_code, introspect, refresh, revoke
from publisher.networks.linkedin.organizations import Organization, read_organizations
from publisher.sandbox.defaults import CLIENT_ID, CLIENT_SECRET
from publisher.sandbox.server import Sandbox
from tests.networks.linkedin.raw import RawServer, answers, drops, hangs, http, read_body
from tests.networks.linkedin.runtimes import TOKEN, Naps, transport

APP = Client("app-id", "the-app-secret")
SANDBOX_APP = Client(CLIENT_ID, CLIENT_SECRET)
CODE, REDIRECT = "AQcode-of-this-login", "http://localhost:3000/auth/linkedin/callback"


def test_secrets_travel_in_the_body_only() -> None:
    bodies: list[bytes] = []

    def play(connection, head: bytes) -> None:
        bodies.append(read_body(connection, head))
        connection.sendall(http(200, '{"access_token": "AQX", "expires_in": 5183999}'))

    with RawServer(play) as server:
        issued = exchange_code(transport(server.url), APP, CODE, REDIRECT)
    assert (issued.access_token, issued.expires_in) == ("AQX", 5183999)
    head = server.heads[0].decode()
    assert head.startswith("POST /oauth/v2/accessToken HTTP/1.1")
    assert "application/x-www-form-urlencoded" in head
    assert "uthorization" not in head
    assert CODE not in head
    assert {name: value for name, (value,) in parse_qs(bodies[0].decode()).items()} == {
        "grant_type": "authorization_code", "code": CODE, "redirect_uri": REDIRECT,
        "client_id": "app-id", "client_secret": "the-app-secret",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("document", "scopes", "seconds"),
    [
        ({"access_token": "a", "expires_in": 5184000, "scope": "openid w_member_social"}, 2, 5184000),
        (
            {"access_token": "a", "expires_in": "5183999", "scope": "email,openid", "token_type": "Bearer"},
            2,
            5183999,
        ),
        ({"access_token": "a", "id_token": "x.y.z"}, 0, 0),
        ({"access_token": "a", "expires_in": -5, "refresh_token": ""}, 0, 0),
        ({"access_token": "a", "expires_in": None, "refresh_token": 7}, 0, 0),
    ],
)
def test_every_shape_of_a_grant_is_read(document: dict, scopes: int, seconds: int) -> None:
    with RawServer(answers(http(200, json.dumps(document)))) as server:
        issued = exchange_code(transport(server.url), APP, CODE, REDIRECT)
    assert (len(issued.scopes), issued.expires_in, issued.refresh_token) == (scopes, seconds, None)


MISMATCH = (
    "Unable to retrieve access token: appid/redirect uri/code verifier does not match authorization code. "
    "Or authorization code expired. Or external member binding exists"
)
NOT_FOUND = "Unable to retrieve access token: authorization code not found"
ERRORS = [
    *((400, "invalid_request", f'A required parameter "{name}" is missing', Rejected, "")
      for name in ("redirect_uri", "code", "grant_type", "client_id", "client_secret", "refresh_token")),
    (400, "invalid_request", NOT_FOUND, Rejected, "start `publisher auth login` again"),
    (401, "invalid_request", NOT_FOUND, Unauthorized, "start `publisher auth login` again"),
    (400, "invalid_redirect_uri", MISMATCH, Rejected, "older than 30 minutes"),
    (400, "invalid_request", MISMATCH, Rejected, "start `publisher auth login` again"),
    (401, "invalid_client", "Client authentication failed", Unauthorized, "LINKEDIN_CLIENT_SECRET"),
    (400, "invalid_request", "The provided authorization grant or refresh token is invalid, expired or revoked",
     Rejected, "refresh token has ended"),
    (403, "", "", Forbidden, ""),
]  # fmt: skip


@pytest.mark.parametrize(("status", "error", "description", "kind", "remedy"), ERRORS)
def test_every_refusal_of_a_code_is_told(
    status: int, error: str, description: str, kind: type[ApiError], remedy: str
) -> None:
    body = json.dumps({"error": error, "error_description": f"{description} {CODE} the-app-secret".strip()})
    with RawServer(answers(http(status, body))) as server, pytest.raises(kind) as caught:
        exchange_code(transport(server.url), APP, CODE, REDIRECT)
    assert description in caught.value.message
    assert remedy in caught.value.remedy
    assert caught.value.remedy
    shown = f"{caught.value!r} {caught.value} {caught.value.args}"
    assert CODE not in shown
    assert "the-app-secret" not in shown
    assert server.requests == 1


@pytest.mark.parametrize("script", [drops(after_body=True), hangs(), answers(http(502)), answers(http(302))])
def test_a_code_is_sent_once_and_its_loss_is_told(script) -> None:
    with RawServer(script) as server, pytest.raises(Unavailable) as caught:
        exchange_code(transport(server.url, read=0.2), APP, CODE, REDIRECT)
    assert server.requests == 1
    assert "publisher auth login" in caught.value.remedy
    assert "state resolve" not in caught.value.remedy


@pytest.mark.parametrize("body", ["", "<html>", "{}", '{"access_token": ""}', '{"access_token": 7}'])
def test_a_grant_without_a_token_is_none(body: str) -> None:
    with RawServer(answers(http(200, body))) as server, pytest.raises(Unavailable, match="access token"):
        exchange_code(transport(server.url), APP, CODE, REDIRECT)


def test_a_refresh_is_repeated_where_linkedin_is_in_trouble() -> None:
    good = http(
        200, '{"access_token": "b", "expires_in": 10, "refresh_token": "r", "refresh_token_expires_in": 20}'
    )
    naps = Naps()
    with RawServer(answers(http(503)), answers(good)) as server:
        issued = refresh(transport(server.url, naps), APP, "refresh-secret")
    assert (issued.refresh_token, issued.refresh_expires_in) == ("r", 20)
    assert len(naps.naps) == 1


def test_introspection(sandbox: Sandbox) -> None:
    speaker = transport(sandbox.url)
    said = introspect(speaker, SANDBOX_APP, sandbox.token())
    assert (said.active, said.status) == (True, "active")
    assert "w_member_social" in said.scopes
    assert said.expires_at is not None
    assert said.expires_at > datetime.now(UTC)
    assert not introspect(speaker, SANDBOX_APP, "made-up").active
    assert not introspect(speaker, SANDBOX_APP, sandbox.organization_token()).active
    with pytest.raises(Unauthorized, match="Client authentication failed"):
        introspect(speaker, Client(CLIENT_ID, "wrong"), sandbox.token())
    with pytest.raises(Rejected):
        introspect(speaker, Client("nobody", "wrong"), sandbox.token())


@pytest.mark.parametrize("body", ["", "{}", '{"active": "yes"}'])
def test_an_introspection_that_says_nothing_is_no_word(body: str) -> None:
    with RawServer(answers(http(200, body))) as server, pytest.raises(Unavailable):
        introspect(transport(server.url), APP, "token")


def test_a_revocation_is_an_attempt(sandbox: Sandbox) -> None:
    token = sandbox.token()
    assert revoke(transport(sandbox.url), SANDBOX_APP, token)
    assert not introspect(transport(sandbox.url), SANDBOX_APP, token).active
    with RawServer(answers(http(404))) as server:
        assert not revoke(transport(server.url), APP, token)


def acl(number: int, role: str = "ADMINISTRATOR", **more: str) -> dict[str, str]:
    return {"organization": f"urn:li:organization:{number}", "role": role, "state": "APPROVED", **more}


def test_pages_are_listed_by_roles_that_may_post() -> None:
    rows = [
        acl(3), acl(1, "CONTENT_ADMIN"), acl(1, "ADMINISTRATOR"), acl(2, "ANALYST"), acl(4, state="REQUESTED"),
        {"organizationTarget": "urn:li:organization:5", "role": "DIRECT_SPONSORED_CONTENT_POSTER"},
        {}, {"role": "ADMINISTRATOR"},
    ]  # fmt: skip
    with RawServer(answers(http(200, json.dumps({"elements": rows})))) as server:
        found = read_organizations(transport(server.url), TOKEN, "202609")
    assert found == (
        Organization("urn:li:organization:1", "CONTENT_ADMIN"),
        Organization("urn:li:organization:3", "ADMINISTRATOR"),
        Organization("urn:li:organization:5", "DIRECT_SPONSORED_CONTENT_POSTER"),
    )
    head = server.heads[0].decode().lower()
    assert "linkedin-version: 202609" in head
    assert "x-restli-method: finder" in head


def test_pages_come_in_pages() -> None:
    first = http(200, json.dumps({"elements": [acl(number) for number in range(100)]}))
    second = http(200, json.dumps({"elements": [acl(number) for number in range(90, 120)]}))
    with RawServer(answers(first), answers(second)) as server:
        assert len(read_organizations(transport(server.url), TOKEN, "202609")) == 120
    assert b"start=100" in server.heads[1]


@pytest.mark.parametrize("body", ["", "{}", '{"elements": 7}', '{"elements": [7]}'])
def test_no_pages(body: str) -> None:
    with RawServer(answers(http(200, body))) as server:
        assert read_organizations(transport(server.url), TOKEN, "202609") == ()
