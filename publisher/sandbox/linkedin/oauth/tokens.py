"""Codes and refresh tokens for access tokens; introspection; revocation."""

import base64
import hashlib
import hmac
from dataclasses import replace
from typing import Any

from publisher.sandbox.linkedin import api_errors
from publisher.sandbox.linkedin.call import Call
from publisher.sandbox.linkedin.oauth.id_token import signed
from publisher.sandbox.linkedin.pictures import picture_url
from publisher.sandbox.messages import ApiError, Response, json_response
from publisher.sandbox.values import App, AuthorizationCode, Token

# Words: learn.microsoft.com, Authorization Code Flow, read 2025-11.
_MISMATCH = (
    "Unable to retrieve access token: appid/redirect uri/code verifier does not match authorization code. "
    "Or authorization code expired. Or external member binding exists"
)
_NO_CODE = "Unable to retrieve access token: authorization code not found"
_NO_REFRESH = "The provided authorization grant or refresh token is invalid, expired or revoked"
# ID tokens live one hour (observed in samples of 2023 and 2025).
_ID_TOKEN_LIFETIME = 3_600


def _refuse(status: int, error: str, description: str) -> ApiError:
    return ApiError(json_response(status, {"error": error, "error_description": description}))


def _parameter(call: Call, name: str) -> str:
    """Return a parameter of the form; or of the query, where the settings let it pass.

    LinkedIn documents the form only. Its examples in blogs, and most code, send the query, and it is seen to
    work.
    """
    value = call.request.form.get(name, "") if _is_form(call) else ""
    lenient = call.store.settings.token_query or call.request.verb == "GET"
    if not value and lenient and (value := call.request.parameters.get(name, "")):
        call.warn(
            "Parameters of the token endpoint are in the URL, where logs keep the secret. Send them in the body."
        )
    if not value:
        raise _refuse(400, "invalid_request", f'A required parameter "{name}" is missing')
    return value


def _is_form(call: Call) -> bool:
    return call.request.content_type == "application/x-www-form-urlencoded"


def _client(call: Call) -> App:
    """Return the app with this id and secret."""
    app = call.store.apps.get(_parameter(call, "client_id"))
    secret = _parameter(call, "client_secret")
    if app is None or not hmac.compare_digest(app.client_secret.encode(), secret.encode()):
        # The documentation does not give these words (observed, inferred).
        raise _refuse(401, "invalid_client", "Client authentication failed")
    return app


def exchange_by_get(call: Call) -> Response:
    """Answer ``GET /oauth/v2/accessToken``. Refuse it unless the setting ``token_get`` allows it."""
    if not call.store.settings.token_get:
        raise api_errors.refuse(405, "Request method 'GET' not supported")
    return exchange(call)


def exchange(call: Call) -> Response:
    """Answer ``POST /oauth/v2/accessToken``: exchange a code or a refresh token for an access token."""
    grant_type = _parameter(call, "grant_type")
    if grant_type == "authorization_code":
        return _from_code(call)
    if grant_type == "refresh_token":
        return _from_refresh(call)
    raise _refuse(400, "unsupported_grant_type", f'The grant type "{grant_type}" is not supported')


def _from_code(call: Call) -> Response:
    code, redirect_uri = _parameter(call, "code"), _parameter(call, "redirect_uri")
    app, store = _client(call), call.store
    with store.lock:
        code_record = store.codes.pop(code, None)
        if code_record is None:
            # A used code and an unknown code have different answers (Authorization Code Flow, read
            # 2025-11).
            used = code in store.used_codes
            raise (
                _refuse(400, "invalid_redirect_uri", _MISMATCH)
                if used
                else _refuse(400, "invalid_request", _NO_CODE)
            )
        # used up by the attempt, whatever comes of it
        store.used_codes.add(code)
        if not _fits(call, code_record, app, redirect_uri):
            raise _refuse(400, "invalid_redirect_uri", _MISMATCH)
        # learn.microsoft.com, Authorization Code Flow, read 2025-11.
        _end_other_scope_sets(call, code_record)
        token = store.issue_token(code_record.member, app.client_id, code_record.scopes)
        if app.refresh:
            # The end is fixed at the first issue, and use does not prolong it (learn.microsoft.com,
            # Programmatic Refresh Tokens, read 2026-09).
            expires_at = token.created_at + store.settings.refresh_lifetime
            token = replace(token, refresh=store.ids.token(), refresh_expires_at=expires_at)
            store.tokens.put(token.value, token)
    return _issued(call, token)


def _fits(call: Call, code_record: AuthorizationCode, app: App, redirect_uri: str) -> bool:
    """Return whether app, redirect URI, time and PKCE verifier match the code.

    A verifier is required if a challenge was sent, and refused otherwise.
    """
    verifier = call.request.form.get("code_verifier", "") or call.request.parameters.get("code_verifier", "")
    digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    return (
        code_record.client_id == app.client_id
        and code_record.redirect_uri == redirect_uri
        and code_record.expires_at > call.store.clock.now()
        # LinkedIn's error text names the verifier, so a mixed flow fails (observed, inferred).
        and (digest == code_record.challenge if code_record.challenge else not verifier)
    )


def _end_other_scope_sets(call: Call, code_record: AuthorizationCode) -> None:
    """End the tokens of this member and app that have other scopes, as LinkedIn does."""
    scopes = tuple(sorted(code_record.scopes))
    for token in call.store.tokens.all():
        same = (token.member, token.client_id) == (code_record.member, code_record.client_id)
        if same and token.scopes != scopes and not token.revoked:
            call.store.tokens.put(token.value, replace(token, revoked=True))


def _from_refresh(call: Call) -> Response:
    refresh = _parameter(call, "refresh_token")
    app, store = _client(call), call.store
    now = store.clock.now()
    with store.lock:
        earlier = next((token for token in store.tokens.all() if token.refresh == refresh), None)
        if (
            earlier is None
            or earlier.client_id != app.client_id
            or earlier.revoked
            or earlier.refresh_expires_at <= now
        ):
            raise _refuse(400, "invalid_request", _NO_REFRESH)
        # the refresh token's end stays, and no access token outlives it
        life = min(store.settings.token_lifetime, earlier.refresh_expires_at - now)
        token = store.issue_token(earlier.member, app.client_id, earlier.scopes, life)
        token = replace(token, refresh=refresh, refresh_expires_at=earlier.refresh_expires_at)
        store.tokens.put(token.value, token)
    return _issued(call, token)


def _issued(call: Call, token: Token) -> Response:
    body: dict[str, Any] = {
        "access_token": token.value,
        "expires_in": int(token.expires_at - token.created_at),
        "scope": ",".join(token.scopes),
        # Not in the documentation's sample (observed, 2024).
        "token_type": "Bearer",
    }
    if token.refresh:
        # Only enabled apps get one (learn.microsoft.com, Programmatic Refresh Tokens, read 2026-09).
        body["refresh_token"] = token.refresh
        body["refresh_token_expires_in"] = int(token.refresh_expires_at - token.created_at)
    if "openid" in token.scopes:
        body["id_token"] = _id_token(call, token)
    # RFC 6749, section 5.1: no cache may keep a token.
    return json_response(200, body, {"cache-control": "no-cache, no-store"})


def _id_token(call: Call, token: Token) -> str:
    member = call.store.members.get(token.member)
    issued_at = int(token.created_at)
    claims: dict[str, Any] = {
        # The issuer ends in /oauth in samples of 2025, and did not in 2023 (observed).
        "iss": f"{call.request.base_url}/oauth",
        "aud": token.client_id,
        "iat": issued_at,
        "exp": issued_at + _ID_TOKEN_LIFETIME,
        "sub": token.member.rpartition(":")[2],
    }
    if member and "profile" in token.scopes:
        claims |= {"name": member.name, "given_name": member.given_name, "family_name": member.family_name}
        # ID tokens have a text here, and userinfo has an object (observed, inferred).
        claims |= {"locale": f"{member.language}_{member.country}"}
        claims |= {"picture": picture_url(call.request, member)} if member.picture else {}
    if member and member.email and "email" in token.scopes:
        claims |= {"email": member.email, "email_verified": True}
    return signed(claims)


def introspect(call: Call) -> Response:
    """Answer ``POST /oauth/v2/introspectToken``. A token of another app is only "not active"."""
    value = _parameter(call, "token")
    if _parameter(call, "client_id") not in call.store.apps:
        raise _refuse(400, "invalid_request", "The client_id is unknown")
    app = _client(call)
    token = call.store.tokens.get(value)
    # learn.microsoft.com, Token Introspection, read 2026-09: a token of another app is not an error.
    if token is None or token.client_id != app.client_id:
        return json_response(200, {"active": False})
    now = call.store.clock.now()
    status = "revoked" if token.revoked else "expired" if token.expires_at <= now else "active"
    return json_response(
        200,
        {
            "active": status == "active",
            "status": status,
            "client_id": token.client_id,
            "scope": ",".join(token.scopes),
            "created_at": int(token.created_at),
            "authorized_at": int(token.created_at),
            "expires_at": int(token.expires_at),
            # All tokens here come from the three-legged flow.
            "auth_type": "3L",
        },
    )


def revoke(call: Call) -> Response:
    """Answer ``POST /oauth/v2/revoke``, which LinkedIn doesn't document. Unknown tokens get a 200 too."""
    value, app = _parameter(call, "token"), _client(call)
    token = call.store.tokens.get(value)
    if token and token.client_id == app.client_id:
        call.store.tokens.put(value, replace(token, revoked=True))
    # RFC 7009, section 2.2: an unknown token is not an error. LinkedIn's answer was never shown (inferred).
    return Response(200)
