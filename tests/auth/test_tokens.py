"""An author's token: who wins, when it is refreshed, and that a failure never loses the old one."""

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from publisher.auth.grant import Grant
from publisher.auth.tokens import TokenSource
from publisher.auth.vault import Vault
from publisher.errors import Unauthorized
from publisher.model.config import Config, LinkedIn
from publisher.model.post import Author
from publisher.networks.linkedin.transport import Runtime
from publisher.sandbox.defaults import COMMUNITY_ID, COMMUNITY_SECRET
from publisher.sandbox.server import Sandbox
from tests.networks.linkedin.raw import RawServer, answers, http
from tests.networks.linkedin.runtimes import Naps

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
PAGE = Author("urn:li:organization:4711", "page", "PAGE_TOKEN")
APP = {"LINKEDIN_CLIENT_ID": COMMUNITY_ID, "LINKEDIN_CLIENT_SECRET": COMMUNITY_SECRET}


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault(tmp_path / "config", lambda: None)


def source(
    vault: Vault, url: str, environ: dict[str, str] | None = None, runtime: Runtime | None = None
) -> TokenSource:
    config = Config(linkedin=LinkedIn(api_url=url, oauth_url=url))
    return TokenSource(config, environ or {}, vault=vault, runtime=runtime or Naps().runtime())


def keep(vault: Vault, url: str, **fields) -> Grant:
    grant = replace(Grant(PAGE.urn, "stored-token", NOW + timedelta(days=60)), **fields)
    vault.put(url, grant)
    return grant


URL = "https://api.linkedin.com"
REFUSED = """{"error": "invalid_request",
"error_description": "The provided authorization grant or refresh token is invalid, expired or revoked"}"""


def test_the_environment_wins(vault: Vault) -> None:
    keep(vault, URL)
    assert source(vault, URL)(PAGE) == "stored-token"
    assert source(vault, URL, {"PAGE_TOKEN": " from-the-environment\n"})(PAGE) == "from-the-environment"
    assert (
        source(vault, URL, {"PAGE_TOKEN": "", "LINKEDIN_ACCESS_TOKEN": "of-another"})(PAGE) == "stored-token"
    )


def test_no_token_names_both_ways_to_one(vault: Vault) -> None:
    with pytest.raises(Unauthorized, match="no token for page") as caught:
        source(vault, URL)(PAGE)
    assert "publisher auth login --author page" in caught.value.remedy
    assert "PAGE_TOKEN" in caught.value.remedy


def test_a_token_of_another_address_is_none(vault: Vault) -> None:
    keep(vault, URL)
    with pytest.raises(Unauthorized):
        source(vault, "https://evil.example")(PAGE)


def test_a_token_that_ended_is_told_with_its_day(vault: Vault) -> None:
    keep(vault, URL, expires_at=NOW - timedelta(hours=1))
    with pytest.raises(Unauthorized, match=r"ended on 2026-11-23 11:00 UTC") as caught:
        source(vault, URL)(PAGE)
    assert caught.value.code == "EXPIRED_ACCESS_TOKEN"


def test_the_end_is_known_offline(vault: Vault) -> None:
    assert source(vault, URL).expiry(PAGE) is None
    keep(vault, URL)
    assert source(vault, URL).expiry(PAGE) == NOW + timedelta(days=60)
    assert source(vault, URL, {"PAGE_TOKEN": "x"}).expiry(PAGE) is None
    keep(vault, URL, refresh_token="r", refresh_expires_at=NOW + timedelta(days=365))
    assert source(vault, URL).expiry(PAGE) == NOW + timedelta(days=365)


def issued(sandbox: Sandbox) -> tuple[str, str]:
    """A real access and refresh token of the sandbox's page app."""
    token = sandbox.store.issue_token(sandbox.member.urn, COMMUNITY_ID, ("w_organization_social",))
    refresh = sandbox.store.ids.token()
    ends = token.created_at + 31_536_000
    sandbox.store.tokens.put(token.value, replace(token, refresh=refresh, refresh_expires_at=ends))
    return token.value, refresh


def soon(now: datetime) -> datetime:
    return now + timedelta(hours=1)


def real_world() -> Runtime:
    return Runtime(sleep=lambda _: None)


def test_a_token_near_its_end_is_refreshed_and_kept(sandbox: Sandbox, vault: Vault) -> None:
    token, refresh = issued(sandbox)
    now = datetime.now(UTC)
    keep(vault, sandbox.url, access_token=token, refresh_token=refresh, expires_at=soon(now), scopes=("s",))
    fresh = source(vault, sandbox.url, APP, real_world())(PAGE)
    assert fresh != token
    stored = vault.get(sandbox.url, PAGE.urn)
    assert stored is not None
    assert (stored.access_token, stored.refresh_token) == (fresh, refresh)
    assert stored.expires_at is not None
    assert stored.expires_at > now + timedelta(days=50)
    assert stored.scopes == ("w_organization_social",)


@pytest.mark.parametrize("trouble", ["refused", "unreachable", "no app"])
def test_a_refresh_that_fails_keeps_the_old_token(trouble: str, vault: Vault) -> None:
    with RawServer(answers(http(400, REFUSED) if trouble == "refused" else http(503))) as server:
        grant = keep(vault, server.url, refresh_token="old-refresh", expires_at=soon(NOW))
        found = source(vault, server.url, {} if trouble == "no app" else APP)(PAGE)
    assert found == grant.access_token
    assert vault.get(server.url, PAGE.urn) == grant


@pytest.mark.parametrize("trouble", ["refused", "no app"])
def test_a_token_that_ended_and_cannot_be_refreshed_is_told(trouble: str, vault: Vault) -> None:
    with RawServer(answers(http(400, REFUSED))) as server:
        grant = keep(vault, server.url, refresh_token="old-refresh", expires_at=NOW - timedelta(hours=1))
        with pytest.raises(Exception, match=r"refresh token is invalid|app's id and secret") as caught:
            source(vault, server.url, {} if trouble == "no app" else APP)(PAGE)
    assert "old-refresh" not in str(caught.value)
    assert vault.get(server.url, PAGE.urn) == grant


def test_two_runs_refresh_once(sandbox: Sandbox, vault: Vault) -> None:
    token, refresh = issued(sandbox)
    keep(vault, sandbox.url, access_token=token, refresh_token=refresh, expires_at=soon(datetime.now(UTC)))
    found: list[str] = []
    start = threading.Barrier(4)

    def run() -> None:
        mine = source(Vault(vault.directory, lambda: None), sandbox.url, APP, real_world())
        start.wait()
        found.append(mine(PAGE))

    runs = [threading.Thread(target=run) for _ in range(4)]
    for thread in runs:
        thread.start()
    for thread in runs:
        thread.join()
    assert len(set(found)) == 1
    assert len([r for r in sandbox.requests() if r["path"].endswith("accessToken")]) == 1


def test_one_run_asks_the_vault_once(vault: Vault) -> None:
    keep(vault, URL)
    mine = source(vault, URL)
    assert mine(PAGE) == "stored-token"
    vault.remove(URL, PAGE.urn)
    assert mine(PAGE) == "stored-token"
