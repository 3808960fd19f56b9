"""Under which addresses the sandbox answers, and which ``Host`` may read its control endpoints and pages."""

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

# The API host and the OAuth host (learn.microsoft.com, Authorization Code Flow, read 2026-01). Upload
# addresses use the second one.
LINKEDIN_HOSTS = ("api.linkedin.com", "www.linkedin.com")
"""The hosts that clients of LinkedIn call; the proxy answers for these two and for no other."""

# A name, an IPv4 address or an IPv6 literal, with an optional port (RFC 9110, section 7.2).
_HOST = re.compile(r"[A-Za-z0-9._-]+(:\d{1,5})?|\[[0-9A-Fa-f:.]+\](:\d{1,5})?")


@dataclass(frozen=True, slots=True)
class Addresses:
    """How the base URL of a request is found.

    ``public_url`` wins over everything. ``trust_forwarded`` reads ``X-Forwarded-Proto`` and
    ``X-Forwarded-Host``, which any client could send, so it is only for servers behind a reverse proxy.
    ``allowed_hosts`` are further names under which people open the pages and the control endpoints.
    """

    public_url: str = ""
    trust_forwarded: bool = False
    allowed_hosts: tuple[str, ...] = ()

    def base_url(self, headers: Mapping[str, str], own_url: str, *, secure: bool) -> str:
        """Return the URL that the client used, without a slash at the end."""
        if self.public_url:
            return self.public_url.rstrip("/")
        scheme, host = "https" if secure else "http", headers.get("host", "")
        if self.trust_forwarded:
            scheme = _first(headers.get("x-forwarded-proto", "")).lower() or scheme
            host = _first(headers.get("x-forwarded-host", "")) or host
        # the host stands in JSON and in redirects: anything that is not a plain host name is left out
        if scheme not in {"http", "https"} or not _HOST.fullmatch(host):
            return own_url
        # LinkedIn's own hosts answer over HTTPS only; an interceptor in the client's process may speak
        # plain HTTP to us
        return f"https://{host}" if host in LINKEDIN_HOSTS else f"{scheme}://{host}"

    def trusts(self, host: str, own_host: str) -> bool:
        """Return whether a ``Host`` may read control endpoints and pages.

        DNS rebinding needs a name that the attacker controls. The attacker controls no IP address, no
        ``localhost`` and no name of LinkedIn.
        """
        if not host:
            return False
        try:
            name = urlsplit(f"//{host}").hostname or ""
        except ValueError:
            return False
        known = {own_host, *LINKEDIN_HOSTS, *(item.lower() for item in self.allowed_hosts)}
        if self.public_url:
            known.add(urlsplit(self.public_url).hostname or "")
        return name in known or name == "localhost" or name.endswith(".localhost") or _is_address(name)


def _first(value: str) -> str:
    return value.partition(",")[0].strip()


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
