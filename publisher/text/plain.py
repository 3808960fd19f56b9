"""Text that needs no Markdown parser: plain text with mentions."""

from publisher.model.post import Link, Mention, Text
from publisher.text.findings import Finding
from publisher.text.hashtags import find_hashtags
from publisher.text.mentions import MENTION, Resolve, mention_name, mention_problem
from publisher.text.places import Places
from publisher.text.prose import Prose
from publisher.text.urls import Span, absolute, outside, url_spans


class _Pieces:
    """Text under construction, and where each piece of it stands in the source."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.places: list[tuple[int, int, int]] = []
        self.length = 0

    def put(self, text: str, source: int, *, exact: bool = True) -> Span:
        """Add a piece; return its span."""
        self.parts.append(text)
        self.places.append((self.length, source, len(text) if exact else 0))
        self.length += len(text)
        return self.length - len(text), self.length


def verbatim(source: str, resolve: Resolve) -> Prose:
    """Plain text: as written, save for mentions; ``\\@[`` is a literal ``@[``."""
    pieces = _Pieces()
    mentions: list[Mention] = []
    findings: list[Finding] = []
    literals: list[Span] = []
    # Only line breaks: blanks at the beginning of plain text are the author's.
    done = len(source) - len(source.lstrip("\n"))
    for match in MENTION.finditer(source, done):
        start = match.start()
        # the backslash is the author's way to show the marks themselves
        if source[start - 1 : start] == "\\" and start > done:
            pieces.put(source[done : start - 1], done)
            literals.append(pieces.put(match[0], start))
        else:
            pieces.put(source[done:start], done)
            name, target = mention_name(match[1]), match[2].strip()
            urn = resolve(target)
            problem = mention_problem(name, target, urn, source[max(start - 1, done) : start], start)
            span = pieces.put(name, start + 2, exact=False)
            if problem:
                findings.append(problem)
            elif urn:
                mentions.append(Mention(*span, urn))
        done = match.end()
    pieces.put(source[done:], done)
    plain = "".join(pieces.parts).rstrip()
    closed = [*literals, *((mention.start, mention.end) for mention in mentions)]
    links = tuple(
        Link(start, end, absolute(plain[start:end])) for start, end in outside(url_spans(plain), literals)
    )
    text = Text(plain, tuple(mentions), find_hashtags(plain, closed), links)
    return Prose(text, tuple(literals), (), tuple(findings), Places(pieces.places))
