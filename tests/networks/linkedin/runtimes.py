"""Worlds for the client: time stands still, sleeping is written down, chance is chosen."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from publisher.model.config import Api, Config, LinkedIn
from publisher.model.post import Author
from publisher.networks.http import Timeouts
from publisher.networks.linkedin.open_gateway import PostsGateway, UgcGateway, open_gateway
from publisher.networks.linkedin.transport import Runtime, Transport

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
TOKEN = "AQX-secret-token-of-this-test"
ME = Author("urn:li:person:AbC_123456", "me")


@dataclass
class Naps:
    """The sleeps a client asked for, in seconds; sleeping moves its clock."""

    naps: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        """Write it down and go on at once."""
        self.naps.append(seconds)

    def now(self) -> datetime:
        """When it is, with what was slept."""
        return NOW + timedelta(seconds=sum(self.naps))

    def runtime(
        self, read: float = 5.0, connect: float = 5.0, answer: float = 5.0, attempts: int = 5
    ) -> Runtime:
        """A runtime with these naps and these timeouts in seconds."""
        return Runtime(self.sleep, self.now, lambda: 0.0, Timeouts(connect, read, answer), attempts)


def transport(url: str, naps: Naps | None = None, **limits: float) -> Transport:
    """A transport in such a runtime."""
    return Transport(url, (naps or Naps()).runtime(**limits))  # type: ignore[arg-type]


def gateway(
    url: str,
    root: Path = Path(),
    api: Api = "ugcPosts",
    naps: Naps | None = None,
    token: str = TOKEN,
    **limits: float,
) -> UgcGateway | PostsGateway:
    """A gateway in such a runtime, with one token for everyone."""
    config = Config(api=api, linkedin=LinkedIn(api_url=url, oauth_url=url))
    return open_gateway(config, root, lambda _: token, runtime=(naps or Naps()).runtime(**limits))  # type: ignore[arg-type]
