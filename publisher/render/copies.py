"""The copies of a document: one for each author, with the fields that its variants change."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from publisher.model.config import Config
from publisher.model.diagnostic import Diagnostic, Position
from publisher.model.document import Document, FieldPath
from publisher.model.post import NETWORKS, Author
from publisher.model.state import name_copies
from publisher.render.fields import read_authors
from publisher.text.findings import diagnose, did_you_mean

_NOBODY = Author("")
"""Stands for an author that can't be told, so that everything else about the post is checked all the same."""


class Copy(NamedTuple):
    """What one author publishes of a document: its fields with the variants applied, and the name of its
    entry.

    The name is that of a document of which the state knows nothing; planning finds the entries that there
    are.
    """

    document: Document
    author: Author
    name: str


def read_copies(document: Document, config: Config) -> tuple[list[Copy], list[Diagnostic]]:
    """Return the copies of a document, at least one, in the order of its authors."""
    problems: list[Diagnostic] = []
    authors = read_authors(document, config, problems) or [_NOBODY]
    problems += _unknown_variants(document, config)
    names = name_copies({}, document.key, [(one.urn, one.alias, one.network) for one in authors])
    # The usual case, in which the document is its only copy and need not be rebuilt.
    single = len(authors) == 1 and authors[0].network == "linkedin" and not document.metadata.get("variants")
    copies = [
        Copy(document if single else _applied(document, author), author, names[author.urn])
        for author in authors
    ]
    return copies, problems


def _unknown_variants(document: Document, config: Config) -> Iterator[Diagnostic]:
    known = [*config.authors, *NETWORKS]
    for name in document.metadata.get("variants", {}):
        if name not in known:
            yield diagnose(
                document,
                "variant-unknown",
                f"{name!r} is neither an author of publisher.yaml nor a network{did_you_mean(name, known)}",
                f"write an alias of authors:, or one of {', '.join(NETWORKS)}",
                at=document.position("variants", name),
            )


def _applied(document: Document, author: Author) -> Document:
    """Return a document as an author's copy reads it.

    The author's own variant wins over that of the network.
    """
    variants: Mapping[str, Mapping[str, Any]] = document.metadata.get("variants", {})
    # The network first, the author last: the later one replaces fields of the earlier.
    names = [name for name in (author.network, author.alias) if name in variants]
    metadata = {name: value for name, value in document.metadata.items() if name != "variants"}
    if author.alias:
        metadata["author"] = author.alias
    positions = {path: place for path, place in document.positions.items() if path[:1] != ("variants",)}
    made = document
    for name in names:
        fields = {field: value for field, value in variants[name].items() if field not in ("text", "format")}
        metadata |= fields
        positions = _replaced(positions, document.positions, name, [*fields])
        if name in document.texts:
            text, kind, start, indent = document.texts[name]
            made = replace(made, body=text, format=kind, body_start=start, body_indent=indent)
    return replace(made, metadata=metadata, positions=positions, network=author.network, texts={})


def _replaced(
    positions: Mapping[FieldPath, Position],
    all_positions: Mapping[FieldPath, Position],
    name: str,
    fields: Sequence[str],
) -> dict[FieldPath, Position]:
    """Return the places of a document's fields, those of a variant's fields being in the variant."""
    kept = {path: place for path, place in positions.items() if not path or path[0] not in fields}
    prefix = ("variants", name)
    own = {path[2:]: place for path, place in all_positions.items() if path[:2] == prefix and path[2:3]}
    return kept | {path: place for path, place in own.items() if path[0] in fields}
