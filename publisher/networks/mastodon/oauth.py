"""Log in at a server: register the client there, send the user to a page, exchange the code, revoke."""

from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlencode

from publisher.errors import Unauthorized, Unavailable
from publisher.networks.bodies import form_body
from publisher.networks.messages import Answer, Request
from publisher.networks.wire import Wire

# With this value the server shows the code on a page (docs.joinmastodon.org, OAuth, read 2026-07).
OUT_OF_BAND = "urn:ietf:wg:oauth:2.0:oob"
# The narrowest scopes that suffice for publishing and reading back.
SCOPES = "read:accounts read:statuses write:statuses write:media"


class MastodonClient(NamedTuple):
    """This program as a client of one server, registered for one redirect address."""

    server: str
    client_id: str
    client_secret: str
    redirect_uri: str


def register(wire: Wire, server: str, redirect_uri: str = OUT_OF_BAND) -> MastodonClient:
    """Register this program at a server; nothing secret is sent."""
    fields = {"client_name": "publisher", "redirect_uris": redirect_uri, "scopes": SCOPES}
    answer = wire.safe(_post(f"{server}/api/v1/apps", fields))
    found = [answer.document.get(name) for name in ("client_id", "client_secret")]
    if answer.status != 200 or not all(isinstance(item, str) and item for item in found):
        raise Unavailable(f"{server} registered no client: {answer.status}.", "Is it a Mastodon server?")
    return MastodonClient(server, str(found[0]), str(found[1]), redirect_uri)


def authorization_url(client: MastodonClient, state: str = "") -> str:
    """Return the page on which the user agrees."""
    asked = {
        "client_id": client.client_id,
        "redirect_uri": client.redirect_uri,
        "response_type": "code",
        "scope": SCOPES,
        **({"state": state} if state else {}),
    }
    return f"{client.server}/oauth/authorize?{urlencode(asked)}"


def exchange_code(wire: Wire, client: MastodonClient, code: str) -> str:
    """Exchange the code for an access token."""
    fields = {"grant_type": "authorization_code", "code": code.strip(), "scope": SCOPES, **_identity(client)}
    answer = wire.safe(_post(f"{client.server}/oauth/token", fields), secret=True)
    token = answer.document.get("access_token")
    if answer.status != 200 or not isinstance(token, str) or not token:
        raise Unauthorized(f"{client.server} did not accept the code{_reason(answer)}.", "Log in again.")
    return token


def revoke(wire: Wire, client: MastodonClient, token: str) -> None:
    """End a token at the server."""
    answer = wire.safe(
        _post(f"{client.server}/oauth/revoke", {"token": token, **_identity(client)}), secret=True
    )
    if answer.status != 200:
        raise Unavailable(
            f"{client.server} did not end the token{_reason(answer)}.", "Remove it in its settings."
        )


def _identity(client: MastodonClient) -> dict[str, str]:
    return {
        "client_id": client.client_id,
        "client_secret": client.client_secret,
        "redirect_uri": client.redirect_uri,
    }


def _post(url: str, fields: Mapping[str, str]) -> Request:
    return Request("POST", url, {"Content-Type": "application/x-www-form-urlencoded"}, form_body(fields))


def _reason(answer: Answer) -> str:
    reason = answer.document.get("error_description") or answer.document.get("error") or answer.status
    return f": {str(reason).rstrip('.')}"
