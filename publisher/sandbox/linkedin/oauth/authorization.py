"""The authorization page: a person chooses who to be, and allows or refuses."""

import html
import re
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from publisher.sandbox.linkedin.call import Call
from publisher.sandbox.linkedin.oauth.consent import consent_page, error_page
from publisher.sandbox.messages import ApiError, Response, page_response
from publisher.sandbox.values import App, AuthorizationCode

# A selection list of this length is still usable.
_SHOWN_MEMBERS = 50
_LOOPBACK_ANY = ":*"
# With these characters, a browser and a server may see different hosts in one URL.
_UNSAFE = re.compile(r"[\x00-\x20\x7f\\]")

_CONSENTS = {
    "openid": "Use your name and photo",
    "profile": "Use your name and photo",
    "email": "Use the primary email address of your account",
    "w_member_social": "Create, modify, and delete posts, comments, and reactions on your behalf",
    "w_organization_social": "Create, modify, and delete posts on behalf of your organizations",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A valid authorization request."""

    app: App
    redirect_uri: str
    scopes: tuple[str, ...]
    state: str
    challenge: str


def show(call: Call) -> Response:
    """Return the page. Redirect at once if the sandbox consents by itself, or consented before."""
    asked = _read(call, call.request.parameters)
    member = _silent_member(call, asked)
    if member:
        return _granted(call, asked, member)
    members = call.store.members.all()[:_SHOWN_MEMBERS]
    consents = dict.fromkeys(_CONSENTS.get(scope, scope) for scope in asked.scopes)
    return _page(200, consent_page(asked.app.name, consents, members, _fields(call)))


def decide(call: Call) -> Response:
    """Apply the person's choice."""
    form = call.request.form
    asked = _read(call, form)
    if form.get("decision") == "login-cancelled":
        return _redirect(
            asked, error="user_cancelled_login", error_description="The user cancelled LinkedIn login"
        )
    if form.get("decision") != "allow":
        text = "The user cancelled the authorization"
        return _redirect(asked, error="user_cancelled_authorize", error_description=text)
    member = call.store.member(form.get("member", ""))
    if member is None:
        return _bummer("Choose a member of this sandbox")
    answer = _granted(call, asked, member.urn)
    cookie = f"sandbox_member={member.id}; Path=/oauth; HttpOnly; SameSite=Lax"
    return Response(answer.status, answer.body, {**answer.headers, "set-cookie": cookie})


def _read(call: Call, given: dict[str, str]) -> Asked:
    """Return the request, or refuse it.

    The refusal is a page of LinkedIn if a redirect would be unsafe, and a redirect otherwise.
    """
    app = call.store.apps.get(given.get("client_id", ""))
    if app is None:
        raise ApiError(_bummer("Client_id doesn't match"))
    redirect_uri = given.get("redirect_uri", "")
    if not registered(app, redirect_uri):
        raise ApiError(_bummer("Redirect_uri doesn't match"))
    # documented with spaces; Auth.js and others send commas, and LinkedIn takes both
    scopes = tuple(dict.fromkeys(given.get("scope", "").replace(",", " ").split()))
    challenge = given.get("code_challenge", "")
    asked = Asked(app, redirect_uri, scopes, given.get("state", ""), challenge)
    if given.get("response_type") != "code":
        text = 'A required parameter "response_type" is missing'
        raise ApiError(_redirect(asked, error="invalid_request", error_description=text))
    if challenge and given.get("code_challenge_method") != "S256":
        text = "code_challenge_method must be S256"
        raise ApiError(_redirect(asked, error="invalid_request", error_description=text))
    _check_scopes(asked)
    return asked


def _check_scopes(asked: Asked) -> None:
    """Refuse the whole request if the app lacks one of its scopes."""
    if not asked.scopes:
        text = "The passed in scope is invalid"
        raise ApiError(_redirect(asked, error="invalid_scope_error", error_description=text))
    for scope in asked.scopes:
        if scope not in asked.app.scopes:
            # LinkedIn escapes this text for HTML before it goes into the URL
            text = html.escape(f'Scope "{scope}" is not authorized for your application')
            raise ApiError(_redirect(asked, error="unauthorized_scope_error", error_description=text))


def registered(app: App, uri: str) -> bool:
    """Return whether an app may redirect to ``uri``.

    The URI must equal a registered one. The comparison ignores the query, and a fragment is refused. A
    registered URI that ends in ``:*`` allows any port and path of that host; only the sandbox has this rule.
    """
    # browsers read a backslash as a slash, and urlsplit does not: the two would see different hosts
    if _UNSAFE.search(uri):
        return False
    try:
        parts = urlsplit(uri)
        parts.port  # noqa: B018 - raises ValueError for a bad port
    except ValueError:
        return False
    if "#" in uri or "@" in parts.netloc or not (parts.scheme and parts.netloc):
        return False
    host = f"{parts.scheme}://{parts.hostname}{_LOOPBACK_ANY}"
    bare = uri.partition("?")[0]
    return any(host == known or bare == known.partition("?")[0] for known in app.redirect_uris)


def _silent_member(call: Call, asked: Asked) -> str:
    """Return the member who needs no page.

    This member is logged in here and has a living token with the same scopes.
    """
    store = call.store
    if store.settings.auto_consent:
        return store.members.all()[0].urn
    # the cookie stands for being logged in at linkedin.com; a token with these scopes, for an earlier consent
    cookies = dict(part.strip().partition("=")[::2] for part in call.request.header("cookie").split(";"))
    member = f"urn:li:person:{cookies.get('sandbox_member', '')}"
    wanted, now = tuple(sorted(asked.scopes)), store.clock.now()
    granted = any(
        token.member == member
        and token.client_id == asked.app.client_id
        and token.scopes == wanted
        and not token.revoked
        and token.expires_at > now
        for token in (store.tokens.all() if store.member(member) else ())
    )
    return member if granted else ""


def _granted(call: Call, asked: Asked, member: str) -> Response:
    """Redirect with a fresh code."""
    store = call.store
    with store.lock:
        issued = AuthorizationCode(
            store.ids.text(120),
            asked.app.client_id,
            member,
            asked.scopes,
            asked.redirect_uri,
            asked.challenge,
            store.clock.now() + store.settings.code_lifetime,
        )
        store.codes[issued.code] = issued
    return _redirect(asked, code=issued.code)


def _redirect(asked: Asked, **parameters: str) -> Response:
    state = {"state": asked.state} if asked.state else {}
    # the app's own query stays: it may be how it tells its callbacks apart
    joint = "&" if "?" in asked.redirect_uri else "?"
    return Response(
        302, headers={"location": f"{asked.redirect_uri}{joint}{urlencode({**parameters, **state})}"}
    )


def _fields(call: Call) -> dict[str, str]:
    """Return the request's parameters, to travel through the form; they are checked again there."""
    kept = (
        "response_type",
        "client_id",
        "redirect_uri",
        "scope",
        "state",
        "code_challenge",
        "code_challenge_method",
    )
    return {name: call.request.parameters[name] for name in kept if name in call.request.parameters}


def _bummer(reason: str) -> Response:
    """Return LinkedIn's own error page. It redirects nobody."""
    # 400 in the documentation of 2025-11 (learn.microsoft.com, Authorization Code Flow). A reading of
    # 2026-09 says 401.
    return _page(400, error_page(reason))


def _page(status: int, page: str) -> Response:
    answer = page_response(status, page)
    # the form leads to the app's redirect URI, which a form-action rule would block
    policy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'"
    return Response(status, answer.body, {**answer.headers, "content-security-policy": policy})
