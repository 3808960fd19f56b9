"""Word by word: the difference between a text as published and as it is now."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from publisher.feedview.text import reveal

_WORD = re.compile(r"\s+|\w+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text that stayed, went, or came; ``gap`` stands for lines that are left out."""

    kind: Literal["same", "gone", "new", "gap"]
    text: str = ""


def word_diff(diff: str) -> tuple[Piece, ...]:
    """Return a unified diff of lines (`publisher.planning.diff`) as pieces of words, invisible characters by
    name.
    """
    pieces: list[Piece] = []
    for number, (before, after) in enumerate(_hunks(diff)):
        if number:
            pieces.append(Piece("gap"))
        pieces += compare_words(before, after)
    return tuple(pieces)


def compare_words(before: str, after: str) -> tuple[Piece, ...]:
    """Return the pieces of the change from ``before`` to ``after``.

    ``same`` and ``gone`` pieces together are ``before``; ``same`` and ``new`` pieces are ``after``. Invisible
    characters appear by name.
    """
    old, new = _WORD.findall(before), _WORD.findall(after)
    pieces: list[Piece] = []
    # Without autojunk: difflib would take frequent words of texts over 200 pieces for noise.
    for operation, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        gone, came = "".join(old[a:b]), "".join(new[c:d])
        if operation == "equal":
            pieces.append(Piece("same", gone))
        else:
            pieces += [Piece("gone", gone)] if gone else []
            pieces += [Piece("new", came)] if came else []
    return tuple(Piece(piece.kind, reveal(piece.text)) for piece in _calmed(pieces))


def _calmed(pieces: list[Piece]) -> Iterator[Piece]:
    """Yield the same difference in fewer pieces: a blank that stayed between two changes goes with them."""
    gone = new = ""
    for index, piece in enumerate(pieces):
        follows = index + 1 < len(pieces)
        if piece.kind == "same" and not (
            (gone or new) and follows and not piece.text.strip() and "\n" not in piece.text
        ):
            yield from _change(gone, new)
            yield piece
            gone = new = ""
            continue
        gone += piece.text if piece.kind != "new" else ""
        new += piece.text if piece.kind != "gone" else ""
    yield from _change(gone, new)


def _change(gone: str, new: str) -> Iterator[Piece]:
    if gone:
        yield Piece("gone", gone)
    if new:
        yield Piece("new", new)


def _hunks(diff: str) -> Iterator[tuple[str, str]]:
    """Yield the text before and after, of each hunk."""
    before: list[str] = []
    after: list[str] = []
    for line in diff.split("\n"):
        if line.startswith("@@"):
            if before or after:
                yield "\n".join(before), "\n".join(after)
            before, after = [], []
            continue
        if line[:1] in (" ", "-", ""):
            before.append(line[1:])
        if line[:1] in (" ", "+", ""):
            after.append(line[1:])
    yield "\n".join(before), "\n".join(after)
