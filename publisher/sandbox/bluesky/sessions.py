"""Sessions: log in with an app password, refresh, log out.

Messages, lifetimes, limits and the grace period are those of `@atproto/pds` 0.4.217 (measured and read
2026-11-24).
"""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from publisher.sandbox.bluesky import tokens
from publisher.sandbox.bluesky.calls import field, internal, invalid, read_object, refuse, unauthenticated
from publisher.sandbox.bluesky.values import BlueskyAccount, RefreshToken
from publisher.sandbox.emulator import Endpoint, NetworkCall
from publisher.sandbox.messages import ApiError, Request, Response, json_response
from publisher.sandbox.windows import Allowance, FixedWindow

if TYPE_CHECKING:
    from publisher.sandbox.bluesky.network import Bluesky

# A client that lost the answer can refresh once more with the old token (read in `@atproto/pds` 0.4.217,
# 2026-11).
GRACE_SECONDS = 7_200
"""How long a refresh token still answers after it was used: with the same successor."""

_HOUR = 3_600


class Sessions:
    """The session calls of one PDS."""

    def __init__(self, network: "Bluesky") -> None:
        self._network = network
        self._secret = f"sandbox/{network.store.settings.seed}".encode()
        # docs.bsky.app rate limits, and createSession.js: by identifier, 30 in five minutes and 300 a day
        self._logins = (FixedWindow(30, 300), FixedWindow(300, 86_400))

    def endpoints(self) -> tuple[Endpoint, ...]:
        """Return the routes."""
        server = "/xrpc/com.atproto.server."
        return (
            Endpoint("POST", f"{server}createSession", "bluesky.createSession", self.create),
            Endpoint("POST", f"{server}refreshSession", "bluesky.refreshSession", self.refresh),
            Endpoint("POST", f"{server}deleteSession", "bluesky.deleteSession", self.delete),
            Endpoint("GET", f"{server}getSession", "bluesky.getSession", self.show),
            Endpoint("GET", f"{server}getServiceAuth", "bluesky.getServiceAuth", self.service_token),
        )

    def clear(self) -> None:
        """Forget the counted logins."""
        for window in self._logins:
            window.clear()

    def create(self, call: NetworkCall) -> Response:
        """Log in."""
        document = read_object(call)
        identifier, password = field(document, "identifier"), field(document, "password")
        now = self._network.clock.now()
        for window in self._logins:
            # Failed logins count as well, or passwords could be guessed.
            allowance = window.spend(identifier, now)
            if allowance.exceeded:
                raise too_many(allowance)
        account = self._network.account(identifier.lower())
        named = (
            next((name for name, value in account.passwords.items() if value == password), "")
            if account
            else ""
        )
        # One message for both cases, so that nobody learns which accounts exist.
        if account is None or not named:
            raise refuse(401, "AuthenticationRequired", "Invalid identifier or password")
        call.account = account.did
        token = self._new_token(account.did, named)
        return json_response(200, self._session(call, account, token.jti))

    def refresh(self, call: NetworkCall) -> Response:
        """Exchange a refresh token for new tokens; the old one keeps a grace period."""
        claims = self._claims(call.request, "refresh+jwt")
        network, now = self._network, self._network.clock.now()
        with network.lock:
            token = network.refresh_tokens.get(claims["jti"])
            # Measured: a dead refresh token is a 400, not a 401.
            if token is None or token.revoked or token.expires_at <= now:
                raise refuse(400, "ExpiredToken", "Token has been revoked")
            # Within the grace period, a repeated refresh gives the same successor.
            successor = network.refresh_tokens.get(token.next_id) or self._new_token(
                token.did, token.password
            )
            expires = min(token.expires_at, now + GRACE_SECONDS)
            network.refresh_tokens.put(token.jti, replace(token, next_id=successor.jti, expires_at=expires))
        account = network.accounts.get(token.did)
        if account is None:
            raise invalid(f"Could not find user info for account: {token.did}")
        call.account = account.did
        return json_response(200, self._session(call, account, successor.jti))

    def delete(self, call: NetworkCall) -> Response:
        """Log out: the refresh token dies; access tokens live on until they expire."""
        claims = self._claims(call.request, "refresh+jwt", expired=True)
        token = self._network.refresh_tokens.get(claims["jti"])
        if token:
            self._network.refresh_tokens.put(token.jti, replace(token, revoked=True))
        return Response(200)

    def show(self, call: NetworkCall) -> Response:
        """Show whose session it is."""
        account = self.authorize(call)
        return json_response(200, _described(account))

    def service_token(self, call: NetworkCall) -> Response:
        """Give a token for another service, such as the one that processes videos."""
        account = self.authorize(call)
        asked, now = call.request.parameters, self._network.clock.now()
        if not asked.get("aud", "").startswith("did:"):
            raise internal()
        expires = asked.get("exp", "")
        # Lexicon com.atproto.server.getServiceAuth: one minute by default.
        until = int(expires) if expires.isdigit() else int(now) + 60
        # A token for another service lives one hour at most (read in `@atproto/pds` 0.4.217, 2026-11).
        if until > now + _HOUR:
            message = "cannot request a token with an expiration more than an hour in the future"
            raise refuse(400, "BadExpiration", message)
        claims = {"iat": int(now), "iss": account.did, "aud": asked["aud"], "exp": until}
        token = tokens.sign("JWT", {**claims, "lxm": asked.get("lxm")}, self._secret)
        return json_response(200, {"token": token})

    def authorize(self, call: NetworkCall) -> BlueskyAccount:
        """Return the account whose access token the request carries."""
        for kind, dead in (("revoke-token", "InvalidToken"), ("expire-token", "ExpiredToken")):
            if call.strike(kind):
                self._network.dead_tokens[_bearer(call.request)] = dead
        claims = self._claims(call.request, "at+jwt")
        account = self._network.accounts.get(claims["sub"])
        if account is None:
            raise refuse(403, "AccountNotFound", "Account not found")
        call.account = account.did
        return account

    def service_account(self, call: NetworkCall, purpose: str) -> BlueskyAccount:
        """Return the account that issued the service token of this request for ``purpose``."""
        claims = self._claims(call.request, "JWT")
        account = self._network.accounts.get(claims["iss"])
        if account is None or claims.get("lxm") != purpose:
            raise refuse(401, "BadJwtLexiconMethod", f"bad jwt lexicon method ({purpose})")
        call.account = account.did
        return account

    def owner(self, request: Request) -> str:
        """Return the DID in a request's token, or an empty text."""
        try:
            _, claims = tokens.verify(_bearer(request), self._secret)
        except (ApiError, ValueError):
            return ""
        return str(claims.get("sub", ""))

    def _claims(self, request: Request, kind: str, *, expired: bool = False) -> dict[str, Any]:
        token = _bearer(request)
        if token in self._network.dead_tokens:
            raise _dead(self._network.dead_tokens[token])
        try:
            typ, claims = tokens.verify(token, self._secret)
        except ValueError:
            raise _dead("InvalidToken") from None
        if not expired and claims["exp"] <= self._network.clock.now():
            raise _dead("ExpiredToken")
        if typ != kind:
            raise refuse(400, "InvalidToken", "Invalid token type")
        return claims

    def _new_token(self, did: str, password: str) -> RefreshToken:
        expires = self._network.clock.now() + tokens.REFRESH_SECONDS
        token = RefreshToken(self._network.ids.text(43), did, password, expires)
        return self._network.refresh_tokens.put(token.jti, token)

    def _session(self, call: NetworkCall, account: BlueskyAccount, jti: str) -> dict[str, Any]:
        now = int(self._network.clock.now())
        common = {"aud": self._network.server_did(call.request), "sub": account.did, "iat": now}
        # An app password gives a narrower scope than the account's password (atproto.com, read 2026-11).
        access = {"scope": "com.atproto.appPass", **common, "exp": now + tokens.ACCESS_SECONDS}
        refresh = {"scope": "com.atproto.refresh", **common, "jti": jti, "exp": now + tokens.REFRESH_SECONDS}
        token = tokens.sign("at+jwt", access, self._secret)
        # within one second, a new token equals the old one, which a fault may have ended
        self._network.dead_tokens.pop(token, None)
        return {
            "accessJwt": token,
            "refreshJwt": tokens.sign("refresh+jwt", refresh, self._secret),
            "didDoc": self._network.did_document(call.request, account),
            **_described(account),
        }


def _described(account: BlueskyAccount) -> dict[str, Any]:
    return {
        "did": account.did,
        "handle": account.handle,
        "email": account.email,
        "emailConfirmed": account.email_confirmed,
        "active": True,
    }


def _dead(error: str) -> ApiError:
    messages = {"InvalidToken": "Token could not be verified", "ExpiredToken": "Token has expired"}
    return refuse(400, error, messages[error])


def _bearer(request: Request) -> str:
    scheme, _, token = request.header("authorization").partition(" ")
    if not scheme:
        raise unauthenticated()
    if scheme.lower() != "bearer":
        raise refuse(400, "InvalidToken", "Unexpected authorization type")
    return token.strip()


def too_many(allowance: Allowance) -> ApiError:
    """Return the 429, with the headers of rate-limiter.js."""
    headers = {
        "ratelimit-limit": str(allowance.limit),
        "ratelimit-remaining": str(allowance.remaining),
        "ratelimit-reset": str(int(allowance.reset)),
        "ratelimit-policy": f"{allowance.limit};w={allowance.seconds}",
    }
    body = {"error": "RateLimitExceeded", "message": "Rate Limit Exceeded"}
    return ApiError(json_response(429, body, headers))
