"""Which addresses a page may link: what comes from a post is hostile."""

from urllib.parse import urlsplit

_SCHEMES = frozenset({"http", "https"})


def safe_href(address: str) -> str:
    """The address where it is an ordinary web link, else nothing: no ``javascript:``, no ``data:``."""
    cleaned = "".join(character for character in address.strip() if character >= " ")
    try:
        parts = urlsplit(cleaned)
    except ValueError:
        return ""
    return cleaned if parts.scheme.lower() in _SCHEMES and parts.netloc else ""


def site(address: str) -> str:
    """The host an address leads to, as a card names it: without ``www.``; empty where it has none.

    Names in other scripts stay in their ASCII form, in which they can't pass for others.
    """
    try:
        host = urlsplit(address).hostname or ""
        return host.encode("idna").decode().removeprefix("www.") if host else ""
    except ValueError:
        return ""
