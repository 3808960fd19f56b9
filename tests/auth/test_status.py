"""``auth status``, ``logout`` and ``token``: what is known, forgotten and given out."""

import json
import os
import pty
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from publisher.auth.grant import Grant
from publisher.sandbox.server import Sandbox
from tests.auth.conftest import User


def keep(user: User, sandbox: Sandbox, days: float = 60, **fields) -> Grant:
    """A stored grant of the sandbox's member, as a login leaves it."""
    token = fields.pop("access_token", None) or sandbox.token(expires_in=days * 86_400 if days > 0 else 1)
    ends = datetime.now(UTC).replace(microsecond=0) + timedelta(days=days)
    grant = Grant(
        sandbox.member.urn, token, ends, ("openid", "profile", "w_member_social"), "sandbox-app", "Mira"
    )
    grant = replace(grant, **fields)
    user.vault.put(sandbox.url, grant)
    return grant


def account(user: User, *arguments: str, **env: str) -> tuple[int, dict]:
    result = user.run("auth", "status", "--format", "json", *arguments, **env)
    document = json.loads(result.out)
    assert document["format_version"] == 1
    return result.code, document["accounts"][0]


def test_nobody_is_logged_in(user: User) -> None:
    code, found = account(user)
    assert code == 1
    assert (found["source"], found["problem"]) == ("none", "There is no token.")
    assert "publisher auth login --author me" in found["remedy"]


def test_a_good_token_is_checked_with_linkedin(user: User, sandbox: Sandbox) -> None:
    grant = keep(user, sandbox)
    code, found = account(user)
    assert (code, found["checked"], found["problem"]) == (0, True, "")
    assert found["scopes"] == [
        "email",
        "openid",
        "profile",
        "w_member_social",
    ]  # as LinkedIn says, not as stored
    assert found["author"] == sandbox.member.urn
    text = user.run("auth", "status")
    assert "in 59 days" in text.out
    assert grant.access_token not in text.out + text.err + json.dumps(found)


def test_offline_nobody_is_asked(user: User, sandbox: Sandbox) -> None:
    keep(user, sandbox)
    code, found = account(user, "--offline")
    assert (code, found["checked"], found["source"]) == (0, False, "file")
    assert sandbox.requests() == []


def test_a_revoked_token_is_found_out(user: User, sandbox: Sandbox) -> None:
    grant = keep(user, sandbox)
    sandbox.store.tokens.put(
        grant.access_token, replace(sandbox.store.tokens.get(grant.access_token), revoked=True)
    )
    code, found = account(user)
    assert (code, found["problem"]) == (1, "It was revoked.")


def test_a_token_of_another_app_is_not_active(user: User, sandbox: Sandbox) -> None:
    keep(user, sandbox, access_token=sandbox.organization_token())
    code, found = account(user)
    assert code == 1
    assert "another app" in found["problem"]


def test_a_token_that_ended_is_told_offline(user: User, sandbox: Sandbox) -> None:
    keep(user, sandbox, days=-1)
    code, found = account(user, "--offline")
    assert code == 1
    assert found["problem"].startswith("It ended on ")


@pytest.mark.parametrize(
    ("days", "within", "code"), [(60, "14d", 0), (60, "9w", 1), (3, "14d", 1), (3, "36h", 0)]
)
def test_a_demand_to_last(days: float, within: str, code: int, user: User, sandbox: Sandbox) -> None:
    keep(user, sandbox, days)
    result = user.run("auth", "status", "--fail-if-expires-within", within)
    assert result.code == code
    assert ("sooner than required" in result.out) == (code == 1)


@pytest.mark.parametrize("within", ["14", "d", "-1d", "14y", ""])
def test_a_demand_that_is_none_is_a_usage_error(within: str, user: User) -> None:
    result = user.run("auth", "status", "--fail-if-expires-within", within)
    assert result.code == 2
    assert "14" in result.err or "isn't a duration" in result.err


def test_an_environment_token_is_judged_by_asking(user: User, sandbox: Sandbox) -> None:
    demand = ("--fail-if-expires-within", "14d")
    code, found = account(user, *demand, LINKEDIN_ACCESS_TOKEN=sandbox.token())
    assert (code, found["source"], found["checked"]) == (0, "environment", True)
    assert found["expires_at"] is not None
    unknown = {"LINKEDIN_ACCESS_TOKEN": sandbox.token(), "LINKEDIN_CLIENT_SECRET": ""}
    code, found = account(user, *demand, **unknown)
    assert (code, found["expires_at"]) == (1, None)
    assert account(user, **unknown)[0] == 0


def test_a_linkedin_that_is_silent_is_not_a_good_token(user: User, sandbox: Sandbox, monkeypatch) -> None:
    from publisher.cli import auth as cli
    from publisher.networks.linkedin.transport import Runtime
    from tests.networks.linkedin.raw import closed_port

    monkeypatch.setattr(cli, "Runtime", lambda: Runtime(sleep=lambda _: None))
    code, found = account(
        user, PUBLISHER_LINKEDIN_OAUTH_URL=closed_port(), LINKEDIN_ACCESS_TOKEN=sandbox.token()
    )
    assert code == 1
    assert "could not be asked" in found["problem"]


def test_every_author_has_a_line(user: User, sandbox: Sandbox) -> None:
    user.project.write(
        "publisher.yaml",
        f'authors:\n  me: {{urn: "{sandbox.member.urn}"}}\n'
        '  acme: {urn: "urn:li:organization:4711", token_env: ACME}\n',
    )
    keep(user, sandbox)
    result = user.run("auth", "status")
    assert result.code == 1
    assert f"me {sandbox.member.urn} Mira: ok" in result.out
    assert "acme urn:li:organization:4711: failed" in result.out
    assert user.run("auth", "status", "--author", "me").code == 0


def test_stored_tokens_are_listed_without_any_settings(user: User, sandbox: Sandbox) -> None:
    (user.project.root / "publisher.yaml").unlink()
    assert "Nobody is logged in" in user.run("auth", "status").err
    keep(user, sandbox)
    assert user.run("auth", "status").code == 0


def test_logging_out_forgets(user: User, sandbox: Sandbox) -> None:
    keep(user, sandbox)
    result = user.run("auth", "logout")
    assert (result.code, result.err) == (0, "The token of me is forgotten.\n")
    assert user.vault.get(sandbox.url, sandbox.member.urn) is None
    again = user.run("auth", "logout", LINKEDIN_ACCESS_TOKEN="x")
    assert "No token of me was stored" in again.err
    assert "LINKEDIN_ACCESS_TOKEN is still set" in again.err


def test_logging_out_can_ask_linkedin_to_end_it(user: User, sandbox: Sandbox) -> None:
    grant = keep(user, sandbox)
    assert "LinkedIn says the token is revoked" in user.run("auth", "logout", "--revoke").err
    ended = sandbox.store.tokens.get(grant.access_token)
    assert ended is not None
    assert ended.revoked
    assert "can't be revoked" in user.run("auth", "logout", "--revoke").err


def test_a_token_is_printed_for_a_pipe(user: User, sandbox: Sandbox) -> None:
    grant = keep(user, sandbox)
    result = user.run("auth", "token")
    assert (result.code, result.out) == (0, grant.access_token + "\n")
    assert user.run("auth", "token", LINKEDIN_ACCESS_TOKEN="given").out == "given\n"


def test_no_token_is_an_error(user: User) -> None:
    result = user.run("auth", "token")
    assert (result.code, result.out) == (1, "")
    assert "There is no token for me" in result.err


@pytest.mark.parametrize(("answer", "shown"), [("y\n", True), ("n\n", False)])
def test_on_a_terminal_a_token_is_asked_for_twice(
    answer: str, shown: bool, user: User, sandbox: Sandbox
) -> None:
    grant = keep(user, sandbox)
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "publisher", "-C", str(user.project.root), "auth", "token"]
    with subprocess.Popen(
        command, env=user.project.environ, stdin=theirs, stdout=theirs, stderr=theirs
    ) as run:
        os.close(theirs)
        seen = b""
        while b"Print it here?" not in seen:
            seen += os.read(ours, 1000)
        assert grant.access_token.encode() not in seen
        os.write(ours, answer.encode())
        try:
            while block := os.read(ours, 1000):
                seen += block
        except OSError:
            pass  # the terminal's other end is closed
    os.close(ours)
    assert (grant.access_token.encode() in seen) == shown
    assert (run.returncode == 0) == shown


def test_verbose_shows_each_request_without_its_secrets(user: User, sandbox: Sandbox) -> None:
    grant = keep(user, sandbox)
    result = user.run("-v", "auth", "status")
    assert f"POST {sandbox.url}/oauth/v2/introspectToken -> 200" in result.err
    assert grant.access_token not in result.err
    assert "introspectToken" not in user.run("auth", "status").err
