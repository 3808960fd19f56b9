"""OAuth: the page, the code, the token, refresh, introspection, and every refusal."""

import base64
import hashlib
import html
import json
import re
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import pytest
import requests

from publisher.sandbox.defaults import CLIENT_ID, CLIENT_SECRET, COMMUNITY_ID, COMMUNITY_SECRET
from publisher.sandbox.linkedin.oauth.authorization import registered
from publisher.sandbox.linkedin.oauth.id_token import EXPONENT, MODULUS
from publisher.sandbox.server import Sandbox
from publisher.sandbox.values import App

from .conftest import Client

CALLBACK = "http://127.0.0.1:18920/callback"
SCOPE = "openid profile w_member_social"
FORM = {
    "grant_type": "authorization_code",
    "client_id": CLIENT_ID,
    "client_secret": CLIENT_SECRET,
    "redirect_uri": CALLBACK,
}


def asked(**change: str) -> dict[str, str]:
    given = {
        "response_type": "code",
        "client_id": CLIENT_ID,
        "redirect_uri": CALLBACK,
        "scope": SCOPE,
        "state": "s&1",
    }
    return {name: value for name, value in {**given, **change}.items() if value}


def authorize(client: Client, **change: str) -> requests.Response:
    url = f"{client.sandbox.url}/oauth/v2/authorization"
    return client.session.get(url, params=asked(**change), allow_redirects=False, timeout=20)


def decide(client: Client, decision: str, **change: str) -> requests.Response:
    """Send the page's own form, as a browser would."""
    page = authorize(client, **change).text
    fields = {
        name: html.unescape(value) for name, value in re.findall(r'name="(\w+)" value="([^"]*)">', page)
    }
    member = re.search(r'<option value="([^"]+)"', page)
    assert member
    form = {**fields, "member": member[1], "decision": decision}
    url = f"{client.sandbox.url}/oauth/v2/authorization"
    return client.session.post(url, data=form, allow_redirects=False, timeout=20)


def callback(response: requests.Response) -> dict[str, str]:
    assert response.status_code == 302
    location = response.headers["Location"]
    assert location.startswith(CALLBACK)
    return dict(parse_qsl(urlsplit(location).query))


def exchange(client: Client, **change: str) -> requests.Response:
    form = {**FORM, **change}
    form = {name: value for name, value in form.items() if value}
    return client.session.post(f"{client.sandbox.url}/oauth/v2/accessToken", data=form, timeout=20)


def log_in(client: Client, **change: str) -> dict[str, Any]:
    client.session.cookies.clear()
    answer = exchange(client, code=callback(decide(client, "allow", **change))["code"])
    assert answer.status_code == 200, answer.text
    tokens: dict[str, Any] = answer.json()
    return tokens


def test_from_page_to_post(client: Client, sandbox: Sandbox) -> None:
    page = authorize(client)
    assert page.status_code == 200
    assert "Sandbox app would like to" in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    back = callback(decide(client, "allow"))
    assert back["state"] == "s&1"
    tokens = exchange(client, code=back["code"]).json()
    assert tokens["expires_in"] == 5_183_999
    assert tokens["scope"] == "openid,profile,w_member_social"
    assert "refresh_token" not in tokens
    client.token = tokens["access_token"]
    assert client.send("GET", "/v2/userinfo").json()["sub"] == sandbox.member.id
    assert client.create().status_code == 201


@pytest.mark.parametrize(
    ("decision", "error"),
    [("cancel", "user_cancelled_authorize"), ("login-cancelled", "user_cancelled_login")],
)
def test_refusing_on_the_page(decision: str, error: str, client: Client) -> None:
    back = callback(decide(client, decision))
    assert (back["error"], back["state"], "code" in back) == (error, "s&1", False)


@pytest.mark.parametrize(
    ("change", "error", "description"),
    [
        (
            {"scope": "openid r_liteprofile"},
            "unauthorized_scope_error",
            "Scope &quot;r_liteprofile&quot; is not authorized for your application",
        ),
        ({"scope": ""}, "invalid_scope_error", "The passed in scope is invalid"),
        ({"response_type": "token"}, "invalid_request", 'A required parameter "response_type" is missing'),
        ({"code_challenge": "x"}, "invalid_request", "code_challenge_method must be S256"),
    ],
)
def test_errors_that_are_redirected(
    change: dict[str, str], error: str, description: str, client: Client
) -> None:
    back = callback(authorize(client, **change))
    assert (back["error"], back["error_description"]) == (error, description)


@pytest.mark.parametrize(
    "change",
    [
        {"client_id": "stranger"},
        {"redirect_uri": "https://evil.example/"},
        {"redirect_uri": f"{CALLBACK}#x"},
        {"redirect_uri": ""},
        {"redirect_uri": "http://127.0.0.1:1@evil.example/"},
    ],
)
def test_strangers_are_never_redirected_to(change: dict[str, str], client: Client) -> None:
    response = authorize(client, **change)
    assert response.status_code == 400
    assert "Bummer, something went wrong" in response.text
    assert "Location" not in response.headers


@pytest.mark.parametrize(
    ("uri", "known"),
    [
        ("https://app.example/back", True),
        ("https://app.example/back?x=1", True),
        ("https://app.example/back/", False),
        ("https://app.example/other", False),
        ("http://app.example/back", False),
        ("/back", False),
        ("https://app.example/back#x", False),
    ],
)
def test_a_registered_uri_must_be_equal_but_for_its_query(uri: str, known: bool) -> None:
    app = App("id", "secret", "App", redirect_uris=("https://app.example/back?from=linkedin",))
    assert registered(app, uri) is known


def test_the_page_escapes_what_it_is_given(client: Client) -> None:
    page = authorize(client, state='"><script>alert(1)</script>').text
    assert "<script" not in page


def test_consent_is_asked_for_once(client: Client) -> None:
    exchange(client, code=callback(decide(client, "allow"))["code"])
    assert "code" in callback(authorize(client))
    assert authorize(client, scope="openid").status_code == 200


def test_consent_by_itself() -> None:
    with Sandbox(auto_consent=True) as sandbox:
        client = Client(sandbox)
        assert "code" in callback(authorize(client))
        client.session.close()


MISMATCH = (
    "Unable to retrieve access token: appid/redirect uri/code verifier does not match authorization code. "
    "Or authorization code expired. Or external member binding exists"
)


@pytest.mark.parametrize("name", ["grant_type", "code", "redirect_uri", "client_id", "client_secret"])
def test_a_missing_parameter_is_named(name: str, client: Client) -> None:
    code = callback(decide(client, "allow"))["code"]
    answer = exchange(client, **{"code": code, name: ""})
    assert answer.status_code == 400
    assert answer.json() == {
        "error": "invalid_request",
        "error_description": f'A required parameter "{name}" is missing',
    }


def test_codes_are_used_once_in_time_and_by_whom_they_are_for(client: Client, sandbox: Sandbox) -> None:
    answer = exchange(client, code="never")
    assert answer.json()["error_description"].endswith("authorization code not found")
    code = callback(decide(client, "allow"))["code"]
    assert exchange(client, code=code, client_secret="wrong").status_code == 401
    assert exchange(client, code=code).status_code == 200
    assert exchange(client, code=code).json() == {
        "error": "invalid_redirect_uri",
        "error_description": MISMATCH,
    }
    code = callback(authorize(client))["code"]
    assert exchange(client, code=code, redirect_uri=f"{CALLBACK}2").json()["error"] == "invalid_redirect_uri"
    code = callback(authorize(client))["code"]
    sandbox.clock.advance(1800)
    assert exchange(client, code=code).json()["error"] == "invalid_redirect_uri"


def test_parameters_in_the_query_count_and_are_warned_of(client: Client, sandbox: Sandbox) -> None:
    """``axios.post(url, null, {params})`` is what most guides show."""
    code = callback(decide(client, "allow"))["code"]
    query = urlencode({**FORM, "code": code})
    response = client.session.post(f"{sandbox.url}/oauth/v2/accessToken?{query}", timeout=20)
    assert response.status_code == 200
    assert response.json()["access_token"]
    (entry,) = sandbox.requests(resource="oauth", method="accessToken")
    assert "in the URL" in entry["warnings"][0]


def test_the_query_and_get_are_settings() -> None:
    for settings, verb, status, said in (
        ({"token_query": False}, "POST", 400, "grant_type"),
        ({}, "GET", 405, "not supported"),
        ({"token_get": True}, "GET", 200, "access_token"),
    ):
        with Sandbox(**settings) as sandbox:
            client = Client(sandbox)
            code = callback(decide(client, "allow"))["code"]
            query = urlencode({**FORM, "code": code})
            response = client.session.request(verb, f"{sandbox.url}/oauth/v2/accessToken?{query}", timeout=20)
            assert (response.status_code, said in response.text) == (status, True)
            client.session.close()


@pytest.mark.parametrize(
    "uri",
    [
        "http://127.0.0.1:1/\r\nset-cookie: a=b",
        "http://127.0.0.1:1/%0d%0a\n",
        "http://evil.com\\@127.0.0.1/",
        "http://evil.com@127.0.0.1:1/",
        "http://127.0.0.1:1/\t",
        "http://127.0.0.1:99999999/",
        "http://[127.0.0.1/",
        "//127.0.0.1/",
    ],
)
def test_no_redirect_leaves_the_app(uri: str, client: Client) -> None:
    response = authorize(client, redirect_uri=uri)
    assert response.status_code == 400
    assert "location" not in response.headers
    assert "Redirect_uri doesn" in response.text


def test_scopes_may_have_commas_between_them(client: Client) -> None:
    code = callback(decide(client, "allow", scope="openid,profile,w_member_social"))["code"]
    assert exchange(client, code=code).json()["scope"] == "openid,profile,w_member_social"


def test_pkce(client: Client) -> None:
    verifier = "v" * 43
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    pkce = {"code_challenge": challenge, "code_challenge_method": "S256"}
    for sent, status in (("", 400), ("w" * 43, 400), (verifier, 200)):
        client.session.cookies.clear()
        code = callback(decide(client, "allow", **pkce))["code"]
        assert exchange(client, code=code, code_verifier=sent).status_code == status


def test_other_scopes_end_earlier_tokens(client: Client) -> None:
    first, second = log_in(client), log_in(client)
    client.token = first["access_token"]
    assert client.send("GET", "/v2/userinfo").status_code == 200
    log_in(client, scope="openid")
    for tokens in (first, second):
        client.token = tokens["access_token"]
        assert client.send("GET", "/v2/userinfo").json()["serviceErrorCode"] == 65601


def test_refresh_tokens_are_for_some_apps_and_end_on_their_day(client: Client, sandbox: Sandbox) -> None:
    app = {"client_id": COMMUNITY_ID, "client_secret": COMMUNITY_SECRET}
    code = callback(decide(client, "allow", client_id=COMMUNITY_ID, scope="w_member_social"))["code"]
    tokens = exchange(client, code=code, **app).json()
    refresh = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"], **app}
    sandbox.clock.advance(360 * 86_400)
    again = exchange(client, **refresh).json()
    assert again["refresh_token"] == tokens["refresh_token"]
    assert again["expires_in"] == pytest.approx(5 * 86_400, abs=60)
    assert again["refresh_token_expires_in"] == pytest.approx(5 * 86_400, abs=60)
    client.token = again["access_token"]
    assert client.create().status_code == 201
    sandbox.clock.advance(5 * 86_400)
    assert exchange(client, **refresh).json()["error_description"] == (
        "The provided authorization grant or refresh token is invalid, expired or revoked"
    )


def introspect(client: Client, token: str, **app: str) -> requests.Response:
    form = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "token": token, **app}
    return client.session.post(f"{client.sandbox.url}/oauth/v2/introspectToken", data=form, timeout=20)


def test_introspection(client: Client, sandbox: Sandbox) -> None:
    token = sandbox.token()
    answer = introspect(client, token).json()
    assert (answer["active"], answer["status"], answer["auth_type"]) == (True, "active", "3L")
    assert answer["scope"] == "email,openid,profile,w_member_social"
    assert answer["expires_at"] - answer["created_at"] == 5_183_999
    assert introspect(client, sandbox.organization_token()).json() == {"active": False}
    assert introspect(client, token, client_id="x").status_code == 400
    assert introspect(client, token, client_secret="x").status_code == 401
    sandbox.clock.advance(5_183_999)
    assert introspect(client, token).json()["status"] == "expired"


def test_revocation(client: Client, sandbox: Sandbox) -> None:
    token = sandbox.token()
    form = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "token": token}
    response = client.session.post(f"{sandbox.url}/oauth/v2/revoke", data=form, timeout=20)
    assert response.status_code == 200
    assert introspect(client, token).json()["status"] == "revoked"


def part(encoded: str) -> bytes:
    return base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))


def test_id_tokens_can_be_verified(client: Client, sandbox: Sandbox) -> None:
    token = log_in(client)["id_token"]
    head, claims, signature = token.split(".")
    values = json.loads(part(claims))
    assert (values["sub"], values["aud"], values["exp"] - values["iat"]) == (
        sandbox.member.id,
        CLIENT_ID,
        3600,
    )
    discovery = client.session.get(f"{values['iss']}/.well-known/openid-configuration", timeout=20).json()
    (key,) = client.session.get(discovery["jwks_uri"], timeout=20).json()["keys"]
    assert int.from_bytes(part(key["n"]), "big") == MODULUS
    assert json.loads(part(head)) == {"alg": "RS256", "typ": "JWT", "kid": key["kid"]}
    opened = pow(int.from_bytes(part(signature), "big"), EXPONENT, MODULUS).to_bytes(256, "big")
    assert opened.endswith(hashlib.sha256(f"{head}.{claims}".encode()).digest())
    assert opened.startswith(b"\x00\x01\xff\xff")
    assert "id_token" not in log_in(client, scope="w_member_social")


def test_faults_reach_oauth_too(client: Client, sandbox: Sandbox) -> None:
    sandbox.fault("error", resource="oauth", method="accessToken", status=503)
    assert exchange(client, code="x").status_code == 503
    assert sandbox.requests(resource="oauth")[0]["method"] == "accessToken"


def test_the_query_of_the_redirect_uri_stays(client: Client) -> None:
    response = decide(client, "allow", redirect_uri=f"{CALLBACK}?from=here")
    assert parse_qs(urlsplit(response.headers["Location"]).query).keys() == {"from", "code", "state"}
