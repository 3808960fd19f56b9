"""The evidence table covers the code, names nothing that isn't there, and is what the documentation shows."""

import inspect
import re
from collections import Counter
from dataclasses import fields
from pathlib import Path

from publisher.sandbox.evidence import KINDS, markdown, table
from publisher.sandbox.linkedin import api_errors, oauth
from publisher.sandbox.linkedin.service import TABLES
from publisher.sandbox.settings import Settings

from .conftest import Client

OTHER_NETWORKS = ("bluesky_", "mastodon_", "zernio_")
"""Prefixes of the settings of the other networks, which the table is not about."""

PAGE = Path(__file__).parents[2] / "docs" / "sandbox-evidence.md"


def in_the_code() -> set[str]:
    """Everything that needs evidence."""
    routes = {
        f"route:{family} {resource} {method}"
        for family, table in TABLES.items()
        for resource, method in table
    }
    logins = {f"route:oauth {route.method}" for route in oauth.ROUTES.values()}
    made = inspect.getmembers(api_errors, inspect.isfunction)
    errors = {f"error:{name}" for name, made_by in made if made_by.__module__ == api_errors.__name__}
    errors -= {"error:json_response"}
    settings = {
        f"setting:{item.name}" for item in fields(Settings) if not item.name.startswith(OTHER_NETWORKS)
    }
    return routes | logins | errors | settings


def test_everything_has_evidence_once() -> None:
    covered = Counter(name for item in table() for name in item["covers"])
    assert set(covered) == in_the_code()
    assert [name for name, count in covered.items() if count > 1] == []


def test_every_entry_has_a_source_and_a_date() -> None:
    for item in table():
        assert item["kind"] in KINDS
        assert item["source"]
        assert re.fullmatch(r"20\d\d(-\d\d(-\d\d)?)?", item["date"]), item


def test_the_page_shows_the_table() -> None:
    assert PAGE.read_text(encoding="utf-8").endswith("\n\n" + markdown())


def test_it_is_served(client: Client) -> None:
    served = client.control("GET", "evidence")
    assert len(served["evidence"]) == len(table())
    assert set(served["kinds"]) == set(KINDS)
