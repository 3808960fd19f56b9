"""Inline Markdown events to text: emphasis, code, links, images, mentions, breaks."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import unquote

from publisher.model.config import TextConfig
from publisher.model.post import Link, Mention, Style
from publisher.text import html_text
from publisher.text.events import Event
from publisher.text.findings import Finding
from publisher.text.mentions import Resolve, mention_problem
from publisher.text.prose import Image
from publisher.text.writer import OpenSpan, Writer

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_UNUSABLE = ("javascript:", "vbscript:", "data:", "file:", "urn:")
_EMPHASIS = {"Strong": "bold", "Emphasis": "italic"}
_LEAVES = ("Text", "Code", "SoftBreak", "HardBreak", "InlineHtml", "FootnoteReference", "TaskListMarker")
_ELEMENTS = ("Link", "Strong", "Emphasis", "Strikethrough")
INLINE = frozenset(
    [*_LEAVES, "Start:Image", *[f"{side}:{name}" for side in ("Start", "End") for name in _ELEMENTS]]
)
"""The kinds of events that may stand in a paragraph."""

_WEB = re.compile(r"(?:https?://)?(?:www\.)?", re.IGNORECASE)


class InlineRenderer:
    """Writes inline events. ``findings`` collects what readers would stumble over."""

    def __init__(
        self, source: str, writer: Writer, config: TextConfig, resolve: Resolve, number: Callable[[str], int]
    ) -> None:
        """Make a renderer that writes to ``writer``. ``number`` returns a footnote's number by its label."""
        self.source = source
        self.writer = writer
        self.findings: list[Finding] = []
        self.links: list[Link] = []
        self.mentions: list[Mention] = []
        self.styles: list[Style] = []
        self.hidden_from = len(source)  # heading attributes, which readers don't see, begin here
        self._keep_breaks = config.line_breaks == "keep"
        self._resolve = resolve
        self._number = number
        self._spans: list[OpenSpan] = []
        self._mention_at: int | None = None  # an @ that the next link belongs to
        self._end = 0  # of the last leaf in the source
        self._after_comment = False
        self._html_open: set[str] = set()

    def render(
        self, steps: Sequence[Event], ends: Mapping[int, int], first: int, last: int, marker: str
    ) -> None:
        """Write the events from ``first`` to before ``last``; ``marker`` is that of the item they may begin.

        ``ends`` gives the index of an element's end by that of its start.
        """
        self._after_comment = False
        index = first
        while index < last:
            event = steps[index]
            match event.kind:
                case "Text":
                    self._text(event, steps[index + 1] if index + 1 < last else None)
                case "Code":
                    self._code(event)
                case "SoftBreak":
                    self._soft_break()
                case "HardBreak":
                    self.writer.newline()
                case "Start:Image":
                    self._inline_image(event, steps[index : ends[index]])
                    index = ends[index]
                case _:
                    self._element(event, marker)
            if event.kind[:5] != "Start":
                self._end = event.end or self._end
            index += 1

    def _element(self, event: Event, marker: str) -> None:
        side, _, name = event.kind.partition(":")
        if name == "Link":
            self._open_link(event) if side == "Start" else self._close_link()
        elif name in _EMPHASIS and side == "Start":
            self._spans.append(self.writer.open(OpenSpan(_EMPHASIS[name])))
        elif name in _EMPHASIS:
            span = self._spans.pop()
            if where := self.writer.close(span):
                self.styles.append(Style(*where, span.kind))  # type: ignore[arg-type]
        elif name == "Strikethrough" and side == "Start":
            self._find(
                "strikethrough",
                "networks can't show struck-out text; readers would see normal words",
                "remove them, or say what changed",
                event.start,
            )
        elif side == "InlineHtml":
            self._html(event)
        elif side == "FootnoteReference":
            self.writer.write(f"[{self._number(event.value)}]", event.start, exact=False)
        elif side == "TaskListMarker" and self.writer.at_item_start:
            self.writer.check(event.start, done=event.value, bullet=marker)

    def _text(self, event: Event, following: Event | None) -> None:
        text, start = event.value, event.start
        if start >= self.hidden_from:
            return
        text = text[: self.hidden_from - start]
        if self._after_comment:
            # a comment leaves its two spaces behind, of which one is enough
            text, self._after_comment = self.writer.drop_space(text), False
            start = event.end - len(text)
        if len(text) != event.end - start and event.end <= self.hidden_from:
            self._entity(text, event)
            return
        # a backslash is in no event: the character behind it is not a mark
        if start > self._end and self.source[start - 1 : start] == "\\":
            self.writer.literal(text[0], start)
            text, start = text[1:], start + 1
        if text.endswith("@") and _opens_mention(event, following):
            self._mention_at = event.end - 1
            text = text[:-1]
        self.writer.write(text, start)

    def _entity(self, text: str, event: Event) -> None:
        # &nbsp; and the like are text; an encoded # is not a hashtag, an encoded line break is one
        for number, line in enumerate(text.split("\n")):
            if number:
                self.writer.newline()
            if line.isspace():
                self.writer.write(line, event.start, exact=False)
            elif line:
                self.writer.literal(line, event.start, exact=False)

    def _soft_break(self) -> None:
        if self._keep_breaks:
            self.writer.newline()
        else:
            self.writer.soft_break()

    def _code(self, event: Event) -> None:
        span = self.writer.open(OpenSpan("code"))
        within = self.source.find(event.value, event.start, event.end)
        self.writer.literal(event.value, max(within, event.start), exact=within >= 0)
        if where := self.writer.close(span):
            self.styles.append(Style(*where, "code"))

    def image(self, event: Event, inner: Sequence[Event]) -> Image:
        """Return the image that begins with ``event``."""
        reference = event.value["dest_url"]
        # authors percent-encode blanks, as addresses want it; files have their own names
        path = reference if "://" in reference else unquote(reference)
        return Image(path, alt_text(inner), event.value["title"], event.start)

    def _inline_image(self, event: Event, inner: Sequence[Event]) -> None:
        """Write the description of an image between words, because no network shows images there."""
        image = self.image(event, inner)
        self._find(
            "image-inline",
            f"the image {image.source!r} is inside a paragraph and can't be attached; its description is kept",
            "put the image in a paragraph of its own, or list it under media:",
            event.start,
        )
        self.writer.write(image.alt, event.start, exact=False)

    def found_joined(self, at: int) -> None:
        """Warn, once, that lines were joined that look deliberate."""
        if not any(finding.code == "lines-joined" for finding in self.findings):
            self._find(
                "lines-joined",
                "consecutive lines become one paragraph, but these look like separate lines",
                "write text: {line_breaks: keep} in publisher.yaml, or end each line with a backslash",
                at,
            )

    def _html(self, event: Event) -> None:
        if html_text.is_comment(event.value):
            self._after_comment = True
            return
        name = html_text.tag_name(event.value)
        # the tag that closes one which was reported needs no report of its own
        if event.value.startswith("</") and name in self._html_open:
            return
        self._html_open.add(name)
        self._find(
            "raw-html",
            f"{html_text.shown(event.value)} is raw HTML, which networks don't show; it would be missing from the text",
            html_text.remedy(event.value),
            event.start,
        )

    def _open_link(self, event: Event) -> None:
        kind = "link" if self._mention_at is None else "mention"
        at = event.start if self._mention_at is None else self._mention_at
        self._mention_at = None
        before = self.writer.last if kind == "mention" else ""
        self._spans.append(self.writer.open(OpenSpan(kind, (event.value, at, before))))

    def _close_link(self) -> None:
        span = self._spans.pop()
        link, at, before = span.value
        where = self.writer.close(span)
        if span.kind == "mention":
            self._close_mention(link["dest_url"], at, before, where)
        elif link["link_type"] in ("Autolink", "Email"):
            url = link["dest_url"] if link["link_type"] == "Autolink" else f"mailto:{link['dest_url']}"
            if where:
                self.links.append(Link(*where, url))
        else:
            self._close_words(link["dest_url"], at, where)

    def _close_mention(self, target: str, at: int, before: str, where: tuple[int, int] | None) -> None:
        name = self.writer.since(where[0]) if where else ""
        urn = self._resolve(target)
        problem = mention_problem(name, target, urn, before, at)
        if problem:
            self.findings.append(problem)
        elif where and urn:
            self.mentions.append(Mention(*where, urn))

    def _close_words(self, url: str, at: int, where: tuple[int, int] | None) -> None:
        if not _SCHEME.match(url) or url.lower().startswith(_UNUSABLE):
            self._find(
                "link-unusable",
                f"readers can't follow a link to {url!r}; only its text is kept",
                "write the whole address, beginning with https://",
                at,
            )
            return
        if where is None:
            # an image in a link, or a link around nothing: the address is all there is
            span = self.writer.open(OpenSpan("link"))
            self.writer.write(without_query(url), at, exact=False)
            where = self.writer.close(span)
        if where:
            self.links.append(Link(*where, url))

    def _find(self, code: str, message: str, remedy: str, at: int) -> None:
        self.findings.append(Finding(code, message, remedy, at))


def _opens_mention(event: Event, following: Event | None) -> bool:
    return (
        following is not None
        and following.kind == "Start:Link"
        and following.start == event.end
        and following.value["link_type"] not in ("Autolink", "Email")
    )


def without_query(url: str) -> str:
    """Return a URL as it is shown to readers: a mail address without its scheme and query."""
    return url[7:].partition("?")[0] if url.lower().startswith("mailto:") else url


def same_address(words: str, url: str) -> bool:
    """Return whether ``words`` say nothing but the address."""
    return words == url or _bare(without_query(words)) == _bare(without_query(url))


def _bare(address: str) -> str:
    # the parser keeps percent-escapes, and an author may have written the letters
    shown = _WEB.sub("", address.strip(), count=1)
    return (unquote(shown) if "%" in shown else shown).rstrip("/").lower()


def alt_text(events: Sequence[Event]) -> str:
    """Return the words of the events inside of an image."""
    parts: list[Any] = []
    for event in events:
        if event.kind in ("Text", "Code"):
            parts.append(event.value)
        elif event.kind in ("SoftBreak", "HardBreak"):
            parts.append(" ")
    return "".join(parts)
