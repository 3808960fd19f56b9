"""YAML with positions: one parse by the C parser, scalars as YAML 1.2 reads them, nothing surprising
accepted.

``no`` and ``off`` are words, ``12:30`` is not a number, dates stay what the author wrote, ``007`` keeps its
zeros. Duplicate keys, tags, merge keys, keys that are not strings and trees that grow too large are
diagnostics.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import yaml
from yaml._yaml import CParser
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from publisher.content.files import place_of
from publisher.model.diagnostic import Diagnostic, Position
from publisher.model.document import FieldPath
from publisher.wording import shorten

MAX_NODES = 20_000
"""Values one file may hold once aliases are followed; bounds what a few lines of aliases can grow into."""

MAX_DEPTH = 40
"""How many lists and mappings may be open at once."""

_SUSPECT = 900
"""A text with more brackets and dashes than this is checked for its depth before it is composed.

The composer of PyYAML up to 6.0.3 recurses without a limit. libyaml 0.2.6 (PyYAML 6.0.4) stops at 1,000
levels.
"""

# int() of a long text takes quadratic time; CPython itself refuses more than 4,300 digits (since 3.11).
_MAX_DIGITS = 100

_FOREIGN_BREAK = re.compile("[\x85\u2028\u2029]")
"""Characters that end a line for libyaml (YAML 1.1) and for nobody else; they would split and shift texts."""

_TAG = "tag:yaml.org,2002:"


_STR = f"{_TAG}str"

_IMPLICIT: tuple[tuple[str, str, re.Pattern[str]], ...] = tuple(
    (f"{_TAG}{name}", first, re.compile(pattern))
    for name, first, pattern in (
        ("null", "~nN", r"~|null|Null|NULL"),
        ("bool", "tTfF", r"true|True|TRUE|false|False|FALSE"),
        ("int", "-+0123456789", r"[-+]?(?:0|[1-9][0-9]*)|0x[0-9a-fA-F]+|0o[0-7]+"),
        (
            "float",
            "-+.0123456789",
            r"[-+]?(?:\.[0-9]+|(?:0|[1-9][0-9]*)(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?"
            r"|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)",
        ),
    )
)
_BY_FIRST = {
    first: [(tag, pattern) for tag, begins, pattern in _IMPLICIT if first in begins]
    for first in "~nNtTfF-+.0123456789"
}


class _Loader(CParser):
    """libyaml's parser and composer, with the scalars of YAML 1.2's core schema.

    Composing asks for the tag of each node that has none of its own; PyYAML's resolver, which also keeps
    track of paths, would take a third of the whole reading time.
    """

    def descend_resolver(self, parent: object, index: object) -> None:
        """Do nothing: no tag depends on the path. The parser calls this on the way down."""

    def ascend_resolver(self) -> None:
        """Do nothing. The parser calls this on the way up."""

    def resolve(self, kind: type, value: str, implicit: Any) -> str:
        """Return the tag of a node without one; ``implicit`` of a scalar says whether it is plain."""
        if kind is not ScalarNode:
            return f"{_TAG}seq" if kind is SequenceNode else f"{_TAG}map"
        if not implicit[0]:
            return _STR
        if not value:
            return f"{_TAG}null"
        for tag, pattern in _BY_FIRST.get(value[0], ()):
            if pattern.fullmatch(value):
                return tag
        return _STR


def _integer(text: str) -> int:
    if len(text) > _MAX_DIGITS:
        raise ValueError(text)
    return int(text, 0)


_SCALARS: dict[str, Callable[[str], Any]] = {
    _STR: lambda text: text,
    f"{_TAG}null": lambda text: {"": None, "~": None, "null": None}[text.lower()],
    f"{_TAG}bool": lambda text: {"true": True, "false": False}[text.lower()],
    f"{_TAG}int": _integer,
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
    """Return every YAML document of ``text``, which begins at ``line`` of the file ``path``.

    None if it is empty.

    A syntax error gives one more tree, whose value is None and whose diagnostics say where.
    """
    trees: list[Tree] = []
    # An ASCII text has none of them, and the question costs almost nothing.
    foreign = None if text.isascii() else _FOREIGN_BREAK.search(text)
    if foreign is not None:
        message = (
            f"Not valid YAML: the invisible character U+{ord(foreign[0]):04X} would break the line here."
        )
        at = _moved(place_of(text, foreign.start()), line)
        return [Tree(None, diagnostics=(Diagnostic("yaml-syntax", message, path, at, "Delete it."),))]
    try:
        trees.extend(_Walk(path, line - 1).tree(node) for node in _compose(text))
    except yaml.YAMLError as error:
        trees.append(Tree(None, diagnostics=(_syntax(error, text, path, line),)))
    return trees


def _moved(at: Position, line: int) -> Position:
    return Position(at.line + line - 1, at.column)


def _compose(text: str) -> Iterator[Node]:
    if sum(map(text.count, ("[", "{", "- ", "? "))) > _SUSPECT:
        _require_shallow(text)
    loader = _Loader(text)
    try:
        while loader.check_node():
            node = loader.get_node()
            if node is not None:
                yield node
    except yaml.MarkedYAMLError as error:
        # libyaml's limit has its own message; report ours, at the place that older versions lead to
        if error.problem_mark is not None:
            _require_shallow(text[: error.problem_mark.index])
        raise


class _TooDeepError(yaml.MarkedYAMLError):
    """More than MAX_DEPTH lists and mappings are open at once."""


def _require_shallow(text: str) -> None:
    """Raise if ``text`` is nested too deeply. Its other errors are left to the composer."""
    depth = 0
    with suppress(yaml.scanner.ScannerError, yaml.parser.ParserError):
        for event in yaml.parse(text, Loader=_Loader):  # type: ignore[arg-type]
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > MAX_DEPTH:
                raise _TooDeepError(problem_mark=event.start_mark)  # type: ignore[arg-type]


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
        # Aliases are followed here and not in libyaml, so a small file of aliases must stop here.
        if self._count > MAX_NODES or (len(path) >= MAX_DEPTH and not isinstance(node, ScalarNode)):
            return self._too_large(node)
        if isinstance(node, ScalarNode):
            return self._scalar(node)
        if isinstance(node, SequenceNode) and node.tag == f"{_TAG}seq":
            return [self._value(item, (*path, index)) for index, item in enumerate(node.value)]
        if isinstance(node, MappingNode) and node.tag == f"{_TAG}map":
            return self._mapping(node, path)
        return self._tag(node)

    def _too_large(self, node: Node) -> None:
        self._count = max(self._count, MAX_NODES + 1)  # nothing more is looked at
        if not any(problem.code == "yaml-too-large" for problem in self._problems):
            self._problem("yaml-too-large", node, _TOO_LARGE)

    def _scalar(self, node: ScalarNode) -> Any:
        if node.tag == _STR:
            return node.value
        build = _SCALARS.get(node.tag)
        if build is None:
            return self._tag(node)
        try:
            return build(node.value)
        except (ValueError, KeyError):
            if len(node.value) > _MAX_DIGITS:
                message = f"A number of {len(node.value):,} characters is too long."
                return self._problem("wrong-value", node, message)
            message = f"{shorten(node.value)} doesn't match its tag {_shown_tag(node)} says."
            return self._problem("yaml-tag", node, message)

    def _mapping(self, node: MappingNode, path: FieldPath) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = key_node.value
            if not isinstance(key_node, ScalarNode) or key_node.tag != _STR or key == "<<":
                what = shorten(key) if isinstance(key, str) else "A list or mapping"
                self._problem("yaml-key", key_node, f"{what} isn't a valid field name.")
                continue
            here = (*path, key)
            if key in result:
                message = f"{shorten(key)} is given twice, first in line {self._keys[here].line}."
                self._problem("yaml-duplicate-key", key_node, message)
                continue
            self._keys[here] = self._at(key_node)
            result[key] = self._value(value_node, here)
        return result

    def _tag(self, node: Node) -> None:
        self._problem("yaml-tag", node, f"The tag {_shown_tag(node)} is not supported.")

    def _problem(self, code: str, node: Node, message: str) -> None:
        self._problems.append(Diagnostic(code, message, self._path, self._at(node), _REMEDIES[code]))

    def _at(self, node: Node) -> Position:
        mark = node.start_mark
        if isinstance(node, ScalarNode) and node.style in ("|", ">"):
            # libyaml's mark is the `|` or `>` at the end of the key's line.
            return Position(mark.line + 2 + self._offset, 1)  # the block's first line, not its marker
        return Position(mark.line + 1 + self._offset, mark.column + 1)


_TOO_LARGE = f"More than {MAX_NODES:,} values, or nested more than {MAX_DEPTH} deep."

_REMEDIES = {
    "yaml-too-large": "Split the file, or write out what the aliases repeat.",
    "yaml-tag": "Remove the tag, or quote the value.",
    "yaml-key": "Quote it; merge keys (<<) are not supported, so write the fields out.",
    "yaml-duplicate-key": "Remove one of them.",
    "wrong-value": "Put it in quotes, or write a smaller one.",
}


def _shown_tag(node: Node) -> str:
    return shorten(node.tag.replace(_TAG, "!!"))


def _syntax(error: Exception, text: str, path: str, line: int) -> Diagnostic:
    if isinstance(error, yaml.reader.ReaderError):
        before = text.encode()[: error.position].decode(errors="ignore")
        message = f"Not valid YAML: the character U+{error.character:04X} is not allowed."
        at = _moved(place_of(before, len(before)), line)
        return Diagnostic("yaml-syntax", message, path, at, "Delete it.")
    what = str(getattr(error, "problem", None) or error)
    mark, began = (_mark(error, text, name) for name in ("problem_mark", "context_mark"))
    at = _moved(mark or began or Position(), line)
    if began is not None and mark is not None and began.line != mark.line:
        what += f" ({error.context}, from line {began.line + line - 1})"  # type: ignore[attr-defined]
    if isinstance(error, _TooDeepError):
        return Diagnostic("yaml-too-large", _TOO_LARGE, path, at, _REMEDIES["yaml-too-large"])
    remedy = "Quote values that hold ': ', '#', '@' or begin with a special character; indent with spaces."
    if "tab" in what or "cannot start any token" in what:
        remedy = "Indent with spaces instead of tabs, and quote values that begin with '@' or '`'."
    return Diagnostic("yaml-syntax", f"Not valid YAML: {what}.", path, at, remedy)


def _mark(error: Exception, text: str, name: str) -> Position | None:
    """Return a place of libyaml's.

    What is only missed at the end of the text is placed behind its last character.
    """
    mark = getattr(error, name, None)
    if mark is None:
        return None
    last = text.rstrip()
    end = place_of(last, len(last))
    return min(Position(mark.line + 1, mark.column + 1), end)
