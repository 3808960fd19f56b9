"""Writes text line by line with hanging indents, and keeps the spans that mean something."""

from publisher.model.post import Mention

_QUOTATION_MARKS = tuple("\"'“‘«»„‚‹")

Span = tuple[int, int]
"""Start and end in code points of the text written so far."""


class Writer:
    """Collects the text of a post.

    Breaks are asked for before they are written, so that nothing ends in empty lines. ``mentions`` and
    ``literals`` (spans in which ``#`` and ``@`` mean nothing) count code points of the text.
    """

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.length = 0
        self.mentions: list[Mention] = []
        self.literals: list[Span] = []
        self._breaks = 0
        self._indent = ""
        self._quotes: list[str] = []  # the marks that close the open quotes, empty where none shall
        self._pending: list[tuple[str, bool]] = []  # what begins the next text: (marker, of a list item)

    @property
    def text(self) -> str:
        """Everything written so far."""
        return "".join(self.parts)

    @property
    def at_item_start(self) -> bool:
        """Whether the next text is the first of a list item."""
        return bool(self._pending) and self._pending[-1][1]

    def separate(self, breaks: int) -> None:
        """Ask for at least so many line breaks before the next text: 1 a new line, 2 an empty one between."""
        # a paragraph after a list item asks twice; the wider of the two wins
        self._breaks = max(self._breaks, breaks)

    def newline(self) -> None:
        """Ask for one more line break."""
        # hard breaks and lines of code add up: an empty line of code stays one
        self._breaks += 1

    def write(self, text: str) -> None:
        """Write characters that hold no line break."""
        if text:
            self._flush(text)
            self._append(text)

    def literal(self, text: str) -> None:
        """Write text, with its own line breaks, in which nothing is a mark."""
        for number, line in enumerate(text.split("\n")):
            if number:
                self.newline()
            if line:
                self._flush(line)
                start = self.length
                self._append(line)
                self.literals.append((start, self.length))

    def mention(self, name: str, urn: str) -> None:
        """Write a name that links to a person or organization."""
        self._flush(name)
        self.mentions.append(Mention(self.length, self.length + len(name), urn))
        self._append(name)

    def begin_item(self, marker: str) -> None:
        """Begin a list item: ``marker`` before its first line, as much room before its others."""
        # written with the item's first text: `- - a` begins two items in one line
        self._pending.append((marker, True))
        self._indent += " " * len(marker)

    def check(self, *, done: bool, bullet: str) -> None:
        """Show a box before the item's text: in place of its bullet, or after its number."""
        box = "☑ " if done else "☐ "
        # a bullet beside a box would say the same twice; a number says more
        if len(bullet) == len(box):
            self._pending[-1] = (box, True)
        else:
            self.write(box)

    def end_item(self, marker: str) -> None:
        """End the item that began with ``marker``; an empty one shows its marker alone."""
        if self.at_item_start:
            self._flush("")
        self._indent = self._indent[: len(self._indent) - len(marker)]

    def open_quote(self) -> None:
        """Put a quotation mark before the next text, unless the author set one there."""
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

    def tail(self, part: int) -> str:
        """The text written since ``parts`` had ``part`` elements."""
        return "".join(self.parts[part:])

    def _append(self, text: str) -> None:
        self.parts.append(text)
        self.length += len(text)

    def _flush(self, text: str) -> None:
        """Write what comes before ``text``: breaks, room, markers. No text: an item that stays empty."""
        if not (self._breaks or self._pending or not self.length):
            return
        if text.startswith(_QUOTATION_MARKS):
            self._drop_quotes()
        # nothing asked for before the first text is wanted there
        breaks = "\n" * self._breaks if self.length else ""
        # an item's marker stands in the room that its other lines leave free
        room = sum(len(marker) for marker, is_item in self._pending if is_item)
        line = breaks + self._indent[: len(self._indent) - room] + "".join(m for m, _ in self._pending)
        self._breaks = 0
        self._pending.clear()
        self._append(line if text else line.rstrip(" "))

    def _drop_quotes(self) -> None:
        items = [pending for pending in self._pending if pending[1]]
        for number in range(len(self._pending) - len(items)):
            self._quotes[-1 - number] = ""
        self._pending = items
