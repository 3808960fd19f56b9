"""Which hosts may receive a secret.

Every network asks here before it sends a token, a password or an app's secret.

A host that only a project file names never receives one: a pull request can change the file. A host is
trusted if it is the network's own, on this machine, or named by the environment (`HOSTS_VARIABLE`, or a
variable that overrides the address). A grant from `publisher auth login` goes back to the address that it
came from. Secrets never travel over plain http, except to this machine.
"""

import re
from collections.abc import Iterable, Mapping

from publisher.environment import HOSTS_VARIABLE, words
from publisher.errors import UntrustedHost

BLUESKY = ("bsky.social",)
LINKEDIN = ("linkedin.com", "licdn.com")
ZERNIO = ("zernio.com",)
"""The domains of each network. Their subdomains count as well. Mastodon has none: its servers are named in
`HOSTS_VARIABLE`, or bound by a login."""

Origin = tuple[str, str, int]
"""Scheme, host and port."""

# The ports of URLs that state none (RFC 9110, section 4.2).
_PORTS = {"http": 80, "https": 443}
# Names and addresses of this machine (RFC 6761, section 6.3).
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]", "::1"})


def origin(url: str) -> Origin | None:
    """Return the origin of an http(s) URL as the HTTP library reads it; None for any other or unclear one.

    User names, backslashes and control characters are what URLs are forged with, so none is taken.
    """
    if "\\" in url or any(character <= " " or character == "\x7f" for character in url):
        return None
    # The parser that connects must be the one that judges: two parsers can read one URL differently. It is imported
    # here because it costs 40 ms (measured 2026-11-24), and most commands judge no address.
    from urllib3.exceptions import LocationParseError
    from urllib3.util import parse_url

    try:
        parts = parse_url(url)
    except LocationParseError:
        return None
    scheme, host = parts.scheme or "", parts.host or ""
    if scheme not in _PORTS or not host or parts.auth is not None:
        return None
    # a dot at the end names the same host
    return scheme, host.lower().rstrip("."), parts.port or _PORTS[scheme]


def is_loopback(found: Origin) -> bool:
    """Return whether an origin is on this machine."""
    return found[1] in _LOOPBACK


def is_own(found: Origin, domains: Iterable[str]) -> bool:
    """Return whether an origin belongs to a network.

    It must be one of its domains or a subdomain, over https, on the usual port.
    """
    scheme, host, port = found
    own = any(host == name or host.endswith("." + name) for name in domains)
    return own and scheme == "https" and port == _PORTS["https"]


def require_host(
    url: str,
    domains: Iterable[str],
    environ: Mapping[str, str],
    *,
    overrides: Iterable[str] = (),
    bound: bool = False,
) -> None:
    """Raise `UntrustedHost` unless a secret may be sent to ``url``.

    ``domains`` are the network's own. ``overrides`` names the variables that replace the address in the
    project file. ``bound`` says that a login on this machine stored the secret for exactly this address, or
    that a trusted host of the network named it in its answer (as bsky.social names the server that holds an
    account).
    """
    found = origin(url)
    if found is None:
        raise UntrustedHost(
            f"{_shown(url)} is not an address that a secret may be sent to.", "Write https://HOST."
        )
    if is_loopback(found):
        return
    if found[0] != "https":
        raise UntrustedHost(
            f"A secret would be sent to {found[1]} unencrypted; it was not sent.",
            "Use https, or an emulator on loopback.",
        )
    named = {origin(environ.get(name, "")) for name in overrides} | {None}
    if bound or is_own(found, domains) or found in named - {None} or _is_listed(found, environ):
        return
    raise UntrustedHost(
        f"Only the project's files name {_place(found)}, so it receives no secret.",
        f"If it is yours, set {HOSTS_VARIABLE}={_place(found)} in the environment.",
    )


def _is_listed(found: Origin, environ: Mapping[str, str]) -> bool:
    names = {word.lower().rstrip(".") for word in words(environ.get(HOSTS_VARIABLE, ""))}
    return found[1] in names or f"{found[1]}:{found[2]}" in names


def _place(found: Origin) -> str:
    return found[1] if found[2] == _PORTS[found[0]] else f"{found[1]}:{found[2]}"


def _shown(url: str) -> str:
    """Return a URL that could not be read, without what may be a password in it."""
    return repr(re.sub(r"//[^/]*@", "//***@", url)[:100])
