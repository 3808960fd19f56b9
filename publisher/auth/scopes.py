"""Scopes: which ones an author needs, and which product of LinkedIn's gives them."""

from publisher.networks.linkedin.oauth import read_scopes

MEMBER = ("openid", "profile", "w_member_social")
ORGANIZATION = ("w_organization_social",)

PRODUCTS = {
    "openid": "Sign In with LinkedIn using OpenID Connect",
    "profile": "Sign In with LinkedIn using OpenID Connect",
    "email": "Sign In with LinkedIn using OpenID Connect",
    "w_member_social": "Share on LinkedIn",
    "w_organization_social": "Community Management API",
    "r_organization_social": "Community Management API",
    "rw_organization_admin": "Community Management API",
    "w_organization_social_feed": "Community Management API",
    "w_member_social_feed": "Community Management API",
}
"""Scope -> the product on the app's Products tab that has it."""

READS_IDENTITY = frozenset({"openid", "profile"})
LISTS_ORGANIZATIONS = frozenset({"rw_organization_admin", "r_organization_admin"})


def is_organization(urn: str) -> bool:
    """Return whether an author is a page."""
    return urn.startswith("urn:li:organization:")


def needed_to_post(urn: str) -> str:
    """Return the scope without which an author can't post."""
    return "w_organization_social" if is_organization(urn) else "w_member_social"


def wanted(given: tuple[str, ...], urn: str) -> tuple[str, ...]:
    """Return the scopes to ask for: those given (each may be a list itself), else what the author needs."""
    chosen = tuple(dict.fromkeys(scope for item in given for scope in read_scopes(item)))
    return chosen or (ORGANIZATION if is_organization(urn) else MEMBER)
