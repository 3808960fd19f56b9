"""Opens the gateway of the configured API."""

from collections.abc import Callable
from pathlib import Path

from publisher.model.config import Config
from publisher.networks.linkedin.access import Access, Tokens
from publisher.networks.linkedin.permalinks import permalink
from publisher.networks.linkedin.rest_posts import PostsGateway
from publisher.networks.linkedin.transport import Runtime, Transport
from publisher.networks.linkedin.ugc_posts import UgcGateway

__all__ = ["PostsGateway", "UgcGateway", "open_gateway"]


def open_gateway(
    config: Config,
    root: Path,
    tokens: Tokens,
    *,
    link: Callable[[str], str] = permalink,
    runtime: Runtime | None = None,
) -> UgcGateway | PostsGateway:
    """Return the gateway for ``config.api``; media paths are relative to ``root``. No request is sent yet.

    ``tokens`` gives an author's token when a call needs it; ``link`` makes a URN's permalink; ``runtime``
    brings another clock, sleep or timeouts. Raise `publisher.errors.UsageError` if ``linkedin.api_url`` isn't
    a full URL.
    """
    transport = Transport(config.linkedin.api_url, runtime or Runtime(), config.linkedin.oauth_url)
    access = Access(transport, tokens, link)
    if config.api == "posts":
        return PostsGateway(access, root, config.linkedin.version)
    return UgcGateway(access, root)
