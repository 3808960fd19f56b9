"""The pages name every command and option, and say nothing of options that are not there."""

import re
from pathlib import Path

import click
import pytest

from publisher.auth.scopes import PRODUCTS
from publisher.cli.auth import command as auth
from publisher.cli.doctor import command as doctor
from publisher.doctor.checks import diagnose
from tests.doctor.test_checks import CASES, WELL, replace

DOCS = Path(__file__).parents[2] / "docs"
COMMANDS = {f"auth {name}": command for name, command in auth.commands.items()} | {"doctor": doctor}
ELSEWHERE = {"--sandbox", "--all"}


def options(command: click.Command) -> set[str]:
    return {name for option in command.params for name in option.opts if name.startswith("--")}


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_is_documented(name: str) -> None:
    text = (DOCS / f"{name.split()[0]}.md").read_text(encoding="utf-8")
    assert f"publisher {name}" in text or f"`{name}`" in text
    assert {option for option in options(COMMANDS[name]) if option not in text} == set()


def test_no_option_is_invented() -> None:
    known = set().union(*(options(command) for command in COMMANDS.values())) | ELSEWHERE
    for page in ("auth.md", "doctor.md"):
        named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", (DOCS / page).read_text(encoding="utf-8")))
        assert named <= known


def test_every_line_of_the_doctor_is_documented() -> None:
    text = (DOCS / "doctor.md").read_text(encoding="utf-8")
    names = {finding.name for _, changes, *_ in CASES for finding in diagnose(replace(WELL, **changes))}
    for name in names:
        assert f"`{name.partition(' ')[0]}" in text


def test_products_and_scopes_are_documented() -> None:
    text = (DOCS / "auth.md").read_text(encoding="utf-8")
    assert {product for product in PRODUCTS.values() if product not in text} == set()
    assert "w_member_social" in text
