"""The link under which people see a post or a comment."""

from urllib.parse import quote

SITE = "https://www.linkedin.com"


def permalink(urn: str, site: str = SITE) -> str:
    """The link of a share, ugcPost, activity or comment URN (``urn:li:comment:(parent,id)``).

    ``site`` is the address of an emulator whose pages are to be linked instead.
    """
    if urn.startswith("urn:li:comment:(") and "," in urn:
        parent = urn.removeprefix("urn:li:comment:(").rpartition(",")[0]
        return f"{site}/feed/update/{parent}/?commentUrn={quote(urn, safe='')}"
    return f"{site}/feed/update/{urn}/"
