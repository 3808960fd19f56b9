"""The sandbox's own config file: settings, people, pages, apps and faults, as YAML or JSON."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from publisher.sandbox.faults import Fault, read_fault
from publisher.sandbox.fields import read_fields
from publisher.sandbox.settings import read_setting
from publisher.sandbox.store import Store
from publisher.sandbox.values import App, Member, Organization

_KINDS: dict[str, type] = {"members": Member, "organizations": Organization, "apps": App}


class BadConfig(ValueError):  # noqa: N818 - what it is
    """The file can't be used; the message says why."""


@dataclass(frozen=True, slots=True)
class SandboxConfig:
    """What a config file says; ``people`` maps members, organizations and apps to the fields of each."""

    settings: Mapping[str, Any] = field(default_factory=dict)
    people: Mapping[str, tuple[Mapping[str, Any], ...]] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()

    def populate(self, store: Store) -> None:
        """Add what isn't there yet, members with a token of the first app; arm the faults."""
        first = store.apps.all()[0]
        for fields_ in self.people.get("apps", ()):
            if str(fields_.get("client_id")) not in store.apps:
                store.add_app(**fields_)
        for fields_ in self.people.get("members", ()):
            if f"urn:li:person:{fields_.get('id')}" not in store.members:
                store.issue_token(store.add_member(**fields_).urn, first.client_id, first.scopes)
        for fields_ in self.people.get("organizations", ()):
            if f"urn:li:organization:{fields_.get('id')}" not in store.organizations:
                store.add_organization(**fields_)
        for fault in self.faults:
            store.faults.add(fault)


def read_config(text: str) -> SandboxConfig:
    """Read a config file. Raise BadConfig."""
    document = _parsed(text)
    if not isinstance(document, dict):
        raise BadConfig("it must be a mapping")
    unknown = set(document) - {"settings", "faults", *_KINDS}
    if unknown:
        known = ", ".join(("settings", *_KINDS, "faults"))
        raise BadConfig(f"unknown section {sorted(map(str, unknown))[0]!r}; one of {known}")
    try:
        settings = dict(read_setting(name, value) for name, value in _mapping(document, "settings").items())
        faults = tuple(read_fault(item) for item in _list(document, "faults"))
    except ValueError as error:
        raise BadConfig(str(error)) from None
    people = {name: tuple(_checked(name, item) for item in _list(document, name)) for name in _KINDS}
    return SandboxConfig(settings, people, faults)


def _parsed(text: str) -> Any:
    """Return the file's value. JSON needs the standard library only, YAML needs PyYAML."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        pass
    try:
        import yaml
    except ModuleNotFoundError:
        raise BadConfig("not JSON, and YAML needs the package PyYAML") from None
    try:
        document = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError) as error:
        raise BadConfig(f"not YAML: {error}") from None
    return {} if document is None else document


def _mapping(document: dict[str, Any], name: str) -> dict[str, Any]:
    value = document.get(name) or {}
    if not isinstance(value, dict):
        raise BadConfig(f"{name} must be a mapping")
    return value


def _list(document: dict[str, Any], name: str) -> list[Mapping[str, Any]]:
    value = document.get(name) or []
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise BadConfig(f"{name} must be a list of mappings")
    return value


def _checked(name: str, item: Mapping[str, Any]) -> Mapping[str, Any]:
    try:
        return read_fields(_KINDS[name], item)
    except ValueError as error:
        raise BadConfig(f"{name}: {error}") from None
