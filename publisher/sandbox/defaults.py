"""The store a sandbox begins with: one member, one page, two apps, and their tokens."""

from publisher.sandbox.store import Store
from publisher.sandbox.values import COMMUNITY, SELF_SERVE, Token

# Fixed credentials let examples run without a setup step.
CLIENT_ID = "sandbox-app"
CLIENT_SECRET = "sandbox-secret"  # noqa: S105 - published on purpose: the sandbox guards nothing
COMMUNITY_ID = "sandbox-community-app"
COMMUNITY_SECRET = "sandbox-community-secret"  # noqa: S105
# A loopback redirect may use any port (RFC 8252, section 7.3).
LOOPBACK = ("http://127.0.0.1:*", "http://localhost:*")


def populate(store: Store) -> tuple[Token, Token]:
    """Fill an empty store. Return the member's token (self-serve) and the page's (Community Management)."""
    member = store.add_member(
        given_name="Mira",
        family_name="Example",
        email="mira@example.com",
        headline="Writes posts as code",
    )
    store.add_organization(
        id="4711",
        name="Example Works",
        headline="Makers of examples",
        roles={member.urn: "ADMINISTRATOR"},
    )
    store.add_app(
        client_id=CLIENT_ID,
        client_secret=CLIENT_SECRET,
        name="Sandbox app",
        products=("sign-in", "share"),
        redirect_uris=LOOPBACK,
    )
    store.add_app(
        client_id=COMMUNITY_ID,
        client_secret=COMMUNITY_SECRET,
        name="Sandbox community app",
        products=("community",),
        redirect_uris=LOOPBACK,
        refresh=True,
    )
    return (
        store.issue_token(member.urn, CLIENT_ID, SELF_SERVE),
        store.issue_token(member.urn, COMMUNITY_ID, COMMUNITY),
    )
