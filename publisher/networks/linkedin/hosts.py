"""Which hosts may see a bearer token: the configured origins, and LinkedIn's own over https."""

from dataclasses import dataclass

from urllib3.exceptions import LocationParseError
from urllib3.util import Url, parse_url

_LINKEDIN = ("linkedin.com", "licdn.com")
_PORTS = {"http": 80, "https": 443}
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]", "::1"})

Origin = tuple[str, str, int]
"""Scheme, host and port."""


def origin(url: str) -> Origin | None:
    """The origin of an http(s) URL as the HTTP library itself reads it; None for any other or unclear one.

    User names, backslashes and control characters are what URLs are forged with, so none is taken.
    """
    if "\\" in url or any(character <= " " or character == "\x7f" for character in url):
        return None
    try:
        # the parser that connects must be the one that judges: two parsers can read one URL differently
        parts: Url = parse_url(url)
    except LocationParseError:
        return None
    scheme, host = parts.scheme or "", parts.host or ""
    if scheme not in _PORTS or not host or parts.auth is not None:
        return None
    # a dot at the end names the same host
    return scheme, host.lower().rstrip("."), parts.port or _PORTS[scheme]


@dataclass(frozen=True, slots=True)
class Hosts:
    """The trust that a configuration gives: ``api`` is the configured API's origin, ``site`` that of the OAuth pages,
    where LinkedIn takes uploads.
    """

    api: Origin
    site: Origin | None = None

    def may_see_token(self, url: str) -> bool:
        """Whether a bearer token may go to a URL."""
        found = origin(url)
        if found is None:
            return False
        return is_linkedin(found) or any(known and _same(found, known) for known in (self.api, self.site))

    def may_ask_for_token(self, url: str) -> bool:
        """Whether a token may go to a URL that has asked for one: an emulator may spread over ports of one machine."""
        found = origin(url)
        both_here = found is not None and _is_loopback(found) and _is_loopback(self.api)
        return both_here or self.may_see_token(url)

    def may_take_upload(self, url: str) -> bool:
        """Whether a file may go to a URL that the API named, with or without a token.

        Storage may live on any host, where the URL itself is the credential; but once the API is spoken to over
        https, nothing goes out in clear.
        """
        found = origin(url)
        return found is not None and (found[0] == "https" or self.api[0] == "http")


def is_linkedin(found: Origin) -> bool:
    """Whether an origin is LinkedIn's, over https and on its usual port."""
    scheme, host, port = found
    own = any(host == name or host.endswith("." + name) for name in _LINKEDIN)
    return own and scheme == "https" and port == _PORTS["https"]


def _same(one: Origin, other: Origin) -> bool:
    """Whether two origins are one; all names of this machine are."""
    return one == other or (one[0::2] == other[0::2] and _is_loopback(one) and _is_loopback(other))


def _is_loopback(found: Origin) -> bool:
    return found[1] in _LOOPBACK
