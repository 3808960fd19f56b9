"""Open the gateway of one account, with the rule on which hosts may receive its key."""

import re
from collections.abc import Mapping
from dataclasses import replace

from publisher.model.post import Author
from publisher.networks.account import Account
from publisher.networks.hosts import ZERNIO, require_host
from publisher.networks.http import Timeouts
from publisher.networks.opening import Network
from publisher.networks.wire import Wire, WireRuntime
from publisher.networks.zernio.client import API, ZernioGateway

# a publish runs inside the request: one took 222 s (vendor's SDK gives it 300 s, 2026-11-24)
TIMEOUTS = Timeouts(read=300.0, answer=310.0)

API_VARIABLE = "PUBLISHER_ZERNIO_API_URL"
"""The environment variable that replaces the service's address."""


def open_zernio(
    platform: str,
    account: str,
    token: str,
    environ: Mapping[str, str],
    *,
    api: str = API,
    runtime: WireRuntime | None = None,
) -> ZernioGateway:
    """Return the gateway of an account at the service."""

    def guard(url: str) -> None:
        require_host(url, ZERNIO, environ, overrides=(API_VARIABLE,))

    return ZernioGateway(
        Wire(guard, runtime or WireRuntime(timeouts=TIMEOUTS)), token, platform, account, api
    )


def api_of(author: Author, environ: Mapping[str, str]) -> str:  # noqa: ARG001 - one service for everybody
    """Return the service's address."""
    return (environ.get(API_VARIABLE) or API).rstrip("/")


def open_account(account: Account) -> ZernioGateway:
    """Return the gateway of an author."""
    author = account.author
    # a test's patience is its own; otherwise the time that a publish inside the request takes
    own = account.runtime.timeouts == Timeouts()
    runtime = replace(account.runtime, timeouts=TIMEOUTS) if own else account.runtime
    api = api_of(author, account.environ)
    return open_zernio(author.platform, author.urn, account.secret, account.environ, api=api, runtime=runtime)


def urn_of(text: str, identity: str) -> str | None:  # noqa: ARG001 - ids are the service's, not the account's
    """Return a post's id at the service; a link of the platform does not name it."""
    # Ids are MongoDB's: 24 hexadecimal digits (OpenAPI file, read 2026-11).
    return text if re.fullmatch(r"[0-9a-f]{24}", text) else None


NETWORK = Network(
    title="Zernio",
    secret="API key",  # noqa: S106 - what it is
    secret_page=lambda _author: "https://zernio.com/dashboard/api-keys",
    variable="ZERNIO_TOKEN",
    address=api_of,
    open=open_account,
    urn_of=urn_of,
    link_of=lambda _urn: "",
)
