"""The schema line that `init` writes makes editors right about front matter."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from tests.support.project import ProjectDir

_LINE = re.compile(r"^# yaml-language-server: \$schema=(\S+)$", re.MULTILINE)


@pytest.fixture
def post(project: ProjectDir) -> tuple[Draft202012Validator, dict[str, Any]]:
    """What an editor has for the sample post: the schema its line names, and its front matter."""
    root = project.root / "new"
    assert project.publisher("init", str(root)).code == 0
    path: Path = root / "content" / "hello.md"
    front_matter = path.read_text(encoding="utf-8").split("---\n")[1]
    line = _LINE.search(front_matter)
    assert line
    schema = json.loads((path.parent / line[1]).read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema), yaml.safe_load(front_matter)


def test_the_sample_is_valid_and_mistakes_are_not(post: tuple[Draft202012Validator, dict[str, Any]]) -> None:
    validator, front_matter = post
    assert [error.message for error in validator.iter_errors(front_matter)] == []
    for field, value in (
        ("visibilty", "public"),
        ("visibility", "everyone"),
        ("hashtags", "one"),
        ("draft", 1),
    ):
        assert list(validator.iter_errors({**front_matter, field: value})), field


def test_every_field_explains_itself(post: tuple[Draft202012Validator, dict[str, Any]]) -> None:
    validator, _ = post
    properties = validator.schema["$defs"]["post"]["properties"]
    assert {"id", "author", "visibility", "publish_at", "draft", "article", "media"} <= properties.keys()
    silent = [name for name, field in properties.items() if not described(field, validator.schema)]
    assert silent == []


def described(field: dict[str, Any], schema: dict[str, Any]) -> bool:
    """Whether an editor has something to show when the pointer rests on a field."""
    if "$ref" in field and "description" not in field:
        name = field["$ref"].rpartition("/")[2]
        return "description" in schema.get("$defs", {}).get(name, {})
    return "description" in field
