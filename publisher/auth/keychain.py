"""Use the system's keyring, if the ``keyring`` library is installed and has a real backend."""

import logging
from typing import Protocol

_SERVICE = "publisher"


class Keychain(Protocol):
    """A place for secrets. Each method raises `KeychainError` if the keyring does not do as asked."""

    name: str

    def get(self, key: str) -> str | None:
        """Return the secret of a key, None without one."""

    def put(self, key: str, secret: str) -> None:
        """Keep a secret."""

    def remove(self, key: str) -> None:
        """Forget a secret; a key without one is fine."""


class KeychainError(Exception):
    """The keyring is locked, gone or refuses. The message never has a secret in it."""


class SystemKeychain:
    """The keyring that the ``keyring`` library chose; `open_keychain` makes it."""

    def __init__(self, name: str) -> None:
        self.name = name

    def get(self, key: str) -> str | None:
        """Return the secret of a key, None without one."""
        import keyring
        from keyring.errors import KeyringError

        try:
            return keyring.get_password(_SERVICE, key)
        except (KeyringError, OSError, RuntimeError) as error:
            raise KeychainError(f"{self.name} did not answer ({type(error).__name__})") from None

    def put(self, key: str, secret: str) -> None:
        """Keep a secret."""
        import keyring
        from keyring.errors import KeyringError

        try:
            keyring.set_password(_SERVICE, key, secret)
        except (KeyringError, OSError, RuntimeError) as error:
            raise KeychainError(f"{self.name} took no secret ({type(error).__name__})") from None

    def remove(self, key: str) -> None:
        """Forget a secret; a key without one is fine."""
        import keyring
        from keyring.errors import KeyringError, PasswordDeleteError

        try:
            keyring.delete_password(_SERVICE, key)
        except PasswordDeleteError:
            return
        except (KeyringError, OSError, RuntimeError) as error:
            raise KeychainError(f"{self.name} did not forget a secret ({type(error).__name__})") from None


def open_keychain() -> Keychain | None:
    """Return the system's keyring.

    Return None if the library is not installed or has no safe backend on this machine.
    """
    try:
        import keyring
    except ImportError:
        return None
    try:
        backend = keyring.get_keyring()
        # reading it is what tells a backend that it can't work here
        priority = float(backend.priority)
    except Exception:
        logging.getLogger("publisher.auth").info("the system's keyring can't be used")
        return None
    # the fail and null backends have priorities of 0 and less: they keep nothing
    return SystemKeychain(str(backend.name)) if priority > 0 else None
