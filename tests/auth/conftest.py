"""A user who is not logged in yet, with an app of their own in the sandbox."""

import webbrowser
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from publisher.auth.vault import Vault
from publisher.sandbox.defaults import CLIENT_ID, CLIENT_SECRET
from publisher.sandbox.server import Sandbox
from tests.auth.member import Browser
from tests.support.project import ProjectDir, Result

ANY_PORT = "http://localhost:0/auth/linkedin/callback"


@dataclass(frozen=True)
class User:
    """A project whose user has an app, a private directory and a browser, and no token yet."""

    project: ProjectDir
    directory: Path
    browser: Browser

    @property
    def vault(self) -> Vault:
        """Where the user's grants are."""
        return Vault(self.directory, lambda: None)

    def run(self, *arguments: str, **env: str) -> Result:
        """Run a command, with some of the environment changed."""
        result = replace(self.project, env={**self.project.env, **env}).publisher(*arguments)
        self.browser.close()
        return result

    def login(self, *arguments: str, **env: str) -> Result:
        """Log in by the browser."""
        return self.run("auth", "login", "--redirect-uri", ANY_PORT, *arguments, **env)


@pytest.fixture
def user(
    project: ProjectDir,
    sandbox: Sandbox,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[User]:
    """See `User`."""
    directory = tmp_path_factory.mktemp("home") / "config"
    env = {
        "LINKEDIN_ACCESS_TOKEN": "",
        "LINKEDIN_CLIENT_ID": CLIENT_ID,
        "LINKEDIN_CLIENT_SECRET": CLIENT_SECRET,
        "PUBLISHER_CONFIG_DIR": str(directory),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
    }
    browser = Browser(sandbox.member.urn)
    monkeypatch.setattr(webbrowser, "open", browser.open)
    yield User(replace(project, env=env), directory, browser)
    browser.close()
