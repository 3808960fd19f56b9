"""YAML: scalars as their author wrote them, places as an editor shows them, nothing that ends the process."""

import math
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.content.yamltree import Tree, parse_yaml
from publisher.model.diagnostic import Position

QUICK = settings(deadline=None, max_examples=60)


def only(text: str) -> Tree:
    (tree,) = parse_yaml(text, "a.yaml")
    return tree


def value(text: str) -> Any:
    tree = only(text)
    assert tree.diagnostics == ()
    return tree.value


WORDS = (
    "no No NO on off y yes 12:30 12:30:45 190:20:30 2026-12-01 2026-12-01T09:00:00Z 007 0777 0b11 1_000 1e "
    "0x 0o8 +-1 .e1 1.2.3 = << nul truE nAn .Nan -.nan 1,5 ٣ é"
)


@pytest.mark.parametrize("text", WORDS.split())
def test_words_stay_words(text: str) -> None:
    assert value(f"- {text}") == [text]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("true", True), ("False", False), ("~", None), ("null", None), ("", None), ("0", 0), ("-7", -7), ("+7", 7),
        ("0x1F", 31), ("0o17", 15), ("1.5", 1.5), (".5", 0.5), ("1.", 1.0), ("1e3", 1000.0), ("-1.5E-2", -0.015),
        ("-.inf", -math.inf), ("!!str 12", "12"), ("!!int '12'", 12), ("'12'", "12"),
    ],
)  # fmt: skip
def test_yaml_1_2_core_schema(text: str, meant: object) -> None:
    (found,) = value(f"- {text}")
    assert (found, type(found)) == (meant, type(meant))


def test_not_a_number() -> None:
    assert math.isnan(value("- .nan")[0])


PRINTABLE = st.characters(
    exclude_categories=["Cs", "Cc"],
    exclude_characters="\x85\u2028\u2029\ufeff\ufffe\uffff",
    include_characters="\n\t",
)


@QUICK
@given(st.text(PRINTABLE, max_size=60))
def test_quoted_texts_keep_every_character(text: str) -> None:
    """Written by another writer than ours is read by: PyYAML's own emitter."""
    assert value(yaml.safe_dump({"a": text}, allow_unicode=True, default_style='"', width=10_000)) == {
        "a": text
    }


@QUICK
@given(st.text(PRINTABLE, min_size=1, max_size=60).filter(lambda text: text.strip() and "\t" not in text))
def test_block_texts_keep_every_line(text: str) -> None:
    lines = [line.rstrip() for line in text.strip("\n ").split("\n")]
    block = "".join(f"  {line}\n" if line else "\n" for line in lines)
    if lines[0].startswith((" ", "\xa0")):
        return
    assert value(f"text: |\n{block}")["text"].rstrip("\n") == "\n".join(lines).rstrip("\n")


@QUICK
@given(st.text(max_size=200))
def test_no_text_raises(text: str) -> None:
    for tree in parse_yaml(text, "a.yaml"):
        for found in tree.diagnostics:
            assert 1 <= found.position.line <= text.count("\n") + 1
            assert found.position.column >= 1


@QUICK
@given(st.text("[]{}&*!|>'\"%@`#:-?, \n\tab1", max_size=120))
def test_no_punctuation_raises(text: str) -> None:
    parse_yaml(text, "a.yaml")


def test_places_of_values_and_names() -> None:
    text = (
        "# é😀\nid: a\nmedia:\n  - path: '😀.png'\n    alt: |\n\n      Alt.\n  - b.png\nvars: {x: [1, 2]}\n"
    )
    tree = only(text)
    places = {
        ("id",): (2, 5), ("media",): (4, 3), ("media", 0): (4, 5), ("media", 0, "path"): (4, 11),
        ("media", 0, "alt"): (6, 1), ("media", 1): (8, 5), ("vars", "x", 1): (9, 15),
    }  # fmt: skip
    assert {path: tree.positions[path] for path in places} == {
        path: Position(line, column) for path, (line, column) in places.items()
    }
    assert tree.keys["media", 0, "alt"] == Position(5, 5)
    assert parse_yaml("a: 1\nb: [", "x.md", line=10)[0].diagnostics[0].position == Position(11, 5)


def test_columns_count_code_points_also_after_emoji() -> None:
    (found,) = only("a: {'😀😀': 1, b: !x y}").diagnostics
    assert found.position == Position(1, 17)


def test_several_documents() -> None:
    assert [tree.value for tree in parse_yaml("a: 1\n---\n- b\n---\n", "a.yaml")] == [{"a": 1}, ["b"], None]
    assert parse_yaml("# nothing\n", "a.yaml") == []


@pytest.mark.parametrize(
    "text",
    [
        "[\n" * 200_000,
        "{" * 200_000,
        "- " * 200_000,
        "? " * 200_000,
        "-\t" * 200_000,
        "[" * 900 + "]" * 900,
        "a: &a [*a, *a]",
        "".join(" " * depth + "a:\n" for depth in range(1500)),
        "!!seq " * 10_000,
        "a: " + "9" * 5000,
        "a: 0x" + "f" * 5000,
        "&a " * 5000,
        "*a",
        "%YAML 9.9\n---\na: 1\n",
        "%TAG ! tag:example.org,2026:\n---\n!x a\n",
        "--- >\n",
        "'" + "a" * 3_000_000,
        '"\\uD800"',
    ],
    ids=lambda text: repr(text[:12]),
)
def test_hostile_yaml_is_a_diagnostic(text: str) -> None:
    assert any(tree.diagnostics for tree in parse_yaml(text, "a.yaml")) or text == "--- >\n"
    for tree in parse_yaml(text, "a.yaml"):
        assert len(tree.diagnostics) <= 2
        for found in tree.diagnostics:
            assert len(found.message) < 300


@pytest.mark.parametrize("levels", [41, 999, 1_000, 1_001, 2_000])
@pytest.mark.parametrize(
    ("opened", "closed", "at"),
    [
        ("[", "]", Position(1, 41)),
        ("- ", "", Position(1, 81)),
        ("[\n", "]", Position(41, 1)),
        ("{a: ", "}", Position(1, 161)),
        ("a:\n", "", Position(41, 41)),
    ],
)
def test_every_version_of_libyaml_gives_one_diagnostic_for_nesting(
    opened: str, closed: str, at: Position, levels: int
) -> None:
    if opened == "a:\n":
        text = "".join(" " * level + opened for level in range(levels))
    else:
        text = opened * levels + "x" + closed * levels
    (found,) = only(text).diagnostics
    assert (found.code, found.position) == ("yaml-too-large", at)
    assert found.message == "More than 20,000 values, or nested more than 40 deep."


def test_forty_levels_are_not_too_deep() -> None:
    assert value("a: " + "[" * 39 + "x" + "]" * 39)


def test_aliases_that_grow_are_stopped_and_others_work() -> None:
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12)
    )
    assert [found.code for found in only(bomb).diagnostics] == ["yaml-too-large"]
    assert value("a: &a [1]\nb: *a\n") == {"a": [1], "b": [1]}
