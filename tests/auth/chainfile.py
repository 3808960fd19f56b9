"""A keyring for tests: a backend of the real library that keeps its secrets in a file named by the environment."""

import json
import os
from pathlib import Path

from keyring.backend import KeyringBackend
from keyring.compat import properties
from keyring.errors import PasswordDeleteError, PasswordSetError


class FileKeyring(KeyringBackend):
    """Named by ``PYTHON_KEYRING_BACKEND=tests.auth.chainfile.FileKeyring``; refuses where the file says so."""

    @properties.classproperty
    def priority(cls) -> float:  # noqa: N805
        """Keep the library from choosing this backend for tests that did not ask for it."""
        if "TEST_KEYRING" not in os.environ:
            raise RuntimeError("TEST_KEYRING is not set")
        return 1

    @property
    def _path(self) -> Path:
        return Path(os.environ["TEST_KEYRING"])

    def _read(self) -> dict[str, str]:
        return json.loads(self._path.read_text()) if self._path.exists() else {}

    def get_password(self, service: str, username: str) -> str | None:
        """The secret."""
        return self._read().get(f"{service}/{username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep it."""
        if os.environ.get("TEST_KEYRING_LOCKED"):
            raise PasswordSetError("locked")
        self._path.write_text(json.dumps({**self._read(), f"{service}/{username}": password}))

    def delete_password(self, service: str, username: str) -> None:
        """Forget it."""
        kept = self._read()
        if kept.pop(f"{service}/{username}", None) is None:
            raise PasswordDeleteError("not there")
        self._path.write_text(json.dumps(kept))
