"""What a body says: its text before hashtags are looked for, and the images that stand alone in it."""

from typing import NamedTuple

from publisher.model.post import Mention
from publisher.text.findings import Finding
from publisher.text.writer import Span


class Image(NamedTuple):
    """An image standing alone: its reference as written, its alt text and title."""

    source: str
    alt: str
    title: str
    line: int | None


class Prose(NamedTuple):
    """Text out of a body, before hashtags are looked for. Spans count code points of ``plain``."""

    plain: str
    mentions: tuple[Mention, ...] = ()
    literals: tuple[Span, ...] = ()
    images: tuple[Image, ...] = ()
    findings: tuple[Finding, ...] = ()
