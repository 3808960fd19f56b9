"""Turn the text of a source file into documents: check its structure, its fields and its keys."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from shlex import quote
from typing import Any, NamedTuple

from publisher.content.foreign import adopt, read_toml
from publisher.content.frontmatter import split_front_matter
from publisher.content.schemas import fast_check, subschema
from publisher.content.yamltree import Tree, parse_yaml
from publisher.model.config import FrontMatter
from publisher.model.diagnostic import Diagnostic, Position
from publisher.model.document import Document, FieldPath, Written
from publisher.wording import describe_root, slug

# `#` separates a key from the part of a thread, `@` from an author; a blank would need quotes in a shell.
_KEY = re.compile(r"\w[^\s#@\x00-\x1f\x7f]*")
_DEVICE = re.compile(r"(?:^|/)(con|prn|aux|nul|com\d|lpt\d)(?=$|[./])", re.IGNORECASE)
"""Names of devices. Windows opens the device instead of a file of such a name."""

LONGEST_KEY = 200
"""Bytes of a key."""
"""Keys made from paths may hold more than an `id` (whose pattern the schema has), but no blanks and no #."""


class _Entry(NamedTuple):
    """One post's raw mapping inside a file, and the path at which it sits in the file's tree."""

    tree: Tree
    prefix: FieldPath
    value: Any

    def position(self, *path: str | int) -> Position:
        return self.tree.positions.get((*self.prefix, *path), Position())

    def key_position(self, *path: str | int) -> Position:
        return self.tree.keys.get((*self.prefix, *path), self.position(*path))


def read_markdown(
    text: str, path: str, default_key: str, front_matter: FrontMatter = FrontMatter()
) -> tuple[list[Document], list[Diagnostic]]:
    """Return the document of a Markdown file. ``default_key`` is its key where it has no ``id``.

    A document whose fields are wrong is read all the same, so that its text can be checked in the same run.
    """
    parts = split_front_matter(text, path, toml=front_matter.toml)
    if isinstance(parts, Diagnostic):
        return [], [parts]
    toml = parts.toml and parts.front is not None
    tree = read_toml(parts.front or "", path, 2) if toml else _only_tree(parts.front, path)
    tree = adopt(tree, front_matter)
    entry = _Entry(tree, (), tree.value)
    checked = list(_check(entry, path, markdown=True))
    problems = [*tree.diagnostics, *(problem for problem, _ in checked)]
    if not isinstance(tree.value, dict):
        return [], problems
    entry = entry._replace(value=_sound(entry, checked))
    at = Position(parts.body_line, 1)
    body = Written(parts.body, "markdown", at)
    documents, also = _document(entry, text, path, default_key, body, invalid=bool(problems))
    return documents, [*problems, *also]


def _sound(entry: _Entry, checked: Sequence[tuple[Diagnostic, FieldPath]]) -> dict[str, Any]:
    """Return the fields that have no problem."""
    if not checked and not entry.tree.diagnostics:
        return dict(entry.value)
    blamed = {problem.position for problem in entry.tree.diagnostics}
    size = len(entry.prefix)
    wrong = {path[0] for _, path in checked if path}
    wrong |= {path[size] for path, at in entry.tree.positions.items() if at in blamed and len(path) > size}
    known = subschema("post")["properties"]
    return {name: item for name, item in entry.value.items() if name in known and name not in wrong}


def _only_tree(front: str | None, path: str) -> Tree:
    """Return the metadata of a Markdown file, whose front matter begins in line 2."""
    trees = parse_yaml(front, path, line=2) if front else []
    if not trees:
        return Tree({})
    first = trees[0]
    if len(trees) > 1 and not first.diagnostics:
        at = trees[1].diagnostics[0].position if trees[1].diagnostics else trees[1].positions[()]
        message = "Front matter is one YAML document; a second one begins here."
        remedy = "Remove the line that begins with ---."
        return Tree(None, diagnostics=(Diagnostic("yaml-syntax", message, path, at, remedy),))
    return Tree({}) if first.value is None and not first.diagnostics else first


def read_yaml(text: str, path: str, default_key: str) -> tuple[list[Document], list[Diagnostic]]:
    """Return the documents of a YAML file: one mapping, several YAML documents, or a
    mapping with ``posts``.
    """
    trees = parse_yaml(text, path)
    documents: list[Document] = []
    problems: list[Diagnostic] = [problem for tree in trees for problem in tree.diagnostics]
    entries = [entry for tree in trees for entry in _entries(tree, path, problems)]
    if not entries and not problems:
        return [], [Diagnostic("file-empty", "The file has no post.", path, remedy="Write one with `text:`.")]
    several = len(entries) > 1 or any(entry.prefix for entry in entries)
    for entry in entries:
        checked = list(_check(entry, path, markdown=False, several=several))
        problems += [problem for problem, _ in checked]
        if isinstance(entry.value, dict) and not entry.tree.diagnostics:
            sound = entry._replace(value=_sound(entry, checked))
            # without a text, or an id that tells one post from another, there is nothing to look at
            if "text" in sound.value and ("id" in sound.value or not several):
                made, also = _yaml_document(sound, text, path, default_key, bool(checked))
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
            message = f"{name!r} can't be used beside `posts`."
            problems.append(Diagnostic("unknown-field", message, path, at, "Put it into each post."))
    posts = value["posts"]
    if not isinstance(posts, list) or not posts:
        message = "`posts` must be a list of posts."
        at = tree.positions.get(("posts",), Position())
        problems.append(Diagnostic("wrong-type", message, path, at, "Begin each post with a dash."))
        return
    for index, post in enumerate(posts):
        yield _Entry(tree, ("posts", index), post)


def _check(
    entry: _Entry, path: str, *, markdown: bool, several: bool = False
) -> Iterator[tuple[Diagnostic, FieldPath]]:
    """Yield what the schema and the file's kind say against an entry, and against which field of it.

    Places that already have a diagnostic of YAML are left out.
    """
    blamed = {problem.position for problem in entry.tree.diagnostics}
    if not isinstance(entry.value, dict):
        if entry.value is not None or not blamed:
            message = f"A post must be a mapping of fields to values, but is {describe_root(entry.value)}."
            at = entry.position()
            yield Diagnostic("wrong-type", message, path, at, "Write `field: value` lines."), ()
        return
    if not fast_check("post")(entry.value):
        from publisher.content.violations import find_violations

        for found in find_violations(entry.value, "post"):
            at = entry.key_position(*found.path) if found.about_name else entry.position(*found.path)
            # other tools' fields are counted, for one summary
            name = str(found.path[0]) if found.code == "unknown-field" and len(found.path) == 1 else ""
            if at not in blamed:
                yield Diagnostic(found.code, found.message, path, at, found.remedy, field=name), found.path
    yield from _fields_of_kind(entry, path, markdown=markdown, several=several)


def _fields_of_kind(
    entry: _Entry, path: str, *, markdown: bool, several: bool
) -> Iterator[tuple[Diagnostic, FieldPath]]:
    value: Mapping[str, Any] = entry.value
    if markdown:
        for name in ("text", "format"):
            if name in value:
                message = f"{name!r} belongs to YAML files; a Markdown file's text is its body."
                at = entry.key_position(name)
                remedy = {"text": "Move the text below the front matter.", "format": "Remove the line."}[name]
                yield Diagnostic("unknown-field", message, path, at, remedy), (name,)
        return
    if "text" not in value:
        yield Diagnostic("missing-field", "'text' is missing.", path, entry.position(), "Add `text:`."), ()
    if several and "id" not in value:
        message = "Every post of a file with several needs an `id`."
        yield Diagnostic("missing-field", message, path, entry.position(), "Add `id:`."), ()


def _yaml_document(
    entry: _Entry, source: str, path: str, default_key: str, invalid: bool
) -> tuple[list[Document], list[Diagnostic]]:
    written = entry.value
    metadata = {name: value for name, value in written.items() if name not in ("text", "format")}
    start, indent = scalar_place(source, entry.position("text"))
    body = Written(written["text"], written.get("format", "plain"), start, indent)
    return _document(entry._replace(value=metadata), source, path, default_key, body, invalid=invalid)


def scalar_place(source: str, at: Position) -> tuple[Position, int]:
    """Return where the first character of a scalar at ``at`` stands, and how far its other lines are
    indented.
    """
    lines = source.split("\n", at.line)
    line = lines[at.line - 1] if len(lines) >= at.line else ""
    if at.column > 1:
        # a scalar in its field's line; a quote is not part of it
        return (Position(at.line, at.column + (line[at.column - 1 : at.column] in ("'", '"'))), 0)
    indent = len(line) - len(line.lstrip(" "))
    return Position(at.line, indent + 1), indent


def _document(
    entry: _Entry, source: str, path: str, default_key: str, body: Written, *, invalid: bool
) -> tuple[list[Document], list[Diagnostic]]:
    key = entry.value.get("id", default_key)
    why = _key_problem(key)
    if why:
        own = "id" in entry.value
        message = f"{'The `id`' if own else 'The path gives the key'} {key[:300]!r}{'' if own else ', which'} {why}."
        # Changing the key of a published post would publish it again, so the remedy names `state mv`.
        better = slug(key)[:LONGEST_KEY] if _DEVICE.search(key) is None else f"post-{slug(key)}"
        do = f"Use `id: {better}`" if own else f"Rename the file, or give it an `id`, such as `id: {better}`"
        remedy = f"{do}. If it was published as {key[:300]!r}: `publisher state mv {quote(key)[:300]} {better}` first."
        position = entry.position("id") if own else Position()
        return [], [Diagnostic("key-invalid", message, path, position, remedy)]
    size = len(entry.prefix)
    positions = entry.tree.positions
    if size:
        positions = {at[size:]: place for at, place in positions.items() if at[:size] == entry.prefix}
    texts = dict(_variant_texts(entry, source, body))
    made = Document(
        key, path, entry.value, body.text, body.kind, body.start, positions, body.indent, invalid, texts
    )
    return [made], []


def _variant_texts(entry: _Entry, source: str, body: Written) -> Iterator[tuple[str, Written]]:
    """Yield the texts of ``variants``; they are written like the post's own where no ``format`` says
    otherwise.
    """
    for name, variant in entry.value.get("variants", {}).items():
        if "text" in variant:
            start, indent = scalar_place(source, entry.position("variants", name, "text"))
            yield name, Written(variant["text"], variant.get("format", body.kind), start, indent)


def _key_problem(key: str) -> str:
    if _KEY.fullmatch(key) is None:
        return (
            "has characters that keys can't have"
            if "@" not in key
            else "has an @, which separates key and author"
        )
    if (device := _DEVICE.search(key)) is not None:
        return f"contains {device[1]}, which is a device on Windows"
    # Bytes, because file systems limit names in bytes. Lone surrogates are counted, too, so that a bad key
    # gets a message.
    size = len(key.encode("utf-8", "surrogatepass"))
    return f"has {size} bytes; a key has at most {LONGEST_KEY}" if size > LONGEST_KEY else ""


def default_key(path: str, folder: str) -> str:
    """Return the key of a file without ``id``: its path under the content folder, without suffix."""
    relative = path[len(folder) + 1 :].rpartition(".")[0]
    # macOS gives decomposed names (NFD) and Linux those of the checkout: one file must have one key on
    # both.
    return relative if relative.isascii() else unicodedata.normalize("NFC", relative)
