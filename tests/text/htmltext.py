"""The text of a post, worked out from HTML: a second opinion on what Markdown means."""

import re
from html.parser import HTMLParser
from urllib.parse import unquote

BULLETS = "•◦▪"
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_UNSAFE = ("javascript:", "vbscript:", "data:", "file:")


class _PostText(HTMLParser):
    """Writes what a post shows for HTML that a Markdown renderer made; white space is not cared for."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.words: list[str] = []  # visible words alone, without what the post adds
        self.lists: list[int] = []  # next number, 0 for bullets
        self.quotes: list[
            list[str | int]
        ] = []  # of each open quote: where in parts it begins, its first text
        self.links: list[tuple[str, int]] = []
        self.paragraph: list[str] | None = None  # alt texts of a paragraph that has shown images only

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag != "img" and tag != "br":
            self._settle()
        match tag:
            case "p":
                self.paragraph = []
            case "ul":
                self.lists.append(0)
            case "ol":
                self.lists.append(int(attributes.get("start", "1")) or -1)
            case "li":
                self._item()
            case "blockquote":
                self.quotes.append([len(self.parts), ""])
                self.parts.append("")
            case "hr":
                self._note_first("———")
                self.parts.append("———")
            case "a":
                self.links.append((attributes.get("href", ""), len(self.parts)))
            case "img":
                self._image(attributes.get("alt", ""))

    def _item(self) -> None:
        number = self.lists[-1]
        if number == 0:
            depth = sum(1 for outer in self.lists if outer == 0)
            self.parts.append(BULLETS[min(depth, 3) - 1])
        else:
            self.parts.append(f"{max(number, 0)}.")
            self.lists[-1] = 1 if number == -1 else number + 1

    def _image(self, alt: str) -> None:
        if self.paragraph is not None:
            self.paragraph.append(alt)
        else:
            self._show(alt)

    def _settle(self) -> None:
        """A paragraph turned out to hold more than images: those it had are inline ones."""
        if self.paragraph:
            alts, self.paragraph = self.paragraph, None
            for alt in alts:
                self._show(alt)
        self.paragraph = None

    def _note_first(self, text: str) -> None:
        for quote in self.quotes:
            quote[1] = quote[1] or text.strip()

    def _show(self, text: str) -> None:
        self._note_first(text)
        self.parts.append(text)
        self.words.append(text)

    def handle_endtag(self, tag: str) -> None:
        match tag:
            case "p":
                self.paragraph = None
            case "ul" | "ol":
                self.lists.pop()
            case "blockquote":
                start, first = self.quotes.pop()
                if any(part.strip() for part in self.parts[start:]) and first[:1] not in ('"', "'"):
                    marks = "“”" if len(self.quotes) % 2 == 0 else "‘’"
                    self.parts[start] = marks[0]
                    self.parts.append(marks[1])
            case "a" if self.links:
                self._link(*self.links.pop())

    def _link(self, url: str, start: int) -> None:
        shown = "".join(self.parts[start:]).strip()
        if unquote(shown) in (unquote(url), unquote(url.removeprefix("mailto:"))) or not _SCHEME.match(url):
            return
        if not url.lower().startswith(_UNSAFE):
            url = url.removeprefix("mailto:")
            self.parts.append(f" ({url})" if shown else url)

    def handle_data(self, data: str) -> None:
        if data.strip(" \n"):
            self._settle()
        self._show(data)


def post_text(html: str) -> str:
    """The text a post shows for the HTML; white space as it comes."""
    reader = _PostText()
    # Python's parser reads on from these empty comments where a browser doesn't
    reader.feed(html.replace("<!-->", "").replace("<!--->", ""))
    reader.close()
    return "".join(reader.parts)


def visible_words(html: str) -> list[str]:
    """The words a browser shows for the HTML, in order; alt texts of images standing alone left out."""
    reader = _PostText()
    # Python's parser reads on from these empty comments where a browser doesn't
    reader.feed(html.replace("<!-->", "").replace("<!--->", ""))
    reader.close()
    return " ".join(reader.words).split()


def squeezed(text: str) -> str:
    """A text without white space, and with one form of list numbers."""
    return "".join(text.split()).replace(")", ".")
