"""Who may post, upload and comment as whom."""

import re

from publisher.sandbox.linkedin import api_errors
from publisher.sandbox.linkedin.call import Call
from publisher.sandbox.messages import ApiError
from publisher.sandbox.values import POSTING_ROLES

_AUTHOR = re.compile(r"urn:li:(person|organization):([A-Za-z0-9_-]+)")


def check_author(call: Call, author: str, path: str, *, versioned: bool = False, feed: bool = False) -> None:
    """Refuse an author the token can't speak for; ``path`` is the field that names it.

    ``feed`` asks for the scopes of comments on the versioned API instead of those of posts.
    """
    match = _AUTHOR.fullmatch(author)
    if match is None:
        raise api_errors.field_value([path])
    if match[1] == "person":
        _check_member(call, author, path, "w_member_social_feed" if feed else "w_member_social")
    else:
        scope = "w_organization_social_feed" if feed else "w_organization_social"
        if not speaks_for(call, author, scope):
            raise _no_organization(path, versioned=versioned)


def _check_member(call: Call, author: str, path: str, scope: str) -> None:
    if author != call.bearer.member:
        # LinkedIn can't resolve the ids of another app's members, and says so in its schema's old words
        if call.store.member(author) is None:
            reason = f'"{author}" does not match urn:li:company:\\d+|urn:li:member:\\d+'
            raise api_errors.schema_errors([(path, reason)])
        raise api_errors.field_value([path])
    if scope not in call.bearer.scopes:
        raise api_errors.not_permitted(f"{call.route.gate}.{call.route.method}.{call.suffix}")


def _no_organization(path: str, *, versioned: bool) -> ApiError:
    if versioned:
        return api_errors.refuse(
            400, "Organization permissions must be used when using organization as author"
        )
    return api_errors.field_value([path])


def speaks_for(call: Call, urn: str, *scopes: str) -> bool:
    """Return whether the token's member may act as ``urn``.

    The member may act as itself, or as a page with a posting role and one of ``scopes``.
    """
    if urn == call.bearer.member:
        return True
    organization = call.store.organization(urn)
    role = organization.roles.get(call.bearer.member) if organization else None
    return role in POSTING_ROLES and bool(set(scopes) & set(call.bearer.scopes))
