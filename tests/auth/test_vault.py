"""Where grants are kept, and that they are neither lost nor shown."""

import json
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import keyring
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.auth.client import find_client, remember_client, stored_client
from publisher.auth.grant import Grant, read_grant
from publisher.auth.keychain import open_keychain
from publisher.auth.vault import Vault, config_directory
from publisher.errors import UsageError
from publisher.model.config import Config
from publisher.networks.linkedin.oauth import Client
from tests.auth.chainfile import FileKeyring

API = "https://api.linkedin.com"
URN = "urn:li:person:AbC_123456"
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
GRANT = Grant(URN, "AQXsecret-access", NOW + timedelta(days=60), ("openid", "w_member_social"), "app", "Mira",
              "AQWsecret-refresh", NOW + timedelta(days=365))  # fmt: skip


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault(tmp_path / "config", lambda: None)


@pytest.fixture
def chain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working keyring; gives the file it keeps its secrets in."""
    monkeypatch.setenv("TEST_KEYRING", str(tmp_path / "keyring.json"))
    monkeypatch.setattr(keyring.core, "_keyring_backend", FileKeyring())
    return tmp_path / "keyring.json"


def test_a_grant_comes_back_as_it_was(vault: Vault) -> None:
    assert vault.get(API, URN) is None
    assert vault.put(API, GRANT) == str(vault.path)
    assert vault.get(API, URN) == GRANT
    assert vault.remove(API, URN)
    assert vault.get(API, URN) is None
    assert not vault.remove(API, URN)


def test_a_grant_is_for_one_address_only(vault: Vault) -> None:
    """A changed api_url, as a hostile pull request may bring, gets no token."""
    vault.put(API, GRANT)
    assert vault.get("https://api.linkedin.com.evil.example", URN) is None
    assert vault.get(API + "/", URN) == GRANT
    assert list(vault.facts(API)) == [URN]
    assert vault.facts("https://api.linkedin.co") == {}


def test_facts_have_no_secret(vault: Vault, chain: Path) -> None:
    kept = Vault(vault.directory)
    assert kept.put(API, GRANT) == "chainfile FileKeyring"
    assert kept.get(API, URN) == GRANT
    text = vault.path.read_text()
    assert "secret" not in text.replace("secrets", "")
    assert json.loads(text)["accounts"][f"{API} {URN}"]["secrets"] == "keyring"
    assert kept.remove(API, URN)
    assert json.loads(chain.read_text()) == {}


def test_a_keyring_that_refuses_is_replaced_by_the_file(
    vault: Vault, chain: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEST_KEYRING_LOCKED", "1")
    kept = Vault(vault.directory)
    assert kept.put(API, GRANT) == str(kept.path)
    assert kept.get(API, URN) == GRANT
    assert not chain.exists()


def test_a_secret_that_left_the_keyring_is_missed_by_name(vault: Vault, chain: Path) -> None:
    kept = Vault(vault.directory)
    kept.put(API, GRANT)
    chain.write_text("{}")
    with pytest.raises(UsageError, match="keyring that has it is not there"):
        kept.get(API, URN)
    with pytest.raises(UsageError, match="can't be read"):
        vault.get(API, URN)


def test_no_keyring_is_no_keychain(monkeypatch: pytest.MonkeyPatch) -> None:
    import keyring.backends.fail

    before = keyring.get_keyring()
    keyring.set_keyring(keyring.backends.fail.Keyring())
    assert open_keychain() is None
    keyring.set_keyring(before)


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", '{"version": 2, "accounts": {}}', '{"version": 1}', '{"version": 1, "accounts": {"a": 1}}',
     '{"version": 1, "accounts": {"a": {"expires_at": "soon"}}}', "\x00\xff"],
)  # fmt: skip
def test_a_broken_file_is_refused_and_never_overwritten(text: str, vault: Vault) -> None:
    vault.directory.mkdir()
    vault.path.write_text(text)
    for act in (lambda: vault.get(API, URN), lambda: vault.put(API, GRANT), lambda: vault.facts(API)):
        with pytest.raises(UsageError, match="not usable"):
            act()
    assert vault.path.read_text() == text


@pytest.mark.parametrize(
    "item", [{}, {"author": URN}, {"author": URN, "secrets": {}}, {"author": URN, "secrets": 7}]
)
def test_a_broken_account_is_told(item: dict, vault: Vault) -> None:
    vault.directory.mkdir()
    vault.path.write_text(json.dumps({"version": 1, "accounts": {f"{API} {URN}": item}}))
    with pytest.raises(UsageError, match="can't be read"):
        vault.get(API, URN)


def test_the_file_stays_private_when_it_is_replaced(vault: Vault) -> None:
    vault.put(API, GRANT)
    vault.path.chmod(0o644)
    vault.put(API, GRANT)
    assert stat.S_IMODE(vault.path.stat().st_mode) == 0o600
    assert sorted(path.name for path in vault.directory.iterdir()) == ["accounts.json", "accounts.lock"]


PUT_MANY = """
import sys
from pathlib import Path
from publisher.auth.grant import Grant
from publisher.auth.vault import Vault
vault = Vault(Path(sys.argv[1]), lambda: None)
for index in range(15):
    vault.put(sys.argv[2], Grant(f"urn:li:person:p{sys.argv[3]}-{index}", "token"))
"""


def test_writers_at_the_same_time_lose_nothing(vault: Vault) -> None:
    command = [sys.executable, "-c", PUT_MANY, str(vault.directory), API]
    writers = [subprocess.Popen([*command, str(number)]) for number in range(2)]
    assert [writer.wait(timeout=60) for writer in writers] == [0, 0]
    assert len(vault.facts(API)) == 30


def test_a_directory_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="can't be made"):
        Vault(tmp_path / "file" / "config", lambda: None).put(API, GRANT)


def test_the_directory_is_the_users(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert config_directory({"PUBLISHER_CONFIG_DIR": "/somewhere"}) == Path("/somewhere")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert config_directory({}) == tmp_path / "publisher"


def test_a_grant_never_shows_its_secrets() -> None:
    assert "secret" not in repr(GRANT)
    assert "secret" not in repr(Client("id", "secret-of-app"))
    assert "secret" not in json.dumps(GRANT.facts())


@settings(deadline=None, max_examples=30)
@given(st.builds(
    Grant,
    author=st.text(), access_token=st.text(),
    expires_at=st.none() | st.datetimes(timezones=st.just(UTC)).map(lambda time: time.replace(microsecond=0)),
    scopes=st.lists(st.text()).map(tuple), client_id=st.text(), name=st.text(),
    refresh_token=st.none() | st.text(min_size=1),
))  # fmt: skip
def test_any_grant_survives_being_written(grant: Grant) -> None:
    assert read_grant(json.loads(json.dumps(grant.facts())), json.loads(json.dumps(grant.secrets()))) == grant


def test_an_app_is_found_in_the_environment_the_keyring_or_asked_for(vault: Vault, chain: Path) -> None:
    config, kept, asked = Config(), Vault(vault.directory), []

    def ask(question: str, hidden: bool) -> str:
        asked.append((question, hidden))
        return "secret" if hidden else "id"

    client, was_asked = find_client(config, {}, kept, ask)
    assert (client, was_asked) == (Client("id", "secret"), True)
    assert asked == [
        ("Client ID (developer.linkedin.com, My apps, your app, Auth)", False),
        ("Client secret (below it)", True),
    ]
    assert remember_client(client, config, kept)
    assert find_client(config, {}, kept, None) == (client, False)
    assert stored_client(config, {"LINKEDIN_CLIENT_ID": "another"}, kept) is None
    environ = {"LINKEDIN_CLIENT_ID": "env", "LINKEDIN_CLIENT_SECRET": "env-secret"}
    assert stored_client(config, environ, kept) == Client("env", "env-secret")
    assert not remember_client(client, config, vault)
    assert not any(b"secret" in path.read_bytes() for path in vault.directory.glob("*"))
