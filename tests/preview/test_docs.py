"""docs/preview.md names every option of its commands, every group and editor, and no option that isn't there."""

import re
from pathlib import Path

import pytest

from publisher.cli.preview import command as preview
from publisher.cli.watch import command as watch
from publisher.preview.editors import EDITORS
from publisher.preview.groups import GROUPS

TEXT = (Path(__file__).parents[2] / "docs" / "preview.md").read_text(encoding="utf-8")
OPTIONS = {name for command in (preview, watch) for option in command.params for name in option.opts}


def test_options_are_those_of_the_commands() -> None:
    assert set(re.findall(r"--[a-z][a-z-]*", TEXT)) == {name for name in OPTIONS if name.startswith("--")}


@pytest.mark.parametrize("name", [*(group.title for group in GROUPS), *(f"`{name}`" for name in EDITORS)])
def test_groups_and_editors_are_named(name: str) -> None:
    assert name in TEXT


def test_hooks_are_those_of_the_definitions() -> None:
    hooks = (Path(__file__).parents[2] / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")
    assert set(re.findall(r"publisher-validate[a-z-]*", TEXT)) == set(re.findall(r"id: (\S+)", hooks))
