"""Every golden folder of a broken project, and that together they show every code."""

import json
from pathlib import Path

import pytest

from publisher.rules import READING
from tests.content import golden

NOT_IN_GIT = {
    "file-unreadable": "git keeps no permissions; see test_files.py",
    "file-too-large": "four megabytes; see test_files.py",
    "too-many-problems": "more than 100 diagnostics; see tests/attacks/test_files.py",
}


@pytest.mark.parametrize("case", golden.cases(), ids=lambda case: case.name)
def test_diagnostics(case: Path) -> None:
    golden.compare(case, golden.problems(case))


@pytest.mark.parametrize("case", golden.cases(), ids=lambda case: case.name)
def test_each_message_is_a_sentence_with_a_remedy(case: Path) -> None:
    for found in golden.problems(case):
        assert found.message.endswith((".", "?"))
        assert found.remedy
        assert "\n" not in found.message + found.remedy + found.path
        assert len(found.message) < 300


def test_every_code_has_a_golden_case() -> None:
    shown = {
        found["code"]
        for case in golden.cases()
        for found in json.loads((case / "expected.json").read_text("utf-8"))
    }
    assert sorted(set(READING) - shown - set(NOT_IN_GIT)) == []


def test_a_difference_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(golden, "UPDATE", False)
    case = golden.cases()[0]
    (tmp_path / "expected.json").write_text("[]", "utf-8")
    with pytest.raises(AssertionError, match=r"(?s)differs; UPDATE_GOLDEN=1.*== \[\]"):
        golden.compare(tmp_path, golden.problems(case))
