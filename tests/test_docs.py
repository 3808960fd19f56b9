"""Every command, option, setting, field and diagnostic code is in the documentation, or a test here fails."""

import json
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from publisher.cli.main import cli
from publisher.content.documents import read_markdown, read_yaml
from publisher.content.fastcheck import compile_check
from publisher.content.schemas import load_schema, subschema
from publisher.rules import RULES
from publisher.settings.config import load_config

ROOT = Path(__file__).parents[1]
PAGES = sorted((ROOT / "docs").rglob("*.md"))
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@cache
def page(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def commands(
    command: click.Command = cli, path: tuple[str, ...] = ("publisher",)
) -> Iterator[tuple[str, click.Command]]:
    """Every command by what is typed for it."""
    yield " ".join(path), command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            if below is None:
                raise AssertionError(f"{name} is listed, but not there")
            yield from commands(below, (*path, name))


COMMANDS = dict(commands())


def section(text: str, heading: str) -> str:
    """What stands under a heading, up to the next one of its own level or above."""
    found = re.search(rf"^(#+) {re.escape(heading)}\n(.*?)(?=^#{{1,3}} |\Z)", text, re.MULTILINE | re.DOTALL)
    return found[2] if found else ""


@pytest.mark.parametrize("typed", [typed for typed in COMMANDS if typed != "publisher"])
def test_each_command_has_a_section_with_all_its_options(typed: str) -> None:
    text = section(page("docs/commands.md"), typed)
    assert text, f"docs/commands.md has no section {typed!r}"
    options = [p for p in COMMANDS[typed].params if isinstance(p, click.Option) and not p.hidden]
    missing = [name for option in options for name in option.opts if not re.search(rf"`{name}[ `]", text)]
    assert not missing, f"docs/commands.md: {typed!r} lacks {missing}"


def test_the_reference_describes_nothing_that_is_not_there() -> None:
    text = page("docs/commands.md")
    assert set(re.findall(r"^#+ (publisher .*)$", text, re.MULTILINE)) == set(COMMANDS) - {"publisher"}
    for typed, command in COMMANDS.items():
        known = {
            name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)
        }
        documented = set(re.findall(r"^\| `(-[-\w]+)", section(text, typed), re.MULTILINE))
        assert documented <= known, typed


def test_the_global_options_are_documented() -> None:
    for parameter in cli.params:
        for name in parameter.opts:
            assert f"`{name}" in page("docs/commands.md").split("## publisher")[0]


def properties(schema: dict[str, Any], root: dict[str, Any], path: str = "") -> Iterator[str]:
    """Every named field by its path: ``late.grace``, ``authors.ALIAS.urn``, ``slots[].time``, ``media.alt``."""
    for name, sub in schema.get("properties", {}).items():
        yield f"{path}{name}"
        yield from properties(sub, root, f"{path}{name}.")
    if isinstance(schema.get("additionalProperties"), dict):
        yield from properties(schema["additionalProperties"], root, f"{path}ALIAS.")
    if "items" in schema:
        yield from properties(schema["items"], root, f"{path.rstrip('.')}[].")
    for sub in schema.get("anyOf", []):
        yield from properties(sub, root, path)


CONFIG = sorted(set(properties(load_schema("config"), load_schema("config"))))
POST = sorted({name.replace("[]", "") for name in properties(dict(subschema("post")), load_schema("post"))})


@pytest.mark.parametrize("setting", CONFIG)
def test_each_setting_has_a_row(setting: str) -> None:
    below = any(other.startswith((f"{setting}.", f"{setting}[]")) for other in CONFIG)
    heading = f"\n## {setting}\n" in page("docs/configuration.md")
    assert f"| `{setting}` |" in page("docs/configuration.md") or (below and heading) or heading, setting


@pytest.mark.parametrize("field", POST)
def test_each_field_is_explained(field: str) -> None:
    text = page("docs/content.md")
    top, _, below = field.partition(".")
    assert f"\n| `{top}` |" in text
    assert not below or f"`{below}`" in text


@pytest.mark.parametrize("code", RULES)
def test_each_diagnostic_has_a_section_with_its_severity_and_remedy(code: str) -> None:
    text = section(page("docs/diagnostics.md"), code)
    lint = ", lint" if RULES[code].lint else ""
    assert f"*{RULES[code].severity}{lint}.*" in text, f"docs/diagnostics.md has no section {code!r}"
    assert re.search(r"\*\*Why:\*\* \w.{20}", text), "it does not say why it matters"
    assert "**Example:**\n\n```" in text
    assert "**Fix:** " in text


def test_each_section_of_the_diagnostics_is_a_code() -> None:
    assert set(re.findall(r"^## (.+)$", page("docs/diagnostics.md"), re.MULTILINE)) == set(RULES)


def test_the_defaults_in_the_docs_are_the_schema_s() -> None:
    rows = dict(
        re.findall(r"^\| `([\w.\[\]]+)` \| `([^`]+)` \|", page("docs/configuration.md"), re.MULTILINE)
    )
    defaults = dict(described_defaults(load_schema("config")))
    assert {name: shown for name, shown in rows.items() if name in defaults} == {
        name: default for name, default in defaults.items() if name in rows
    }
    assert len(rows) >= 15


def described_defaults(schema: dict[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    for name, sub in schema.get("properties", {}).items():
        if "default" in sub:
            default = sub["default"]
            yield f"{path}{name}", json.dumps(default) if isinstance(default, bool) else str(default)
        yield from described_defaults(sub, f"{path}{name}.")
    if isinstance(schema.get("additionalProperties"), dict):
        yield from described_defaults(schema["additionalProperties"], f"{path}ALIAS.")


def test_the_settings_shown_are_valid(tmp_path: Path) -> None:
    shown = [body for language, body in FENCE.findall(page("docs/configuration.md")) if language == "yaml"]
    assert len(shown) == 1
    (tmp_path / "publisher.yaml").write_text(shown[0])
    assert set(yaml.safe_load(shown[0])) == set(load_schema("config")["properties"]) - {"project"}
    assert load_config(tmp_path, {}).limits.creates_per_run == 5


@pytest.mark.parametrize(
    ("language", "body"),
    FENCE.findall((ROOT / "docs" / "content.md").read_text("utf-8")),
    ids=lambda text: text[:20],
)
def test_the_posts_shown_are_valid(language: str, body: str) -> None:
    if language == "markdown":
        assert read_markdown(body, "content/a.md", "a")[1] == []
    elif "text:" in body:
        assert read_yaml(body, "content/a.yaml", "a")[1] == []
    else:
        assert compile_check(subschema("post"))(yaml.safe_load(body) or {})


@pytest.mark.parametrize(
    "name", ["README.md", "CONTRIBUTING.md", *(str(path.relative_to(ROOT)) for path in PAGES)]
)
def test_links_lead_somewhere(name: str) -> None:
    text = re.sub(FENCE, "", page(name))
    text = re.sub(r"`[^`]*`", "", text)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"\w+:", target):
            continue
        path, _, anchor = target.partition("#")
        place = ((ROOT / name).parent / path) if path else ROOT / name
        assert place.exists(), f"{name} links to {target}"
        if anchor:
            headings = re.findall(r"^#+ (.+)$", place.read_text("utf-8"), re.MULTILINE)
            slugs = [re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings]
            assert anchor in slugs, f"{name} links to {target}"


@pytest.mark.parametrize("name", ["README.md", *(str(path.relative_to(ROOT)) for path in PAGES)])
def test_commands_shown_exist(name: str) -> None:
    """Lines of console examples that run publisher name a command that is there, with options that it has."""
    for language, body in FENCE.findall(page(name)):
        if language not in ("console", "sh", "bash"):
            continue
        for line in re.findall(r"^\$ publisher (.+?)(?:\s+#.*)?$", body, re.MULTILINE):
            words = re.split(r"\s[|>&]", f" {line}")[0].split()
            while words and words[0] in ("-C", "-q", "-v", "--no-color"):
                words = words[2 if words[0] == "-C" else 1 :]
            if not words or words[0].startswith("-"):
                continue
            typed = f"publisher {words[0]}"
            if len(words) > 1 and f"{typed} {words[1]}" in COMMANDS:
                typed = f"{typed} {words[1]}"
            assert typed in COMMANDS, f"{name}: {line}"
            known = {option for parameter in COMMANDS[typed].params for option in parameter.opts} | {
                "--help",
                "-h",
            }
            used = {word.partition("=")[0] for word in words if word.startswith("--")}
            assert used <= known, f"{name}: {line}: {used - known}"


def test_what_is_packed_is_said_once() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["readme"] == "README.md"
    assert project["scripts"] == {
        "publisher": "publisher.__main__:main",
        "posts-as-code": "publisher.__main__:main",
    }


def test_each_test_that_the_promises_name_is_there() -> None:
    named = re.findall(r"(test_\w+\.py)::(test_\w+)", page("docs/promises.md"))
    tests = Path(__file__).parent
    missing = [
        f"{file}::{name}"
        for file, name in named
        if not any(f"def {name}(" in path.read_text("utf-8") for path in tests.rglob(file))
    ]
    assert named
    assert not missing
