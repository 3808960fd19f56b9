"""Read the authors of the settings: the fields that each network needs, and the known part of an identity."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from publisher.model.document import FieldPath
from publisher.model.post import DEFAULT_SERVICE, Author
from publisher.networks.hosts import is_loopback, origin

_FIELDS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "linkedin": (("urn",), ()),
    "bluesky": (("handle",), ("did", "service")),
    "mastodon": (("server",), ("account",)),
    "zernio": (("platform", "account"), ()),
}
"""By network: the fields that its authors need, and those that they may have."""

_TOKENS = {
    "linkedin": "LINKEDIN_ACCESS_TOKEN",
    "bluesky": "BLUESKY_APP_PASSWORD",
    "mastodon": "MASTODON_TOKEN",
    "zernio": "ZERNIO_TOKEN",
}

Found = Iterator[tuple[str, str, str, FieldPath]]
"""Problems: code, message, remedy, and the place."""

_WRONG = "wrong-value"


def author_problems(authors: Mapping[str, Mapping[str, Any]]) -> Found:
    """Yield problems that the schema can't know: another network's fields, addresses, equal accounts."""
    servers: dict[str, tuple[str, bool]] = {}
    for alias, author in authors.items():
        place: FieldPath = ("authors", alias)
        network = str(author.get("network", "linkedin"))
        needed, further = _FIELDS[network]
        missing = [name for name in needed if name not in author]
        for name in missing:
            what = f"{network} author" if "network" in author else "LinkedIn author (`network` is not set)"
            message = f"authors.{alias}: {name!r} is missing, which every {what} needs."
            yield "missing-field", message, f"Add `{name}:`.", place
        for name in ("urn", "handle", "did", "service", "server", "platform", "account"):
            if name in author and name not in (*needed, *further):
                owner = next(other for other, (a, b) in _FIELDS.items() if name in (*a, *b))
                message = f"authors.{alias}: {name!r} does not belong to an author on {network}."
                yield _WRONG, message, f"Remove it, or set `network: {owner}`.", (*place, name)
        for name in ("service", "server"):
            if name in author and name in (*needed, *further) and (wrong := _address_problem(author[name])):
                yield (
                    _WRONG,
                    f"authors.{alias}.{name} {wrong}.",
                    "Write it like https://example.social.",
                    (*place, name),
                )
        if network == "mastodon" and not missing:
            yield from _shared_server(alias, author, servers)


def _address_problem(address: str) -> str:
    """Return what is wrong with the address of a server, else an empty text."""
    found, parts = origin(address), urlsplit(address)
    if found is None:
        return "isn't the address of a server"
    if found[0] != "https" and not is_loopback(found):
        return "must begin with https://, because a secret is sent there"
    return "must be the address of the server alone" if parts.path.strip("/") or parts.query else ""


def _shared_server(alias: str, author: Mapping[str, Any], servers: dict[str, tuple[str, bool]]) -> Found:
    """Find authors without a name on one server. Only tokens tell them apart, and a plan reads none."""
    server = _base(author["server"])
    named = "account" in author
    other, other_named = servers.setdefault(server, (alias, named))
    if other != alias and not (named and other_named):
        message = f"authors.{alias}: {other} is on {server}, too; nothing tells their accounts apart."
        yield _WRONG, message, "Add `account:` with the account's name to both.", ("authors", alias, "server")


def read_author(alias: str, settings: Mapping[str, Any]) -> Author:
    """Return the author of an alias. The settings have been checked."""
    network = settings.get("network", "linkedin")
    places = {name: _base(settings[name]) for name in ("service", "server") if name in settings}
    if network == "bluesky":
        places.setdefault("service", DEFAULT_SERVICE)
    return Author(
        urn=_identity(network, settings),
        alias=alias,
        token_env=settings.get("token_env", _TOKENS[network]),
        name=settings.get("name", ""),
        headline=settings.get("headline", ""),
        avatar=settings.get("avatar", ""),
        network=network,
        handle=settings.get("handle", "").lower(),
        **places,
        platform=settings.get("platform", ""),
        account=settings.get("account", ""),
    )


def _identity(network: str, settings: Mapping[str, Any]) -> str:
    """Return who an author is. It is provisional if only the network knows it, see `Author.provisional`."""
    match network:
        case "bluesky":
            return str(settings.get("did") or f"bluesky:{settings['handle'].lower()}")
        case "mastodon":
            return mastodon_identity(settings["server"], settings.get("account", ""))
        case "zernio":
            return str(settings["account"])
        case _:
            return str(settings["urn"])


def mastodon_identity(server: str, account: str) -> str:
    """Return the identity of an account: its page's address. A name on a server never gets another owner."""
    base = _base(server)
    return f"{base}/@{account.lower()}" if account else f"mastodon:{base}"


def _base(address: str) -> str:
    """Return a server's address in one form: without a slash at the end, the host in lower case."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc.lower()}"
