"""Bad inputs: what is said about each stands in ``tests/golden/inputs/*.txt``; UPDATE_GOLDEN=1 writes it anew."""

import os
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.project import ProjectDir, Result

FOLDER = Path(__file__).parents[1] / "golden" / "inputs"
UPDATE = bool(os.environ.get("UPDATE_GOLDEN"))
SECRET = "AQXsecret"


class Surrounded(ProjectDir):
    """A project whose environment has some variables removed: those with the value None."""

    @property
    def environ(self) -> dict[str, str]:
        """See `ProjectDir.environ`."""
        return {name: value for name, value in super().environ.items() if value is not None}


def cases() -> list[tuple[str, dict[str, Any]]]:
    """Every case with the file that it stands in."""
    return [
        (path.stem, case)
        for path in sorted(FOLDER.glob("*.yaml"))
        for case in yaml.safe_load(path.read_text("utf-8"))
    ]


def place(project: ProjectDir, files: dict[str, Any], png: bytes) -> None:
    """Write the files of a case: text, or a mapping that says how to make what YAML can't hold."""
    for name, content in files.items():
        path = project.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if content is None:
            path.unlink()
        elif isinstance(content, str):
            path.write_text(content, "utf-8")
        elif "limit" in content:
            project.configure()
            path.write_text(path.read_text("utf-8").replace("1000", str(content["limit"])), "utf-8")
        elif "more" in content:
            project.configure(content["more"])
        elif "repeat" in content:
            path.write_text(content["repeat"] * content["times"], "utf-8")
        else:
            path.write_bytes(png if "png" in content else bytes.fromhex(content["hex"]))


def shown(project: ProjectDir, arguments: list[str], result: Result) -> str:
    """What a person sees, without what differs from run to run."""
    told = result.text.replace(str(project.root), "PROJECT").replace(project.sandbox.url, "http://SANDBOX")
    told = re.sub(r"urn:li:person:[\w-]+", "urn:li:person:ME", told)
    told = re.sub(r"sha256:[0-9a-f]+", "sha256:…", told)
    # the lists grow with the product
    told = re.sub(r"(Known fields|one of): .*", r"\1: …", told)
    told = re.sub(r"\(401 .*?\)", "(401 …)", told)
    return f"$ publisher {' '.join(arguments)}\n{told.rstrip()}\n[exit {result.code}]\n"


def sections(text: str) -> dict[str, str]:
    """The expected outputs by the names of their cases."""
    parts = re.split(r"^=== (.+)\n", text, flags=re.MULTILINE)
    return {name: body.rstrip() + "\n" for name, body in zip(parts[1::2], parts[2::2], strict=True)}


@pytest.mark.parametrize(
    ("group", "case"), [pytest.param(*one, id=f"{one[0]}: {one[1]['name']}") for one in cases()]
)
def test_a_bad_input(project: ProjectDir, png: bytes, group: str, case: dict[str, Any]) -> None:
    there = Surrounded(project.root, project.sandbox, {"COLUMNS": "110", **case.get("env", {})})
    place(there, case.get("files", {}), png)
    result = there.publisher(*case["run"])
    told = shown(there, case["run"], result)
    assert "Traceback" not in told
    assert SECRET not in told
    assert result.code == case["exit"] if "exit" in case else result.code in (1, 2), told
    expected = FOLDER / f"{group}.txt"
    known = sections(expected.read_text("utf-8")) if expected.exists() else {}
    if UPDATE:
        known[case["name"]] = told
        order = [each["name"] for file, each in cases() if file == group]
        expected.write_text(
            "\n".join(f"=== {name}\n{known[name]}" for name in order if name in known), "utf-8"
        )
    else:
        assert told == known[case["name"]]
    if "fix" in case:
        place(there, case["fix"], png)
        fixed = there.publisher(*case["run"])
        assert fixed.code == 0, f"the remedies lead to a second round of errors:\n{fixed.text}"


def test_there_are_a_hundred_and_none_is_twice() -> None:
    names = [case["name"] for _, case in cases()]
    assert len(names) == len(set(names)) >= 100
    for path in FOLDER.glob("*.yaml"):
        own = [case["name"] for group, case in cases() if group == path.stem]
        assert list(sections(path.with_suffix(".txt").read_text("utf-8"))) == own
