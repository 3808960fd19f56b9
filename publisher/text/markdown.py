"""Markdown to LinkedIn text, from the parser's tokens: no markup left over, no visible word lost."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from markdown_it.token import Token

from publisher.model.config import TextConfig
from publisher.text import html_text
from publisher.text.findings import Finding
from publisher.text.inline import InlineRenderer, Notes, alt_text
from publisher.text.mentions import Resolve
from publisher.text.parser import parser
from publisher.text.prose import Image, Prose
from publisher.text.writer import Writer

_BULLETS = "•◦▪"
_TASK = re.compile(r"\[([ xX])\] ")
_RULE = "———"


@dataclass(slots=True)
class _List:
    """An open list: the next number (0 for bullets), what follows a number, the bullet, the item's marker."""

    number: int
    delimiter: str
    bullet: str
    marker: str = ""


class _BlockRenderer:
    """Walks block tokens and writes them."""

    def __init__(self, config: TextConfig, resolve: Resolve) -> None:
        self.writer = Writer()
        self.notes = Notes()
        self.inline = InlineRenderer(self.writer, config, resolve, self.notes)
        self.images: list[Image] = []
        self._lists: list[_List] = []
        self._footnotes: dict[int, Sequence[Token]] = {}
        self._cells = 0

    def render(self, tokens: Sequence[Token]) -> None:
        """Write a document's blocks, then the notes they refer to."""
        # notes are written in the order in which they are first mentioned, links among them
        body, self._footnotes = _split_footnotes(tokens)
        self._blocks(body)
        number = 0
        # a note may refer to further notes, which join the list while it is written
        while number < len(self.notes.targets):
            target = self.notes.targets[number]
            number += 1
            # one empty line parts the notes from the text, none parts them from each other
            self.writer.separate(2 if number == 1 else 1)
            self.writer.begin_item(f"[{number}] ")
            if isinstance(target, str):
                self.writer.write(target)
            else:
                self._blocks(self._footnotes.get(target, ()))
            self.writer.end_item(f"[{number}] ")

    def _blocks(self, tokens: Sequence[Token]) -> None:
        previous: Token | None = None
        for index, token in enumerate(tokens):
            if token.type == "inline":
                self._inline(token, tokens[index - 1])
            elif token.type.endswith("_close"):
                self._close(token)
            else:
                if token.type == "paragraph_open" and tokens[index + 1].content.startswith(("— ", "– ")):
                    # who said it stands under a quote and isn't part of what was said
                    self.writer.end_quote_early()
                self._open(token, previous)
            previous = token

    def _open(self, token: Token, previous: Token | None) -> None:
        match token.type:
            case "paragraph_open":
                if previous is not None and previous.type != "blockquote_open":
                    self.writer.separate(1 if token.hidden or previous.type == "footnote_open" else 2)
            case "list_item_open":
                self.writer.separate(1)
                self._begin_item()
            case "bullet_list_open" | "ordered_list_open":
                self._gap(previous)
                self._begin_list(token)
            case "blockquote_open":
                self._gap(previous)
                self.writer.open_quote()
            case "tr_open":
                self.writer.separate(1)
                self._cells = 0
            case "th_open" | "td_open":
                self.writer.write(" · " if self._cells else "")
                self._cells += 1
            case "fence" | "code_block":
                self._gap(previous)
                self.writer.literal(token.content.removesuffix("\n"))
            case "hr":
                self._gap(previous)
                self.writer.write(_RULE)
            case "html_block":
                self._html(token, previous)
            case "heading_open" | "table_open":
                self._gap(previous)

    def _close(self, token: Token) -> None:
        match token.type:
            case "list_item_close":
                self.writer.end_item(self._lists[-1].marker)
            case "bullet_list_close" | "ordered_list_close":
                self._lists.pop()
            case "blockquote_close":
                self.writer.close_quote()

    def _gap(self, previous: Token | None) -> None:
        """Space before a block: none after an opener, a line break inside a tight item, else an empty line."""
        if previous is None or previous.type in ("list_item_open", "blockquote_open"):
            return
        self.writer.separate(1 if previous.type == "paragraph_close" and previous.hidden else 2)

    def _begin_list(self, token: Token) -> None:
        ordered = token.type == "ordered_list_open"
        # numbered lists in between have no bullet and don't count
        depth = sum(1 for outer in self._lists if not outer.delimiter)
        number = int(token.attrs.get("start", 1)) if ordered else 0
        delimiter = token.markup if ordered else ""
        self._lists.append(_List(number, delimiter, _BULLETS[min(depth, len(_BULLETS) - 1)]))

    def _begin_item(self) -> None:
        current = self._lists[-1]
        if current.delimiter:
            current.marker = f"{current.number}{current.delimiter} "
            current.number += 1
        else:
            current.marker = f"{current.bullet} "
        self.writer.begin_item(current.marker)

    def _inline(self, token: Token, opener: Token) -> None:
        children = token.children or []
        line = token.map[0] if token.map else None
        # such images are attached, so their alt texts are not part of the text
        if opener.type == "paragraph_open" and _images_only(children):
            self.images += [_image(child, line) for child in children if child.type == "image"]
            return
        # an empty cell still takes its place in the row
        if opener.type in ("th_open", "td_open") and not token.content:
            self.writer.write("–")
        if self._lists and opener.type == "paragraph_open":
            self._check_box(children)
        self.inline.render(children, line)

    def _check_box(self, children: Sequence[Token]) -> None:
        """``[ ]`` and ``[x]`` at the start of a list item are boxes."""
        if not self.writer.at_item_start or not children or children[0].type != "text":
            return
        if match := _TASK.match(children[0].content):
            self.writer.check(done=match[1] != " ", bullet=self._lists[-1].marker)
            children[0].content = children[0].content[match.end() :]

    def _html(self, token: Token, previous: Token | None) -> None:
        if html_text.is_comment(token.content):
            return
        tag = html_text.first_tag(token.content)
        self.inline.findings.append(
            Finding(
                "raw-html",
                f"{tag} begins a block of raw HTML, which LinkedIn doesn't know",
                "write the text in Markdown, or as a code block to show the HTML itself",
                tag,
                token.map[0] if token.map else None,
            )
        )
        self._gap(previous)
        # the post is refused, but a preview can still show the words
        self.writer.literal(html_text.words(token.content))


def _split_footnotes(tokens: Sequence[Token]) -> tuple[Sequence[Token], dict[int, Sequence[Token]]]:
    """The document's own tokens, and those of each footnote by its id."""
    start = next((i for i, token in enumerate(tokens) if token.type == "footnote_block_open"), None)
    if start is None:
        return tokens, {}
    notes: dict[int, Sequence[Token]] = {}
    opened = start
    for index in range(start, len(tokens)):
        if tokens[index].type == "footnote_open":
            opened = index
        elif tokens[index].type == "footnote_close":
            notes[tokens[opened].meta["id"]] = tokens[opened + 1 : index]
    return tokens[:start], notes


def _images_only(children: Sequence[Token]) -> bool:
    return any(child.type == "image" for child in children) and all(
        child.type in ("image", "softbreak", "hardbreak") for child in children
    )


def _image(token: Token, line: int | None) -> Image:
    source = str(token.attrs.get("src", ""))
    # the parser percent-encodes blanks and other scripts' letters, as addresses want it; files have their own names
    path = source if "://" in source else unquote(source)
    return Image(path, alt_text(token), str(token.attrs.get("title", "")), line)


def render_markdown(source: str, config: TextConfig, resolve: Resolve) -> Prose:
    """The text of a Markdown body."""
    renderer = _BlockRenderer(config, resolve)
    renderer.render(parser().parse(source))
    writer = renderer.writer
    return Prose(
        writer.text.rstrip(),
        tuple(writer.mentions),
        tuple(writer.literals),
        tuple(renderer.images),
        tuple(renderer.inline.findings),
    )
