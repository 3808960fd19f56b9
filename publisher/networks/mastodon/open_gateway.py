"""Open the gateway of one account, with the rule on which hosts may receive its token."""

from collections.abc import Mapping

from publisher.networks.hosts import require_host
from publisher.networks.mastodon.client import MastodonGateway
from publisher.networks.wire import Wire, WireRuntime


def open_mastodon(
    server: str,
    token: str,
    environ: Mapping[str, str],
    *,
    bound: bool = False,
    runtime: WireRuntime | None = None,
) -> MastodonGateway:
    """Return the gateway of an account. ``bound`` says that `auth login` stored the token for exactly this server.

    Mastodon has no hosts of its own: a server that only the project's files name receives no token.
    """

    def guard(url: str) -> None:
        require_host(url, (), environ, bound=bound and url.startswith(f"{server.rstrip('/')}/"))

    return MastodonGateway(Wire(guard, runtime or WireRuntime()), server, token)
