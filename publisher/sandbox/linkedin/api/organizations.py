"""Pages: who may do what on them, what they are called, how many follow them."""

import hashlib
from typing import Any

from publisher.sandbox.linkedin import api_errors
from publisher.sandbox.linkedin.api.reading import whole_parameter
from publisher.sandbox.linkedin.call import Call, Route
from publisher.sandbox.linkedin.restli import read_list
from publisher.sandbox.messages import Response, json_response
from publisher.sandbox.values import Organization

_ADMIN = frozenset({"rw_organization_admin", "r_organization_admin"})
_READ = _ADMIN | {"r_organization_social", "w_organization_social", "r_organization_followers"}
_EDGES = frozenset({"COMPANY_FOLLOWED_BY_MEMBER", "CompanyFollowedByMember"})


def by_assignee(call: Call) -> Response:
    """Return the roles that the token's member holds."""
    parameters = call.request.parameters
    entries = [
        _entry(call, page, call.bearer.member, role)
        for page in call.store.organizations.all()
        if (role := page.roles.get(call.bearer.member)) and parameters.get("role", role) == role
    ]
    return _page(call, entries if parameters.get("state", "APPROVED") == "APPROVED" else [])


def by_organization(call: Call) -> Response:
    """Return the roles held on one page, for its administrators."""
    wanted = call.request.parameters.get("organization") or call.request.parameters.get(
        "organizationalTarget", ""
    )
    page = call.store.organization(wanted)
    if page is None or page.roles.get(call.bearer.member) != "ADMINISTRATOR":
        raise api_errors.not_permitted(f"{call.route.gate}.{call.route.method}.{call.suffix}")
    return _page(call, [_entry(call, page, member, role) for member, role in page.roles.items()])


def _entry(call: Call, page: Organization, member: str, role: str) -> dict[str, Any]:
    target = "organizationalTarget" if call.route.resource == "organizationalEntityAcls" else "organization"
    return {
        "role": role,
        target: page.urn,
        f"{target}~": _document(page),
        "roleAssignee": member,
        "state": "APPROVED",
    }


def _page(call: Call, elements: list[dict[str, Any]]) -> Response:
    start = whole_parameter(call.request.parameters, "start", 0)
    # Rest.li's pages have ten entries by default.
    count = whole_parameter(call.request.parameters, "count", 10)
    paging = {"start": start, "count": count, "links": [], "total": len(elements)}
    return json_response(200, {"elements": elements[start : start + count], "paging": paging})


def get(call: Call) -> Response:
    """Return one page by its number."""
    page = call.store.organization(f"urn:li:organization:{call.key.rpartition(':')[2]}")
    if page is None:
        raise api_errors.not_found()
    return json_response(200, _document(page))


def batch_get(call: Call) -> Response:
    """Return several pages by ``ids=List(1,2)``."""
    results, errors = {}, {}
    for number in read_list(call.request, "ids"):
        page = call.store.organization(f"urn:li:organization:{number}")
        if page:
            results[number] = _document(page)
        else:
            errors[number] = {"status": 404, "message": "Could not find entity"}
    statuses = {**dict.fromkeys(results, 200), **dict.fromkeys(errors, 404)}
    return json_response(200, {"results": results, "statuses": statuses, "errors": errors})


def by_vanity_name(call: Call) -> Response:
    """Return the pages with one vanity name."""
    wanted = call.request.parameters.get("vanityName", "")
    found = [_document(page) for page in call.store.organizations.all() if page.vanity_name == wanted]
    return _page(call, found)


def _document(page: Organization) -> dict[str, Any]:
    return {
        "id": int(page.id) if page.id.isascii() and page.id.isdigit() else page.id,
        "localizedName": page.name,
        "name": {
            "localized": {"en_US": page.name},
            "preferredLocale": {"country": "US", "language": "en"},
        },
        "vanityName": page.vanity_name,
        "localizedDescription": page.headline,
        "primaryOrganizationType": "NONE",
    }


def network_size(call: Call) -> Response:
    """Return how many follow a page: a made-up number that stays the same."""
    page = call.store.organization(call.key)
    if page is None:
        raise api_errors.not_found()
    if call.request.parameters.get("edgeType") not in _EDGES:
        raise api_errors.input_error(400, "PARAM_INVALID", "edgeType is invalid", "edgeType")
    digest = hashlib.sha256(page.urn.encode()).digest()
    return json_response(200, {"firstDegreeSize": 100 + int.from_bytes(digest[:2], "big") % 9_900})


def _routes(*, versioned: bool) -> tuple[Route, ...]:
    routes = []
    for resource in ("organizationAcls", "organizationalEntityAcls"):
        for method, act in (
            ("FINDER-roleAssignee", by_assignee),
            ("FINDER-organization", by_organization),
            ("FINDER-organizationalTarget", by_organization),
        ):
            routes.append(Route(resource, method, act, resource, _ADMIN, versioned=versioned))
    for method, act in (("GET", get), ("BATCH_GET", batch_get), ("FINDER-vanityName", by_vanity_name)):
        routes.append(Route("organizations", method, act, "organizations", _READ, versioned=versioned))
    routes.append(Route("networkSizes", "GET", network_size, "networkSizes", _READ, versioned=versioned))
    return tuple(routes)


UNVERSIONED = _routes(versioned=False)
VERSIONED = _routes(versioned=True)
