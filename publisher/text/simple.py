"""A short way for simple Markdown: paragraphs, dash lists, headings, bold words and links.

Most posts are no more than that, and the parser takes ten times as long. Whatever is not surely simple is
left to the parser: too much caution costs time, too little would publish markup. A property test holds that
both ways lead to the same text.
"""

import re

from publisher.model.config import TextConfig

# what could begin any other construct, and white space with a meaning of its own
_NOT_SIMPLE = re.compile(
    r"[\\`_<>|~\x00\t\r\x0b\x0c\x1c-\x1f\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]"
)
_ENTITY = re.compile(r"&[#\w]")
_NOT_PARAGRAPH = re.compile(r"^(?:[-+=:#>]|[*](?![*])|[0-9]{1,9}[.)](?:[ ]|$))", re.MULTILINE)
_TAGS_ONLY = re.compile(r"^#(?=[^\s#])", re.MULTILINE)
_HEADING = re.compile(r"#{1,6} +([^\s#][^\n#]*)")
_LINE_END = re.compile("(.) ?\n")
_INLINE = re.compile(
    r"""(?:(?<=\s)|^)\*\*([^\W_](?:[^*\[\]:\n]*[^\W_.])?[.]?)\*\*(?=[\s.,;:!?)]|$)
    | (?:(?<=[\s(])|^)\[([^*\[\]:\n]*[^*\[\]:\s])\]\((https?://[a-z0-9]+(?:[.-][a-z0-9]+)*(?:/[A-Za-z0-9/.?=+,-]*)?)\)
    """,
    re.VERBOSE,
)


def simple_text(source: str, config: TextConfig) -> str | None:
    """The text of simple Markdown, None where only the parser can tell."""
    if config.line_breaks != "join" or config.emphasis != "strip" or not _may_be_simple(source):
        return None
    blocks: list[str] = []
    in_list = False
    for chunk in re.split(r"\n{2,}", source.strip("\n")):
        # two lists with an empty line between them are one list
        if in_list and chunk.startswith("-"):
            return None
        in_list = chunk.startswith("- ")
        block = _list(chunk, config) if in_list else _paragraph(chunk, config)
        if block is None:
            return None
        blocks.append(block)
    return "\n\n".join(blocks)


def _may_be_simple(source: str) -> bool:
    """Whether nothing in the source asks for the parser at first sight: a few plain searches, for speed."""
    indented = source.startswith(" ") or "\n " in source
    hard_breaks = "  \n" in source or source.endswith("  ")
    marks = "@[" in source or "![" in source or ("&" in source and _ENTITY.search(source))
    if indented or hard_breaks or marks or _NOT_SIMPLE.search(source):
        return False
    return source.isascii() or not any(_is_ideograph(last) for last in _LINE_END.findall(source))


def _is_ideograph(char: str) -> bool:
    """A letter that joins the next line's without a space. Emoji are none; most such line ends are emoji."""
    return "\u2e80" <= char <= "\U0003ffff" and not "\U0001f000" <= char <= "\U0001fbff"


def _list(chunk: str, config: TextConfig) -> str | None:
    items = []
    for line in chunk.split("\n"):
        # an item that begins with a bracket may be a task or a definition
        text = line[2:].rstrip(" ")
        if not line.startswith("- ") or text[:1] in ("", " ", "[") or _NOT_PARAGRAPH.match(text):
            return None
        item = _inline(text, config)
        if item is None:
            return None
        items.append(f"• {item}")
    return "\n".join(items)


def _paragraph(chunk: str, config: TextConfig) -> str | None:
    # a heading followed by text in the next line is left to the parser
    if heading := _HEADING.fullmatch(chunk):
        return _inline(heading[1].rstrip(" "), config)
    if _NOT_PARAGRAPH.search(_TAGS_ONLY.sub("", chunk)):
        return None
    text = _inline(chunk, config)
    return None if text is None else re.sub(r" ?\n", " ", text).rstrip(" ")


def _inline(text: str, config: TextConfig) -> str | None:
    """The text with bold and links resolved; None where other marks are in it."""
    if "*" not in text and "[" not in text and "]" not in text:
        return text
    parts, done = [], 0
    for match in _INLINE.finditer(text):
        bold, words, url = match.groups()
        parts.append(text[done : match.start()])
        done = match.end()
        # notes need numbers, and the parser's way has them
        if bold is None and config.links == "footnotes":
            return None
        parts.append(bold or (f"{words} ({url})" if config.links == "inline" else f"{words} {url}"))
    parts.append(text[done:])
    # a mark that no pattern took could still pair with another one
    rest = "".join(parts[::2])
    return None if "*" in rest or "[" in rest or "]" in rest else "".join(parts)
