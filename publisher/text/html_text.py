"""Raw HTML in Markdown: the words in it, and what to write instead of it."""

import re
from html import unescape

_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_TAG = re.compile(r"</?[A-Za-z][^<>]*>|<[!?][^<>]*>", re.DOTALL)
_BREAK = re.compile(r"<br\s*/?>\s*", re.IGNORECASE)
_SPACES = re.compile(r"[ \t]*\n\s*")
_NAME = re.compile(r"</?([A-Za-z][A-Za-z0-9-]*)")
# A message stays on one line of a terminal, and a tag can hold a page of attributes.
_LONGEST = 60

_INSTEAD = {
    **dict.fromkeys(("b", "strong"), "write **words**"),
    **dict.fromkeys(("i", "em", "cite", "var"), "write *words*"),
    **dict.fromkeys(("code", "tt", "kbd", "samp"), "write `words`"),
    "pre": "write a code block between lines of ```",
    "br": "end the line with a backslash, or begin a new paragraph",
    "hr": "write *** on a line of its own",
    "img": "write ![description](path) in a paragraph of its own",
    "a": "write [words](address)",
    **dict.fromkeys(("ul", "ol", "li"), "begin each item with - or 1."),
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), "begin the line with #"),
    "blockquote": "begin each line with >",
    "p": "leave the tag out, and put an empty line between paragraphs",
    **dict.fromkeys(
        (
            "div",
            "span",
            "center",
            "font",
            "u",
            "small",
            "mark",
            "details",
            "summary",
            "figure",
            "figcaption",
            "section",
        ),
        "leave the tag out and keep its words",
    ),
    **dict.fromkeys(("sub", "sup"), "write the digit itself, such as ² or ₂"),
    **dict.fromkeys(
        ("iframe", "video", "audio", "embed", "object", "script", "style"),
        "take it out; attach a file under media:, or name a page under article:",
    ),
}


def is_comment(html: str) -> bool:
    """Return whether the HTML consists of comments only."""
    return not _COMMENT.sub("", html).strip()


def tag_name(html: str) -> str:
    """Return the name of the first tag, in lower case; empty if there is none."""
    match = _NAME.search(_COMMENT.sub("", html))
    return match[1].lower() if match else ""


def first_tag(html: str) -> tuple[str, int]:
    """Return the first tag and its offset."""
    for match in _TAG.finditer(html):
        if not match[0].startswith("<!--"):
            return match[0], match.start()
    return html.strip(), len(html) - len(html.lstrip())


def shown(tag: str) -> str:
    """Return a tag for a message, cut where it is long."""
    line = " ".join(tag.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


def remedy(html: str) -> str:
    """Return what to write instead of a tag."""
    name = tag_name(html)
    known = _INSTEAD.get(name)
    if known:
        return known
    return "write it as `code`, or put a backslash before the <"


def words(html: str) -> str:
    """Return the text of an HTML block, one line per line that has any."""
    # tags may stand on lines of their own; those lines are not text
    return _SPACES.sub("\n", unescape(_TAG.sub("", _BREAK.sub("\n", _COMMENT.sub("", html))))).strip()
