"""Open the gateway of one account, with the rule on which hosts may receive its token."""

import re
from collections.abc import Mapping

from publisher.model.post import Author
from publisher.networks.account import Account
from publisher.networks.hosts import require_host
from publisher.networks.mastodon.client import MastodonGateway
from publisher.networks.opening import Network
from publisher.networks.wire import Wire, WireRuntime

SERVER_VARIABLE = "PUBLISHER_MASTODON_SERVER"
"""The environment variable that replaces ``server`` of all authors."""

_PAGE = re.compile(r"https?://[^\s?#]+/[A-Za-z0-9]+/?")


def open_mastodon(
    server: str,
    token: str,
    environ: Mapping[str, str],
    *,
    home: str = "",
    bound: bool = False,
    runtime: WireRuntime | None = None,
) -> MastodonGateway:
    """Return the gateway of an account.

    ``bound`` says that `auth login` stored the token for exactly this server.

    ``home`` is the server's name in identities, where ``server`` is an emulator in its place.

    Mastodon has no hosts of its own: a server that only the project's files name receives no token.
    """

    def guard(url: str) -> None:
        ours = bound and url.startswith(f"{server.rstrip('/')}/")
        require_host(url, (), environ, overrides=(SERVER_VARIABLE,), bound=ours)

    return MastodonGateway(Wire(guard, runtime or WireRuntime()), server, token, home)


def server_of(author: Author, environ: Mapping[str, str]) -> str:
    """Return the address of an author's server."""
    return (environ.get(SERVER_VARIABLE) or author.server).rstrip("/")


def open_account(account: Account) -> MastodonGateway:
    """Return the gateway of an author."""
    server = server_of(account.author, account.environ)
    return open_mastodon(
        server,
        account.secret,
        account.environ,
        home=account.author.server,
        bound=account.bound,
        runtime=account.runtime,
    )


def urn_of(text: str, identity: str) -> str | None:
    """Return the address of a status: a page on the account's own server."""
    host = "/".join(identity.split("/")[:3])
    return text.rstrip("/") if _PAGE.fullmatch(text) and text.startswith(f"{host}/") else None


NETWORK = Network(
    title="Mastodon",
    secret="access token",  # noqa: S106 - what it is
    secret_page=lambda author: f"{author.server}/settings/applications",
    variable="MASTODON_TOKEN",
    address=server_of,
    open=open_account,
    urn_of=urn_of,
    link_of=lambda urn: urn,
)
