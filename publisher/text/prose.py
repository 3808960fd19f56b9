"""What a body says: its text with spans, the images that stand alone in it, and what is wrong with it."""

from typing import NamedTuple

from publisher.model.post import Text
from publisher.text.findings import Finding
from publisher.text.places import Places
from publisher.text.urls import Span


class Image(NamedTuple):
    """An image standing alone: its reference as written, its alt text and title, and its offset in the
    source.
    """

    source: str
    alt: str
    title: str
    at: int


class Prose(NamedTuple):
    """A rendered body, the same for every network.

    Links keep their visible words; `publisher.text.written` writes addresses out for networks that need that.
    ``literals`` are the spans of ``text.plain`` in which no character is a mark: code, and what was escaped.
    """

    text: Text
    literals: tuple[Span, ...] = ()
    images: tuple[Image, ...] = ()
    findings: tuple[Finding, ...] = ()
    places: Places = Places()
