"""Split a text that is too long for one post into a chain: at paragraphs, then sentences, then words.

A part never ends inside a link, mention, hashtag or grapheme.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from typing import TypeVar

import regex

from publisher.model.post import Hashtag, Link, Mention, Style, Text

Fits = Callable[[str], bool]
"""Tells whether a text is short enough for one post of a network."""

_BREAKS = (
    re.compile(r"\n[ \t]*\n\s*"),
    # A sentence ends with its closing quotation marks and brackets.
    re.compile(r"(?<=[.!?…。！？])[\"'”’»)\]]*\s+|\n\s*"),
    re.compile(r"\s+"),
)
_Span = TypeVar("_Span", Hashtag, Link, Mention, Style)


def split_thread(text: Text, fits: Fits) -> tuple[Text, ...]:
    """Return the parts of a text, each of which fits; a text that fits is its only part.

    A word, link or tag that does not fit by itself is cut between graphemes as the last resort: only a link's
    words can be as long as that, and its parts lead to the same address.
    """
    ends = [0]
    while ends[-1] < len(text.plain):
        ends.append(_end(text, ends[-1], fits))
    parts = [_part(text, start, end) for start, end in pairwise(ends)]
    return tuple(part for part in parts if part.plain) or (text,)


def _end(text: Text, start: int, fits: Fits) -> int:
    """Return where the part ends that begins at ``start``: the last good break up to which the text fits."""
    rest = text.plain[start:]
    if fits(rest.strip()):
        return len(text.plain)
    spans: tuple[Link | Mention | Hashtag, ...] = (*text.links, *text.mentions, *text.hashtags)
    closed = [(span.start, span.end) for span in spans]
    for pattern in _BREAKS:
        found = _last(
            text.plain, start, (match.end() for match in pattern.finditer(text.plain, start)), closed, fits
        )
        if found is not None:
            return found
    graphemes = (match.end() + start for match in regex.finditer(r"\X", rest))
    cut = _last(text.plain, start, graphemes, [], fits)
    # not even one grapheme fits: go on with it, so that the split ends
    return cut if cut is not None else next(match.end() + start for match in regex.finditer(r"\X", rest))


def _last(
    plain: str, start: int, places: Iterator[int], closed: list[tuple[int, int]], fits: Fits
) -> int | None:
    """Return the last of the places up to which the text fits, and that lies in no closed span."""
    # Places come in order, and a longer text never fits where a shorter one did not: the first failure ends
    # the search.
    found = None
    for place in places:
        part = plain[start:place].strip()
        if not part or any(first < place < last for first, last in closed):
            continue
        if not fits(part):
            break
        found = place
    return found


def _part(text: Text, start: int, end: int) -> Text:
    """Return a stretch of a text with the spans in it, without blanks at its ends."""
    piece = text.plain[start:end]
    first = start + len(piece) - len(piece.lstrip())
    last = first + len(piece.strip())
    return replace(
        text,
        plain=text.plain[first:last],
        mentions=_moved(text.mentions, first, last),
        hashtags=_moved(text.hashtags, first, last),
        links=_moved(text.links, first, last),
        styles=_moved(text.styles, first, last),
    )


def _moved(spans: tuple[_Span, ...], first: int, last: int) -> tuple[_Span, ...]:
    """Return the spans that touch a stretch, cut to it and counted from its beginning."""
    return tuple(
        replace(span, start=max(span.start, first) - first, end=min(span.end, last) - first)
        for span in spans
        if span.start < last and span.end > first
    )
