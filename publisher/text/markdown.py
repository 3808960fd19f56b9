"""Turn Markdown into text with spans, in one pass over the parser's events.

No markup is left over, and no visible word is lost.
"""

import re
from dataclasses import dataclass
from itertools import accumulate
from operator import attrgetter

from publisher.model.config import TextConfig
from publisher.model.post import Link, Text
from publisher.text import html_text
from publisher.text.events import Event, events
from publisher.text.findings import Finding
from publisher.text.hashtags import find_hashtags
from publisher.text.inline import INLINE, InlineRenderer
from publisher.text.joins import joined_lines
from publisher.text.mentions import Resolve
from publisher.text.places import Places
from publisher.text.prose import Image, Prose
from publisher.text.urls import absolute, outside, url_spans
from publisher.text.writer import Writer

_BULLETS = "•◦▪"
_RULE = "———"
_DELIMITER = re.compile(r"\d+([.)])")
_HEADING_ATTRIBUTES = re.compile(
    r"[ \t]*\{[ \t]*[#.][^{}\s]+(?:[ \t]+[^{}\s]+){0,9}[ \t]*\}[ \t#]*$", re.MULTILINE
)
_FENCE = re.compile(r"`{3,}|~{3,}")


@dataclass(slots=True)
class _List:
    """An open list.

    ``number`` is the next one. ``delimiter`` follows a number and is empty for bullets. ``marker`` is the
    open item's, and ``images`` counts the images that were attached before it.
    """

    number: int
    delimiter: str
    bullet: str
    marker: str = ""
    images: int = 0


class _BlockRenderer:
    """Walks events and writes blocks.

    ``_before`` is what came before the next block in the same container.
    """

    def __init__(self, source: str, config: TextConfig, resolve: Resolve) -> None:
        self.writer = Writer()
        self.images: list[Image] = []
        self.numbers: dict[str, int] = {}  # of footnotes by label, in the order of first mention
        self.inline = InlineRenderer(source, self.writer, config, resolve, self._number)
        self._source = source
        self._events = list(events(source))
        self._ends = _matching(self._events)
        self._notes: dict[str, tuple[int, int]] = {}
        self._lists: list[_List] = []
        self._bullets = 0  # open bullet lists; numbered lists in between have no bullet and don't count
        self._before = ""
        self._cells = 0

    def render(self) -> None:
        """Write the document, then the notes that it refers to."""
        self._walk(0, len(self._events))
        labels: list[str] = []
        # a note may refer to further notes, which join the others while it is written
        while len(labels) < len(self.numbers):
            labels = list(self.numbers)[: len(labels) + 1]
            marker = f"[{len(labels)}] "
            # one empty line parts the notes from the text, none parts them from each other
            self.writer.separate(2 if len(labels) == 1 else 1)
            self.writer.begin_item(marker)
            self._before = "note"
            self._walk(*self._notes.get(labels[-1], (0, 0)))
            self.writer.end_item(marker)

    def _number(self, label: str) -> int:
        return self.numbers.setdefault(label.casefold(), len(self.numbers) + 1)

    def _walk(self, first: int, last: int) -> None:
        index = first
        while index < last:
            event = self._events[index]
            end = self._ends.get(index, index)
            match event.kind:
                case "Start:Paragraph":
                    self._paragraph(index, end)
                case "Start:Heading":
                    self._heading(event, index, end)
                case "Start:TableCell":
                    self._cell(event, index, end)
                case "Start:CodeBlock":
                    self._code_block(event, index, end)
                case "Start:HtmlBlock":
                    self._html_block(index, end)
                case "Start:FootnoteDefinition":
                    self._notes.setdefault(event.value.casefold(), (index + 1, end))
                case kind if kind in INLINE:
                    end = self._tight_text(index, last)
                case _:
                    self._container(event)
                    end = index
            index = end + 1

    def _container(self, event: Event) -> None:
        match event.kind:
            case "Start:List":
                self._begin_list(event)
            case "Start:Item":
                self._begin_item()
            case "End:Item":
                current = self._lists[-1]
                # an item that held nothing but attached images leaves no bullet behind
                self.writer.end_item(current.marker, shown=current.images == len(self.images))
            case "End:List":
                self._bullets -= 0 if self._lists.pop().delimiter else 1
            case "Start:BlockQuote":
                self._gap()
                self.writer.open_quote()
                self._before = "quote"
            case "End:BlockQuote":
                self.writer.close_quote()
            case "Rule":
                self._gap()
                self.writer.write(_RULE, event.start, exact=False)
            case "Start:Table":
                self._gap()
            case "Start:TableHead" | "Start:TableRow":
                self.writer.separate(1)
                self._cells = 0
        if event.kind.startswith("End") or event.kind == "Rule":
            self._before = "block"

    def _gap(self) -> None:
        """Ask for space before a block: none after an opener, a line break inside a tight item, else an empty
        line.
        """
        if self._before not in ("", "item", "quote"):
            self.writer.separate(1 if self._before == "tight" else 2)

    def _paragraph(self, index: int, end: int) -> None:
        if self._attach_images(index + 1, end):
            self._before = "block"
            return
        # who said it stands under a quote and is not part of what was said
        opening = self._events[index + 1]
        if opening.kind == "Text" and opening.value.startswith(("— ", "– ")):
            self.writer.end_quote_early()
        if self._before not in ("", "quote"):
            self.writer.separate(1 if self._before == "note" else 2)
        self._inline(index + 1, end)
        self._before = "block"

    def _tight_text(self, index: int, last: int) -> int:
        """Write text that stands in an item without a paragraph; return the index of its last event."""
        end = index
        while end < last and self._events[end].kind in INLINE:
            end = self._ends.get(end, end) + 1
        if not self._attach_images(index, end):
            self.writer.separate(1)
            self._inline(index, end)
        self._before = "tight"
        return end - 1

    def _attach_images(self, first: int, last: int) -> bool:
        """Attach the images of a paragraph that has nothing else: their alt texts are not
        part of the text.
        """
        found, index = [], first
        while index < last:
            kind = self._events[index].kind
            if kind == "Start:Image":
                found.append(self.inline.image(self._events[index], self._events[index : self._ends[index]]))
            elif kind not in ("SoftBreak", "HardBreak"):
                return False
            index = self._ends.get(index, index) + 1
        self.images += found
        return bool(found)

    def _inline(self, first: int, last: int) -> None:
        """Write the inline events from ``first`` to before ``last``."""
        self.writer.joined = self.writer.kept = 0
        marker = self._lists[-1].marker if self._lists else ""
        self.inline.render(self._events, self._ends, first, last, marker)
        if self.writer.joined and first < last:
            steps = self._events[first:last]
            lines = self._source[steps[0].start : max(step.end for step in steps)]
            if joined_lines(lines, self.writer.joined, kept=self.writer.kept):
                self.inline.found_joined(self._events[first].start)

    def _heading(self, event: Event, index: int, end: int) -> None:
        self._gap()
        # {#id .class} at the end of a heading is for a site's HTML
        attributes = _HEADING_ATTRIBUTES.search(self._source, event.start, event.end)
        self.inline.hidden_from = attributes.start() if attributes else len(self._source)
        self._inline(index + 1, end)
        self.inline.hidden_from = len(self._source)
        self._before = "block"

    def _cell(self, event: Event, index: int, end: int) -> None:
        if self._cells:
            self.writer.write(" · ", event.start, exact=False)
        self._cells += 1
        if end == index + 1:
            # an empty cell still takes its place in the row
            self.writer.write("–", event.start, exact=False)
        self._inline(index + 1, end)

    def _begin_list(self, event: Event) -> None:
        self._gap()
        if event.value is not None:
            delimiter = _DELIMITER.match(self._source, event.start)
            self._lists.append(_List(event.value, delimiter[1] if delimiter else ".", ""))
            return
        self._lists.append(_List(0, "", _BULLETS[min(self._bullets, len(_BULLETS) - 1)]))
        self._bullets += 1

    def _begin_item(self) -> None:
        self.writer.separate(1)
        current = self._lists[-1]
        if current.delimiter:
            current.marker = f"{current.number}{current.delimiter} "
            current.number += 1
        else:
            current.marker = f"{current.bullet} "
        current.images = len(self.images)
        self.writer.begin_item(current.marker)
        self._before = "item"

    def _code_block(self, event: Event, index: int, end: int) -> None:
        self._gap()
        for at in range(index + 1, end):
            piece = self._events[at]
            # the line break at the very end is the fence's
            text = piece.value.removesuffix("\n") if at == end - 1 else piece.value
            self.writer.literal(text, piece.start, exact=len(piece.value) == piece.end - piece.start)
        if event.value != "Indented" and not _is_closed(self._source[event.start : event.end]):
            self.inline.findings.append(
                Finding(
                    "fence-open",
                    "the code block that starts here isn't closed, so everything after it is code",
                    "close it with a line of the same marks",
                    event.start,
                )
            )
        self._before = "block"

    def _html_block(self, index: int, end: int) -> None:
        pieces = self._events[index + 1 : end]
        html = "".join(piece.value for piece in pieces)
        if html_text.is_comment(html):
            return
        tag, offset = html_text.first_tag(html)
        ends = accumulate(len(piece.value) for piece in pieces)
        at = next(
            (p.end - (stop - offset) for p, stop in zip(pieces, ends, strict=True) if offset < stop),
            pieces[0].start,
        )
        self.inline.findings.append(
            Finding(
                "raw-html",
                f"{html_text.shown(tag)} starts a block of raw HTML, which networks don't show",
                html_text.remedy(tag),
                at,
            )
        )
        self._gap()
        # the post is refused, but a preview can still show the words
        self.writer.literal(html_text.words(html), at, exact=False)
        self._before = "block"


def _matching(steps: list[Event]) -> dict[int, int]:
    """Return the index of the end of each element, by the index of its start."""
    ends, open_ = {}, []
    for index, event in enumerate(steps):
        if event.kind.startswith("Start"):
            open_.append(index)
        elif event.kind.startswith("End"):
            ends[open_.pop()] = index
    return ends


def _is_closed(block: str) -> bool:
    """Return whether a fenced code block ends with a fence like the one that it begins with."""
    fence = _FENCE.match(block)
    first, _, rest = block.rstrip().partition("\n")
    last = rest.rpartition("\n")[2].strip(" \t>")
    return fence is None or (bool(rest) and len(last) >= len(fence[0]) and not last.strip(first[0]))


def render_markdown(source: str, config: TextConfig, resolve: Resolve) -> Prose:
    """Return the text of a Markdown body."""
    renderer = _BlockRenderer(source, config, resolve)
    renderer.render()
    writer, inline = renderer.writer, renderer.inline
    plain = writer.text.rstrip()
    code = [(style.start, style.end) for style in inline.styles if style.kind == "code"]
    taken = sorted([*((link.start, link.end) for link in inline.links), *code])
    bare = [Link(start, end, absolute(plain[start:end])) for start, end in outside(url_spans(plain), taken)]
    by_start = attrgetter("start", "end")
    mentions = tuple(sorted(inline.mentions, key=by_start))
    closed = [*writer.literals, *((mention.start, mention.end) for mention in mentions)]
    text = Text(
        plain,
        mentions,
        find_hashtags(plain, closed),
        tuple(sorted([*inline.links, *bare], key=by_start)),
        tuple(style for style in sorted(inline.styles, key=by_start) if style.end <= len(plain)),
        len(renderer.numbers),
    )
    return Prose(
        text, tuple(writer.literals), tuple(renderer.images), tuple(inline.findings), Places(writer.pieces)
    )
