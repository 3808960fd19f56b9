"""Secrets go only to hosts that the environment or a login named, whatever publisher.yaml says.

All traffic of the commands goes through a proxy that answers nothing and notes everything, so that a request in clear
shows its headers and body, and a connection over TLS shows its target.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from publisher.auth.grant import Grant
from publisher.auth.vault import Vault
from publisher.errors import UntrustedHost
from publisher.networks.environment import environment_token
from publisher.networks.hosts import BLUESKY, LINKEDIN, require_host
from tests.networks.linkedin.raw import RawServer, answers, http

CASES: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("secrets.yaml").read_text("utf-8"))
HOST = "collector.invalid"
AUTHOR = "urn:li:person:AbC_123"
SECRETS = {
    "LINKEDIN_ACCESS_TOKEN": "token-of-the-environment",
    "LINKEDIN_CLIENT_ID": "client-id",
    "LINKEDIN_CLIENT_SECRET": "secret-of-the-app",
    "AWS_SECRET_ACCESS_KEY": "secret-of-another-service",
}
STORED = ("stored-access-token", "stored-refresh-token")
COMMANDS = (("publish", "--max-creates", "9"), ("auth", "status"), ("doctor",), ("auth", "logout", "--revoke"),
            ("auth", "login", "--no-browser"))  # fmt: skip


@pytest.fixture
def collector() -> Iterator[RawServer]:
    with RawServer(answers(http(401, "{}"))) as server:
        yield server


def run(
    root: Path, collector: RawServer, *arguments: str, **environ: str
) -> subprocess.CompletedProcess[str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("LINKEDIN", "PUBLISHER", "PYTHON", "CI"))
    }
    own = {
        "HTTP_PROXY": collector.url,
        "HTTPS_PROXY": collector.url,
        "http_proxy": collector.url,
        "https_proxy": collector.url,
        "PUBLISHER_CONFIG_DIR": str(root / ".." / "config"),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
    }
    return subprocess.run(
        [sys.executable, "-m", "publisher", "-C", str(root), *arguments],
        env={**kept, **own, **environ},
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
        timeout=60,
    )


def make_project(root: Path, settings: str, token_env: str = "LINKEDIN_ACCESS_TOKEN") -> Path:
    (root / "content").mkdir(parents=True)
    (root / "content" / "a.md").write_text("Hello\n")
    author = f'authors: {{me: {{urn: "{AUTHOR}", token_env: {token_env}}}}}\ndefaults: {{author: me}}\n'
    (root / "publisher.yaml").write_text(author + settings + "\n")
    return root


def targets(collector: RawServer) -> list[str]:
    """The hosts that a connection was asked for, or a request sent to."""
    return [head.split()[1].decode() for head in collector.heads]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
@pytest.mark.parametrize("stored", [False, True], ids=["environment", "stored"])
def test_no_secret_leaves(case: dict[str, Any], stored: bool, collector: RawServer, tmp_path: Path) -> None:
    settings = case["settings"].replace("HOST", HOST).replace("SANDBOX", collector.url)
    root = make_project(tmp_path / "project", settings, case.get("token_env", "LINKEDIN_ACCESS_TOKEN"))
    if stored:  # a login to LinkedIn, long before the pull request
        soon = datetime.now(UTC) + timedelta(hours=1)
        grant = Grant(AUTHOR, STORED[0], soon, refresh_token=STORED[1], oauth_url="https://www.linkedin.com")
        vault = Vault(tmp_path / "config", lambda: None)
        vault.put("https://api.linkedin.com", grant)
    environ = {
        name: value for name, value in SECRETS.items() if not (stored and name.endswith("ACCESS_TOKEN"))
    }
    for command in COMMANDS:
        before = len(collector.heads)
        done = run(root, collector, *command, **environ, **case.get("environ", {}))
        assert "Traceback" not in done.stderr, done.stderr
        for secret in (*SECRETS.values(), *STORED):
            if secret != "client-id":
                assert secret not in done.stdout + done.stderr
        # doctor asks whether a host answers, without a secret; no other command connects to a foreign host
        assert command[0] == "doctor" or not [host for host in targets(collector)[before:] if HOST in host]
    sent = b"\n".join(collector.heads).decode("latin-1")
    for secret in (*SECRETS.values(), *STORED):
        assert secret not in sent


def test_the_attack_would_work_on_a_host_that_the_environment_names(
    collector: RawServer, tmp_path: Path
) -> None:
    root = make_project(tmp_path / "project", f'linkedin: {{api_url: "{collector.url}"}}')
    done = run(root, collector, "publish", "--max-creates", "9", NO_PROXY="127.0.0.1", **SECRETS)
    assert done.returncode == 1
    assert b"token-of-the-environment" in b"".join(collector.heads)


def test_a_run_that_is_refused_leaves_no_intent(collector: RawServer, tmp_path: Path) -> None:
    command = COMMANDS[0]
    root = make_project(tmp_path / "project", f'linkedin: {{api_url: "https://{HOST}"}}')
    done = run(root, collector, *command, **SECRETS)
    assert done.returncode == 1
    assert f"PUBLISHER_HOSTS={HOST}" in done.stdout
    state = root / "publisher.state.json"
    assert not state.exists() or "pending" not in state.read_text()
    allowed = run(root, collector, *command, **SECRETS, PUBLISHER_HOSTS=HOST)
    assert f"{HOST}:443" in targets(collector), allowed.stderr


def test_a_stored_grant_is_bound_to_the_address_that_issued_it(collector: RawServer, tmp_path: Path) -> None:
    """Also between two hosts that are both trusted."""
    root = make_project(tmp_path / "project", f'linkedin: {{oauth_url: "{collector.url}"}}')
    soon = datetime.now(UTC) + timedelta(hours=1)
    grant = Grant(AUTHOR, STORED[0], soon, refresh_token=STORED[1], oauth_url="https://www.linkedin.com")
    vault = Vault(tmp_path / "config", lambda: None)
    app = {name: value for name, value in SECRETS.items() if "CLIENT" in name}
    vault.put("https://api.linkedin.com", grant)
    refused = run(root, collector, "auth", "status", NO_PROXY="127.0.0.1", **app)
    assert "came from https://www.linkedin.com" in refused.stdout
    assert collector.heads == []
    vault.put("https://api.linkedin.com", replace(grant, oauth_url=collector.url))
    run(root, collector, "auth", "status", NO_PROXY="127.0.0.1", **app)
    assert len(collector.heads) > 0


@pytest.mark.parametrize(
    ("url", "environ", "trusted"),
    [
        ("https://bsky.social", {}, True),
        ("https://bsky.social:443/xrpc", {}, True),
        ("https://pds.bsky.social", {}, True),
        ("http://bsky.social", {}, False),
        ("https://bsky.social.evil.example", {}, False),
        ("https://notbsky.social", {}, False),
        ("https://pds.example", {}, False),
        ("https://pds.example", {"PUBLISHER_HOSTS": "pds.example"}, True),
        ("https://PDS.example.", {"PUBLISHER_HOSTS": "other.example, pds.example:443"}, True),
        ("https://pds.example:8443", {"PUBLISHER_HOSTS": "pds.example:443"}, False),
        ("https://sub.pds.example", {"PUBLISHER_HOSTS": "pds.example"}, False),
        ("http://pds.example", {"PUBLISHER_HOSTS": "pds.example"}, False),
        ("http://127.0.0.1:2583", {}, True),
        ("http://[::1]:2583", {}, True),
        ("http://localhost:2583", {}, True),
        ("http://localhost.evil.example", {}, False),
        ("http://127.1", {}, False),
        ("http://2130706433", {}, False),
        ("http://0.0.0.0", {}, False),
        ("http://evil.example\\@127.0.0.1/", {}, False),
        ("http://evil.example#@127.0.0.1/", {}, False),
        ("https://user:password@bsky.social", {}, False),
        ("ftp://bsky.social", {}, False),
        ("//bsky.social", {}, False),
        ("", {}, False),
        ("https://bsky.social\n.evil.example", {}, False),
        ("https://b\u200bsky.social", {}, False),
    ],
)
def test_who_is_trusted(url: str, environ: dict[str, str], trusted: bool) -> None:
    if trusted:
        require_host(url, BLUESKY, environ)
        return
    with pytest.raises(UntrustedHost) as refused:
        require_host(url, BLUESKY, environ)
    assert "password" not in str(refused.value)
    assert refused.value.remedy


def test_a_login_or_a_trusted_answer_binds_a_host_but_never_in_clear() -> None:
    require_host("https://pds.example", BLUESKY, {}, bound=True)
    with pytest.raises(UntrustedHost, match="unencrypted"):
        require_host("http://pds.example", BLUESKY, {}, bound=True)
    require_host(
        "https://proxy.example", LINKEDIN, {"X_URL": "https://proxy.example/path"}, overrides=["X_URL"]
    )
    with pytest.raises(UntrustedHost):
        require_host(
            "https://proxy.example:444", LINKEDIN, {"X_URL": "https://proxy.example"}, overrides=["X_URL"]
        )


def test_only_listed_variables_are_read() -> None:
    environ = {"A": " a\n", "B": "b"}
    assert environment_token("A", environ) == "a"
    assert environment_token("A", {**environ, "PUBLISHER_TOKEN_ENVS": "C A"}) == "a"
    assert environment_token("C", {**environ, "PUBLISHER_TOKEN_ENVS": "A"}) == ""
    with pytest.raises(UntrustedHost, match="B, which PUBLISHER_TOKEN_ENVS does not list"):
        environment_token("B", {**environ, "PUBLISHER_TOKEN_ENVS": "A"})
