"""``/v2/userinfo`` and the retired ``/v2/me``."""

from typing import Any

from publisher.sandbox.linkedin import api_errors
from publisher.sandbox.linkedin.call import Call, Route
from publisher.sandbox.messages import Response, json_response


def get(call: Call) -> Response:
    """The token's member, as far as the scopes allow."""
    member = call.store.member(call.bearer.member)
    if member is None:
        raise api_errors.not_found()
    claims: dict[str, Any] = {"sub": member.id}
    if "profile" in call.bearer.scopes:
        claims |= {
            "name": member.name,
            "given_name": member.given_name,
            "family_name": member.family_name,
            "locale": {"country": member.country, "language": member.language},
        }
        claims |= {"picture": member.picture} if member.picture else {}
    if "email" in call.bearer.scopes and member.email:
        claims |= {"email": member.email, "email_verified": True}
    return json_response(200, claims)


def me(call: Call) -> Response:
    """Needs a scope that no app gets any more."""
    raise api_errors.not_permitted(f"me.GET.{call.suffix}")


ROUTES = (
    Route("userinfo", "GET_ALL", get, "userinfo", frozenset({"openid"})),
    Route("me", "GET_ALL", me, "me"),
)
