"""One source file's text to its documents: structure, schema, keys."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Any

from publisher.content.frontmatter import split_front_matter
from publisher.content.schemas import fast_check
from publisher.content.yamltree import Tree, parse_yaml
from publisher.model.diagnostic import Diagnostic, Position
from publisher.model.document import Document, FieldPath

_KEY = re.compile(r"\w[^\s#\x00-\x1f\x7f]*")
"""Keys made from paths may hold more than an `id` (whose pattern the schema has), but no blanks and no #."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """One post's raw mapping inside a file, and the path at which it sits in the file's tree."""

    tree: Tree
    prefix: FieldPath
    value: Any

    def position(self, *path: str | int) -> Position:
        return self.tree.positions.get((*self.prefix, *path), Position())

    def key_position(self, *path: str | int) -> Position:
        return self.tree.keys.get((*self.prefix, *path), self.position(*path))


def read_markdown(text: str, path: str, default_key: str) -> tuple[list[Document], list[Diagnostic]]:
    """The document of a Markdown file. ``default_key`` is its key where it has no ``id``."""
    parts = split_front_matter(text, path)
    if isinstance(parts, Diagnostic):
        return [], [parts]
    tree = Tree({})
    if parts.front is not None and parts.front.strip():
        trees = parse_yaml(parts.front, path, line=2)
        tree = trees[0]
    if tree.value is None and not tree.diagnostics:
        tree = replace(tree, value={})  # only comments
    entry = _Entry(tree, (), tree.value)
    problems = [*tree.diagnostics, *_check(entry, path, markdown=True)]
    if problems:
        return [], problems
    return _document(entry, path, default_key, parts.body, "markdown", Position(parts.body_line, 1))


def read_yaml(text: str, path: str, default_key: str) -> tuple[list[Document], list[Diagnostic]]:
    """The documents of a YAML file: one mapping, several YAML documents, or a mapping with ``posts``."""
    trees = parse_yaml(text, path)
    documents: list[Document] = []
    problems: list[Diagnostic] = [problem for tree in trees for problem in tree.diagnostics]
    entries = [entry for tree in trees if not tree.diagnostics for entry in _entries(tree, path, problems)]
    if not entries and not problems:
        return [], [Diagnostic("file-empty", "The file has no post.", path, remedy="Write one with `text:`.")]
    several = len(entries) > 1 or any(entry.prefix for entry in entries)
    for entry in entries:
        found = _check(entry, path, markdown=False, several=several)
        problems += found
        if not found:
            made, also = _yaml_document(entry, path, default_key)
            documents += made
            problems += also
    return documents, problems


def _entries(tree: Tree, path: str, problems: list[Diagnostic]) -> Iterator[_Entry]:
    value = tree.value
    if not isinstance(value, dict) or "posts" not in value:
        if value is not None:
            yield _Entry(tree, (), value)
        return
    for name in value:
        if name != "posts":
            at = tree.keys.get((name,), Position())
            message = f"{name!r} can't stand beside `posts`."
            problems.append(Diagnostic("unknown-field", message, path, at, "Put it into each post."))
    posts = value["posts"]
    if not isinstance(posts, list) or not posts:
        message = "`posts` must be a list of posts."
        at = tree.positions.get(("posts",), Position())
        problems.append(Diagnostic("wrong-type", message, path, at, "Begin each post with a dash."))
        return
    for index, post in enumerate(posts):
        yield _Entry(tree, ("posts", index), post)


def _check(entry: _Entry, path: str, *, markdown: bool, several: bool = False) -> list[Diagnostic]:
    """What the schema and the file's kind say against an entry."""
    value = entry.value
    if value is None and entry.tree.diagnostics:
        return []
    if not isinstance(value, dict):
        message = "A post must be a mapping of fields to values."
        return [Diagnostic("wrong-type", message, path, entry.position(), "Write `field: value` lines.")]
    problems = []
    if not fast_check("post")(value):
        from publisher.content.violations import find_violations

        for found in find_violations(value, "post"):
            at = entry.key_position(*found.path) if found.about_name else entry.position(*found.path)
            problems.append(Diagnostic(found.code, found.message, path, at, found.remedy))
    problems += _fields_of_kind(entry, path, markdown=markdown, several=several)
    return problems


def _fields_of_kind(entry: _Entry, path: str, *, markdown: bool, several: bool) -> Iterator[Diagnostic]:
    value: Mapping[str, Any] = entry.value
    if markdown:
        for name in ("text", "format"):
            if name in value:
                message = f"{name!r} belongs to YAML files; a Markdown file's text is its body."
                at = entry.key_position(name)
                yield Diagnostic("unknown-field", message, path, at, "Move the text below the front matter.")
        return
    if "text" not in value:
        yield Diagnostic("missing-field", "'text' is missing.", path, entry.position(), "Add `text:`.")
    if several and "id" not in value:
        message = "Every post of a file with several needs an `id`."
        yield Diagnostic("missing-field", message, path, entry.position(), "Add `id:`.")


def _yaml_document(entry: _Entry, path: str, default_key: str) -> tuple[list[Document], list[Diagnostic]]:
    metadata = {name: value for name, value in entry.value.items() if name not in ("text", "format")}
    body, kind = entry.value["text"], entry.value.get("format", "plain")
    return _document(
        _Entry(entry.tree, entry.prefix, metadata), path, default_key, body, kind, entry.position("text")
    )


def _document(
    entry: _Entry, path: str, default_key: str, body: str, kind: Any, body_start: Position
) -> tuple[list[Document], list[Diagnostic]]:
    key = entry.value.get("id", default_key)
    if _KEY.fullmatch(key) is None:
        slug = re.sub(r"[^a-z0-9._/-]+", "-", key.lower()).strip("-._/") or "my-post"
        message = f"The path gives the key {key!r}, which has characters that keys can't have."
        remedy = f"Rename the file, or give it an `id`, such as `id: {slug}`."
        return [], [Diagnostic("key-invalid", message, path, Position(), remedy)]
    size = len(entry.prefix)
    positions = entry.tree.positions
    if size:
        positions = {at[size:]: place for at, place in positions.items() if at[:size] == entry.prefix}
    return [Document(key, path, entry.value, body, kind, body_start, positions)], []


def default_key(path: str, folder: str) -> str:
    """The key of a file without ``id``: its path under the content folder, without suffix."""
    relative = PurePosixPath(path).relative_to(folder).with_suffix("").as_posix()
    return unicodedata.normalize("NFC", relative)
