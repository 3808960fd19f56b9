"""Open the gateway of one account, with the rule on which hosts may receive its secrets."""

import re
from collections.abc import Mapping

from publisher.model.post import Author
from publisher.networks.account import Account, MemoryStore, SessionStore
from publisher.networks.bluesky.client import APP, BlueskyGateway, link_of
from publisher.networks.bluesky.encoder import COLLECTION
from publisher.networks.bluesky.session import DEFAULT_SERVICE, Sessions
from publisher.networks.hosts import BLUESKY, require_host
from publisher.networks.opening import Network
from publisher.networks.wire import Wire, WireRuntime

SERVICE_VARIABLE = "PUBLISHER_BLUESKY_SERVICE"
"""The environment variable that replaces ``service`` of all authors."""

# Record keys of posts are TIDs: 13 characters of base32-sortable (atproto.com, TID).
_LINK = re.compile(r"https://bsky\.app/profile/(?P<did>[^/?#]+)/post/(?P<rkey>[a-z2-7]{13})/?")
_URI = re.compile(r"at://did:[a-z]+:[A-Za-z0-9._:%-]+/app\.bsky\.feed\.post/[a-z2-7]{13}")


def open_bluesky(
    identifier: str,
    password: str,
    environ: Mapping[str, str],
    *,
    service: str = DEFAULT_SERVICE,
    store: SessionStore | None = None,
    bound: bool = False,
    runtime: WireRuntime | None = None,
) -> BlueskyGateway:
    """Return the gateway of an account: ``identifier`` is its handle or DID, ``password`` an app password.

    ``bound`` says that `auth login` stored the password for exactly this service.
    """

    def guard(url: str) -> None:
        named = sessions.trusts(url)
        ours = named or (bound and url.startswith(f"{sessions.service}/"))
        require_host(url, BLUESKY, environ, overrides=(SERVICE_VARIABLE,), bound=ours)

    wire = Wire(guard, runtime or WireRuntime())
    sessions = Sessions(wire, identifier, password, store or MemoryStore(), service)
    return BlueskyGateway(wire, sessions)


def service_of(author: Author, environ: Mapping[str, str]) -> str:
    """Return the address at which an author logs in."""
    return (environ.get(SERVICE_VARIABLE) or author.service or DEFAULT_SERVICE).rstrip("/")


def open_account(account: Account) -> BlueskyGateway:
    """Return the gateway of an author."""
    author = account.author
    return open_bluesky(
        author.handle or author.urn,
        account.secret,
        account.environ,
        service=service_of(author, account.environ),
        store=account.sessions,
        bound=account.bound,
        runtime=account.runtime,
    )


def urn_of(text: str, identity: str) -> str | None:
    """Return the AT URI in a text: the text itself, or the URI of a link to one of the account's posts."""
    if _URI.fullmatch(text):
        return text
    link = _LINK.fullmatch(text)
    if link is None or (link["did"].startswith("did:") and link["did"] != identity):
        return None
    return f"at://{identity}/{COLLECTION}/{link['rkey']}"


NETWORK = Network(
    title="Bluesky",
    secret="app password",  # noqa: S106 - what it is
    secret_page=lambda _author: f"{APP}/settings/app-passwords",
    variable="BLUESKY_APP_PASSWORD",
    address=service_of,
    open=open_account,
    urn_of=urn_of,
    link_of=link_of,
)
