"""The lock: every declared dependency has a version and hashes, the same in all files, and no trace of a machine."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
DECLARED = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PIN = re.compile(r"([a-z0-9-]+)==(\S+)(?: ; [^\n]+)? \\(?:\n    --hash=sha256:[0-9a-f]{64}(?: \\)?)+\n")


def pins(name: str) -> dict[str, set[str]]:
    """Package -> its versions (more than one only with markers). Every line belongs to a pin with hashes."""
    text = (ROOT / "requirements" / f"{name}.txt").read_text("utf-8")
    body = "".join(line for line in text.splitlines(keepends=True) if not line.startswith("#"))
    found: dict[str, set[str]] = {}
    for match in PIN.finditer(body):
        found.setdefault(match[1], set()).add(match[2])
    assert PIN.sub("", body) == "", "only pins with sha256 hashes, no addresses and no paths"
    return found


def group(name: str) -> list[str]:
    """The requirements of a dependency group, with those of the groups that it includes."""
    result = []
    for each in DECLARED["dependency-groups"][name]:
        result += [each] if isinstance(each, str) else group(each["include-group"])
    return result


REQUIRED = DECLARED["project"]["dependencies"]
EXTRAS = [each for extra in DECLARED["project"]["optional-dependencies"].values() for each in extra]


@pytest.mark.parametrize(
    ("name", "declared"),
    [
        ("base", REQUIRED),
        ("extras", REQUIRED + EXTRAS),
        ("dev", REQUIRED + EXTRAS + group("dev")),
        ("lock", group("lock")),
    ],
)
def test_what_pyproject_declares_is_locked(name: str, declared: list[str]) -> None:
    locked = pins(name)
    for text in declared:
        requirement = Requirement(text)
        if requirement.name == "publisher":
            continue
        versions = locked.get(canonicalize_name(requirement.name), set())
        assert versions, f"{text} is not in requirements/{name}.txt; run: make lock"
        assert all(requirement.specifier.contains(each) for each in versions), f"{text}; run: make lock"


def test_what_is_installed_elsewhere_is_what_was_tested() -> None:
    tested = pins("dev")
    for name in ("base", "extras"):
        assert {package: tested.get(package) for package in pins(name)} == pins(name)


def test_every_lower_bound_is_stated() -> None:
    for text in REQUIRED + EXTRAS:
        assert ">=" in text or text.startswith("posts-as-code["), f"{text} allows versions that nobody tested"
