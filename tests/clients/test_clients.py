"""Unmodified clients from npm and PyPI. They know LinkedIn's own hosts; only the environment leads them here."""

import base64
from pathlib import Path

import pytest

from publisher.sandbox.defaults import COMMUNITY_ID, COMMUNITY_SECRET
from publisher.sandbox.server import Sandbox
from publisher.sandbox.values import App

from .conftest import Runner

PNG = base64.b64encode(
    bytes.fromhex(
        "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
        "0000000c4944415408d763f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
    )
).decode()
COMMUNITY = {
    "CLIENT_ID": COMMUNITY_ID,
    "CLIENT_SECRET": COMMUNITY_SECRET,
    "SCOPES": "r_basicprofile w_member_social r_organization_social",
}


@pytest.fixture(params=["node", "intercepted"])
def official(request: pytest.FixtureRequest) -> Runner:
    """LinkedIn's own client, in both languages.

    The one for Python sends prepared requests, for which requests ignores REQUESTS_CA_BUNDLE: it takes the interceptor.
    """
    run: Runner = request.getfixturevalue(request.param)
    name = "official.cjs" if request.param == "node" else "official.py"
    return lambda **more: run(name, **more)


def test_the_official_client(official: Runner, proxy: Sandbox) -> None:
    found = official(**COMMUNITY)
    assert found["active"] is True
    assert found["me"] == proxy.member.id
    assert sorted(found["batch"]) == sorted(found["created"]) == sorted(found["tunnelled"])
    assert found["found"] == ["Two", "One"]
    assert found["missing"] == 150
    tunnelled = [
        entry for entry in proxy.requests() if "x-http-method-override" in entry["request"]["headers"]
    ]
    assert len(tunnelled) == 1


def test_crosspost(node: Runner, proxy: Sandbox) -> None:
    found = node("crosspost.mjs", PNG=PNG)
    assert proxy.expect_post(text="Hello from crosspost").urn == found["text"]
    assert proxy.expect_post(text="With a picture", images=1).urn == found["pictured"]


def test_crier(python: Runner, proxy: Sandbox) -> None:
    found = python("crier_publish.py")
    assert found["success"], found["error"]
    assert (
        proxy.expect_post(article="https://example.com/a", text="From crier\n\nAbout it").urn == found["id"]
    )


def test_n8n(node: Runner, proxy: Sandbox) -> None:
    text, article, image, thumbnail, first, second = node("n8n.cjs", PNG=PNG)
    assert proxy.expect_post(text="Text from n8n").urn == text
    assert proxy.expect_post(text="An article from n8n", article="https://example.com/").urn == article
    assert proxy.expect_post(text="An image from n8n", images=1).urn == image
    assert proxy.expect_post(text="A thumbnail from n8n", article="https://example.com/2").urn == thumbnail
    assert proxy.expect_post(text="First (of two)", images=1).urn == first
    assert proxy.expect_post(text="Second #two", images=1).urn == second


def test_authjs(node: Runner, proxy: Sandbox) -> None:
    found = node("authjs.mjs")
    assert found["user"]["name"] == "Mira Example", found
    assert found["user"]["email"] == proxy.member.email


def test_an_express_app(node: Runner, proxy: Sandbox) -> None:
    found = node("express.cjs", PNG=PNG)
    assert found.get("name") == "Mira Example", found
    assert proxy.expect_post(text="Hello from Express", images=1).urn == found["id"]
    # uploads of clients with fixed hosts must not leave TLS
    assert found["uploadUrl"].startswith("https://www.linkedin.com/dms-uploads/")
    assert any("in the URL" in warning for entry in proxy.requests() for warning in entry["warnings"])


def test_passport(node: Runner, proxy: Sandbox) -> None:
    app: App = proxy.store.add_app(name="Old", products=["legacy"], redirect_uris=["http://127.0.0.1:*"])
    found = node("passport.cjs", CLIENT_ID=app.client_id, CLIENT_SECRET=app.client_secret)
    assert found.get("displayName") == "Mira Example", found
    assert found["emails"] == [{"value": "mira@example.com"}]
    assert found["photos"][0]["value"].startswith("https://api.linkedin.com/dms/image/")


def test_authlib(python: Runner, proxy: Sandbox) -> None:
    found = python("authlib_login.py")
    assert found["issuer"] == found["claims"]["iss"] == "https://www.linkedin.com/oauth"
    assert found["claims"]["sub"] == found["user"]["sub"] == proxy.member.id


def test_the_interceptor(python: Runner) -> None:
    found = python(
        "interceptor.py", PYTHONPATH=str(Path(__file__).parents[2]), HTTPS_PROXY="http://127.0.0.1:9"
    )
    assert found["seen"] == 3
    assert found["urls"] == ["https://api.linkedin.com/v2/userinfo"] * 3
    assert all(picture.startswith("https://api.linkedin.com/") for picture in found["pictures"])
