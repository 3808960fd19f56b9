"""OAuth 2.0 with LinkedIn: the authorization link, and the calls that issue, refresh and look into tokens."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode

from publisher.errors import ApiError, OutcomeUnknown, Unavailable
from publisher.networks.bodies import form_body
from publisher.networks.linkedin.transport import Transport
from publisher.networks.linkedin.uploads import malformed
from publisher.networks.messages import Answer, Request
from publisher.networks.redaction import redact

# 100 years. A larger number is not a lifetime and would overflow a date.
_LONGEST_LIFE = 100 * 365 * 86_400
"""Seconds that no token lives."""

_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True, slots=True)
class Client:
    """An app: its id, which is public, and its secret, which is never shown."""

    id: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Issued:
    """What the token endpoint gave. Lifetimes are seconds, 0 where not told; ``scopes`` are sorted."""

    access_token: str = field(repr=False)
    expires_in: int = 0
    scopes: tuple[str, ...] = ()
    refresh_token: str | None = field(default=None, repr=False)
    refresh_expires_in: int = 0


@dataclass(frozen=True, slots=True)
class Introspection:
    """What LinkedIn says of a token. ``status`` is ``active``, ``expired``, ``revoked`` or empty."""

    active: bool
    status: str = ""
    scopes: tuple[str, ...] = ()
    expires_at: datetime | None = None


def authorization_url(
    oauth_url: str, client_id: str, redirect_uri: str, scopes: tuple[str, ...], state: str
) -> str:
    """Return the link a member opens to grant ``scopes``. Only public values are in it."""
    query = urlencode(
        {
            "response_type": "code",
            "client_id": client_id,
            "redirect_uri": redirect_uri,
            "state": state,
            "scope": " ".join(scopes),
        },
        quote_via=quote,
    )
    return f"{oauth_url.rstrip('/')}/oauth/v2/authorization?{query}"


def exchange_code(transport: Transport, client: Client, code: str, redirect_uri: str) -> Issued:
    """Exchange a code for a token. Send the request once, because a code works once. Raise `ApiError`."""
    # sent once: a server may end the token of a code that comes twice
    fields = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}
    try:
        return _issued(_post(transport, "accessToken", fields, client, once=True))
    except OutcomeUnknown as error:
        raise Unavailable(
            error.message.replace(" Whether it was created is unknown.", ""),
            "The code may be used up: start `publisher auth login` again.",
            status=error.status,
            code=error.code,
            request_id=error.request_id,
        ) from None


def refresh(transport: Transport, client: Client, refresh_token: str) -> Issued:
    """Return a new access token for a refresh token. Raise `ApiError`."""
    fields = {"grant_type": "refresh_token", "refresh_token": refresh_token}
    return _issued(_post(transport, "accessToken", fields, client))


def introspect(transport: Transport, client: Client, token: str) -> Introspection:
    """Return what LinkedIn says of a token of this app. Costs no quota. Raise `ApiError`."""
    document = _post(transport, "introspectToken", {"token": token}, client).document
    if not isinstance(document.get("active"), bool):
        raise malformed("word on whether the token is active")
    return Introspection(
        active=document["active"],
        status=str(document.get("status") or ""),
        scopes=read_scopes(document.get("scope")),
        expires_at=_moment(document.get("expires_at")),
    )


def revoke(transport: Transport, client: Client, token: str) -> bool:
    """Ask LinkedIn to end a token. Return whether LinkedIn confirmed it.

    No documented call does this, so it is only an attempt.
    """
    try:
        _post(transport, "revoke", {"token": token}, client)
    except ApiError:
        return False
    return True


def read_scopes(value: Any) -> tuple[str, ...]:
    """Return the scopes of an answer.

    The documentation separates them with spaces. LinkedIn sends commas.
    """
    return tuple(sorted(set(re.split(r"[\s,]+", value.strip())) - {""})) if isinstance(value, str) else ()


def _post(
    transport: Transport, name: str, fields: Mapping[str, str], client: Client, *, once: bool = False
) -> Answer:
    """Call an OAuth endpoint. Secrets travel in the body and never appear in an error."""
    # in the body, never in the URL: URLs end up in logs
    form = {**fields, "client_id": client.id, "client_secret": client.secret}
    request = Request("POST", f"{transport.url}/oauth/v2/{name}", _FORM, form_body(form))
    try:
        return transport.once(request) if once else transport.safe(request)
    except ApiError as error:
        secrets = (client.secret, fields.get("code"), fields.get("refresh_token"), fields.get("token"))
        # some servers repeat what they were sent
        error.message = redact(error.message, secrets)
        error.args = (error.message,)
        raise


def _issued(answer: Answer) -> Issued:
    document = answer.document
    token = document.get("access_token")
    if not isinstance(token, str) or not token:
        raise malformed("access token")
    renewal = document.get("refresh_token")
    return Issued(
        access_token=token,
        expires_in=_seconds(document.get("expires_in")),
        scopes=read_scopes(document.get("scope")),
        refresh_token=renewal if isinstance(renewal, str) and renewal else None,
        refresh_expires_in=_seconds(document.get("refresh_token_expires_in")),
    )


def _seconds(value: Any) -> int:
    """Return seconds told as a number or as text, or 0 if they can't be meant."""
    try:
        seconds = int(value)
    except (TypeError, ValueError, OverflowError):
        return 0
    return seconds if 0 <= seconds <= _LONGEST_LIFE else 0


def _moment(value: Any) -> datetime | None:
    """Return a time told as epoch seconds, a number or text, or None if it can't be meant."""
    try:
        moment = datetime.fromtimestamp(int(value), UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        return None
    return moment if moment.year > 1970 else None
