"""Logging in: the whole way through the sandbox's authorization page, and every way it can fail."""

import json
import stat
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests

from publisher.cli import login as cli
from publisher.networks.linkedin.transport import Runtime
from publisher.sandbox.defaults import CLIENT_ID, COMMUNITY_ID, COMMUNITY_SECRET
from publisher.sandbox.server import Sandbox
from tests.auth.conftest import User
from tests.auth.member import answered
from tests.networks.linkedin.raw import RawServer, answers, http

COMMUNITY = {"LINKEDIN_CLIENT_ID": COMMUNITY_ID, "LINKEDIN_CLIENT_SECRET": COMMUNITY_SECRET}


def test_a_login_ends_in_a_token_that_publishes(user: User, sandbox: Sandbox) -> None:
    result = user.login()
    assert (result.code, result.out) == (0, sandbox.member.urn + "\n"), result.err
    assert "Logged in as Mira Example" in result.err
    assert "LinkedIn has answered" in user.browser.pages[0].text
    grant = user.vault.get(sandbox.url, sandbox.member.urn)
    assert grant is not None
    assert grant.scopes == ("openid", "profile", "w_member_social")
    assert grant.client_id == CLIENT_ID
    assert grant.expires_at is not None
    assert (grant.expires_at - datetime.now(UTC)).days == 59
    user.project.write("content/hello.md", "Hello from a fresh login\n")
    published = user.run("publish")
    assert published.code == 0, published.err
    assert [post.text for post in sandbox.posts()] == ["Hello from a fresh login"]


def test_the_private_file_is_private(user: User) -> None:
    user.login()
    assert stat.S_IMODE(user.vault.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(user.directory.stat().st_mode) == 0o700
    assert [path.name for path in user.directory.iterdir() if "accounts-" in path.name] == []


def test_nothing_of_it_is_in_the_project(user: User, sandbox: Sandbox) -> None:
    user.login()
    grant = user.vault.get(sandbox.url, sandbox.member.urn)
    assert grant is not None
    for path in user.project.root.rglob("*"):
        assert not path.is_file() or grant.access_token not in path.read_text(errors="replace")


REFUSED = [
    ("cancel", {}, "The permission was refused", "all of the scopes or none"),
    ("login-cancelled", {}, "Nobody logged in", "log in with the account"),
]


@pytest.mark.parametrize(("decision", "env", "message", "remedy"), REFUSED)
def test_a_refusal_is_told_in_plain_words(
    decision: str, env: dict[str, str], message: str, remedy: str, user: User
) -> None:
    user.browser.decision = decision
    result = user.login(**env)
    assert (result.code, result.out) == (1, "")
    assert message in result.err
    assert remedy in result.err
    assert not user.vault.path.exists()


def test_a_scope_the_app_has_not_is_explained(user: User) -> None:
    result = user.login("--scope", "openid profile r_liteprofile")
    assert result.code == 1
    assert 'Scope "r_liteprofile" is not authorized' in result.err
    assert "Products tab" in result.err


def test_a_wrong_secret_is_explained(user: User) -> None:
    result = user.login(LINKEDIN_CLIENT_SECRET="not-the-secret")
    assert result.code == 1
    assert "Client authentication failed" in result.err
    assert "LINKEDIN_CLIENT_SECRET" in result.err
    assert "not-the-secret" not in result.err


def test_strange_answers_are_shown_the_door_and_the_login_goes_on(user: User, sandbox: Sandbox) -> None:
    user.browser.before = ("?code=forged&state=guessed", "?error=access_denied", "", "/elsewhere", "?state=")
    result = user.login()
    assert (result.code, result.out) == (0, sandbox.member.urn + "\n"), result.err
    assert [page.status_code for page in user.browser.pages] == [400, 400, 400, 404, 400, 200]
    assert "forged" not in "".join(page.text for page in user.browser.pages)


def test_an_answer_that_never_comes_ends_the_wait(user: User) -> None:
    user.browser.change = {"state=": "state=x"}
    result = user.login("--timeout", "1")
    assert result.code == 1
    assert "did not come within 1 seconds" in result.err


def test_a_code_that_is_not_linkedins_is_refused(user: User) -> None:
    user.browser.change = {"code=": "code=x"}
    result = user.login()
    assert result.code == 1
    assert "authorization code not found" in result.err
    assert "publisher auth login" in result.err


def test_the_callback_page_gives_nothing_away(user: User) -> None:
    user.login()
    page = user.browser.pages[0]
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["referrer-policy"] == "no-referrer"
    assert "default-src 'none'" in page.headers["content-security-policy"]


def test_without_a_terminal_the_app_must_be_in_the_environment(
    user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = user.login(LINKEDIN_CLIENT_SECRET="")
    assert result.code == 2
    assert "LINKEDIN_CLIENT_SECRET" in result.err
    assert user.browser.links == []


@pytest.mark.parametrize(
    "address", ["https://localhost/x", "http://example.com/x", "http://localhost:0/x?y=1", "x"]
)
def test_only_this_machine_can_wait(address: str, user: User) -> None:
    result = user.run("auth", "login", "--redirect-uri", address)
    assert result.code == 2
    assert "--no-browser" in result.err


def test_a_port_in_use_is_named(user: User, sandbox: Sandbox) -> None:
    result = user.run("auth", "login", "--redirect-uri", f"{sandbox.url}/callback")
    assert result.code == 2
    assert "publisher can't listen at" in result.err


def test_a_machine_without_a_browser(user: User, sandbox: Sandbox) -> None:
    code, out, err = _paste(user, lambda link: answered(link, sandbox.member.urn))
    assert (code, out) == (0, sandbox.member.urn + "\n"), err
    assert "Logged in as" in err


def test_a_bare_query_is_fine_too(user: User, sandbox: Sandbox) -> None:
    code, _, err = _paste(user, lambda link: answered(link, sandbox.member.urn).partition("?")[2])
    assert code == 0, err


@pytest.mark.parametrize(
    "pasted", ["", "hello", "http://localhost:3999/callback?code=abc&state=wrong", "?" * 3000]
)
def test_a_wrong_paste_is_refused(pasted: str, user: User) -> None:
    code, out, err = _paste(user, lambda _: pasted)
    assert (code, out) == (1, "")
    assert "does not belong to this login" in err


def test_a_working_keyring_has_the_secrets_and_the_file_has_none(
    user: User, sandbox: Sandbox, tmp_path: Path
) -> None:
    chain = tmp_path / "keyring.json"
    env = {
        "PYTHON_KEYRING_BACKEND": "tests.auth.chainfile.FileKeyring",
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "TEST_KEYRING": str(chain),
    }
    keyed = replace(user, project=replace(user.project, env={**user.project.env, **env}))
    code, _, err = _paste(keyed, lambda link: answered(link, sandbox.member.urn))
    assert code == 0, err
    assert "the token is in chainfile FileKeyring" in err
    (kept,) = json.loads(chain.read_text()).values()
    token = json.loads(kept)["access_token"]
    assert sandbox.store.tokens.get(token) is not None
    assert token not in user.vault.path.read_text()
    shown = subprocess.run(
        [sys.executable, "-m", "publisher", "-C", str(user.project.root), "auth", "token"],
        env=keyed.project.environ, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert shown.stdout == token + "\n"


def _paste(user: User, answer) -> tuple[int, str, str]:
    command = [
        sys.executable,
        "-m",
        "publisher",
        "-C",
        str(user.project.root),
        "auth",
        "login",
        "--no-browser",
    ]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, env=user.project.environ, stdin=pipe, stdout=pipe, stderr=pipe, text=True
    ) as run:
        assert run.stderr is not None
        seen = ""
        while "/oauth/v2/authorization?" not in seen:
            line = run.stderr.readline()
            assert line, seen
            seen = line
        out, err = run.communicate(answer(seen.strip()) + "\n", timeout=30)
    return run.returncode, out, err


def test_an_organization_logs_in_with_its_own_app(user: User, sandbox: Sandbox) -> None:
    organization = sandbox.organization.urn
    user.project.configure(f'  page: {{urn: "{organization}", token_env: PAGE_TOKEN}}\n')
    user.project.write(
        "publisher.yaml", f'authors: {{page: {{urn: "{organization}", token_env: PAGE_TOKEN}}}}\n'
    )
    result = user.login("--author", "page", **COMMUNITY)
    assert (result.code, result.out) == (0, organization + "\n"), result.err
    grant = user.vault.get(sandbox.url, organization)
    assert grant is not None
    assert grant.scopes == ("w_organization_social",)
    assert grant.refresh_token is not None


def test_without_identity_scopes_the_author_must_be_configured(user: User, sandbox: Sandbox) -> None:
    assert user.login("--scope", "w_member_social").out == sandbox.member.urn + "\n"
    user.project.write("publisher.yaml", "api: ugcPosts\n")
    result = user.login("--scope", "w_member_social")
    assert result.code == 2
    assert "openid and profile" in result.err


def test_an_author_of_another_app_is_noticed(user: User, sandbox: Sandbox) -> None:
    user.project.write("publisher.yaml", 'authors:\n  # the maintainer\n  me: {urn: "urn:li:person:other"}\n')
    result = user.login()
    assert "this app knows the member as " + sandbox.member.urn in result.err
    corrected = user.login("--write-config")
    assert corrected.code == 0
    text = (user.project.root / "publisher.yaml").read_text()
    assert text == f'authors:\n  # the maintainer\n  me: {{urn: "{sandbox.member.urn}"}}\n'


def test_a_project_without_settings_gets_its_author(user: User, sandbox: Sandbox) -> None:
    (user.project.root / "publisher.yaml").unlink()
    assert user.login("--write-config").code == 0
    text = (user.project.root / "publisher.yaml").read_text()
    assert text == f'authors:\n  me:\n    urn: "{sandbox.member.urn}"\n'


def test_other_scopes_end_earlier_tokens_and_that_is_said(user: User, sandbox: Sandbox) -> None:
    user.login()
    first = user.vault.get(sandbox.url, sandbox.member.urn)
    result = user.login("--scope", "openid,profile", "--scope", "email w_member_social")
    assert "ends a member's earlier tokens" in result.err
    second = user.vault.get(sandbox.url, sandbox.member.urn)
    assert first is not None
    assert second is not None
    assert second.scopes == ("email", "openid", "profile", "w_member_social")
    assert first.access_token != second.access_token


def test_an_environment_token_that_wins_is_pointed_out(user: User) -> None:
    assert "takes precedence over" in user.login(LINKEDIN_ACCESS_TOKEN="something").err


def test_an_unknown_alias_lists_the_known_ones(user: User) -> None:
    result = user.login("--author", "acme!")
    assert result.code == 2
    assert "has me" in result.err


def test_pages_are_listed_only_where_a_token_may_ask(user: User) -> None:
    assert "Listing pages needs" in user.login("--org").err


def test_a_token_of_this_second_may_not_work_yet(
    user: User, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """LinkedIn answers 401 for some seconds; the login waits and asks again."""
    naps: list[float] = []
    monkeypatch.setattr(cli, "Runtime", lambda: replace(Runtime(), sleep=naps.append))
    member = json.dumps({"sub": sandbox.member.urn.rpartition(":")[2], "name": "Mira"})
    young = answers(http(401, '{"serviceErrorCode": 65601, "message": "revoked"}'))
    with RawServer(young, young, answers(http(200, member))) as api:
        result = user.login(PUBLISHER_LINKEDIN_API_URL=api.url)
    assert (result.code, result.out) == (0, sandbox.member.urn + "\n"), result.err
    assert naps == [2.0, 2.0]


def test_an_error_on_linkedins_own_page_is_explained_when_the_wait_ends(user: User, monkeypatch) -> None:
    """LinkedIn does not send the browser back for an unknown app; a person sees its page, and the wait goes on."""
    monkeypatch.setattr(user.browser, "open", lambda _: True)
    monkeypatch.setattr(
        "webbrowser.open", lambda link: user.browser.pages.append(requests.get(link, timeout=10)) or True
    )
    result = user.login("--timeout", "1", LINKEDIN_CLIENT_ID="unknown-app")
    assert user.browser.pages[0].status_code == 400
    assert "Client_id doesn" in user.browser.pages[0].text
    assert result.code == 1
    assert "`Client_id doesn't match`, correct LINKEDIN_CLIENT_ID" in result.err


def test_pages_are_listed_where_a_token_may_ask(user: User, sandbox: Sandbox) -> None:
    """The sandbox has no such listing, so the answer to it is a script's."""
    rows = {
        "elements": [
            {"organization": "urn:li:organization:4711", "role": "ADMINISTRATOR", "state": "APPROVED"}
        ]
    }
    for answer, said in ((http(200, json.dumps(rows)), "urn:li:organization:4711  ADMINISTRATOR"),
                         (http(200, '{"elements": []}'), "can't post for any page"), (http(403), "can't be listed")):  # fmt: skip  # noqa: E501
        with RawServer(answers(answer)) as api:
            scopes = "rw_organization_admin w_organization_social"
            env = {**COMMUNITY, "PUBLISHER_LINKEDIN_API_URL": api.url}
            result = user.login("--org", "--author", sandbox.organization.urn, "--scope", scopes, **env)
        assert result.code == 0, result.err
        assert said in result.err
