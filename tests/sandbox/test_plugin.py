"""The pytest plugin as another project uses it, and what ``expect_post`` says when a post is missing."""

import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from publisher.sandbox.server import Sandbox

from .conftest import PNG, Client, register

TESTS = """
import os
import requests

def publish(sandbox, base, text):
    body = {
        "author": sandbox.member_urn,
        "lifecycleState": "PUBLISHED",
        "specificContent": {"com.linkedin.ugc.ShareContent": {
            "shareCommentary": {"text": text}, "shareMediaCategory": "NONE"}},
        "visibility": {"com.linkedin.ugc.MemberNetworkVisibility": "PUBLIC"},
    }
    headers = {"Authorization": f"Bearer {sandbox.token()}"}
    return requests.post(f"{base}/v2/ugcPosts", json=body, headers=headers, timeout=20)

def test_one(linkedin_sandbox):
    assert publish(linkedin_sandbox, os.environ["PUBLISHER_LINKEDIN_API_URL"], "One").status_code == 201
    assert linkedin_sandbox.expect_post(text="One")

def test_each_test_has_its_own(linkedin_sandbox):
    assert linkedin_sandbox.posts() == []
    assert linkedin_sandbox.store.settings.member_quota is None
    assert int(linkedin_sandbox.clock.now()) // 86400 == 20819

def test_fixed_hosts(linkedin_intercept):
    assert publish(linkedin_intercept, "https://api.linkedin.com", "Routed").status_code == 201
    assert linkedin_intercept.expect_post(text="Routed")

def test_session(linkedin_sandbox_session):
    publish(linkedin_sandbox_session, linkedin_sandbox_session.url, "Stays")

def test_session_again(linkedin_sandbox_session):
    assert linkedin_sandbox_session.expect_post(text="Stays")
"""


def run(folder: Path, ini: str, tests: str = TESTS) -> subprocess.CompletedProcess[str]:
    (folder / "pytest.ini").write_text(f"[pytest]\nfilterwarnings = error\n{ini}")
    (folder / "test_mine.py").write_text(tests)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120)


def test_it_is_registered() -> None:
    found = {entry.value for entry in entry_points(group="pytest11", name="linkedin-sandbox")}
    assert found == {"publisher.sandbox.pytest_plugin"}


def test_another_project_uses_it(tmp_path: Path) -> None:
    ini = "linkedin_sandbox_settings =\n    member_quota=none\n    seed=7\nlinkedin_sandbox_clock = 2027-01-01T09:00\n"
    done = run(tmp_path, ini)
    assert "5 passed" in done.stdout, done.stdout + done.stderr


def test_interception_can_be_the_default(tmp_path: Path) -> None:
    tests = TESTS.replace("(linkedin_intercept)", "(linkedin_sandbox)").replace(
        "linkedin_intercept", "linkedin_sandbox"
    )
    ini = "linkedin_sandbox_intercept = true\nlinkedin_sandbox_settings = member_quota=none\n"
    done = run(tmp_path, ini + "linkedin_sandbox_clock = 2027-01-01T09:00\n", tests)
    assert "5 passed" in done.stdout, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("ini", "words"),
    [
        ("linkedin_sandbox_settings = nonsense=1", "unknown setting 'nonsense'"),
        ("linkedin_sandbox_clock = soon", "Invalid isoformat"),
    ],
)
def test_wrong_options_are_named(ini: str, words: str, tmp_path: Path) -> None:
    done = run(tmp_path, ini)
    assert done.returncode != 0
    assert words in done.stdout + done.stderr


def test_a_missing_post_is_explained(client: Client, sandbox: Sandbox) -> None:
    with pytest.raises(AssertionError, match="no request arrived"):
        sandbox.expect_post(text="Nothing")
    client.create("Hello")
    with pytest.raises(AssertionError, match="text: wanted 'Hallo', found 'Hello'"):
        sandbox.expect_post(text="Hallo")
    client.create_post("Cut (here)")
    with pytest.raises(AssertionError, match=r"read the little text 'Cut \(here\)' as 'Cut '"):
        sandbox.expect_post(text="Cut (here)")
    client.create("Hello")
    with pytest.raises(AssertionError, match=r"refused: POST /v2/ugcPosts -> 422 .*duplicate"):
        sandbox.expect_post(text="Nothing")
    with pytest.raises(AssertionError, match="expected one post with anything; found 2 among 2"):
        sandbox.expect_post()
    with pytest.raises(TypeError, match="unknown field 'txt'"):
        sandbox.expect_post(txt="Hello")


def test_hidden_posts_are_explained(client: Client, sandbox: Sandbox) -> None:
    asset, url = register(client)
    client.upload(url, b"no picture")
    media = [{"status": "READY", "media": asset}]
    client.create_ugc("Broken", shareMediaCategory="IMAGE", media=media)
    with pytest.raises(
        AssertionError,
        match=r"not visible: .*application/octet-stream, which LinkedIn does not take as image",
    ):
        sandbox.expect_post(text="Broken")
    asset, url = register(client)
    client.upload(url, PNG)
    media = [{"status": "READY", "media": asset}]
    client.create_ugc("Whole", shareMediaCategory="IMAGE", media=media)
    assert sandbox.expect_post(text="Whole", images=1, author=sandbox.member.urn, visibility="PUBLIC")
