"""OpenID Connect's discovery document and keys."""

from publisher.sandbox.linkedin.call import Call
from publisher.sandbox.linkedin.oauth.id_token import key_set
from publisher.sandbox.messages import Response, json_response


def configuration(call: Call) -> Response:
    """Return the addresses of the OAuth endpoints."""
    base = call.request.base_url
    return json_response(
        200,
        {
            "issuer": f"{base}/oauth",
            "authorization_endpoint": f"{base}/oauth/v2/authorization",
            "token_endpoint": f"{base}/oauth/v2/accessToken",
            "userinfo_endpoint": f"{base}/v2/userinfo",
            "jwks_uri": f"{base}/oauth/openid/jwks",
            "response_types_supported": ["code"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "scopes_supported": ["openid", "profile", "email"],
        },
    )


def keys(_call: Call) -> Response:
    """Return the key that signs ID tokens."""
    return json_response(200, key_set())
