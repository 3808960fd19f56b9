"""Inline Markdown tokens to text: emphasis, code, links, images, mentions, breaks."""

import re
import unicodedata
from collections.abc import Sequence
from urllib.parse import unquote

from markdown_it.token import Token

from publisher.model.config import TextConfig
from publisher.text import html_text
from publisher.text.emphasis import monospace, style
from publisher.text.findings import Finding
from publisher.text.mentions import Resolve, mention_name, unresolved
from publisher.text.writer import Writer

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_UNSAFE = ("javascript:", "vbscript:", "data:", "file:")


class Notes:
    """Footnotes in order of first mention: links by URL, Markdown's own by id. Numbers start at 1."""

    def __init__(self) -> None:
        self.targets: list[str | int] = []
        self._numbers: dict[str | int, int] = {}

    def number(self, target: str | int) -> int:
        """The number of a target, a new one where it has none yet."""
        if target not in self._numbers:
            self.targets.append(target)
            self._numbers[target] = len(self.targets)
        return self._numbers[target]


class InlineRenderer:
    """Writes the children of inline tokens. ``findings`` collects what readers would stumble over."""

    def __init__(self, writer: Writer, config: TextConfig, resolve: Resolve, notes: Notes) -> None:
        self.writer = writer
        self.config = config
        self.resolve = resolve
        self.notes = notes
        self.findings: list[Finding] = []
        self._bold = self._italic = 0
        self._links: list[tuple[Token, int]] = []
        self._line: int | None = None
        self._after_comment = False

    def render(self, tokens: Sequence[Token], line: int | None) -> None:
        """Write the tokens of one paragraph, heading or cell that starts on ``line`` of the body."""
        self._line = line
        for index, token in enumerate(tokens):
            match token.type:
                case "text":
                    self._text(token.content)
                # escaped characters and entities come as tokens of their own
                case "text_special":
                    self._special(token)
                case "softbreak":
                    self._soft_break(tokens[index + 1 : index + 2])
                case "hardbreak":
                    self._next_line()
                    self.writer.newline()
                case "strong_open" | "strong_close":
                    self._bold += token.nesting
                case "em_open" | "em_close":
                    self._italic += token.nesting
                case "s_open":
                    self._find(
                        "strikethrough", "LinkedIn can't strike words out; these would read as said", "~~"
                    )
                case "code_inline":
                    self._code(token.content)
                case "link_open":
                    self._links.append((token, len(self.writer.parts)))
                case "link_close":
                    self._link(*self._links.pop())
                case _:
                    self._other(token)

    def _other(self, token: Token) -> None:
        match token.type:
            case "mention":
                self._mention(token)
            case "image":
                self._image(token)
            case "html_inline":
                self._html(token.content)
            case "footnote_ref":
                self.writer.write(f"[{self.notes.number(token.meta['id'])}]")

    def _strike(self) -> None:
        self._find(
            "strikethrough",
            "LinkedIn can't strike words out; these would read as said",
            "~~",
            "leave them out, or say what changed",
        )

    def _special(self, token: Token) -> None:
        # &nbsp; and the like are text; an escaped or encoded # is no hashtag
        if token.content.isspace():
            self.writer.write(token.content)
        else:
            self.writer.literal(token.content)

    def _text(self, text: str) -> None:
        if self._after_comment and self.writer.parts and self.writer.parts[-1].endswith(" "):
            text = text.removeprefix(" ")  # of the spaces around a comment, one stays
        self._after_comment = False
        if (self._bold or self._italic) and self.config.emphasis == "unicode" and not self._in_autolink:
            text = style(text, bold=bool(self._bold), italic=bool(self._italic))
        self.writer.write(text)

    @property
    def _in_autolink(self) -> bool:
        return bool(self._links) and self._links[-1][0].markup == "autolink"

    def _next_line(self) -> None:
        if self._line is not None:
            self._line += 1

    def _soft_break(self, following: Sequence[Token]) -> None:
        self._next_line()
        if self.config.line_breaks == "keep":
            self.writer.newline()
            return
        before = self.writer.parts[-1][-1:] if self.writer.parts else ""
        # only text tells its first character; before a link or code there is a space
        after = following[0].content[:1] if following and following[0].type == "text" else ""
        # Chinese and Japanese are written without spaces between words
        if not (_is_ideographic(before) and _is_ideographic(after)):
            self.writer.write(" ")

    def _code(self, code: str) -> None:
        # code spans are styled on request, code blocks never: they are there to be copied
        self.writer.literal(monospace(code) if self.config.emphasis == "unicode" else code)

    def _mention(self, token: Token) -> None:
        urn = self.resolve(token.info)
        if urn is None:
            self.findings.append(unresolved(token.content, token.info))
            # the name stays readable even though the post is refused
            self.writer.write(mention_name(token.content))
        else:
            self.writer.mention(mention_name(token.content), urn)

    def _image(self, token: Token) -> None:
        source = str(token.attrs.get("src", ""))
        self._find(
            "image-inline",
            f"the image {source!r} stands inside a text and can't be attached; its description is kept",
            "![",
            "put the image in a paragraph of its own, or list it under media:",
        )
        self.writer.write(alt_text(token))

    def _html(self, html: str) -> None:
        if html_text.is_comment(html):
            # a comment leaves its two spaces behind, of which one is enough
            self._after_comment = True
            return
        self._find(
            "raw-html",
            f"{html} is raw HTML, which LinkedIn doesn't know; it would vanish from the text",
            html,
            "write it as `code`, or put a backslash before the <",
        )

    def _link(self, token: Token, part: int) -> None:
        url = str(token.attrs.get("href", ""))
        shown = self.writer.tail(part).strip()
        # the parser percent-encodes what the author may have written as letters
        if token.info == "auto" or unquote(shown) in (unquote(url), unquote(url.removeprefix("mailto:"))):
            return
        if not _SCHEME.match(url) or url.lower().startswith(_UNSAFE):
            self._find(
                "link-unusable",
                f"readers on LinkedIn can't follow a link to {url!r}; only its text is kept",
                f"]({url}" if url else "]()",
                "write the whole address, beginning with https://",
            )
            return
        self._write_url(url.removeprefix("mailto:"), shown)

    def _write_url(self, url: str, shown: str) -> None:
        # an image in a link, or a link around nothing: the address is all there is
        if not shown:
            self.writer.write(url)
        elif self.config.links == "footnotes":
            self.writer.write(f" [{self.notes.number(url)}]")
        else:
            self.writer.write(f" ({url})" if self.config.links == "inline" else f" {url}")

    def _find(self, code: str, message: str, needle: str, remedy: str = "") -> None:
        self.findings.append(Finding(code, message, remedy, needle, self._line))


def alt_text(token: Token) -> str:
    """The description of an image, its own markup dropped."""
    parts = []
    for child in token.children or ():
        if child.type == "image":
            parts.append(alt_text(child))
        elif child.type in ("softbreak", "hardbreak"):
            parts.append(" ")
        elif child.type != "html_inline":
            parts.append(child.content)
    return "".join(parts)


def _is_ideographic(character: str) -> bool:
    """Whether a character belongs to a script written without spaces (Hangul has them)."""
    return (
        character > "\u2e7f"
        and unicodedata.east_asian_width(character) in "WF"
        and not "\uac00" <= character <= "\ud7af"
        and not unicodedata.category(character).startswith("S")
    )
