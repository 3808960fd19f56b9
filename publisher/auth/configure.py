"""Write an author into ``publisher.yaml`` after a login. Comments, order and quotes stay as they are."""

import json
import re
from pathlib import Path

import yaml

from publisher.errors import UsageError
from publisher.replacing import replace_file

CONFIG_NAME = "publisher.yaml"


def write_author(root: Path, alias: str, urn: str) -> bool:
    """Set ``authors.<alias>.urn`` in the project's configuration. Return whether anything had to be written.

    The file is made if there is none. Raise `UsageError` if it can't be understood or written.
    """
    path = root / CONFIG_NAME
    before = _read(path)
    after = with_author(before, alias, urn)
    if after == before:
        return False
    _replace(path, after)
    return True


def with_author(text: str, alias: str, urn: str) -> str:
    """Return the configuration's text with the author's URN in it; every other character stays as it is.

    PyYAML gives the place of every value; the new one is inserted there, because no writer of YAML keeps all
    comments and blanks. Raise `UsageError` if the text is not a mapping.
    """
    try:
        tree = yaml.compose(text, yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f" (line {mark.line + 1})" if mark else ""
        raise UsageError(
            f"{CONFIG_NAME} is not valid YAML{where}.", "`publisher validate` shows where."
        ) from None
    names = ["authors", alias, "urn"]
    node = _mapping(tree)
    child = _child(node, names[0])
    while len(names) > 1 and (inner := _mapping(child)) is not None:
        node, names = inner, names[1:]
        child = _child(node, names[0])
    if len(names) == 1 and child is not None:
        if child.value == urn:
            return text
        return f'{text[: child.start_mark.index]}"{urn}"{text[child.end_mark.index :]}'
    written = _insert(text, node, child, names, f'"{urn}"', _indentation(tree))
    return written.replace("\r\n", "\n").replace("\n", "\r\n") if "\r\n" in text else written


def _insert(
    text: str,
    parent: yaml.MappingNode | None,
    null: yaml.Node | None,
    names: list[str],
    value: str,
    step: int,
) -> str:
    """Return the text with ``names[0]: {names[1]: … value}`` at a mapping's end or in place of its ``null``."""
    keys = [_scalar(name) for name in names]
    flow = value
    for key in reversed(keys[1:]):
        flow = f"{{{key}: {flow}}}"
    if parent is not None and parent.flow_style:
        if null is not None:
            start, end = null.start_mark.index, null.end_mark.index
            return f"{text[:start].rstrip(' ')} {flow}{text[end:]}"
        end = parent.end_mark.index - 1
        comma = ", " if parent.value else ""
        return f"{text[:end].rstrip(' ')}{comma}{keys[0]}: {flow}{text[end:]}"
    column = parent.value[0][0].start_mark.column if parent is not None else 0
    lines = [f"{' ' * (column + step * depth)}{key}:" for depth, key in enumerate(keys)]
    lines[-1] += f" {value}"
    if null is not None:
        text = text[: null.start_mark.index].rstrip(" ") + text[null.end_mark.index :]
        at, lines = len(text[: null.start_mark.index].rstrip(" ")), lines[1:]
    else:
        at = _end(parent) if parent is not None else len(text)
    before = text[:at]
    if before and not before.endswith("\n"):
        end = text.find("\n", at)  # after what stands behind it on its line, such as a comment
        before = f"{text[:end]}\n" if end >= 0 else f"{text}\n"
    return before + "\n".join(lines) + "\n" + text[len(before) :]


def _end(node: yaml.Node) -> int:
    """Return where the last value inside a node ends.

    The end of a block itself is after the comments that follow.
    """
    if isinstance(node, yaml.MappingNode) and not node.flow_style and node.value:
        return max(_end(node.value[-1][0]), _end(node.value[-1][1]))
    if isinstance(node, yaml.SequenceNode) and not node.flow_style and node.value:
        return _end(node.value[-1])
    return int(node.end_mark.index)


def _mapping(node: yaml.Node | None) -> yaml.MappingNode | None:
    """Return the node, None if it is null.

    Raise `UsageError` if it is something else, or has a key twice.
    """
    if node is None or node.tag == "tag:yaml.org,2002:null":
        return None
    where = f"{CONFIG_NAME}:{node.start_mark.line + 1}"
    if not isinstance(node, yaml.MappingNode):
        raise UsageError(f"{where} has something else where settings should be.", "Write the URN by hand.")
    keys = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
    if len(set(keys)) < len(keys):
        raise UsageError(f"{where} has a key twice.", "`publisher validate` shows where.")
    return node


def _child(mapping: yaml.MappingNode | None, name: str) -> yaml.Node | None:
    """Return the value of a key, None without one."""
    return next((value for key, value in mapping.value if key.value == name), None) if mapping else None


def _indentation(tree: yaml.Node | None) -> int:
    """Return the file's indentation of its first nested mapping; two blanks if there is none."""
    for _, value in tree.value if isinstance(tree, yaml.MappingNode) else ():
        if isinstance(value, yaml.MappingNode) and not value.flow_style and value.value:
            return int(value.value[0][0].start_mark.column) or 2
    return 2


def _scalar(name: str) -> str:
    """Return a key as YAML reads it back: in quotes where it would be something else than this text."""
    plain = re.fullmatch(r"[A-Za-z_][\w-]*", name, re.ASCII) and yaml.safe_load(name) == name
    return name if plain else json.dumps(name)


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
        replace_file(target, text.encode(), mode=mode)
    except OSError as error:
        raise UsageError(
            f"{path.name} can't be written: {error.strerror}.", "Check its permissions."
        ) from None
