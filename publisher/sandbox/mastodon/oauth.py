"""Apps and tokens: register, authorize (with a code on the page or at an address), exchange, revoke."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from publisher.sandbox.emulator import Endpoint, NetworkCall
from publisher.sandbox.mastodon.calls import invalid, read_fields, text
from publisher.sandbox.mastodon.values import MastodonApp, MastodonToken
from publisher.sandbox.messages import Response, json_response, page_response

if TYPE_CHECKING:
    from publisher.sandbox.mastodon.network import Mastodon

# With this value the server shows the code on a page (docs.joinmastodon.org, OAuth, read 2026-07).
OUT_OF_BAND = "urn:ietf:wg:oauth:2.0:oob"


class OAuth:
    """The OAuth calls. The page asks nobody: the first account always agrees."""

    def __init__(self, network: "Mastodon") -> None:
        self._network = network

    def endpoints(self) -> tuple[Endpoint, ...]:
        """Return the routes."""
        return (
            Endpoint("POST", "/api/v1/apps", "mastodon.apps", self.register),
            Endpoint("GET", "/oauth/authorize", "mastodon.authorize", self.authorize),
            Endpoint("POST", "/oauth/token", "mastodon.token", self.exchange),
            Endpoint("POST", "/oauth/revoke", "mastodon.revoke", self.revoke),
        )

    def register(self, call: NetworkCall) -> Response:
        """Register a client."""
        fields = read_fields(call)
        if not text(fields, "client_name"):
            raise invalid("Application name can't be blank")
        ids = self._network.ids
        given = fields.get("redirect_uris")
        addresses = given if isinstance(given, list) else text(fields, "redirect_uris").split()
        scopes = text(fields, "scopes").split() or ["read"]
        app = MastodonApp(ids.text(43), ids.text(43), text(fields, "client_name"), addresses, scopes)
        self._network.apps.put(app.client_id, app)
        body = {
            "id": str(len(self._network.apps)),
            "name": app.name,
            "client_id": app.client_id,
            "client_secret": app.client_secret,
            "redirect_uri": "\n".join(app.redirect_uris),
            "redirect_uris": app.redirect_uris,
            "scopes": app.scopes,
        }
        return json_response(200, body)

    def authorize(self, call: NetworkCall) -> Response:
        """Give a code: on the page for out-of-band clients, else by a redirect."""
        asked = call.request.parameters
        app = self._network.apps.get(asked.get("client_id", ""))
        address = asked.get("redirect_uri", "")
        if app is None or address not in app.redirect_uris:
            return page_response(400, "<h1>The redirect URI included is not valid.</h1>")
        scopes = asked.get("scope", "read").split()
        if not all({scope, scope.partition(":")[0]} & set(app.scopes) for scope in scopes):
            return page_response(400, "<h1>The requested scope is invalid, unknown, or malformed.</h1>")
        account = self._network.accounts.all()[0]
        code = self._network.ids.text(43)
        grant = MastodonToken(
            code,
            account.id,
            app.client_id,
            scopes,
            self._network.clock.now(),
            code=code,
            redirect_uri=address,
        )
        self._network.tokens.put(code, grant)
        if address == OUT_OF_BAND:
            return page_response(200, f"<h1>Authorization code</h1><input readonly value='{code}'>")
        query = {"code": code, **({"state": asked["state"]} if "state" in asked else {})}
        joint = "&" if "?" in address else "?"
        return Response(302, b"", {"location": f"{address}{joint}{urlencode(query)}"})

    def exchange(self, call: NetworkCall) -> Response:
        """Exchange a code for a token; a code works once, for ten minutes."""
        fields = read_fields(call)
        app = self._network.apps.get(text(fields, "client_id"))
        if app is None or app.client_secret != text(fields, "client_secret"):
            return _failed(401, "invalid_client", "Client authentication failed due to unknown client.")
        if text(fields, "grant_type") != "authorization_code":
            return _failed(400, "unsupported_grant_type", "The authorization grant type is not supported.")
        network = self._network
        grant = network.tokens.get(text(fields, "code"))
        # Ten minutes is the default of Doorkeeper, Mastodon's OAuth library.
        late = grant is not None and network.clock.now() > grant.created_at + 600
        if grant is None or not grant.code or grant.revoked or late or grant.client_id != app.client_id:
            return _failed(
                400, "invalid_grant", "The provided authorization grant is invalid, expired, revoked."
            )
        if grant.redirect_uri != text(fields, "redirect_uri"):
            return _failed(400, "invalid_grant", "The redirect URI does not match.")
        network.tokens.put(grant.value, replace(grant, revoked=True))
        value, now = network.ids.text(43), network.clock.now()
        network.tokens.put(value, MastodonToken(value, grant.account, app.client_id, grant.scopes, now))
        body = {
            "access_token": value,
            "token_type": "Bearer",
            "scope": " ".join(grant.scopes),
            "created_at": int(now),
        }
        return json_response(200, body)

    def revoke(self, call: NetworkCall) -> Response:
        """End a token."""
        fields = read_fields(call)
        token = self._network.tokens.get(text(fields, "token"))
        if token is None or token.client_id != text(fields, "client_id"):
            return _failed(403, "unauthorized_client", "You are not authorized to revoke this token")
        self._network.tokens.put(token.value, replace(token, revoked=True))
        return json_response(200, {})


def _failed(status: int, error: str, description: str) -> Response:
    body: dict[str, Any] = {"error": error, "error_description": description}
    return json_response(status, body)
