"""What a body says: its text before hashtags are looked for, and the images that stand alone in it."""

from dataclasses import dataclass

from publisher.model.post import Mention
from publisher.render.findings import Finding
from publisher.render.writer import Span


@dataclass(frozen=True, slots=True)
class Image:
    """An image standing alone: its reference as written, its alt text and title."""

    source: str
    alt: str
    title: str
    line: int | None


@dataclass(frozen=True, slots=True)
class Prose:
    """Text out of a body, before hashtags are looked for. Spans count code points of ``plain``."""

    plain: str
    mentions: tuple[Mention, ...] = ()
    literals: tuple[Span, ...] = ()
    images: tuple[Image, ...] = ()
    findings: tuple[Finding, ...] = ()
