"""The link under which people see a post or a comment."""

import re
from urllib.parse import quote, unquote

SITE = "https://www.linkedin.com"


def permalink(urn: str, site: str = SITE) -> str:
    """Return the link of a share, ugcPost, activity or comment URN (``urn:li:comment:(parent,id)``).

    ``site`` is the address of an emulator whose pages are to be linked instead.
    """
    if urn.startswith("urn:li:comment:(") and "," in urn:
        parent = urn.removeprefix("urn:li:comment:(").rpartition(",")[0]
        return f"{site}/feed/update/{parent}/?commentUrn={quote(urn, safe='')}"
    return f"{site}/feed/update/{urn}/"


_POST_URN = re.compile(r"urn:li:(?:share|ugcPost|activity):\d+")
# what LinkedIn's pages copy leaves the parent's urn:li: out
_COMMENT_URN = re.compile(r"urn:li:comment:\((?:urn:li:)?((?:share|ugcPost|activity):\d+,\d+)\)")
_SLUG = re.compile(r"-(share|ugcPost|activity)-(\d+)(?:-|/|\?|$)")


def urn_of(text: str, *, comment: bool = False) -> str | None:
    """Return the post's URN in what a person gave: the URN itself or a permalink. Return None otherwise.

    Known forms: ``/feed/update/URN/`` (percent-encoded or not, embedded) and
    ``/posts/name_slug-activity-N-xxxx`` (also ``-share-N-`` and ``-ugcPost-N-``). A link to a comment (one
    with a ``commentUrn``) is a link to its post as well; with ``comment`` it is the comment's URN that is
    meant.
    """
    plain = unquote(text.strip())
    if comment:
        found = _COMMENT_URN.search(plain)
        return f"urn:li:comment:(urn:li:{found[1]})" if found else None
    plain = _COMMENT_URN.sub("", plain)
    urn = _POST_URN.search(plain)
    if urn:
        return urn[0]
    slug = _SLUG.search(plain) if "linkedin.com/posts/" in plain else None
    return f"urn:li:{slug[1]}:{slug[2]}" if slug else None
