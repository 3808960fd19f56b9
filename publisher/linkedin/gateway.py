"""Opens the gateway of the configured API."""

from collections.abc import Callable
from pathlib import Path

from publisher.linkedin.access import Access, Tokens
from publisher.linkedin.permalinks import permalink
from publisher.linkedin.posts import PostsGateway
from publisher.linkedin.transport import Transport, World
from publisher.linkedin.ugc import UgcGateway
from publisher.model.config import Config

__all__ = ["PostsGateway", "UgcGateway", "open_gateway"]


def open_gateway(
    config: Config,
    root: Path,
    tokens: Tokens,
    *,
    link: Callable[[str], str] = permalink,
    world: World | None = None,
) -> UgcGateway | PostsGateway:
    """The gateway for ``config.api``; media paths are relative to ``root``. No request is sent yet.

    ``tokens`` gives an author's token when a call needs it; ``link`` makes a URN's permalink; ``world`` brings
    another clock, sleep or timeouts.
    Raises `publisher.errors.UsageError` where ``linkedin.api_url`` is no URL.
    """
    transport = Transport(config.linkedin.api_url, world or World(), config.linkedin.oauth_url)
    access = Access(transport, tokens, link)
    if config.api == "posts":
        return PostsGateway(access, root, config.linkedin.version)
    return UgcGateway(access, root)
