"""Name the service that a run publishes to: LinkedIn, or a sandbox. A state describes one of them."""

from ipaddress import ip_address
from urllib.parse import urlsplit

LINKEDIN = "linkedin"
SANDBOX = "sandbox"


def service_of(api_url: str) -> str:
    """Return the service behind an API address: ``linkedin``, ``sandbox`` on this machine, else the host's name."""
    host = (urlsplit(api_url).hostname or "").rstrip(".").lower()
    if host == "linkedin.com" or host.endswith(".linkedin.com"):
        return LINKEDIN
    if host == "localhost" or host.endswith(".localhost"):
        return SANDBOX
    try:
        return SANDBOX if ip_address(host).is_loopback else host
    except ValueError:
        return host or SANDBOX
