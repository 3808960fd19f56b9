"""The workflows that `publisher init` writes."""

import json
import re
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, distribution
from importlib.resources import files

DISTRIBUTION = "posts-as-code"
"""The package's name on PyPI; `publisher` there is somebody else's."""

FOLDER = ".github/workflows"
NAMES = ("publisher-plan.yml", "publisher-publish.yml", "publisher-schedule.yml")

FROM_VARIABLE = "${{ vars.PUBLISHER_SOURCE }}"
"""Used if the source isn't known: a variable of the repository's settings."""


def workflow_files(source: str | None = None, directory: str = ".") -> Mapping[str, str]:
    """Return the workflows for the project in ``directory``: path in the repository -> text.

    ``source`` is what pip installs there (a requirement, or a path in the repository); else it is what this
    publisher was installed from, and the variable ``PUBLISHER_SOURCE`` if that is a folder of this machine. A
    project in a subfolder gets files and a concurrency group of its own, and its pushes alone start them.
    """
    value = source or installed_from() or FROM_VARIABLE
    slug = "" if directory == "." else "-" + re.sub(r"[^a-z0-9]+", "-", directory.lower()).strip("-")
    filled = {
        "SOURCE": value if value == FROM_VARIABLE else json.dumps(value),
        "DIRECTORY": json.dumps(directory, ensure_ascii=False),
        "SUFFIX": "" if directory == "." else f" {slug[1:]}",
        "GROUP": slug,
        "PULL_PATHS": _paths(directory, "    "),
        "PUSH_PATHS": _paths(directory, "    "),
    }
    templates = files(__package__) / "templates"
    return {
        f"{FOLDER}/{name.removesuffix('.yml')}{slug}.yml": re.sub(
            "@([A-Z_]+)@", lambda found: filled[found[1]], (templates / name).read_text(encoding="utf-8")
        )
        for name in NAMES
    }


def _paths(directory: str, indent: str) -> str:
    """Return the filter that makes only changes below ``directory`` start a workflow; none for a whole
    repository.
    """
    if directory == ".":
        return ""
    # the characters that have a meaning in GitHub's filter patterns
    pattern = re.sub(r"([*?+\[\]!\\])", r"\\\1", directory) + "/**"
    return f"\n{indent}paths: [{json.dumps(pattern, ensure_ascii=False)}]"


def installed_from() -> str | None:
    """Return the requirement of this publisher: a version of an index, or a commit; None for a folder or a
    file.
    """
    try:
        found = distribution(DISTRIBUTION)
    except PackageNotFoundError:
        return None
    noted = found.read_text("direct_url.json")
    # PEP 610: whatever was not installed from an index has this file
    return f"{DISTRIBUTION}=={found.version}" if noted is None else requirement_of(noted)


def requirement_of(noted: str | None) -> str | None:
    """Return the requirement that a ``direct_url.json`` (PEP 610) describes, where it is a commit in public
    reach.
    """
    try:
        document = json.loads(noted or "")
        found = document["vcs_info"]
        url, commit = document["url"], found["commit_id"]
    except (ValueError, KeyError, TypeError):
        return None
    if found.get("vcs") != "git" or not str(url).startswith("https://") or "@" in url:
        return None  # a path of this machine, or an address with a password in it
    return f"{DISTRIBUTION} @ git+{url}@{commit}"
