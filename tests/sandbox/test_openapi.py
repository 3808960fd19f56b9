"""The OpenAPI document: valid, and kept by the sandbox's own answers."""

from collections.abc import Iterator

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import CheckFunction
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from publisher.sandbox.control import ENDPOINTS
from publisher.sandbox.linkedin import oauth
from publisher.sandbox.linkedin.call import Route
from publisher.sandbox.linkedin.openapi import document
from publisher.sandbox.linkedin.restli import SIMPLE_RESOURCES
from publisher.sandbox.linkedin.service import TABLES
from publisher.sandbox.server import Sandbox

CHECKS: list[CheckFunction] = [
    schemathesis.checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
]

CLOCK = 1_795_000_000.0

schema = schemathesis.openapi.from_dict(document("http://127.0.0.1"))
schema.config.generation.update(with_security_parameters=False)
schema.config.phases.coverage.unexpected_methods = set()
schema.config.checks.negative_data_rejection.expected_statuses += ["426"]


@pytest.fixture(scope="module")
def open_sandbox() -> Iterator[Sandbox]:
    """A sandbox without quotas, for many requests."""
    with Sandbox(member_quota=None, app_quota=None) as running:
        yield running


@schema.parametrize()
@settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
def test_answers_keep_the_document(case: schemathesis.Case, open_sandbox: Sandbox) -> None:
    open_sandbox.store.faults.clear()
    open_sandbox.store.clock.set(CLOCK)
    headers = {"Authorization": f"Bearer {open_sandbox.token()}"}
    case.call_and_validate(base_url=open_sandbox.url, headers=headers, checks=CHECKS)


def covered() -> set[tuple[str, str]]:
    """Verb and path of all that the document describes."""
    return {(verb, path) for path, item in document("http://x")["paths"].items() for verb in item}


def place(family: str, route: Route) -> tuple[str, str]:
    """The verb and path under which the document has a route."""
    name, _, nested = route.resource.partition("/")
    path = f"/{family}/{name}" + (f"/{{urn}}/{nested}" if nested else "")
    if route.method in {"GET", "DELETE", "PARTIAL_UPDATE"} and name not in SIMPLE_RESOURCES:
        path += "/{id}" if nested else "/{urn}"
    verb = {"DELETE": "delete", "PARTIAL_UPDATE": "post", "CREATE": "post"}.get(route.method, "")
    return verb or ("post" if route.method.startswith("ACTION-") else "get"), path


def test_the_document_has_every_route() -> None:
    routes = {place(family, route) for family, table in TABLES.items() for route in table.values()}
    others = {(verb.lower(), path) for verb, path in oauth.ROUTES}
    control = {(verb.lower(), f"/_sandbox/{name}") for verb, name in ENDPOINTS}
    assert routes | others | control == {item for item in covered() if "/dms-uploads/" not in item[1]}
    described = str(document("http://x"))
    actions = [method for table in TABLES.values() for _, method in table if method.startswith("ACTION-")]
    assert [action for action in actions if f"'{action.removeprefix('ACTION-')}'" not in described] == []


def test_the_document_is_served(open_sandbox: Sandbox) -> None:
    served = requests.get(f"{open_sandbox.url}/_sandbox/openapi.json", timeout=20).json()
    assert served == document(open_sandbox.url)
    assert served["openapi"] == "3.1.0"
