"""Print every string that a user may read, with its place: ``python -m tests.strings > strings.txt``.

Read the list once as somebody who has never seen the project. It has the messages, remedies, help texts and headings
of the package, the descriptions in the schemas, and the words of templates. Docstrings are left out, except those
that click prints as help.
"""

import ast
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
_WORDS = re.compile(r"[A-Za-z’'{}-]+[ ,:;.]+[A-Za-z’'{}-]+")
"""Two words in a row: a name, a header field or a format has only one."""


def strings(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the line and text of each string of a module that reads like words."""
    tree = ast.parse(path.read_text("utf-8"))
    for node in ast.walk(tree):
        for child in ast.iter_child_nodes(node):
            child.parent = node  # type: ignore[attr-defined]
    for node in ast.walk(tree):
        parent = getattr(node, "parent", None)
        if isinstance(node, ast.JoinedStr):
            text = "".join(_piece(value) for value in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            if isinstance(parent, ast.JoinedStr | ast.FormattedValue):
                continue
            if isinstance(parent, ast.Expr) and not _is_help(parent):
                continue
            text = node.value
        else:
            continue
        if _WORDS.search(text):
            yield node.lineno, text


def _piece(value: ast.expr) -> str:
    if isinstance(value, ast.Constant):
        return str(value.value)
    return f"{{{ast.unparse(value.value)}}}" if isinstance(value, ast.FormattedValue) else ""


def _is_help(node: ast.Expr) -> bool:
    """Whether a string is the docstring of a command, which click prints."""
    above = getattr(node, "parent", None)
    return isinstance(above, ast.FunctionDef) and any(
        re.search(r"\bclick\.(command|group)\b|\.(command|group)\(", ast.unparse(decorator))
        for decorator in above.decorator_list
    )


def descriptions(value: object, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield the descriptions and titles of a schema with their JSON paths."""
    if isinstance(value, dict):
        for name, sub in value.items():
            if name in ("description", "title") and isinstance(sub, str):
                yield f"{path}/{name}", sub
            else:
                yield from descriptions(sub, f"{path}/{name}")
    elif isinstance(value, list):
        for number, sub in enumerate(value):
            yield from descriptions(sub, f"{path}/{number}")


def main() -> None:
    """Print the list, sorted by file and line."""
    for path in sorted((ROOT / "publisher").rglob("*.py")):
        for line, text in sorted(strings(path)):
            _show(f"{path.relative_to(ROOT)}:{line}", text)
    for path in sorted((ROOT / "schemas").glob("*.json")):
        for place, text in descriptions(json.loads(path.read_text("utf-8"))):
            _show(f"{path.relative_to(ROOT)}{place}", text)


def _show(place: str, text: str) -> None:
    sys.stdout.write(f"{place}: {json.dumps(text, ensure_ascii=False)}\n")


if __name__ == "__main__":
    main()
