"""Rest.li's ``fields=`` and ``projection=``: which parts of a response a client wants."""

import json
import re
from dataclasses import replace
from typing import Any

from publisher.sandbox.messages import Request, Response

_TOKEN = re.compile(r"[(),]|[^(),]+")
# No documented projection is this deep. The cap stops recursion on hostile input.
_DEEPEST = 12

Tree = dict[str, Any]
"""Wanted name -> the tree below it, empty for all of it."""


def project(request: Request, response: Response) -> Response:
    """Return the response with only the parts that the query names.

    ``name~`` keeps a decoration of ``name``.
    """
    parameters = request.parameters
    wanted, whole = parameters.get("projection", ""), True
    if not wanted and (fields := parameters.get("fields", "")):
        wanted, whole = f"({fields})", False
    if request.verb != "GET" or response.status != 200:
        return response
    if response.headers.get("content-type") != "application/json":
        return response
    document = json.loads(response.body)
    # decorations are only sent to those who ask for them
    tree = parse(wanted) if wanted else {}
    document = _per_entity(document, tree) if wanted and not whole else select(document, tree)
    body = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    return replace(response, body=body)


def parse(text: str) -> Tree:
    """Read ``(a,b(c),d~:type(e),f*(g))``."""
    tokens = _TOKEN.findall(text)
    tree, _ = _parse(tokens, 1 if tokens[:1] == ["("] else 0, 0)
    return tree


def _parse(tokens: list[str], position: int, depth: int) -> tuple[Tree, int]:
    tree: Tree = {}
    name = ""
    while position < len(tokens):
        piece = tokens[position]
        if piece == ")":
            break
        if piece == "(" and depth < _DEEPEST:
            tree[name], position = _parse(tokens, position + 1, depth + 1)
        elif piece not in "(,":
            # "name~:playableStreams" and "name*" are the name with a hint of its type; "fields" writes
            # "name:"
            name = piece.strip().partition(":")[0]
            name = name.rstrip("*") or "*"
            tree.setdefault(name, {})
        position += 1
    return tree, position


def select(document: Any, tree: Tree) -> Any:
    """Return the parts of a document that the tree names; decorations only where they are named."""
    if isinstance(document, list):
        return [select(item, tree) for item in document]
    if not isinstance(document, dict):
        return document
    everything = not tree or "*" in tree
    return {
        name: select(value, tree.get(name, {}))
        for name, value in document.items()
        if name in tree or (everything and not name.endswith("~"))
    }


def _per_entity(document: Any, tree: Tree) -> Any:
    """Apply ``fields`` to each entity of a collection, or to the one entity."""
    if isinstance(document, dict) and isinstance(document.get("elements"), list):
        return {**document, "elements": select(document["elements"], tree)}
    if isinstance(document, dict) and isinstance(document.get("results"), dict):
        results = {key: select(value, tree) for key, value in document["results"].items()}
        return {**document, "results": results}
    return select(document, tree)
