"""Writing a learned author into ``publisher.yaml``; comments, order and quotes stay as they are."""

import io
import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from publisher.errors import UsageError

CONFIG_NAME = "publisher.yaml"


def write_author(root: Path, alias: str, urn: str) -> bool:
    """Set ``authors.<alias>.urn`` in the project's configuration; whether anything had to be written.

    The file is made where there is none. Raises `UsageError` where it can't be understood or written.
    """
    path = root / CONFIG_NAME
    before = _read(path)
    after = with_author(before, alias, urn)
    if after == before:
        return False
    _replace(path, after)
    return True


def with_author(text: str, alias: str, urn: str) -> str:
    """The configuration's text with the author's URN in it. Raises `UsageError` where it is no mapping."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError
    from ruamel.yaml.scalarstring import DoubleQuotedScalarString

    yaml = YAML()
    yaml.preserve_quotes = True
    # no line that is already there gets folded
    yaml.width = 4096
    try:
        document, tree = yaml.load(text), YAML().compose(text)
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" (line {mark.line + 1})" if mark else ""
        raise UsageError(
            f"{CONFIG_NAME} is not valid YAML{where}.", "`publisher validate` shows where."
        ) from None
    document = {} if document is None else document
    author = _mapping(_mapping(document, "authors"), alias)
    old = _child(_child(_child(tree, "authors"), alias), "urn")
    if author.get("urn") == urn:
        return text
    if old is not None:
        # only the value itself is replaced, so that not a blank changes around it
        return f'{text[: old.start_mark.index]}"{urn}"{text[old.end_mark.index :]}'
    author["urn"] = DoubleQuotedScalarString(urn)  # a URN has colons
    step, sequence, offset = _indentation(tree)
    yaml.indent(mapping=step, sequence=sequence, offset=offset)
    out = io.StringIO()
    yaml.dump(document, out)
    written = out.getvalue()
    return written.replace("\n", "\r\n") if "\r\n" in text else written


def _child(node: Any, name: str) -> Any:
    """The value of a key in a mapping node, None without one."""
    pairs = node.value if node is not None and node.id == "mapping" else ()
    return next((value for key, value in pairs if key.value == name), None)


def _indentation(tree: Any) -> tuple[int, int, int]:
    """How the file indents its mappings, and its lists with their dashes; the usual where it shows none."""
    step, sequence, offset = 2, 4, 2
    for _, value in tree.value if tree is not None and tree.id == "mapping" else ():
        if value.id == "scalar" or value.flow_style or not value.value:
            continue
        first = value.value[0]
        if value.id == "mapping":
            step = first[0].start_mark.column or step
        else:
            sequence, offset = first.start_mark.column, value.start_mark.column
    return step, sequence, offset


def _mapping(parent: Any, name: str) -> Any:
    """A mapping inside a mapping, made where there is none."""
    if not isinstance(parent, dict):
        raise UsageError(
            f"{CONFIG_NAME} has something else where settings should be.", "Write the URN by hand."
        )
    if parent.get(name) is None:
        parent[name] = {}
    if not isinstance(parent[name], dict):
        raise UsageError(f"{name} in {CONFIG_NAME} is not a mapping.", "Write the URN by hand.")
    return parent[name]


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError):
        raise UsageError(
            f"{path.name} can't be read as UTF-8.", "Check the file and its permissions."
        ) from None


def _replace(path: Path, text: str) -> None:
    """Replace the file as a whole, with the permissions it has."""
    target = path.resolve()
    mode = target.stat().st_mode & 0o777 if target.exists() else 0o644
    try:
        handle, name = tempfile.mkstemp(prefix=".publisher-", dir=target.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(text.encode())
                os.fchmod(file.fileno(), mode)
            Path(name).replace(target)
        except BaseException:
            with suppress(FileNotFoundError):
                Path(name).unlink()
            raise
    except OSError as error:
        raise UsageError(
            f"{path.name} can't be written: {error.strerror}.", "Check its permissions."
        ) from None
