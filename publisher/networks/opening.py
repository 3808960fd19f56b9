"""Which package speaks to which network. LinkedIn has a gateway of its own kind."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module

from publisher.errors import UsageError
from publisher.model.post import NETWORKS, Author
from publisher.networks.account import Account
from publisher.networks.gateway import CopyGateway

PACKAGES: dict[str, str] = {name: f"publisher.networks.{name}" for name in NETWORKS if name != "linkedin"}
"""Network -> package. Each has a module ``open_gateway`` with a `Network` named ``NETWORK``."""


@dataclass(frozen=True, slots=True)
class Network:
    """What the rest of the program needs of a network's package.

    ``secret`` says in words what the account's secret is, and ``secret_page`` where a person gets one.
    ``variable`` is the environment variable that it has by default. ``address`` returns the address that the
    secret is sent to. ``urn_of`` reads a post's name from what a person pastes, for an account: the name
    itself or a link; it returns None for anything else. ``link_of`` returns the link of a name, empty if it
    cannot be told from it.
    """

    title: str
    secret: str
    secret_page: Callable[[Author], str]
    variable: str
    address: Callable[[Author, Mapping[str, str]], str]
    open: Callable[[Account], CopyGateway]
    urn_of: Callable[[str, str], str | None]
    link_of: Callable[[str], str]


def network_of(name: str) -> Network:
    """Return a network. Its package is imported now, because most runs need none. Raise `UsageError`."""
    package = PACKAGES.get(name)
    if package is None:
        raise UsageError(
            f"{name!r} is not a network that publisher speaks.", f"One of {', '.join(sorted(PACKAGES))}."
        )
    found = import_module(f"{package}.open_gateway").NETWORK
    assert isinstance(found, Network)  # noqa: S101 - each package has one
    return found
