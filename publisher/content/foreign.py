"""Front matter of other tools: fields that are ignored or renamed, TOML, and one summary of
what is unknown.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any

from publisher.content.yamltree import Tree
from publisher.model.config import FrontMatter
from publisher.model.diagnostic import Diagnostic, Position
from publisher.model.document import FieldPath

SUMMARY_FROM = 10
"""From this number of files with one unknown field on, the field is taken for another tool's."""

_SETTINGS = "publisher.yaml"
_AT = re.compile(r" \(at line (\d+), column (\d+)\)$")
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_TOML_KEY = re.compile(r"[ \t]*(?:\[+[ \t]*)?(?:\"([^\"\n]*)\"|'([^'\n]*)'|([\w-]+))[ \t]*(?:=|\.|\])")


def read_toml(front: str, path: str, line: int) -> Tree:
    """Return the value of TOML front matter that begins in ``line``, with the places of its
    top-level fields.
    """
    try:
        value = tomllib.loads(front)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        message, place = str(error), _AT.search(str(error))
        at = Position(int(place[1]) + line - 1, int(place[2])) if place else Position(line, 1)
        text = f"Not valid TOML: {_AT.sub('', message)}."
        return Tree(None, diagnostics=(Diagnostic("front-matter-toml", text, path, at, "Correct it."),))
    # tomllib gives no places, so the lines of top-level keys are searched for. A key in a nested table may
    # be found first, which costs a position only.
    keys: dict[FieldPath, Position] = {}
    for number, written in enumerate(front.split("\n"), line):
        match = _TOML_KEY.match(written)
        name = next((group for group in match.groups() if group is not None), None) if match else None
        if match and name in value:
            keys.setdefault((name,), Position(number, match.start(match.lastindex or 0) + 1))
    return Tree(_plain(value), {(): Position(line, 1), **keys}, keys)


def _plain(value: Any) -> Any:
    """Return a TOML value as YAML would have given it: times as texts."""
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, datetime | date | time) else value


def adopt(tree: Tree, settings: FrontMatter) -> Tree:
    """Return the tree without the ignored fields, and with the mapped ones under their names here.

    A mapping wins over ``ignore``: a field of ours that means something else there is mapped to an ignored
    name. A field that is there under its own name wins over one that is mapped to it.
    """
    if not isinstance(tree.value, dict) or not (settings.ignore or settings.map):
        return tree
    names: dict[str, str] = {}
    taken = {name for name in tree.value if name not in settings.map}
    for name in tree.value:
        if name in settings.map:
            target = settings.map[name]
            if target not in taken and target not in settings.ignore:
                names[name] = target
                taken.add(target)
        elif name not in settings.ignore:
            names[name] = name
    value = {
        target: _converted(tree.value[name], target) if name != target else tree.value[name]
        for name, target in names.items()
    }
    return replace(
        tree, value=value, positions=_renamed(tree.positions, names), keys=_renamed(tree.keys, names)
    )


def _renamed(places: Mapping[FieldPath, Position], names: Mapping[str, str]) -> dict[FieldPath, Position]:
    return {
        (names[str(path[0])], *path[1:]) if path else path: place
        for path, place in places.items()
        if not path or path[0] in names
    }


def _converted(value: Any, target: str) -> Any:
    """Return another tool's value in the form of the field ``target``."""
    if isinstance(value, str):
        value = value.strip()
        if target == "publish_at" and _DAY.fullmatch(value):
            # a day without a time is its beginning, as site generators read it
            return f"{value}T00:00"
        if target == "hashtags":
            value = re.split(r"\s*,\s*" if "," in value else r"\s+", value)
    if target == "hashtags" and isinstance(value, list):
        # categories are titles: "Machine Learning" becomes MachineLearning
        return [_joined(word) if isinstance(word, str) else word for word in value]
    return value


def _joined(title: str) -> str:
    words = re.findall(r"\w+", title)
    return "".join(word[:1].upper() + word[1:] for word in words) if len(words) > 1 else title


def summarise(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Return the diagnostics. One summary replaces those about unknown fields that many files share."""
    found = list(diagnostics)
    counts = Counter(name for name, _ in {(one.field, one.path) for one in found if one.field})
    shared = {name: count for name, count in counts.items() if count >= SUMMARY_FROM}
    if not shared:
        return found
    ordered = sorted(shared, key=lambda name: (-shared[name], name))
    files = len({one.path for one in found if one.field in shared})
    names = ", ".join(f"{name} ({shared[name]:,})" for name in ordered)
    message = (
        f"{files:,} files have fields of another tool: {names if len(names) < 200 else names[:200] + '…'}."
    )
    remedy = (
        f"Add `front_matter: {{ignore: [{', '.join(ordered)}]}}` to publisher.yaml; "
        "`map` gives fields our names, such as {date: publish_at}."
    )
    summary = Diagnostic("front-matter-foreign", message, _SETTINGS, Position(), remedy)
    return [summary, *(one for one in found if one.field not in shared)]
