"""The token's own member: ``/v2/userinfo``, and the older ``/v2/me`` and ``/v2/emailAddress``."""

from typing import Any

from publisher.sandbox.linkedin import api_errors
from publisher.sandbox.linkedin.call import Call, Route
from publisher.sandbox.linkedin.pictures import SIZE, picture_url
from publisher.sandbox.messages import Response, json_response
from publisher.sandbox.values import Member


def get(call: Call) -> Response:
    """Return the claims of the token's member that the scopes allow."""
    member = _member(call)
    claims: dict[str, Any] = {"sub": member.id}
    if "profile" in call.bearer.scopes:
        claims |= {
            "name": member.name,
            "given_name": member.given_name,
            "family_name": member.family_name,
            "locale": {"country": member.country, "language": member.language},
        }
        claims |= {"picture": picture_url(call.request, member)} if member.picture else {}
    if "email" in call.bearer.scopes and member.email:
        claims |= {"email": member.email, "email_verified": True}
    return json_response(200, claims)


def me(call: Call) -> Response:
    """Return the member's profile, for tokens with a scope that self-serve apps no longer get."""
    member = _member(call)
    locale = {"country": member.country, "language": member.language}

    def localized(text: str) -> dict[str, Any]:
        return {"localized": {f"{member.language}_{member.country}": text}, "preferredLocale": locale}

    profile: dict[str, Any] = {
        "id": member.id,
        "localizedFirstName": member.given_name,
        "firstName": localized(member.given_name),
        "localizedLastName": member.family_name,
        "lastName": localized(member.family_name),
    }
    # the older scope has names and picture only
    if "r_basicprofile" in call.bearer.scopes:
        profile |= {
            "localizedHeadline": member.headline,
            "headline": localized(member.headline),
            "vanityName": f"{member.given_name}-{member.family_name}".lower().replace(" ", "-"),
        }
    if member.picture:
        profile["profilePicture"] = _displayed(call, member)
    return json_response(200, profile)


def _displayed(call: Call, member: Member) -> dict[str, Any]:
    urn = f"urn:li:digitalmediaAsset:{member.id}"
    identifier = {
        "identifier": picture_url(call.request, member),
        "index": 0,
        "mediaType": "image/png",
        "identifierType": "EXTERNAL_URL",
        "identifierExpiresInSeconds": int(call.store.clock.now()) + 3_600,
    }
    size = {"width": SIZE, "height": SIZE}
    artifact = {
        "artifact": f"urn:li:digitalmediaMediaArtifact:({urn},profile-displayphoto-shrink_{SIZE}_{SIZE})",
        "authorizationMethod": "PUBLIC",
        "data": {
            "com.linkedin.digitalmedia.mediaartifact.StillImage": {"storageSize": size, "displaySize": size}
        },
        "identifiers": [identifier],
    }
    return {"displayImage": urn, "displayImage~": {"elements": [artifact]}}


def email(call: Call) -> Response:
    """Return the member's address, for tokens with the retired ``r_emailaddress``."""
    member = _member(call)
    entry = {"handle": f"urn:li:emailAddress:{member.id}", "handle~": {"emailAddress": member.email}}
    return json_response(200, {"elements": [entry]})


def _member(call: Call) -> Member:
    member = call.store.member(call.bearer.member)
    if member is None:
        raise api_errors.not_found()
    return member


ROUTES = (
    Route("userinfo", "GET", get, "userinfo", frozenset({"openid"})),
    Route("me", "GET", me, "me", frozenset({"r_basicprofile", "r_liteprofile"})),
    Route("emailAddress", "FINDER-members", email, "emailAddress", frozenset({"r_emailaddress"})),
)
VERSIONED = (Route("me", "GET", me, "me", frozenset({"r_basicprofile", "r_liteprofile"}), versioned=True),)
