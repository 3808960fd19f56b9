"""Find paragraphs whose author probably wanted to keep the line breaks."""

import unicodedata

from publisher.text.characters import may_begin_item

_SHORT = 45
"""Columns.

Editors wrap prose at 72 to 120; lines of a layout are shorter (20 of 79 posts of a corpus, 2026-11).
"""


def joined_lines(source: str, joined: int, *, kept: int) -> bool:
    """Return whether joining the lines of a paragraph loses a layout.

    ``joined`` of its breaks were joined; ``kept`` ones were not, because the next line looks like an item.
    """
    lines = source.rstrip("\n").split("\n")
    # the last line of wrapped prose is short as well
    return (
        bool(kept)
        or (joined > 1 and all(_columns(line) <= _SHORT for line in lines))
        or any(may_begin_item(line.lstrip(" >")) for line in lines[1:])
    )


def _columns(line: str) -> int:
    if line.isascii():
        return len(line)
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in line)
