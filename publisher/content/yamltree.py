"""YAML with positions: one parse by the C parser, scalars as YAML 1.2 reads them, nothing surprising accepted.

``no`` and ``off`` are words, ``12:30`` is no number, dates stay what the author wrote, ``007`` keeps its zeros.
Duplicate keys, tags, merge keys, keys that are no strings and trees that grow too large are diagnostics.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml
from yaml._yaml import CParser
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from yaml.resolver import BaseResolver

from publisher.model.diagnostic import Diagnostic, Position
from publisher.model.document import FieldPath

MAX_NODES = 20_000
"""Values one file may hold once aliases are followed; bounds what a few lines of aliases can grow into."""

MAX_DEPTH = 40

_SUSPECT = 1_000
"""How many brackets and dashes make a text worth a check of its depth before it is composed."""

_TAG = "tag:yaml.org,2002:"


class _Loader(CParser, BaseResolver):
    """libyaml's parser and composer, with the scalars of YAML 1.2's core schema."""

    def __init__(self, text: str) -> None:
        CParser.__init__(self, text)
        BaseResolver.__init__(self)


for _name, _pattern, _first in (
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("bool", r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    ("int", r"[-+]?(?:0|[1-9][0-9]*)|0x[0-9a-fA-F]+|0o[0-7]+", list("-+0123456789")),
    (
        "float",
        r"[-+]?(?:\.[0-9]+|(?:0|[1-9][0-9]*)(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)",
        list("-+.0123456789"),
    ),
):
    _Loader.add_implicit_resolver(f"{_TAG}{_name}", re.compile(f"^(?:{_pattern})$"), _first)

_SCALARS: dict[str, Callable[[str], Any]] = {
    f"{_TAG}str": lambda text: text,
    f"{_TAG}null": lambda text: None,  # noqa: ARG005
    f"{_TAG}bool": lambda text: text.lower() == "true",
    f"{_TAG}int": lambda text: int(text, 0),
    f"{_TAG}float": lambda text: float(text.lower().replace(".inf", "inf").replace(".nan", "nan")),
}


@dataclass(frozen=True, slots=True)
class Tree:
    """One YAML document: its plain value, where each value and key stands, and what is wrong with it.

    ``positions`` has the place of each value by its field path, ``keys`` the place of each mapping key.
    """

    value: Any
    positions: dict[FieldPath, Position] = field(default_factory=dict)
    keys: dict[FieldPath, Position] = field(default_factory=dict)
    diagnostics: tuple[Diagnostic, ...] = ()


def parse_yaml(text: str, path: str, *, line: int = 1) -> list[Tree]:
    """Every YAML document of ``text``, which begins at ``line`` of the file ``path``.

    A syntax error gives one tree whose value is None and whose diagnostics say where.
    """
    trees: list[Tree] = []
    try:
        trees.extend(_Walk(path, line - 1).tree(node) for node in _compose(text))
    except (yaml.YAMLError, RecursionError) as error:
        trees.append(Tree(None, diagnostics=(_syntax(error, path, line),)))
    return trees


def _compose(text: str) -> Iterator[Node]:
    if sum(map(text.count, ("[", "{", "- ", "? "))) > _SUSPECT:
        _require_shallow(text)
    loader = _Loader(text)
    try:
        while loader.check_node():
            node = loader.get_node()
            if node is not None:
                yield node
    finally:
        loader.dispose()


def _require_shallow(text: str) -> None:
    """Raise where the C composer, which recurses without a limit, would run out of stack."""
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):  # type: ignore[arg-type]
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _SUSPECT:
            raise yaml.MarkedYAMLError(problem="nested too deeply", problem_mark=event.start_mark)  # type: ignore[arg-type]


class _Walk:
    """One pass over a node tree that builds the value and remembers the places."""

    def __init__(self, path: str, offset: int) -> None:
        self._path, self._offset = path, offset
        self._count = 0
        self._positions: dict[FieldPath, Position] = {}
        self._keys: dict[FieldPath, Position] = {}
        self._problems: list[Diagnostic] = []

    def tree(self, node: Node) -> Tree:
        value = self._value(node, ())
        return Tree(value, self._positions, self._keys, tuple(self._problems))

    def _value(self, node: Node, path: FieldPath) -> Any:
        self._count += 1
        self._positions[path] = self._at(node)
        if self._count > MAX_NODES or len(path) > MAX_DEPTH:
            if self._count <= MAX_NODES + 1 or len(path) == MAX_DEPTH + 1:
                self._problem("yaml-too-large", node, f"More than {MAX_NODES} values, or nested too deeply.")
            return None
        if isinstance(node, ScalarNode):
            return self._scalar(node)
        if isinstance(node, SequenceNode) and node.tag == f"{_TAG}seq":
            return [self._value(item, (*path, index)) for index, item in enumerate(node.value)]
        if isinstance(node, MappingNode) and node.tag == f"{_TAG}map":
            return self._mapping(node, path)
        return self._tag(node)

    def _scalar(self, node: ScalarNode) -> Any:
        build = _SCALARS.get(node.tag)
        if build is None:
            return self._tag(node)
        try:
            return build(node.value)
        except ValueError:
            return self._problem("yaml-tag", node, f"{node.value!r} is not what its tag {node.tag!r} says.")

    def _mapping(self, node: MappingNode, path: FieldPath) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = key_node.value
            if not isinstance(key_node, ScalarNode) or key_node.tag != f"{_TAG}str" or key == "<<":
                self._problem(
                    "yaml-key", key_node, f"{_shown(key)} can't be a field's name: it is no plain word."
                )
                continue
            if key in result:
                first = self._keys[(*path, key)]
                self._problem(
                    "yaml-duplicate-key", key_node, f"{key!r} is given twice; first in line {first.line}."
                )
                continue
            self._keys[(*path, key)] = self._at(key_node)
            result[key] = self._value(value_node, (*path, key))
        return result

    def _tag(self, node: Node) -> None:
        self._problem("yaml-tag", node, f"The tag {node.tag.replace(_TAG, '!!')!r} is not supported.")

    def _problem(self, code: str, node: Node, message: str) -> None:
        self._problems.append(Diagnostic(code, message, self._path, self._at(node), _REMEDIES[code]))

    def _at(self, node: Node) -> Position:
        mark = node.start_mark
        if isinstance(node, ScalarNode) and node.style in ("|", ">"):
            return Position(mark.line + 2 + self._offset, 1)  # the block's first line, not its marker
        return Position(mark.line + 1 + self._offset, mark.column + 1)


_REMEDIES = {
    "yaml-too-large": "Split the file, or write out what the aliases repeat.",
    "yaml-tag": "Remove the tag, or quote the value.",
    "yaml-key": "Quote it; merge keys (<<) are not supported, so write the fields out.",
    "yaml-duplicate-key": "Keep one of the two.",
}


def _shown(key: object) -> str:
    return repr(key) if isinstance(key, str) else "A list or mapping"


def _syntax(error: Exception, path: str, line: int) -> Diagnostic:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    at = Position(mark.line + line, mark.column + 1) if mark else Position(line, 1)
    what = str(getattr(error, "problem", None) or getattr(error, "reason", None) or "nested too deeply")
    remedy = "Quote values that hold ': ', '#', '@' or begin with a special character; indent with spaces."
    if "\\t" in what or "tab" in what or "cannot start any token" in what:
        remedy = "Indent with spaces instead of tabs, and quote values that begin with '@' or '`'."
    return Diagnostic("yaml-syntax", f"Not valid YAML: {what}.", path, at, remedy)
