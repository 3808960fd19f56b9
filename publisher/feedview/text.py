"""From characters to segments: links, invisible characters, and the fold."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import replace

import regex

from publisher.feedview.addresses import safe_href
from publisher.feedview.values import Segment, Text

# LinkedIn publishes no number. This one and the three lines are what authors' tools observe.
FOLD = 210
"""UTF-16 code units that stand before "…see more"."""

FOLD_LINES = 3
"""Lines that stand before "…see more"."""

_URL = re.compile(r"(?<![A-Za-z0-9])(?:https?://|www\.(?=[A-Za-z0-9]))[^\s<>\[\]\"`\\^{}|]+")
# Combining marks of Latin and Indic scripts are not in \w, and belong to the word.
_HASHTAG = re.compile(r"(?<![\w&/#])[#＃](?=\w*[^\W\d_])[\w\u200c\u200d\u0300-\u036f\u0900-\u0dff]+")
_TRAILING = "?!.,:;*_~'\"”’»"

# what isn't seen and changes what is: bidi controls, blanks without width, controls, stray surrogates
_INVISIBLE = re.compile(
    "[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u200b\u2060-\u2064\ufeff\u00ad\u180e\ufff9-\ufffb"
    "\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff\U000e0000-\U000e0fff]"
)
# what no page may carry at all
_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]")
_SHORT = {
    "\u200b": "ZWSP",
    "\u2060": "WJ",
    "\ufeff": "BOM",
    "\u00ad": "SHY",
    "\u200e": "LRM",
    "\u200f": "RLM",
    "\u061c": "ALM",
    "\u202a": "LRE",
    "\u202b": "RLE",
    "\u202c": "PDF",
    "\u202d": "LRO",
    "\u202e": "RLO",
    "\u2066": "LRI",
    "\u2067": "RLI",
    "\u2068": "FSI",
    "\u2069": "PDI",
}

Mark = tuple[int, int, Segment]
"""A span of a text in code points, and the segment it becomes (its own text is ignored)."""


def compose(plain: str, marks: Iterable[Mark] = (), *, folded: bool = True, revealed: bool = False) -> Text:
    """Return a text with its marks as segments, links found, cut at the fold.

    Overlapping marks lose to the ones that begin earlier. ``revealed`` shows invisible characters by name;
    otherwise they stay, save those a page must not carry.
    """
    segments = tuple(_segments(plain, marks))
    end = fold_end(plain) if folded else len(plain)
    before, after = split(segments, end)
    # A fold with only blanks behind it would be a button that shows nothing.
    if not "".join(segment.text for segment in after).strip():
        before, after = segments, ()
    show = _reveal if revealed else _clean
    return Text(tuple(show(before)), tuple(show(after)))


def find_links(plain: str) -> list[Mark]:
    """Return the bare URLs of a text."""
    found: list[Mark] = []
    for match in _URL.finditer(plain):
        address = _trim(match.group())
        href = safe_href(address if "://" in address else f"https://{address}")
        if href:
            found.append((match.start(), match.start() + len(address), Segment("", "link", href)))
    return found


def find_hashtags(plain: str, href: str) -> list[Mark]:
    """Return the hashtags of a text; ``href`` has ``{tag}`` where the word goes."""
    return [
        (match.start(), match.end(), Segment("", "hashtag", href.format(tag=match.group()[1:])))
        for match in _HASHTAG.finditer(plain)
    ]


def fold_end(plain: str) -> int:
    """Return how many code points stand before the fold: the text's length where it has none.

    Never inside a character
    as readers see it, such as a family emoji.
    """
    cut, units = len(plain), 0
    for index, character in enumerate(plain):
        units += 2 if character > "\uffff" else 1
        if units > FOLD:
            cut = index
            break
    lines = plain.split("\n", FOLD_LINES)
    if len(lines) > FOLD_LINES:
        cut = min(cut, len(plain) - len(lines[-1]) - 1)
    if cut < len(plain) and plain[cut] != "\n":
        cut = _boundary(plain, cut)
    return cut


def _boundary(plain: str, cut: int) -> int:
    """Return the last grapheme boundary up to ``cut``.

    A cluster longer than the window, such as stacked accents, is cut inside.
    """
    # A family emoji has 11 code points at most; a bounded window keeps hostile stacks of accents linear.
    start = max(0, cut - 64)
    for match in regex.finditer(r"\X", plain[start : cut + 64]):
        if start + match.end() > cut:
            return start + match.start() or cut
    return cut


def graphemes(plain: str) -> int:
    """Return how many characters readers would count: a flag or a family emoji is one."""
    return sum(1 for _ in regex.finditer(r"\X", plain))


def split(segments: Iterable[Segment], end: int) -> tuple[tuple[Segment, ...], tuple[Segment, ...]]:
    """Return the segments before and behind code point ``end``; one that spans it is cut in two."""
    before: list[Segment] = []
    after: list[Segment] = []
    position = 0
    for segment in segments:
        here = end - position
        if here > 0:
            before.append(replace(segment, text=segment.text[:here]))
        if here < len(segment.text):
            after.append(replace(segment, text=segment.text[max(here, 0) :]))
        position += len(segment.text)
    return tuple(before), tuple(after)


def _segments(plain: str, marks: Iterable[Mark]) -> Iterator[Segment]:
    position = 0
    # Sorted by start, then the longest first, so an enclosing mark wins over those inside it.
    for start, end, segment in sorted((*marks, *find_links(plain)), key=lambda mark: (mark[0], -mark[1])):
        if start < position or end <= start or end > len(plain):
            continue
        if start > position:
            yield Segment(plain[position:start])
        yield replace(segment, text=plain[start:end])
        position = end
    if position < len(plain):
        yield Segment(plain[position:])


def _trim(address: str) -> str:
    """Return an address without what follows it in a sentence."""
    while address and (
        address[-1] in _TRAILING or (address[-1] == ")" and address.count(")") > address.count("("))
    ):
        address = address[:-1]
    return address


def _clean(segments: Iterable[Segment]) -> Iterator[Segment]:
    for segment in segments:
        yield replace(segment, text=_FORBIDDEN.sub("\ufffd", segment.text))


def _reveal(segments: Iterable[Segment]) -> Iterator[Segment]:
    for segment in segments:
        position = 0
        for match in _INVISIBLE.finditer(segment.text):
            if match.start() > position:
                yield replace(segment, text=segment.text[position : match.start()])
            yield invisible(match.group())
            position = match.end()
        if position < len(segment.text):
            yield replace(segment, text=segment.text[position:])


def invisible(character: str) -> Segment:
    """Return the segment that stands for a character nobody sees."""
    code = f"U+{ord(character):04X}"
    name = unicodedata.name(character, "control character").capitalize()
    return Segment(_SHORT.get(character, code), "invisible", title=f"{code} {name}")


def reveal(plain: str) -> str:
    """Return a text in which invisible characters stand by their names, as ``⟨RLO⟩``: safe for a terminal."""
    return _INVISIBLE.sub(lambda match: f"⟨{invisible(match.group()).text}⟩", plain)
