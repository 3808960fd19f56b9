"""OAuth 2.0, introspection and identity: section 1 of the documentation."""

import base64
import hashlib
import json
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, parse_qsl, quote, urlencode

from tests.support.otherlinkedin.answers import (
    Answer,
    forbidden,
    html_answer,
    json_answer,
    no_permission,
    oauth_error,
    refuse,
)
from tests.support.otherlinkedin.variant import Variant
from tests.support.otherlinkedin.wire import Arrived
from tests.support.otherlinkedin.world import SELF_SERVE, Token, World

CODE_LIFE = 1800
NOT_BOUND = (
    "Unable to retrieve access token: appid/redirect uri/code verifier does not match authorization code. "
    "Or authorization code expired. Or external member binding exists"
)


@dataclass(slots=True)
class App:
    """The application that is registered here; ``redirects`` are compared without their query."""

    client_id: str = "78abcdefghijkl"
    client_secret: str = "WPL_AP1.s3cr3t+/=&"
    redirects: tuple[str, ...] = ()
    scopes: frozenset[str] = SELF_SERVE
    refreshes: bool = False


@dataclass(slots=True)
class Code:
    """An authorization code: for whom, with what, until when; ``used`` once exchanged."""

    member: str
    scopes: frozenset[str]
    redirect: str
    nonce: str
    expires_at: float
    used: bool = False


class Authority:
    """The authorization server of a world."""

    def __init__(self, world: World, variant: Variant, member: str) -> None:
        self.world, self.variant, self.member = world, variant, member
        self.app = App(refreshes=variant.refresh)
        self.codes: dict[str, Code] = {}
        self.refresh_tokens: dict[str, Token] = {}
        self.deny = ""
        """The error with which the member comes back in place of a code."""

    def authorize(self, request: Arrived) -> Answer:
        """The member consents at once."""
        asked = dict(parse_qsl(request.target.partition("?")[2], keep_blank_values=True))
        if asked.get("client_id") != self.app.client_id:
            return html_answer(400, "Client_id doesn't match")
        redirect = asked.get("redirect_uri", "")
        if redirect.partition("?")[0] not in self.app.redirects or "#" in redirect:
            return html_answer(400, "Redirect_uri doesn't match")
        back: dict[str, str] = {"state": asked.get("state", "")}
        scopes = frozenset(asked.get("scope", "").split())
        unknown = sorted(scopes - self.app.scopes)
        if asked.get("response_type") != "code" or not asked.get("state"):
            return html_answer(400, "Invalid request")
        if unknown or not scopes:
            back |= {
                "error": "unauthorized_scope_error",
                "error_description": f"Scope &quot;{' '.join(unknown)}&quot; is not authorized for your application",
            }
        elif self.deny:
            back |= {"error": self.deny, "error_description": "The user cancelled LinkedIn login"}
        else:
            code = "AQT" + self.world.opaque(60)
            self.codes[code] = Code(
                self.member, scopes, redirect, asked.get("nonce", ""), time.time() + CODE_LIFE
            )
            back["code"] = code
        separator = "&" if "?" in redirect else "?"
        return Answer(302, (("Location", f"{redirect}{separator}{urlencode(back)}"),))

    def token(self, request: Arrived) -> Answer:
        """accessToken, for a code or a refresh token."""
        form = self._form(request)
        kind = self._need(form, "grant_type")
        if kind == "refresh_token":
            return self._refreshed(form)
        if kind != "authorization_code":
            raise oauth_error(400, "unsupported_grant_type", f"{kind} is not supported")
        for name in ("code", "redirect_uri"):
            self._need(form, name)
        self._client(form)
        code = self.codes.get(form["code"])
        if code is None:
            raise oauth_error(
                400, "invalid_request", "Unable to retrieve access token: authorization code not found"
            )
        if code.used or code.expires_at < time.time() or code.redirect != form["redirect_uri"]:
            raise oauth_error(400, "invalid_redirect_uri", NOT_BOUND)
        code.used = True
        return self._issue(self.world.token(code.member, code.scopes), code.nonce)

    def _refreshed(self, form: dict[str, str]) -> Answer:
        self._need(form, "refresh_token")
        self._client(form)
        old = self.refresh_tokens.get(form["refresh_token"])
        if old is None or not self.app.refreshes:
            raise oauth_error(
                400,
                "invalid_request",
                "The provided authorization grant or refresh token is invalid, expired or revoked",
            )
        return self._issue(self.world.token(old.member, old.scopes, old.pages), "", form["refresh_token"])

    def _issue(self, token: Token, nonce: str, refresh: str = "") -> Answer:
        document: dict[str, Any] = {
            "access_token": token.value,
            "expires_in": self.variant.expires_in,
            "scope": self.variant.scope_separator.join(sorted(token.scopes)),
            **dict(self.variant.token_extra),
        }
        if self.app.refreshes:
            refresh = refresh or "AQR" + self.world.opaque(300)
            self.refresh_tokens[refresh] = token
            document |= {"refresh_token": refresh, "refresh_token_expires_in": 31_535_999}
        if "openid" in token.scopes:
            document["id_token"] = self._id_token(token, nonce)
        return json_answer(200, document)

    def _id_token(self, token: Token, nonce: str) -> str:
        claims: dict[str, Any] = {
            "iss": "https://www.linkedin.com/oauth",
            "aud": self.app.client_id,
            "sub": token.member.rpartition(":")[2],
            "iat": token.issued_at,
            "exp": token.issued_at + 3600,
        }
        if nonce:
            claims["nonce"] = nonce
        parts = [
            {"alg": "RS256", "kid": "one", "typ": "JWT"},
            claims,
            hashlib.sha256(b"unsigned").hexdigest(),
        ]
        encoded = (
            base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts
        )
        return ".".join(encoded)

    def introspect(self, request: Arrived) -> Answer:
        """introspectToken."""
        form = self._form(request)
        self._need(form, "token")
        self._client(form)
        token = self.world.tokens.get(form["token"])
        if token is None:
            return json_answer(200, {"active": False})
        document: dict[str, Any] = {"active": token.status == "active", "status": token.status}
        if self.variant.introspect_times == "full":
            document |= {
                "client_id": self.app.client_id,
                "created_at": token.issued_at,
                "authorized_at": token.issued_at,
                "expires_at": token.issued_at + 5_183_999,
                "scope": ",".join(sorted(token.scopes)),
                "auth_type": "3L",
            }
        return json_answer(200, document)

    def userinfo(self, token: Token) -> Answer:
        """/v2/userinfo."""
        if not {"openid", "profile"} <= token.scopes:
            raise no_permission("userinfo.GET.NO_VERSION")
        given, _, family = self.world.people[token.member].partition(" ")
        document = {
            "sub": token.member.rpartition(":")[2],
            "name": f"{given} {family}",
            "given_name": given,
            "family_name": family,
            "picture": "https://media.licdn.com/p",
            "locale": self.variant.locale,
        }
        if "email" in token.scopes:
            document |= {"email": "jane@example.com", "email_verified": True}
        return json_answer(200, document)

    def me(self, _: Token) -> Answer:
        """/v2/me wants scopes that no new app gets."""
        raise forbidden("Not enough permissions to access: me.GET.NO_VERSION")

    def _form(self, request: Arrived) -> dict[str, str]:
        if "client_secret" in request.target or "?" in request.target:
            raise refuse(400, "Secrets belong in the body")
        if not request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
            raise refuse(415, "Unsupported Media Type")
        fields = parse_qs(request.body.decode("ascii"), keep_blank_values=True, strict_parsing=True)
        if any(len(values) != 1 for values in fields.values()):
            raise oauth_error(400, "invalid_request", "A parameter is repeated")
        return {name: values[0] for name, values in fields.items()}

    def _need(self, form: dict[str, str], name: str) -> str:
        if not form.get(name):
            raise oauth_error(400, "invalid_request", f'A required parameter "{name}" is missing')
        return form[name]

    def _client(self, form: dict[str, str]) -> None:
        for name in ("client_id", "client_secret"):
            self._need(form, name)
        if (form["client_id"], form["client_secret"]) != (self.app.client_id, self.app.client_secret):
            raise oauth_error(401, "invalid_client", "Client authentication failed")


def encoded(urn: str) -> str:
    """A URN as a path segment."""
    return quote(urn, safe="")
