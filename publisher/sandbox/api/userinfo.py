"""``/v2/userinfo`` and the retired ``/v2/me``."""

from typing import Any

from publisher.sandbox import refusals
from publisher.sandbox.call import Call, Route
from publisher.sandbox.exchange import Answer, json_answer


def get(call: Call) -> Answer:
    """The token's member, as far as the scopes allow."""
    member = call.world.member(call.bearer.member)
    if member is None:
        raise refusals.not_found()
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
    return json_answer(200, claims)


def me(call: Call) -> Answer:
    """Needs a scope that no app gets any more."""
    raise refusals.not_permitted(f"me.GET.{call.suffix}")


ROUTES = (
    Route("userinfo", "GET_ALL", get, "userinfo", frozenset({"openid"})),
    Route("me", "GET_ALL", me, "me"),
)
