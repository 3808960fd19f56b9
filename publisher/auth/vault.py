"""Keep grants in a private file in the user's configuration directory, never in a project.

The file has what may be known without a secret (author, scopes, expiry), so that a plan can warn without
asking the keyring. The secrets are in the keyring if one works. Otherwise they are in the same file, which
only its owner can read.
"""

import itertools
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from publisher.auth.grant import Grant, read_grant, read_time
from publisher.auth.keychain import Keychain, KeychainError, open_keychain
from publisher.errors import UsageError
from publisher.model.config import Config
from publisher.model.post import Author
from publisher.networks.environment import has_environment_token
from publisher.replacing import replace_file

_VERSION = 1
_PRIVATE = 0o600
_PRIVATE_DIRECTORY = 0o700
# A holder sends at most one request, to refresh a token. After 30 s, a message helps the user more than
# waiting.
_LOCK_SECONDS = 30


def config_directory(environ: Mapping[str, str]) -> Path:
    """Return the user's directory for this product: ``PUBLISHER_CONFIG_DIR``, else the platform's."""
    chosen = environ.get("PUBLISHER_CONFIG_DIR")
    if chosen:
        return Path(chosen)
    import platformdirs  # 5 ms, and most commands on a server name the directory or need none

    return platformdirs.user_config_path("publisher", appauthor=False)


@dataclass(frozen=True, slots=True)
class Vault:
    """The grants of one user on this machine. Each belongs to one API address and one author URN."""

    directory: Path
    open_keychain: Callable[[], Keychain | None] = open_keychain

    @property
    def path(self) -> Path:
        """The private file."""
        return self.directory / "accounts.json"

    def facts(self, api_url: str) -> dict[str, Mapping[str, Any]]:
        """Return what is known without a secret, by author URN. Raise `UsageError` if the file is broken."""
        prefix = _key(api_url, "")
        accounts = self._read()
        return {key.removeprefix(prefix): item for key, item in accounts.items() if key.startswith(prefix)}

    def get(self, api_url: str, author: str) -> Grant | None:
        """Return an author's grant. Raise `UsageError` if it can't be read."""
        key = _key(api_url, author)
        item = self._read().get(key)
        if item is None:
            return None
        try:
            return read_grant(item, self._secrets(key, item))
        except (ValueError, KeychainError) as error:
            raise UsageError(
                f"The stored token of {author} can't be read: {error}.",
                "Unlock the keyring, or `publisher auth login` again.",
            ) from None

    def put(self, api_url: str, grant: Grant) -> str:
        """Keep a grant, in place of the author's old one. Return where its secrets are, in words."""
        key = _key(api_url, grant.author)
        with self.lock():
            accounts = self._read()
            # read before writing: a file that can't be understood is never replaced
            item, where = grant.facts(), str(self.path)
            keychain = self.open_keychain()
            # a keyring may be there and locked; then the file does as well
            kept = keychain is not None and _try_put(keychain, key, grant)
            if keychain is not None and kept:
                item["secrets"], where = "keyring", keychain.name
            else:
                item["secrets"] = grant.secrets()
            self._write({**accounts, key: item})
        return where

    def remove(self, api_url: str, author: str) -> bool:
        """Forget an author's grant. Return whether there was one."""
        key = _key(api_url, author)
        with self.lock():
            accounts = dict(self._read())
            item = accounts.pop(key, None)
            if item is None:
                return False
            keychain = self.open_keychain() if item.get("secrets") == "keyring" else None
            if keychain is not None:
                keychain.remove(key)
            self._write(accounts)
        return True

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the vault, so that two runs don't refresh one token at once.

        Its holder may take it again.
        """
        self._make_directory()
        from filelock import FileLock, Timeout  # here, because reading needs no lock

        # a singleton, so that a refresh may store what it got while it holds the lock
        lock = FileLock(
            self.path.with_suffix(".lock"), timeout=_LOCK_SECONDS, mode=_PRIVATE, is_singleton=True
        )
        try:
            lock.acquire()
        except Timeout:
            raise UsageError(
                f"Another process holds {lock.lock_file}.", "Wait for it to end, then try again."
            ) from None
        try:
            yield
        finally:
            lock.release()

    def _secrets(self, key: str, item: Mapping[str, Any]) -> Mapping[str, Any]:
        kept = item.get("secrets")
        if kept != "keyring":
            if not isinstance(kept, dict):
                raise ValueError("its secrets are missing")
            return kept
        keychain = self.open_keychain()
        text = keychain.get(key) if keychain else None
        if text is None:
            raise ValueError("the keyring that has it is not there")
        found = json.loads(text)
        if not isinstance(found, dict):
            raise ValueError("the keyring has something else in its place")  # noqa: TRY004 - content, not type
        return found

    def _read(self) -> Mapping[str, Mapping[str, Any]]:
        try:
            document = json.loads(self.path.read_bytes())
        except FileNotFoundError:
            return {}
        except (OSError, ValueError):
            raise self._broken("it can't be read") from None
        if not isinstance(document, dict) or document.get("version") != _VERSION:
            raise self._broken("it is of another version or not this product's")
        accounts = document.get("accounts")
        if not isinstance(accounts, dict) or not all(isinstance(item, dict) for item in accounts.values()):
            raise self._broken("its accounts are not as they were written")
        # times are checked here once, so that a plan can rely on them
        for item, name in itertools.product(accounts.values(), ("expires_at", "refresh_expires_at")):
            try:
                read_time(item.get(name))
            except ValueError:
                raise self._broken(f"{name} isn't a time") from None
        return accounts

    def _broken(self, why: str) -> UsageError:
        return UsageError(
            f"{self.path} is not usable: {why}.", "Move it away and `publisher auth login` again."
        )

    def _write(self, accounts: Mapping[str, Any]) -> None:
        document = {"version": _VERSION, "accounts": accounts}
        content = json.dumps(document, indent=2, sort_keys=True) + "\n"
        replace_file(self.path, content.encode(), synced=True)

    def _make_directory(self) -> None:
        try:
            self.directory.mkdir(mode=_PRIVATE_DIRECTORY, parents=True, exist_ok=True)
        except OSError as error:
            raise UsageError(
                f"{self.directory} can't be made: {error.strerror}.",
                "Set PUBLISHER_CONFIG_DIR to another place.",
            ) from None


def _key(api_url: str, author: str) -> str:
    return f"{api_url.rstrip('/')} {author}"


def _try_put(keychain: Keychain, key: str, grant: Grant) -> bool:
    try:
        keychain.put(key, json.dumps(grant.secrets()))
        return keychain.get(key) is not None
    except KeychainError:
        return False


def known_expiry(author: Author, config: Config, environ: Mapping[str, str], vault: Vault) -> datetime | None:
    """Return when the author's token ends for good; aware, UTC. None if unknown.

    A token from the environment says nothing of its end. Raise `UsageError` if the vault is broken.
    """
    if has_environment_token(author.token_env, environ):
        return None
    facts = vault.facts(config.linkedin.api_url).get(author.urn)
    if facts is None:
        return None
    ends = [read_time(facts.get("expires_at"))]
    if facts.get("refreshable"):
        ends.append(read_time(facts.get("refresh_expires_at")))
    return max((time for time in ends if time), default=None)
