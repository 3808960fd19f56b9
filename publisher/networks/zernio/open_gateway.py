"""Open the gateway of one account, with the rule on which hosts may receive its key."""

from collections.abc import Mapping

from publisher.networks.hosts import ZERNIO, require_host
from publisher.networks.linkedin.http import Timeouts
from publisher.networks.wire import Wire, WireRuntime
from publisher.networks.zernio.client import API, ZernioGateway

# a publish runs inside the request: one took 222 s (vendor's SDK gives it 300 s, 2026-11-24)
TIMEOUTS = Timeouts(read=300.0, answer=310.0)


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
        require_host(url, ZERNIO, environ)

    return ZernioGateway(
        Wire(guard, runtime or WireRuntime(timeouts=TIMEOUTS)), token, platform, account, api
    )
