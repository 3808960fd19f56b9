"""Open the gateway of one account, with the rule on which hosts may receive its secrets."""

from collections.abc import Mapping

from publisher.networks.bluesky.client import BlueskyGateway
from publisher.networks.bluesky.session import DEFAULT_SERVICE, MemoryStore, Sessions, SessionStore
from publisher.networks.hosts import BLUESKY, require_host
from publisher.networks.wire import Wire, WireRuntime


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
        require_host(url, BLUESKY, environ, bound=named or (bound and url.startswith(f"{sessions.service}/")))

    wire = Wire(guard, runtime or WireRuntime())
    sessions = Sessions(wire, identifier, password, store or MemoryStore(), service)
    return BlueskyGateway(wire, sessions)
