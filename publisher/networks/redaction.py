"""Keeping secrets out of messages and logs: known ones by value, unknown ones by their look."""

import re
from collections.abc import Iterable

HIDDEN = "[redacted]"

_NAMED = re.compile(
    r"(?i)(?P<name>\b(?:access_token|refresh_token|id_token|client_secret|oauth2_access_token|code_verifier|code)"
    r"[\"']?\s*[=:]\s*[\"']?)(?!\d{3}(?![\w.~+/=-]))(?P<value>[^\s\"'&,;}<>]{6,})"
)
_BEARER = re.compile(r"(?i)(?P<name>\bbearer\s+)(?P<value>[A-Za-z0-9._~+/=-]{6,})")
_QUERY = re.compile(r"(?P<name>https?://[^\s\"'<>?]+\?)(?P<value>[^\s\"'<>]+)")
# shorter strings would blot out ordinary words
_SHORTEST = 4


def redact(text: str, secrets: Iterable[str | None] = ()) -> str:
    """Return a text without the given secrets, bearer tokens, OAuth values and the queries of URLs.

    Upper-case words after ``code`` stay: they are LinkedIn's error codes.
    """
    for secret in secrets:
        if secret and len(secret) >= _SHORTEST:
            text = text.replace(secret, HIDDEN)
    text = _BEARER.sub(_hide, text)
    text = _QUERY.sub(_hide, text)
    return _NAMED.sub(_hide, text)


def _hide(match: re.Match[str]) -> str:
    value = match["value"]
    # "code: DUPLICATE_POST" is what a reader needs to see
    if re.fullmatch(r"[A-Z][A-Z_]+", value) or value == HIDDEN:
        return match[0]
    return match["name"] + HIDDEN
