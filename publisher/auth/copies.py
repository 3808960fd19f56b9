"""Find secrets of authors on other networks: in the environment, else what a login stored for the address."""

from collections.abc import Mapping
from typing import NamedTuple

from publisher.auth.grant import Grant
from publisher.auth.session_file import SessionFile
from publisher.auth.tokens import login_command
from publisher.auth.vault import Vault
from publisher.errors import Unauthorized, UntrustedHost
from publisher.model.post import Author
from publisher.networks.account import Account
from publisher.networks.environment import environment_token
from publisher.networks.gateway import CopyGateway
from publisher.networks.opening import network_of
from publisher.networks.wire import WireRuntime

LINKEDIN_TOKEN = "LINKEDIN_ACCESS_TOKEN"  # noqa: S105 - the name of a variable


class Secret(NamedTuple):
    """An author's secret. ``bound`` says that a login stored it for exactly the address that it is for."""

    value: str
    bound: bool


def place_of(author: Author, environ: Mapping[str, str]) -> str:
    """Return the vault's place for an author's secret.

    It has the address, so no other address gets the secret.
    """
    return f"{author.network} {network_of(author.network).address(author, environ)}"


def labels_of(author: Author) -> tuple[str, ...]:
    """Return the names that an author may have in the vault.

    These are its identity and, from before the identity was known, its handle or server.
    """
    earlier = {"bluesky": f"bluesky:{author.handle}", "mastodon": f"mastodon:{author.server}"}
    return tuple(dict.fromkeys(label for label in (author.urn, earlier.get(author.network)) if label))


def stored_grant(author: Author, environ: Mapping[str, str], vault: Vault) -> Grant | None:
    """Return what a login stored for an author. Raise `UsageError` if it can't be read."""
    place = place_of(author, environ)
    found = (vault.get(place, label) for label in labels_of(author))
    return next((grant for grant in found if grant is not None), None)


def find_secret(author: Author, environ: Mapping[str, str], vault: Vault) -> Secret | None:
    """Return an author's secret; None if there is none.

    Raise `UntrustedHost` for a variable of another network.
    """
    if author.token_env == LINKEDIN_TOKEN:
        raise UntrustedHost(
            f"`token_env` of {author.alias} names {LINKEDIN_TOKEN}, which is a secret of LinkedIn.",
            f"Name a variable of its own, such as {network_of(author.network).variable}.",
        )
    given = environment_token(author.token_env, environ)
    if given:
        return Secret(given, bound=False)
    grant = stored_grant(author, environ, vault)
    return Secret(grant.access_token, bound=True) if grant else None


def open_copy(
    author: Author, environ: Mapping[str, str], vault: Vault, runtime: WireRuntime | None = None
) -> CopyGateway:
    """Return the gateway of an author. No request is sent yet. Raise `Unauthorized` if there is no secret."""
    secret = find_secret(author, environ, vault)
    if secret is None:
        raise missing(author)
    return open_with(author, secret, environ, vault, runtime)


def open_with(
    author: Author,
    secret: Secret,
    environ: Mapping[str, str],
    vault: Vault,
    runtime: WireRuntime | None = None,
) -> CopyGateway:
    """Return the gateway of an author with a secret."""
    network = network_of(author.network)
    account = Account(
        author,
        secret.value,
        environ,
        secret.bound,
        session_of(author, environ, vault),
        runtime or WireRuntime(),
    )
    return network.open(account)


def session_of(author: Author, environ: Mapping[str, str], vault: Vault) -> SessionFile:
    """Return where an author's session is kept."""
    return SessionFile(vault.directory, place_of(author, environ), author.handle or author.urn)


def missing(author: Author) -> Unauthorized:
    """Return the error for an author without a secret."""
    network = network_of(author.network)
    return Unauthorized(
        f"There is no {network.secret} for {author.alias or author.urn} ({network.title}).",
        f"`{login_command(author)}` asks for it, or set {author.token_env}.",
        code="NO_TOKEN",
    )
