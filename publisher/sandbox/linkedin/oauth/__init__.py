"""OAuth 2.0 as LinkedIn does it: three-legged, with tokens that live sixty days."""

from publisher.sandbox.linkedin.call import Route
from publisher.sandbox.linkedin.oauth import authorization, discovery, tokens

ROUTES: dict[tuple[str, str], Route] = {
    ("GET", "/oauth/v2/authorization"): Route("oauth", "authorization", authorization.show, anonymous=True),
    ("POST", "/oauth/v2/authorization"): Route("oauth", "decision", authorization.decide, anonymous=True),
    ("POST", "/oauth/v2/accessToken"): Route("oauth", "accessToken", tokens.exchange, anonymous=True),
    ("GET", "/oauth/v2/accessToken"): Route("oauth", "accessToken", tokens.exchange_by_get, anonymous=True),
    ("POST", "/oauth/v2/introspectToken"): Route(
        "oauth", "introspectToken", tokens.introspect, anonymous=True
    ),
    ("POST", "/oauth/v2/revoke"): Route("oauth", "revoke", tokens.revoke, anonymous=True),
    ("GET", "/oauth/.well-known/openid-configuration"): Route(
        "oauth", "discovery", discovery.configuration, anonymous=True
    ),
    ("GET", "/oauth/openid/jwks"): Route("oauth", "jwks", discovery.keys, anonymous=True),
}
"""Verb and path -> route."""
