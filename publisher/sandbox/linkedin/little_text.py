"""LinkedIn's "little text": how ``commentary`` is read, and where it is silently cut.

::

    content  = { text | mention | hashtag | template }
    text     = a character that isn't reserved, or a backslash and one that is
    mention  = "@" [ "[" fallback "]" ] "(" urn ")"
    hashtag  = "#" word
    template = "{hashtag|" ( "#" | "\\#" | "＃" ) "|" text "}"

A reserved character anywhere else ends the published text there; LinkedIn answers 201 all the same.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from publisher.sandbox.linkedin.schema import utf16_length
from publisher.sandbox.values import Attribute

# The 15 reserved characters: learn.microsoft.com, little Text Format, read 2025-01.
RESERVED = frozenset("|{}@[]()<>#\\*_~")

_ESCAPED = r"(?:[^|{}@\[\]()<>#\\*_~]|\\[|{}@\[\]()<>#\\*_~])"
_TEXT = re.compile(f"{_ESCAPED}+")
_MENTION = re.compile(
    rf"@(?:\[(?P<fallback>{_ESCAPED}*)\])?\((?P<urn>urn:li:(?:person|organization):[A-Za-z0-9_-]+)\)"
)
_HASHTAG = re.compile(r"#(?P<word>[^\W_]+)")
_TEMPLATE = re.compile(rf"\{{hashtag\|(?:\\?#|＃)\|(?P<word>{_ESCAPED}+)\}}")
_UNESCAPE = re.compile(r"\\(.)", re.DOTALL)
_WORD_IN_TEXT = re.compile(r"#([^\W_][\w]*)")

Names = Callable[[str], tuple[str, ...]]
"""URN -> the names under which it may be mentioned; the first is the one shown without a fallback text."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What readers see; ``cut_at`` is the index in the source where reading stopped, None if it did not."""

    text: str
    attributes: tuple[Attribute, ...]
    cut_at: int | None


def read(source: str, names: Names) -> Reading:
    """Read little text as LinkedIn does."""
    shown: list[str] = []
    attributes: list[Attribute] = []
    position = length = 0
    while position < len(source):
        match = _TEXT.match(source, position)
        if match:
            piece = unescape(match[0])
        elif match := _MENTION.match(source, position):
            piece, linked = _mentioned(match, names)
            if linked:
                attributes.append(Attribute(length, utf16_length(piece), match["urn"]))
        elif match := _HASHTAG.match(source, position) or _TEMPLATE.match(source, position):
            piece = "#" + unescape(match["word"])
        else:
            # a reserved character that begins nothing: LinkedIn publishes what came before it
            return Reading("".join(shown), tuple(attributes), position)
        shown.append(piece)
        length += utf16_length(piece)
        position = match.end()
    return Reading("".join(shown), tuple(attributes), None)


def _mentioned(match: re.Match[str], names: Names) -> tuple[str, bool]:
    """Return the text of a mention and whether it is linked.

    LinkedIn links a mention only if the fallback is one of the entity's names.
    """
    known = names(match["urn"])
    fallback = match["fallback"]
    if fallback is None:
        return (known[0], True) if known else ("", False)
    piece = unescape(fallback)
    return piece, piece in known


def unescape(source: str) -> str:
    """Return text without its backslashes."""
    return _UNESCAPE.sub(r"\1", source)


def escape(text: str) -> str:
    """Return text as little text: every reserved character behind a backslash."""
    return "".join(f"\\{character}" if character in RESERVED else character for character in text)


def write(text: str, attributes: tuple[Attribute, ...]) -> str:
    """Return published text as the API does: escaped, with mentions and hashtags as elements."""
    return "".join(_written(text, attributes))


def _written(text: str, attributes: tuple[Attribute, ...]) -> Iterator[str]:
    units = text.encode("utf-16-le")
    position = 0
    for attribute in sorted(attributes, key=lambda item: item.start):
        start, end = attribute.start * 2, (attribute.start + attribute.length) * 2
        # attributes of the unversioned API come unchecked: they may overlap, or end behind the text
        if start < position or end > len(units):
            continue
        yield _with_hashtags(units[position:start].decode("utf-16-le", "replace"))
        yield f"@[{escape(units[start:end].decode('utf-16-le', 'replace'))}]({attribute.urn})"
        position = end
    yield _with_hashtags(units[position:].decode("utf-16-le", "replace"))


def _with_hashtags(text: str) -> str:
    pieces, position = [], 0
    for match in _WORD_IN_TEXT.finditer(text):
        pieces += [escape(text[position : match.start()]), f"{{hashtag|\\#|{escape(match[1])}}}"]
        position = match.end()
    return "".join([*pieces, escape(text[position:])])
