"""Foreign text inside GitHub's Markdown: it can't end a table, open HTML, notify people or
hide what it says.
"""

import re
from collections.abc import Sequence

from publisher.reports.visible import visible

COMMENT_LIMIT = 65_536
"""Largest number of characters in a comment on GitHub ("body is too long (maximum is 65536 characters)")."""

# A list of what is harmless, since a list of what is dangerous would have to follow GitHub's extensions.
# characters without a meaning in Markdown or HTML; all others become character references, which have none
_MARKUP = re.compile(r"[^\w ',/.();…·–—“”„’‚-]|_|(?<=www)\.", re.IGNORECASE)

# The loopback addresses are those of the sandbox, which a rehearsal's report links.
_POST_LINK = re.compile(
    r"(?:https://www\.linkedin\.com|http://(?:127\.0\.0\.1|localhost):\d+)/[A-Za-z0-9./:_%~-]*"
)


def inline(text: str, longest: int = 300) -> str:
    """Return a text as a part of one line, in a paragraph, table cell or HTML element: no markup, mention or
    link.
    """
    line = _one_line(text, longest)
    return _harmless(_escaped(line))


def code(text: str, longest: int = 200) -> str:
    """Return the same, set as code. Not between backticks: those give way to a pipe in a table."""
    line = _one_line(text, longest)
    # a comment parts a mail address, which GitHub would link even here
    escaped = re.sub(r"(?<=\w)&#64;(?=\w)", "&#64;<!-- -->", _escaped(line))
    return f"<code>{escaped}</code>" if line else ""


def link(text: str, url: str) -> str:
    """Return a link to a post on LinkedIn or in a sandbox.

    Any other address is only shown, as it may lead anywhere.
    """
    if _POST_LINK.fullmatch(url):
        return f"[{inline(text)}]({url})"
    return code(url)


def block(text: str, language: str = "") -> str:
    """Return a text as a fenced code block that nothing in it can end."""
    shown = visible(text)
    # CommonMark 0.31, 4.5: a fence is closed by one that is at least as long.
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", shown)), default=0))
    return f"{fence}{language}\n{shown}\n{fence}"


def quote(text: str) -> str:
    """Return a text of several lines as a quotation: it wraps, keeps its line breaks, and nothing in it is
    markup.

    Lines of a paragraph are joined by ``<br>``, since summaries, unlike comments, drop single line breaks.
    """
    paragraphs: list[list[str]] = [[]]
    for line in visible(text).split("\n"):
        if line.strip():
            paragraphs[-1].append(_harmless(_escaped(line.strip())))
        elif paragraphs[-1]:
            paragraphs.append([])
    return "\n>\n".join("> " + "<br>".join(lines) for lines in paragraphs if lines)


def details(summary: str, body: str) -> str:
    """Return a part that is closed until it is clicked; both are Markdown already."""
    # GitHub reads Markdown inside of HTML only after an empty line.
    return f"<details>\n<summary>{summary}</summary>\n\n{body}\n\n</details>"


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table of cells that are Markdown already."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def fitted(blocks: Sequence[str], limit: int, left_out: str) -> str:
    """Return the leading blocks that fit, each whole.

    If some don't fit, ``left_out`` follows, with ``{}`` for their number.

    ``limit`` counts bytes of UTF-8, which are never fewer than the characters GitHub counts.
    """
    # Ten bytes for the number that replaces `{}`, and for the breaks around it.
    room = limit - len(left_out.encode()) - 10
    kept: list[str] = []
    for part in blocks:
        room -= len(part.encode()) + 2
        if room < 0:
            kept.append(left_out.format(len(blocks) - len(kept)))
            break
        kept.append(part)
    return "\n\n".join(kept) + "\n"


def _one_line(text: str, longest: int) -> str:
    line = " ".join(visible(" ".join(text.split())).split())
    return line if len(line) <= longest else line[: longest - 1] + "…"


def _harmless(escaped: str) -> str:
    """Put a space of no width after what notifies people, makes an address a link, or refers to an issue."""
    return re.sub(r"(&#64;(?=\S)|&#35;(?=\w)|\bGH-(?=\w))", r"\1&#8203;", escaped, flags=re.IGNORECASE)


def _escaped(text: str) -> str:
    return _MARKUP.sub(lambda found: f"&#{ord(found[0])};", text)
