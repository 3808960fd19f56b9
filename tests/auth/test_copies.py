"""Logging in at Bluesky, Mastodon and Zernio, against the emulators; what is kept, for whom, and who gets it."""

import io
import stat
import threading
from pathlib import Path

import pytest
import requests

from publisher.auth.copies import find_secret, stored_grant
from publisher.auth.vault import Vault
from publisher.cli import copy_login
from publisher.errors import UntrustedHost
from publisher.model.post import Author
from publisher.sandbox.bluesky.network import HANDLE, PASSWORD
from publisher.sandbox.zernio.network import KEY
from tests.support.project import ProjectDir, Result


@pytest.fixture
def user(project: ProjectDir, tmp_path: Path) -> ProjectDir:
    """A project with an author on each network, nobody logged in, and no keyring."""
    sandbox = project.sandbox
    account = sandbox.zernio.accounts.all()[0].id
    project.write(
        "publisher.yaml",
        f"""authors:
  me: {{urn: "{sandbox.member.urn}"}}
  sky: {{network: bluesky, handle: {HANDLE}}}
  masto: {{network: mastodon, server: "{sandbox.url}"}}
  x: {{network: zernio, platform: twitter, account: "{account}"}}
""",
    )
    places = {name: value for name, value in sandbox.places.items() if "MASTODON" not in name}
    env = {
        **places,
        "PUBLISHER_CONFIG_DIR": str(tmp_path / "config"),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
    }
    return ProjectDir(project.root, sandbox, {**project.env, **env})


def say(monkeypatch: pytest.MonkeyPatch, user: ProjectDir, text: str, *arguments: str) -> Result:
    """Run a command with a line on its standard input."""
    monkeypatch.setattr("sys.stdin", io.StringIO(text + "\n"))
    return user.publisher(*arguments)


def published(user: ProjectDir, author: str) -> Result:
    user.write(f"content/{author}.md", f"---\nauthor: [{author}]\n---\nHello from {author}.\n")
    return user.publisher("publish")


def test_an_app_password_is_asked_for_and_kept(user: ProjectDir, monkeypatch: pytest.MonkeyPatch) -> None:
    result = say(monkeypatch, user, PASSWORD, "auth", "login", "--author", "sky")
    assert result.code == 0, result.text
    assert result.out.startswith("did:plc:")
    assert PASSWORD not in result.text
    config = Path(user.env["PUBLISHER_CONFIG_DIR"])
    for path in config.rglob("*.json"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
    assert published(user, "sky").code == 0
    assert len(user.sandbox.requests(resource="bluesky.createSession")) == 1, "the session is kept"
    status = user.publisher("auth", "status", "--author", "sky")
    assert (status.code, "checked with Bluesky" in status.out) == (0, True), status.text
    assert user.publisher("auth", "token", "--author", "sky", "--yes").out.strip() == PASSWORD
    assert user.publisher("auth", "logout", "--author", "sky").code == 0
    assert list((config / "sessions").iterdir()) == []
    assert user.publisher("auth", "status", "--author", "sky").code == 1


def test_a_wrong_app_password_is_not_kept(user: ProjectDir, monkeypatch: pytest.MonkeyPatch) -> None:
    result = say(monkeypatch, user, "aaaa-bbbb-cccc-dddd", "auth", "login", "--author", "sky")
    assert result.code == 1
    assert "does not accept the app password" in result.text
    assert user.publisher("auth", "status", "--author", "sky", "--offline").code == 1


def test_mastodon_by_a_code_on_the_page(user: ProjectDir, monkeypatch: pytest.MonkeyPatch) -> None:
    def show(link: str) -> None:
        page = requests.get(link, timeout=10).text
        code = page.partition("value='")[2].partition("'")[0]
        monkeypatch.setattr("sys.stdin", io.StringIO(code + "\n"))

    monkeypatch.setattr(copy_login, "_show", show)
    result = user.publisher("auth", "login", "--author", "masto", "--no-browser")
    assert (result.code, result.out.strip()) == (0, f"{user.sandbox.url}/@mira"), result.text
    assert published(user, "masto").code == 0


def test_mastodon_by_the_browser(user: ProjectDir, monkeypatch: pytest.MonkeyPatch) -> None:
    pages: list[str] = []

    def browse(link: str) -> bool:
        threading.Thread(target=lambda: pages.append(requests.get(link, timeout=10).text)).start()
        return True

    monkeypatch.setattr(copy_login.webbrowser, "open", browse)
    result = user.publisher("auth", "login", "--author", "masto", "--timeout", "20")
    assert (result.code, result.out.strip()) == (0, f"{user.sandbox.url}/@mira"), result.text
    assert published(user, "masto").code == 0


def test_a_key_lists_its_accounts(user: ProjectDir, monkeypatch: pytest.MonkeyPatch) -> None:
    result = say(monkeypatch, user, KEY, "auth", "login", "--author", "x")
    assert result.code == 0, result.text
    assert all(f"{platform}  " in result.err for platform in ("twitter", "threads", "linkedin"))
    assert published(user, "x").code == 0


def test_a_key_without_the_account_shows_which_it_has(
    user: ProjectDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = (user.root / "publisher.yaml").read_text()
    known = user.sandbox.zernio.accounts.all()[0].id
    user.write("publisher.yaml", settings.replace(known, "0" * 24))
    result = say(monkeypatch, user, KEY, "auth", "login", "--author", "x")
    assert (result.code, known in result.err) == (1, True), result.text


def test_a_login_at_a_host_of_the_project_file_sends_nothing(
    user: ProjectDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = (user.root / "publisher.yaml").read_text()
    user.write(
        "publisher.yaml",
        settings.replace(f"handle: {HANDLE}", f'handle: {HANDLE}, service: "https://evil.example"'),
    )
    env = {name: value for name, value in user.env.items() if "BLUESKY" not in name}
    result = say(
        monkeypatch, ProjectDir(user.root, user.sandbox, env), PASSWORD, "auth", "login", "--author", "sky"
    )
    assert (result.code, "receives no secret" in result.text) == (1, True), result.text


def test_what_was_kept_for_one_address_is_not_there_for_another(
    user: ProjectDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert say(monkeypatch, user, PASSWORD, "auth", "login", "--author", "sky").code == 0
    vault = Vault(Path(user.env["PUBLISHER_CONFIG_DIR"]))
    author = Author(
        f"bluesky:{HANDLE}", "sky", network="bluesky", handle=HANDLE, service="https://evil.example"
    )
    assert stored_grant(author, user.env, vault) is not None
    assert stored_grant(author, {}, vault) is None


def test_a_token_of_linkedin_goes_to_no_other_network(tmp_path: Path) -> None:
    author = Author(f"bluesky:{HANDLE}", "sky", network="bluesky", handle=HANDLE)
    with pytest.raises(UntrustedHost):
        find_secret(author, {"LINKEDIN_ACCESS_TOKEN": "AQX"}, Vault(tmp_path))


def test_the_doctor_checks_each_author(user: ProjectDir, monkeypatch: pytest.MonkeyPatch) -> None:
    user.write("content/hello.md", "---\nauthor: [sky, masto, x]\n---\nWords.\n")
    before = user.publisher("doctor")
    for alias in ("sky", "masto", "x"):
        assert f"publisher auth login --author {alias}" in before.out, before.text
    assert say(monkeypatch, user, PASSWORD, "auth", "login", "--author", "sky").code == 0
    after = user.publisher("doctor")
    assert "Bluesky knows it as did:plc:" in after.out, after.text
    assert "publisher auth login --author sky" not in after.out
