"""The checks before an action, in the order in which LinkedIn's answers show them."""

from dataclasses import replace
from datetime import UTC, datetime

from publisher.sandbox.linkedin import api_errors, versions
from publisher.sandbox.linkedin.call import Call


def bearer(call: Call) -> None:
    """Raise a 401 if there is no known bearer token."""
    scheme, _, value = call.request.header("authorization").partition(" ")
    # the query parameter is older than the header, and still works
    if not scheme and (given := call.request.parameters.get("oauth2_access_token", "")):
        call.warn("The token is in the URL, where logs keep it. Send it as Authorization: Bearer.")
        scheme, value = "bearer", given
    if not scheme or (scheme.lower() == "bearer" and not value.strip()):
        raise api_errors.empty_token()
    if scheme.lower() != "bearer":
        raise api_errors.invalid_token("Unknown authentication schema")
    call.token = call.store.tokens.get(value.strip())
    if call.token is None:
        raise api_errors.invalid_token()


def token_alive(call: Call) -> None:
    """Raise a 401 for a token that was revoked or has expired. Faults may end the token here."""
    token = call.bearer
    if fault := call.strike("revoke-token", "expire-token"):
        ended = {"revoked": True} if fault.kind == "revoke-token" else {"expires_at": call.store.clock.now()}
        token = call.store.tokens.put(token.value, replace(token, **ended))
    if token.revoked:
        raise api_errors.revoked_token()
    if token.expires_at <= call.store.clock.now():
        raise api_errors.expired_token()


def version(call: Call) -> None:
    """Raise a 400 without, and a 426 with an inactive, ``Linkedin-Version`` on a versioned route."""
    if not call.route.versioned:
        return
    call.version = call.request.header("linkedin-version").strip()
    if not call.version:
        raise api_errors.version_missing()
    if not versions.active(
        call.version, call.store.clock.now(), call.store.settings.versions
    ) or _ended_by_fault(call):
        raise api_errors.version_inactive(call.version)


def _ended_by_fault(call: Call) -> bool:
    today = datetime.fromtimestamp(call.store.clock.now(), UTC).date().isoformat()
    return any(
        fault.kind == "sunset" and fault.version in {"", call.version[:6]} and today >= fault.since
        for _, fault in call.store.faults.all()
    )


def quota(call: Call) -> None:
    """Raise a 429 if the app or the member has used up the day's requests."""
    token, store = call.bearer, call.store
    # the fault only closes the counter; the refusal is then the ordinary one, until midnight
    if fault := call.strike("throttle"):
        store.quota.close(token.client_id, "" if fault.scope == "app" else token.member)
    if full := store.quota.spend(token.client_id, token.member):
        raise api_errors.throttled(full)


def permission(call: Call) -> None:
    """Raise a 403 if the token has none of the route's scopes."""
    route = call.route
    if route.scopes and not route.scopes & set(call.bearer.scopes):
        raise api_errors.not_permitted(f"{route.gate}.{route.method}.{call.suffix}")


# The order is inferred from answers to requests with several faults (2026-11).
CHECKS = (bearer, token_alive, version, quota, permission)
"""Passed before the action, which goes on with fields, schema, media and duplicates."""
