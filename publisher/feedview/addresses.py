"""Which addresses a page may link: what comes from a post is hostile."""

from urllib.parse import urlsplit

_SCHEMES = frozenset({"http", "https"})


def safe_href(address: str) -> str:
    """Return the address where it is an ordinary web link, else nothing: no ``javascript:``, no ``data:``."""
    # Browsers drop tabs and line breaks inside an address ("java\nscript:"), so they are dropped before the
    # check (WHATWG URL Standard).
    cleaned = "".join(character for character in address.strip() if character >= " ")
    try:
        parts = urlsplit(cleaned)
    except ValueError:
        return ""
    return cleaned if parts.scheme.lower() in _SCHEMES and parts.netloc else ""


def site(address: str) -> str:
    """Return the host an address leads to, as a card names it: without ``www.``; empty if it has none.

    Names in other scripts stay in their ASCII form, in which they can't pass for others.
    """
    try:
        # Python's idna codec is IDNA 2003; a name that it can't encode raises UnicodeError, which is a
        # ValueError.
        host = urlsplit(address).hostname or ""
        return host.encode("idna").decode().removeprefix("www.") if host else ""
    except ValueError:
        return ""
