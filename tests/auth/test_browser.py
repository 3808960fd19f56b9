"""Logging in with a real browser; and that no secret of a whole run is seen anywhere."""

import logging
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from publisher.sandbox.defaults import CLIENT_SECRET, COMMUNITY_ID, COMMUNITY_SECRET
from publisher.sandbox.server import Sandbox
from tests.auth.conftest import ANY_PORT, User
from tests.support.browser import OpenPage, violations

pytestmark = pytest.mark.browser
PAGE_APP = {"LINKEDIN_CLIENT_ID": COMMUNITY_ID, "LINKEDIN_CLIENT_SECRET": COMMUNITY_SECRET}


class Process:
    """A running login: its link as soon as it shows it, and everything it says."""

    def __init__(self, run: subprocess.Popen[str]) -> None:
        self._run = run
        self.said = ""
        self.link = self._read_link()

    def _read_link(self) -> str:
        assert self._run.stderr is not None
        for line in iter(self._run.stderr.readline, ""):
            self.said += line
            if "/oauth/v2/authorization?" in line:
                return line.strip()
        raise AssertionError(self.said)

    def interrupt(self) -> None:
        """Press Ctrl-C."""
        self._run.send_signal(signal.SIGINT)

    def end(self) -> tuple[int, str]:
        """Its exit code and stdout, once it has ended."""
        out, err = self._run.communicate(timeout=30)
        self.said += out + err
        return self._run.returncode, out


@contextmanager
def logging_in(user: User, *arguments: str, **env: str) -> Iterator[Process]:
    """``publisher auth login`` as a process of its own, whose browser is opened by the test."""
    command = [sys.executable, "-m", "publisher", "-v", "-C", str(user.project.root), "auth", "login"]
    environ = {**user.project.environ, "BROWSER": "true", **env}
    pipe = subprocess.PIPE
    with subprocess.Popen(
        [*command, "--redirect-uri", ANY_PORT, *arguments], env=environ, stdout=pipe, stderr=pipe, text=True
    ) as run:
        try:
            yield Process(run)
        finally:
            run.kill()


def command_lines() -> str:
    """The command lines of every process of this machine."""
    lines = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            lines.append(path.read_bytes().replace(b"\0", b" ").decode(errors="replace"))
        except OSError:
            continue  # it has ended
    return "\n".join(lines)


def test_a_person_allows_access(user: User, sandbox: Sandbox, open_page: OpenPage) -> None:
    with logging_in(user) as login:
        page = open_page(login.link)
        assert "Sandbox app would like to" in page.inner_text("h1")
        page.get_by_role("button", name="Allow").click()
        page.get_by_role("heading", name="LinkedIn has answered").wait_for()
        assert violations(page) == []
        assert login.end() == (0, sandbox.member.urn + "\n"), login.said
    assert user.vault.get(sandbox.url, sandbox.member.urn) is not None


@pytest.mark.parametrize(
    ("button", "said"), [("Cancel", "The permission was refused"), ("Don't sign in", "Nobody logged in")]
)
def test_a_person_refuses(button: str, said: str, user: User, open_page: OpenPage) -> None:
    with logging_in(user) as login:
        page = open_page(login.link)
        page.get_by_role("button", name=button).click()
        page.get_by_role("heading", name="Not logged in").wait_for()
        assert login.end() == (1, "")
    assert said in login.said


def test_a_login_is_interrupted(user: User) -> None:
    with logging_in(user) as login:
        login.interrupt()
        assert login.end() == (130, "")
    assert "Traceback" not in login.said
    assert not user.vault.path.exists()


def test_no_secret_is_seen_anywhere(
    user: User, sandbox: Sandbox, open_page: OpenPage, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    seen: list[str] = []
    for arguments, env in (((), {}), (("--author", sandbox.organization.urn), PAGE_APP)):
        with logging_in(user, *arguments, **env) as login:
            seen.append(command_lines())
            page = open_page(login.link)
            page.get_by_role("button", name="Allow").click()
            page.get_by_role("heading", name="LinkedIn has answered").wait_for()
            assert login.end()[0] == 0, login.said
        seen += [login.said, page.content()]

    caplog.set_level(logging.DEBUG)
    user.project.write("content/hello.md", "Hello\n")
    user.project.write("content/again.md", "Hello again\n")
    sandbox.fault("commit-then-error", status=500, text="again")
    commands = [
        ("auth", "status"),
        ("-v", "publish"),
        ("-v", "doctor"),
        ("plan",),
        ("auth", "status", "--offline"),
    ]
    sandbox_tokens = [token.value for token in sandbox.store.tokens.all()]
    for command in commands:
        result = user.run(*command)
        seen += [result.out, result.err]
    sandbox.fault("revoke-token")
    user.project.write("content/third.md", "A third one\n")
    for arguments in [
        ("-v", "publish"),
        ("auth", "status"),
        ("doctor",),
        ("auth", "login"),
        ("auth", "logout"),
    ]:
        result = user.run(*arguments, LINKEDIN_CLIENT_SECRET="wrong-secret-of-the-app")
        seen += [result.out, result.err]
    seen += [caplog.text, command_lines()]
    seen += [path.read_text(errors="replace") for path in user.project.root.rglob("*") if path.is_file()]

    refresh = [token.refresh for token in sandbox.store.tokens.all() if token.refresh]
    secrets = [*sandbox_tokens, *refresh, *sandbox.store.used_codes, CLIENT_SECRET, COMMUNITY_SECRET]
    assert len(sandbox.store.used_codes) == 2
    assert refresh
    everything = "\n".join(seen)
    assert "Hello again" in everything
    for secret in (*secrets, "wrong-secret-of-the-app"):
        assert secret not in everything
