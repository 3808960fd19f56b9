"""The workflows that `publisher init` writes."""

import json
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, distribution
from importlib.resources import files

FOLDER = ".github/workflows"
NAMES = ("publisher-plan.yml", "publisher-publish.yml", "publisher-schedule.yml")

FROM_VARIABLE = "${{ vars.PUBLISHER_SOURCE }}"
"""Stands where the source isn't known: a variable that the repository's settings give."""


def workflow_files(source: str | None = None) -> Mapping[str, str]:
    """Path in the repository -> text, of all workflows.

    ``source`` is what pip installs there (a requirement, or a path in the repository); else it is where this
    publisher was installed from if that was a git repository, and the variable ``PUBLISHER_SOURCE`` if not.
    Never the bare name: on an index it may be somebody else's.
    """
    value = source or installed_from() or FROM_VARIABLE
    quoted = value if value == FROM_VARIABLE else json.dumps(value)
    templates = files(__package__) / "templates"
    return {
        f"{FOLDER}/{name}": (templates / name).read_text(encoding="utf-8").replace("@SOURCE@", quoted)
        for name in NAMES
    }


def installed_from() -> str | None:
    """The requirement of the commit that this publisher was installed from; None where pip noted no such thing."""
    try:
        noted = distribution("publisher").read_text("direct_url.json")
    except PackageNotFoundError:
        return None
    return requirement_of(noted)


def requirement_of(noted: str | None) -> str | None:
    """The requirement that a ``direct_url.json`` (PEP 610) describes, where it is a commit in public reach."""
    try:
        document = json.loads(noted or "")
        found = document["vcs_info"]
        url, commit = document["url"], found["commit_id"]
    except (ValueError, KeyError, TypeError):
        return None
    if found.get("vcs") != "git" or not str(url).startswith("https://") or "@" in url:
        return None  # a path of this machine, or an address with a password in it
    return f"publisher @ git+{url}@{commit}"
