"""The pages a member may post for: ``/rest/organizationAcls``.

Follows LinkedIn's page on organization access control; no answer of LinkedIn's was seen while this was
written, so it is read liberally, and nothing but a listing depends on it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from publisher.networks.linkedin.transport import Transport, restli
from publisher.networks.messages import Request

# learn.microsoft.com, Organization Access Control, read 2026-09: the roles that may post.
_POSTING = frozenset(
    {"ADMINISTRATOR", "CONTENT_ADMIN", "CONTENT_ADMINISTRATOR", "DIRECT_SPONSORED_CONTENT_POSTER"}
)
# The cap on pages ends the loop if a server repeats itself.
_PAGE = 100
_MOST_PAGES = 20


@dataclass(frozen=True, slots=True)
class Organization:
    """A page and the member's role in it, in LinkedIn's words."""

    urn: str
    role: str


def read_organizations(transport: Transport, token: str, version: str) -> tuple[Organization, ...]:
    """Return the pages for which the member has an approved role that may post. Raise `ApiError`."""
    found: dict[str, Organization] = {}
    for page in range(_MOST_PAGES):
        query = f"q=roleAssignee&state=APPROVED&start={page * _PAGE}&count={_PAGE}"
        url = f"{transport.url}/rest/organizationAcls?{query}"
        headers = restli({"X-RestLi-Method": "FINDER"}, version)
        elements = transport.safe(Request("GET", url, headers, token=token)).document.get("elements")
        rows = [item for item in elements if isinstance(item, Mapping)] if isinstance(elements, list) else []
        for organization in filter(None, map(_organization, rows)):
            found.setdefault(organization.urn, organization)
        if len(rows) < _PAGE:
            break
    return tuple(sorted(found.values(), key=lambda organization: organization.urn))


def _organization(row: Mapping[str, Any]) -> Organization | None:
    # the field's name differs between versions of the page
    urn, role = row.get("organization") or row.get("organizationTarget"), row.get("role")
    if not isinstance(urn, str) or role not in _POSTING or row.get("state", "APPROVED") != "APPROVED":
        return None
    return Organization(urn, str(role))
