"""``publisher explain`` and ``publisher payload``."""

import pytest

from publisher.rules import RULES
from tests.support.project import ProjectDir


@pytest.mark.parametrize("code", RULES)
def test_every_rule_is_explained(project: ProjectDir, code: str) -> None:
    said = project.publisher("explain", code).out
    assert said.startswith(f"{code}\n\n{RULES[code].severity.value.capitalize()}")
    assert "\nWhy: " in said
    assert "\nExample:\n\n" in said
    assert "\nFix: " in said
    assert "```" not in said


def test_an_unknown_rule_gets_a_suggestion(project: ProjectDir) -> None:
    result = project.publisher("explain", "raw-htm")
    assert result.code == 2
    assert "'raw-html'" in result.err
    assert "raw-html" in project.publisher("explain").out


def test_a_payload_does_not_need_other_posts_to_be_valid(project: ProjectDir) -> None:
    project.write("content/good.md", "---\nfirst_comment: More.\n---\nHello.")
    project.write("content/plain.md", "No comment.")
    project.write("content/bad.md", "<b>no</b>")
    assert '"Hello."' in project.publisher("payload", "good").out
    assert '"More."' in project.publisher("payload", "good#first_comment").out
    refused = project.publisher("payload", "bad")
    assert (refused.code, "raw-html" in refused.err) == (1, True)
    assert project.publisher("payload").code == 1
    assert project.publisher("payload", "plain#first_comment").code == 2
    assert project.publisher("payload", "nothing").code == 2
