"""The JSON Web Tokens of a session, signed with HS256.

Headers, claims and lifetimes are those of `@atproto/pds` 0.4.217 (read 2026-11-24): an access token lives two
hours, a refresh token 90 days.
"""

import base64
import hashlib
import hmac
import json
from typing import Any

ACCESS_SECONDS = 7_200
REFRESH_SECONDS = 90 * 86_400


def _part(document: Any) -> bytes:
    content = (
        document if isinstance(document, bytes) else json.dumps(document, separators=(",", ":")).encode()
    )
    return base64.urlsafe_b64encode(content).rstrip(b"=")


def sign(kind: str, claims: dict[str, Any], secret: bytes) -> str:
    """Return a token; ``kind`` is its ``typ``: ``at+jwt``, ``refresh+jwt`` or ``JWT``."""
    body = _part({"typ": kind, "alg": "HS256"}) + b"." + _part(claims)
    return (body + b"." + _part(hmac.digest(secret, body, hashlib.sha256))).decode()


def verify(token: str, secret: bytes) -> tuple[str, dict[str, Any]]:
    """Return a token's ``typ`` and claims. Raise ValueError if it is not one of ours."""
    body, _, signature = token.encode().rpartition(b".")
    if not hmac.compare_digest(_part(hmac.digest(secret, body, hashlib.sha256)), signature):
        raise ValueError("the signature is wrong")
    head, claims = (json.loads(base64.urlsafe_b64decode(part + b"==")) for part in body.split(b"."))
    return head["typ"], claims
