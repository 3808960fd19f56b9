"""The schemas: valid themselves, fully described, true to what the product writes, and checked alike twice."""

import copy
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker

from publisher.cli.schema import NAMES
from publisher.content.fastcheck import compile_check
from publisher.content.formats import FORMATS, is_date_time, is_uri
from publisher.content.schemas import SchemaName, fast_check, load_schema, subschema
from publisher.content.violations import find_violations
from publisher.model.config import Config
from publisher.model.state import Attempt, Event, State, Status, UploadedMedia
from publisher.networks.linkedin.payloads import encode_post, placeholders
from publisher.planning.options import PlanOptions
from publisher.planning.plan import make_plan
from publisher.project import load
from publisher.reports.plan_json import encode_plan
from publisher.state import statefile
from tests.support.posts import ME, NOW, make_entry, make_post
from tests.support.project import ProjectDir

ROOT = Path(__file__).parents[2]
CONDITION = re.compile(r"/(?:if|then|else)/")
QUICK = settings(deadline=None, max_examples=150)


def validator(schema: dict[str, Any]) -> Draft202012Validator:
    checker = FormatChecker(formats=())
    for name, check in FORMATS.items():
        checker.checks(name)(check)
    return Draft202012Validator(schema, format_checker=checker)


def errors(name: SchemaName, instance: Any) -> list[str]:
    return [
        f"{error.json_path}: {error.message}" for error in validator(load_schema(name)).iter_errors(instance)
    ]


def parts(schema: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any], bool]]:
    """Every subschema: its path, itself, and whether it describes a named property."""
    if isinstance(schema, list):
        for index, item in enumerate(schema):
            yield from parts(item, f"{path}/{index}")
    elif isinstance(schema, dict):
        yield path, schema, False
        for keyword in ("properties", "$defs"):
            for name, sub in schema.get(keyword, {}).items():
                if sub is not False:  # a field that may not be there in this case
                    yield f"{path}/{name}", sub, "$ref" not in sub
                yield from parts(sub, f"{path}/{name}")
        for keyword in ("items", "additionalProperties", "anyOf", "allOf", "oneOf", "if", "then", "else"):
            yield from parts(schema.get(keyword), f"{path}/{keyword}")


@pytest.mark.parametrize("name", NAMES)
def test_each_is_a_valid_schema_with_a_name_of_its_own(name: SchemaName) -> None:
    schema = load_schema(name)
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"].endswith(f"/{name}.schema.json")
    assert schema["title"]
    assert schema["description"]


@pytest.mark.parametrize("name", NAMES)
def test_each_field_has_a_title_a_description_and_examples_that_validate(name: SchemaName) -> None:
    schema = load_schema(name)
    for path, sub, is_property in parts(schema):
        if is_property and not path.startswith("/$defs") and not CONDITION.search(path):
            missing = [keyword for keyword in ("title", "description") if not sub.get(keyword)]
            assert not missing, f"{path} has no {missing}"
            assert "examples" in sub or "properties" in sub, f"{path} has no examples"
        rooted = {**sub, "$defs": schema.get("$defs", {})}
        for example in [*sub.get("examples", []), *([sub["default"]] if "default" in sub else [])]:
            found = [error.message for error in validator(rooted).iter_errors(example)]
            assert not found, f"{path}: {example!r}: {found}"


@pytest.mark.parametrize("name", NAMES)
def test_no_field_of_an_object_slips_through(name: SchemaName) -> None:
    """Objects with named fields are closed, so that typos are found."""
    for path, sub, _ in parts(load_schema(name)):
        if "properties" in sub and not path.startswith(("/then", "/else")) and sub.get("type") == "object":
            closed = sub.get("additionalProperties") is False
            assert closed or name in ("state", "plan") or not path, f"{path} takes any field"


# --- what the product writes ---------------------------------------------------------------------------------


def test_the_state_it_writes_is_valid(sandbox: Any) -> None:
    post = make_post("a", "Text.")
    media = (UploadedMedia("0" * 64, "urn:li:digitalmediaAsset:A"),)
    state = State(
        posts={
            "a": make_entry(post, media=media),
            "b": make_entry(post, status=Status.PENDING, urn=None, attempt=Attempt("f00", NOW, post.digest)),
            "c": make_entry(post, status=Status.DELETED, deleted_at=NOW),
            "d": make_entry(
                post, status=Status.STAMPED, urn=None, permalink=None, published_at=None, text=None
            ),
        },
        slots={"e": NOW},
        uploads={"f": media},
        history=(Event(NOW, "import", "a", "urn:li:share:1"),),
    )
    assert errors("state", json.loads(statefile.encode(state))) == []


def test_the_plan_it_writes_is_valid() -> None:
    new, live = make_post("new", "New."), make_post("live", "Edited.")
    state = State({"live": make_entry(make_post("live", "Before.")), "gone": make_entry(make_post("gone"))})
    plan = make_plan((new, live), state, Config(authors={"me": ME}), NOW, PlanOptions())
    document = json.loads(encode_plan(plan))
    assert {change["action"] for change in document["changes"]} == {"create", "changed", "orphan"}
    assert errors("plan", document) == []


def test_the_payloads_of_the_example_posts_are_valid() -> None:
    posts = load(ROOT, {}, NOW, adapt=lambda _: Config(authors={"me": ME})).posts
    assert len(posts) >= 8
    for post in posts:
        body = encode_post(post, "ugcPosts", placeholders(post))
        assert errors("ugc", body) == [], post.key


def test_a_real_publish_leaves_a_valid_state_and_plan(project: ProjectDir) -> None:
    project.write("content/a.md", "---\nfirst_comment: Hello.\n---\nA post.")
    assert project.publisher("publish").code == 0
    assert errors("state", json.loads(project.state_path.read_text("utf-8"))) == []
    assert errors("plan", json.loads(project.publisher("plan", "--format", "json").out)) == []


# --- the fast check agrees with the thorough one -------------------------------------------------------------

SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(-2, 5), st.floats(0, 3), st.text(max_size=4),
    st.sampled_from(["public", "a", "a\n", "urn:li:share:1", "https://example.org", "2h", "09:00", "monday", "off"]),
)  # fmt: skip
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["path", "url", "x"]), inner, max_size=3)
    ),
    max_leaves=5,
)


def examples_of(name: SchemaName) -> dict[str, Any]:
    """One valid instance with every field."""
    return {field: sub["examples"][0] for field, sub in subschema(name)["properties"].items()}


def places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    yield path
    if isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(item, (*path, key))


def mutated(instance: Any, path: tuple[str | int, ...], value: Any) -> Any:
    if not path:
        return value
    instance = copy.deepcopy(instance)
    target = instance
    for part in path[:-1]:
        target = target[part]
    target[path[-1]] = value
    return instance


@pytest.mark.parametrize("name", ["post", "config"])
def test_an_instance_with_every_field_is_valid(name: Any) -> None:
    assert fast_check(name)(examples_of(name))
    assert find_violations(examples_of(name), name) == ()


@QUICK
@given(data=st.data(), name=st.sampled_from(["post", "config"]))
def test_the_fast_check_agrees_with_jsonschema(data: st.DataObject, name: Any) -> None:
    valid = examples_of(name)
    instance = mutated(valid, data.draw(st.sampled_from(sorted(places(valid), key=str))), data.draw(ANYTHING))
    if data.draw(st.booleans()) and isinstance(instance, dict):
        instance[data.draw(st.sampled_from(["x", "id", "api", "posts"]))] = data.draw(ANYTHING)
    found = find_violations(instance, name)
    assert fast_check(name)(instance) is (not found)
    for violation in found:
        assert violation.message
        assert violation.remedy


def test_a_keyword_that_is_not_known_is_refused() -> None:
    with pytest.raises(NotImplementedError, match="contains"):
        compile_check({"contains": {}})


@pytest.mark.parametrize("name", ["post", "config"])
def test_violations_are_those_of_plain_jsonschema(name: Any) -> None:
    """Our own pattern, integer and uniqueItems are stricter at line ends and points only."""
    plain = validator(dict(subschema(name)))
    for field, sub in subschema(name)["properties"].items():
        for value in [None, 5, "", "x", [], ["a", "a"], {}, True, *sub["examples"]]:
            assert bool(find_violations({field: value}, name)) is (not plain.is_valid({field: value})), (
                field,
                value,
            )


# --- formats -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "valid"),
    [
        ("https://example.org", True), ("http://127.0.0.1:8080/a?b=c#d", True), ("HTTPS://EXAMPLE.ORG/%C3%A4", True),
        ("https://[::1]/", True), ("https://", False), ("https:///path", False), ("example.org", False), ("/a", False),
        ("ftp://example.org", False), ("javascript:alert(1)", False), ("https://exa mple.org", False), ("", False),
        ("https://example.org/ä", False), ("https://example.org/%zz", False), ("https://example.org:99999", False),
        ("https://example.org\n", False), ("https://[::1", False), ("https://example.org:0", True),
    ],
)  # fmt: skip
def test_uri(text: str, valid: bool) -> None:
    assert is_uri(text) is valid


@pytest.mark.parametrize(
    ("text", "valid"),
    [
        ("2026-11-23T09:00:00Z", True), ("2026-11-23T09:00:00.123+01:00", True), ("2026-11-23 09:00:00z", True),
        ("2026-11-23T09:00:00", False), ("2026-11-23", False), ("2026-02-30T09:00:00Z", False), ("", False),
        ("2026-11-23T24:00:00Z", False), ("2026-11-23T09:00:00+99:00", False), ("now", False),
    ],
)  # fmt: skip
def test_date_time(text: str, valid: bool) -> None:
    assert is_date_time(text) is valid


@pytest.mark.parametrize("check", [is_uri, is_date_time])
def test_formats_are_about_texts_only(check: Any) -> None:
    assert check(5)
    assert check(None)


# --- the command ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_schema_prints_it(project: ProjectDir, name: str) -> None:
    result = project.publisher("schema", name)
    assert (result.code, json.loads(result.out)) == (0, load_schema(name))  # type: ignore[arg-type]


def test_schema_prints_posts_unless_told(project: ProjectDir) -> None:
    assert json.loads(project.publisher("schema").out) == load_schema("post")
    assert project.publisher("schema", "psot").code == 2


def test_a_file_of_posts_is_described_for_editors() -> None:
    assert errors("post", {"posts": [{"id": "a", "text": "A."}]}) == []
    assert errors("post", {"id": "a", "text": "A."}) == []
    assert errors("post", {"posts": [{"text": "A."}]})
    assert errors("post", {"posts": [{"id": "a", "text": "A.", "x": 1}]})
    assert errors("post", {"posts": [], "id": "a"})
