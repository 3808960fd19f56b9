"""Find the app's id and secret: in the environment, else in the keyring, else ask for them."""

import json
from collections.abc import Callable, Mapping

from publisher.auth.keychain import KeychainError
from publisher.auth.trust import require_oauth
from publisher.auth.vault import Vault
from publisher.errors import UsageError
from publisher.model.config import Config
from publisher.networks.linkedin.oauth import Client

_WHERE_ID = "Client ID (developer.linkedin.com, My apps, your app, Auth)"


def stored_client(config: Config, environ: Mapping[str, str], vault: Vault) -> Client | None:
    """Return the app as the environment or the keyring knows it; None if neither does, or only half of it.

    Raise `UntrustedHost` if only a project file names the host that its secret would go to.
    """
    given = Client(
        environ.get("LINKEDIN_CLIENT_ID", "").strip(), environ.get("LINKEDIN_CLIENT_SECRET", "").strip()
    )
    if given.id and given.secret:
        require_oauth(config, environ)
        return given
    kept = _from_keyring(config, vault)
    # half from here and half from there would be two apps
    if kept is None or (given.id and given.id != kept.id):
        return None
    require_oauth(config, environ, bound=True)
    return kept


def find_client(
    config: Config, environ: Mapping[str, str], vault: Vault, ask: Callable[[str, bool], str] | None
) -> tuple[Client, bool]:
    """Return the app, and whether a person was asked for it.

    ``ask(question, hidden)`` is None without a terminal.

    Raise `UsageError` if it is not known and nobody can be asked.
    """
    found = stored_client(config, environ, vault)
    if found is not None:
        return found, False
    require_oauth(config, environ)
    if ask is None:
        raise UsageError(
            "The app's client id and secret are not known.",
            "Set LINKEDIN_CLIENT_ID and LINKEDIN_CLIENT_SECRET; both are on the app's Auth tab.",
        )
    id_ = environ.get("LINKEDIN_CLIENT_ID", "").strip() or ask(
        "Client ID (developer.linkedin.com, My apps, your app, Auth)", False
    )
    secret = environ.get("LINKEDIN_CLIENT_SECRET", "").strip() or ask("Client secret (below it)", True)
    return Client(id_.strip(), secret.strip()), True


def remember_client(client: Client, config: Config, vault: Vault) -> bool:
    """Keep the app in the keyring, never in a file. Return whether that worked."""
    keychain = vault.open_keychain()
    if keychain is None:
        return False
    try:
        keychain.put(_key(config), json.dumps({"id": client.id, "secret": client.secret}))
    except KeychainError:
        return False
    return True


def _from_keyring(config: Config, vault: Vault) -> Client | None:
    keychain = vault.open_keychain()
    if keychain is None:
        return None
    try:
        document = json.loads(keychain.get(_key(config)) or "{}")
        return Client(document["id"], document["secret"])
    except (KeychainError, ValueError, KeyError, TypeError):
        return None


def _key(config: Config) -> str:
    return f"client {config.linkedin.oauth_url.rstrip('/')}"
