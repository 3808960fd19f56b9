"""LinkedIn's little text format, in which ``commentary`` of the versioned API is written."""

import re

from publisher.model.post import Hashtag, Mention, Text

_RESERVED = re.compile(r"[|{}@\[\]()<>#\\*_~]")


def escape(text: str) -> str:
    """Plain text as little text: a backslash before each of the 15 reserved characters."""
    return _RESERVED.sub(r"\\\g<0>", text)


def encode_little(text: Text) -> str:
    """A text as little text: mentions and hashtags (which never overlap) as elements, all else escaped."""
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
    """UTF-16 length of the text with its escapes: the safe side, since it is unknown which one is counted.

    Mentions and hashtags count as readers see them.
    """
    signs = sum(text.plain[hashtag.start] == "#" for hashtag in text.hashtags)
    return text.utf16_length + len(_RESERVED.findall(text.plain)) - signs
