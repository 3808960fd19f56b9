"""LinkedIn's little text format, in which ``commentary`` of the versioned API is written."""

import re

from publisher.model.post import Hashtag, Mention, Text

# learn.microsoft.com, little Text Format, read 2025-01: 15 reserved characters.
_RESERVED = re.compile(r"[|{}@\[\]()<>#\\*_~]")


def escape(text: str) -> str:
    """Return plain text as little text. A backslash precedes each of the 15 reserved characters."""
    return _RESERVED.sub(r"\\\g<0>", text)


def encode_little(text: Text) -> str:
    """Return a text as little text.

    Mentions and hashtags never overlap and become elements. All else is escaped.
    """
    parts, done = [], 0
    # mentions and hashtags in the order of the text
    marks: list[Mention | Hashtag] = sorted([*text.mentions, *text.hashtags], key=lambda mark: mark.start)
    for mark in marks:
        parts.append(escape(text.plain[done : mark.start]))
        done = mark.end
        shown = text.plain[mark.start : mark.end]
        if isinstance(mark, Mention):
            parts.append(f"@[{escape(shown)}]({mark.urn})")
        else:
            # the full-width sign is not reserved, and the template takes it as it is
            sign = "\\#" if shown[0] == "#" else shown[0]
            parts.append(f"{{hashtag|{sign}|{escape(shown[1:])}}}")
    parts.append(escape(text.plain[done:]))
    return "".join(parts)


def escaped_length(text: Text) -> int:
    """Return the UTF-16 length of the text with its escapes.

    It is unknown whether LinkedIn counts escapes; counting them is the safe side. Mentions and hashtags count
    as readers see them.
    """
    signs = sum(text.plain[hashtag.start] == "#" for hashtag in text.hashtags)
    return text.utf16_length + len(_RESERVED.findall(text.plain)) - signs
