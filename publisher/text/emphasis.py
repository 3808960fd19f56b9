"""Bold, italic and monospace by Unicode's mathematical alphabets, for letters that have them."""

import re
from collections.abc import Iterator
from dataclasses import replace

from publisher.model.post import Text
from publisher.text.urls import Span, url_spans

# Every part is bounded (64 is the limit of RFC 5321 for the part before the @), so the search takes linear
# time.
_ADDRESS = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_UPPER, _LOWER, _DIGIT = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz", "0123456789"


def _alphabet(upper: int, lower: int, digit: int = 0) -> dict[int, int]:
    """Return a translation table from the first code points of the styled alphabets."""
    starts = [(_UPPER, upper), (_LOWER, lower), (_DIGIT, digit)]
    return {
        ord(letter): start + index
        for letters, start in starts
        if start
        for index, letter in enumerate(letters)
    }


# sans-serif forms: LinkedIn's own font is sans-serif, and these alphabets have no holes
_TABLES = {
    frozenset({"bold"}): _alphabet(0x1D5D4, 0x1D5EE, 0x1D7EC),
    frozenset({"italic"}): _alphabet(0x1D608, 0x1D622),
    frozenset({"bold", "italic"}): _alphabet(0x1D63C, 0x1D656, 0x1D7EC),
}
_MONOSPACE = _alphabet(0x1D670, 0x1D68A, 0x1D7F6)

STYLED = re.compile("[\U0001d400-\U0001d7ff]")
"""Letters and digits of the mathematical alphabets, in which screen readers stumble."""


def styled(text: Text) -> Text:
    """Return the text with its emphasis in styled letters.

    URLs, mail addresses, hashtags and names stay as they are.
    """
    plain = text.plain
    parts, done = [], 0
    for start, end, kinds in _stretches(text):
        table = _MONOSPACE if "code" in kinds else _TABLES.get(kinds)
        parts += [plain[done:start], plain[start:end].translate(table) if table else plain[start:end]]
        done = end
    return replace(text, plain="".join([*parts, plain[done:]]))


# A sweep over the ends of all spans: spans of several kinds can overlap, and each stretch has one alphabet.
def _stretches(text: Text) -> Iterator[tuple[int, int, frozenset[str]]]:
    """Yield stretches with one set of emphasis kinds. Spans that must not change are left out."""
    changes: list[tuple[int, int, str]] = [(style.start, 1, style.kind) for style in text.styles]
    changes += [(style.end, -1, style.kind) for style in text.styles]
    for start, end in _kept(text):
        changes += [(start, 1, ""), (end, -1, "")]
    counts = {"": 0, "bold": 0, "italic": 0, "code": 0}
    done = 0
    for at, change, kind in sorted(changes, key=lambda change: change[0]):
        if at > done and not counts[""]:
            yield done, at, frozenset(kind for kind, count in counts.items() if count)
        counts[kind] += change
        done = at


def _kept(text: Text) -> Iterator[Span]:
    yield from url_spans(text.plain)
    yield from (match.span() for match in _ADDRESS.finditer(text.plain))
    for marks in (text.hashtags, text.mentions):
        yield from ((mark.start, mark.end) for mark in marks)
