"""Writes text line by line with hanging indents, and keeps spans and the place that each part is from."""

from typing import Any

from publisher.text.characters import begins_item, is_punctuation, is_spaceless
from publisher.text.urls import Span

_QUOTATION_MARKS = tuple("\"'“‘«»„‚‹")
_BLANK = " \t"
_WIDE_BY_CONTEXT = "…—–“”‘’·"
"""Punctuation that Chinese and Japanese share with scripts that put spaces around it."""

_DEEPEST = 40
"""Columns of indent at most: deeper lists can't be read, and lines of unbounded indent would be unbounded
work.
"""


class OpenSpan:
    """A span that begins with the next character that is written. ``start`` is None until then."""

    __slots__ = ("kind", "start", "value")

    def __init__(self, kind: str, value: Any = None) -> None:
        self.kind, self.value = kind, value
        self.start: int | None = None


class Writer:
    """Collects the text of a post.

    Breaks and spaces are asked for before they are written, so that nothing ends in them. ``literals`` are
    the spans in which ``#`` and ``@`` mean nothing. ``pieces`` say where the text stands in the source
    (`Places`).
    """

    def __init__(self) -> None:
        self.length = 0
        self.literals: list[Span] = []
        self.pieces: list[tuple[int, int, int]] = []
        self.joined = 0  # line breaks that became spaces, or nothing
        self.kept = 0  # line breaks that were kept because the next line looks like an item
        self._parts: list[str] = []
        self._breaks = 0
        self._space = ""
        self._soft = False
        self._indent = 0
        self._quotes: list[str] = []  # the marks that close the open quotes, empty where none shall
        self._pending: list[tuple[str, bool]] = []  # what begins the next text: (marker, of a list item)
        self._unstarted: list[OpenSpan] = []

    @property
    def text(self) -> str:
        """Everything written so far."""
        return "".join(self._parts)

    @property
    def at_item_start(self) -> bool:
        """Whether the next text is the first of a list item."""
        return bool(self._pending) and self._pending[-1][1]

    @property
    def last(self) -> str:
        """The last character that the next text would touch; empty after a break or a space."""
        at_break = self._soft or self._breaks or self._pending or self._space
        return "" if at_break or not self._parts else self._parts[-1][-1:]

    def separate(self, breaks: int) -> None:
        """Ask for at least so many line breaks before the next text: 1 a new line, 2 an empty one between."""
        # a paragraph after a list item asks twice; the wider of the two wins
        self._breaks = max(self._breaks, breaks)
        self._soft = False

    def newline(self) -> None:
        """Ask for one more line break."""
        # hard breaks and lines of code add up: an empty line of code stays one
        self._breaks += 1
        self._soft = False

    def soft_break(self) -> None:
        """Ask for what joins two lines of a paragraph; the next text decides what that is."""
        self._soft = True

    def write(self, text: str, source: int, *, exact: bool = True) -> None:
        """Write characters without a line break. ``exact``: they stand at ``source`` as they are."""
        visible = text.strip(_BLANK)
        if visible:
            lead = text.index(visible[0])
            # a span begins with a visible character, and two pieces have one space between them
            self._space = self._space or text[:lead]
            text, source = text[lead:], source + (lead if exact else 0)
            self._flush(visible)
            self.pieces.append((self.length, source, len(visible) if exact else 0))
            self._append(visible)
            self._space = text[len(visible) :]
        elif text and not self._soft:
            self._space += text

    def drop_space(self, text: str) -> str:
        """Return the text without its first space, if one is asked for already."""
        return text[1:] if self._space and text.startswith(" ") else text

    def literal(self, text: str, source: int, *, exact: bool = True) -> None:
        """Write text, with its own line breaks and spaces, in which nothing is a mark."""
        for line in text.split("\n"):
            if line:
                self._flush(line)
                self.pieces.append((self.length, source, len(line) if exact else 0))
                self.literals.append((self.length, self.length + len(line)))
                self._append(line)
            source += (len(line) + 1) if exact else 0
            self.newline()
        self._breaks -= 1

    def open(self, span: OpenSpan) -> OpenSpan:
        """Begin a span at the next character."""
        self._unstarted.append(span)
        return span

    def close(self, span: OpenSpan) -> Span | None:
        """End a span after the last character; None if nothing was written since it was opened."""
        if span.start is None:
            self._unstarted = [other for other in self._unstarted if other is not span]
            return None
        return span.start, self.length

    def since(self, start: int) -> str:
        """Return the text from ``start`` on."""
        at, parts = self.length, []
        for part in reversed(self._parts):
            if at <= start:
                break
            at -= len(part)
            parts.append(part)
        return "".join(reversed(parts))[max(start - at, 0) :]

    def begin_item(self, marker: str) -> None:
        """Begin a list item: ``marker`` before its first line, as much room before its others."""
        # written with the item's first text: `- - a` begins two items in one line
        self._pending.append((marker, True))
        self._indent += len(marker)

    def check(self, source: int, *, done: bool, bullet: str) -> None:
        """Show a box before the item's text: in place of its bullet, or after its number."""
        box = "☑ " if done else "☐ "
        # a bullet beside a box would say the same twice; a number says more
        if len(bullet) == len(box):
            self._pending[-1] = (box, True)
        else:
            self.write(box, source, exact=False)

    def end_item(self, marker: str, *, shown: bool = True) -> None:
        """End the item that began with ``marker``; an empty one shows its marker alone, if ``shown``."""
        if self.at_item_start and not shown:
            self._pending.pop()
        elif self.at_item_start:
            self._flush("")
        self._indent -= len(marker)

    def open_quote(self) -> None:
        """Ask for a quotation mark before the next text.

        The mark is dropped if the author wrote one there.
        """
        # as books do it: quotes inside quotes alternate
        opening, closing = "“”" if len(self._quotes) % 2 == 0 else "‘’"
        self._pending.append((opening, False))
        self._quotes.append(closing)

    def close_quote(self) -> None:
        """Put the other mark after the last text; a quote without text leaves no marks."""
        closing = self._quotes.pop()
        if self._pending:
            self._pending.pop()
        elif closing:
            self._append(closing)

    def end_quote_early(self) -> None:
        """Close the innermost quote, if it has text, before it ends."""
        if self._quotes and self._quotes[-1] and not self._pending:
            self._append(self._quotes[-1])
            self._quotes[-1] = ""

    def _append(self, text: str) -> None:
        self._parts.append(text)
        self.length += len(text)

    def _flush(self, text: str) -> None:
        """Write what comes before ``text``: breaks, room, markers, spaces.

        An empty ``text`` stands for an item that stays empty.
        """
        if self._soft:
            self._soft = False
            self._join(text)
        if self._breaks or self._pending or not self.length:
            self._begin_line(text)
        elif self._space:
            self._append(self._space)
        self._space = ""
        if self._unstarted and text:
            for span in self._unstarted:
                span.start = self.length
            self._unstarted = []

    def _begin_line(self, text: str) -> None:
        if text.startswith(_QUOTATION_MARKS):
            self._drop_quotes()
        # nothing asked for before the first text is wanted there
        breaks = "\n" * self._breaks if self.length else ""
        # an item's marker stands in the room that its other lines leave free
        room = sum(len(marker) for marker, is_item in self._pending if is_item)
        indent = " " * min(max(self._indent - room, 0), _DEEPEST)
        line = breaks + indent + "".join(marker for marker, _ in self._pending)
        self._breaks = 0
        self._pending.clear()
        self._append(line if text else line.rstrip(" "))

    def _join(self, text: str) -> None:
        """Decide what stands between two lines of a paragraph: a break, a space or nothing."""
        if self._breaks or self._pending or not self.length:
            return
        if self._quotes and text.startswith(("— ", "– ")):
            # who said it stands under a quote and is not part of what was said
            self.end_quote_early()
            self._breaks = 1
        elif begins_item(text):
            self.kept += 1
            self._breaks = 1
        else:
            self.joined += 1
            # Eight characters are enough: only the last one counts, and the few ambiguous signs before it.
            self._space = "" if _touch("".join(self._parts[-4:])[-8:], text[0]) else " "

    def _drop_quotes(self) -> None:
        items = [pending for pending in self._pending if pending[1]]
        for number in range(len(self._pending) - len(items)):
            self._quotes[-1 - number] = ""
        self._pending = items


def _touch(before: str, after: str) -> bool:
    """Return whether no space belongs between the end of a line and the first character of the next one.

    Chinese and Japanese are written without spaces between words, and their punctuation brings its own room.
    """
    if after.isascii() and before.isascii():
        return False
    left = before[-1:]
    if left in _WIDE_BY_CONTEXT:
        inner = before.rstrip(_WIDE_BY_CONTEXT)[-1:]
        left = "。" if inner and is_spaceless(inner) else left
    east_left, east_right = bool(left) and is_spaceless(left), is_spaceless(after)
    if after in _WIDE_BY_CONTEXT:
        east_right = east_left
    if left in _WIDE_BY_CONTEXT:
        east_left = east_right
    if east_left and east_right:
        return True
    return (east_left and is_punctuation(left)) or (east_right and is_punctuation(after))
