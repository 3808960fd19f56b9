"""Bold, italic and monospace by Unicode's mathematical alphabets, for letters that have them."""

import re

from publisher.text.hashtags import find_hashtags
from publisher.text.urls import url_spans

_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_UPPER, _LOWER, _DIGIT = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz", "0123456789"


def _alphabet(upper: int, lower: int, digit: int = 0) -> dict[int, int]:
    """A translation table from the first code points of the styled alphabets."""
    starts = [(_UPPER, upper), (_LOWER, lower), (_DIGIT, digit)]
    return {
        ord(letter): start + index
        for letters, start in starts
        if start
        for index, letter in enumerate(letters)
    }


# sans-serif forms: LinkedIn's own font is sans-serif, and these alphabets have no holes
_BOLD = _alphabet(0x1D5D4, 0x1D5EE, 0x1D7EC)
_ITALIC = _alphabet(0x1D608, 0x1D622)
_BOLD_ITALIC = _alphabet(0x1D63C, 0x1D656, 0x1D7EC)
_MONOSPACE = _alphabet(0x1D670, 0x1D68A, 0x1D7F6)

STYLED = re.compile("[\U0001d400-\U0001d7ff]")
"""Letters and digits of the mathematical alphabets, in which screen readers stumble."""


def style(text: str, *, bold: bool, italic: bool) -> str:
    """``text`` in bold, italic or both; URLs, mail addresses and hashtags in it stay as they are, so that they work."""
    table = _BOLD_ITALIC if bold and italic else _BOLD if bold else _ITALIC
    spans = sorted(
        [
            *url_spans(text),
            *((tag.start, tag.end) for tag in find_hashtags(text)),
            *(match.span() for match in _ADDRESS.finditer(text)),
        ]
    )
    parts, done = [], 0
    for start, end in spans:
        # a mail address may touch a URL: spans can overlap
        start = max(start, done)
        parts += [text[done:start].translate(table), text[start:end]]
        done = max(end, done)
    return "".join([*parts, text[done:].translate(table)])


def monospace(text: str) -> str:
    """``text`` in monospaced letters."""
    return text.translate(_MONOSPACE)
