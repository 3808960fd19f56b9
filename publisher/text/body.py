"""Render a document's text from Markdown or plain text, and keep the place of each character."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from publisher.model.config import Config
from publisher.model.diagnostic import Diagnostic, Position
from publisher.model.document import Document
from publisher.model.post import Text
from publisher.text.findings import Finding, body_position, diagnose
from publisher.text.hashtags import is_tag
from publisher.text.markdown import render_markdown
from publisher.text.mentions import resolver
from publisher.text.parameters import link_tag, tag_links
from publisher.text.places import Places
from publisher.text.plain import verbatim
from publisher.text.prose import Image, Prose
from publisher.text.template import Source
from publisher.text.urls import Span
from publisher.text.written import PLAIN, TextStyle, write_out

LIMIT = 200_000
"""Largest number of characters in a body.

The longest post of any network has a few thousand. The time for rendering grows with the length.
"""

FINDINGS = 50
"""Largest number of findings for one body.

A longer report helps nobody, and a hostile file must not cause one.
"""

_SURROGATE = re.compile("[\ud800-\udfff]")


class Body(NamedTuple):
    """A document's text as a network shows it, and where in the file its characters come from.

    ``literals`` are the spans of ``prose.text`` in which no character is a mark.
    """

    document: Document
    source: Source
    prose: Prose
    text: Text
    places: Places

    @property
    def images(self) -> tuple[Image, ...]:
        """The images that stand alone in the body."""
        return self.prose.images

    @property
    def literals(self) -> tuple[Span, ...]:
        """The spans of ``prose.text`` in which no character is a mark."""
        return self.prose.literals

    def place(self, at: int) -> Position:
        """Return the place in the file of a character of ``text``."""
        return self.source_place(self.places.source(at))

    def prose_place(self, at: int) -> Position:
        """Return the place in the file of a character of ``prose.text``."""
        return self.source_place(self.prose.places.source(at))

    def source_place(self, at: int) -> Position:
        """Return the place in the file of a character of the rendered source."""
        return body_position(self.document, self.source.body_offset(at))

    def diagnose(self, findings: Sequence[Finding]) -> list[Diagnostic]:
        """Return the findings as diagnostics, in the order of the text; of too many, the first."""
        first = sorted(findings, key=lambda finding: finding.at)[:FINDINGS]
        return [
            diagnose(self.document, code, message, remedy, at=self.source_place(at))
            for code, message, remedy, at in first
        ]


def render_body(
    document: Document,
    source: Source,
    config: Config,
    hashtags: Sequence[str] = (),
    *,
    style: TextStyle = PLAIN,
) -> tuple[Body | None, list[Diagnostic]]:
    """Return the text of a document whose body, its template rendered, is ``source``.

    ``hashtags`` are appended.

    The result is None if the source is too large.
    """
    text = source.text
    if len(text) > LIMIT:
        message = f"the text has {len(text):,} characters; at most {LIMIT:,} are read"
        remedy = "a post has a few thousand at most: keep other material elsewhere"
        return None, [diagnose(document, "text-too-large", message, remedy)]
    resolve = resolver(config.mentions, document.network)
    markdown = document.format == "markdown"
    prose = render_markdown(text, config.text, resolve) if markdown else verbatim(text, resolve)
    tagged, places = prose.text, prose.places
    # Before the addresses are written out: a footnote or an address in brackets then shows the final URL.
    if config.links.utm:
        tagged, places = tag_links(tagged, places, link_tag(config, document.network, document.key))
    final = write_out(tagged, places, config.text, hashtags, style)
    body = Body(document, source, prose, final.text, final.places)
    return body, body.diagnose([*prose.findings, *_halves(text)])


def _halves(text: str) -> list[Finding]:
    """Return a finding for the first half of a surrogate pair, which can't be sent or stored as UTF-8."""
    match = _SURROGATE.search(text)
    if match is None:
        return []
    return [
        Finding(
            "text-encoding",
            f"the text holds U+{ord(match[0]):04X}, half of a surrogate pair",
            "write the character itself",
            match.start(),
        )
    ]


def wanted_tags(document: Document, config: Config) -> tuple[list[str], list[Diagnostic]]:
    """Return the tags of ``hashtags:``, and a diagnostic for each that can't be one."""
    own = document.metadata.get("hashtags")
    words: Sequence[str] = config.defaults.hashtags if own is None else [own] if isinstance(own, str) else own
    wanted, refused = [], []
    for index, word in enumerate(words):
        # Authors write them with and without the sign; U+FF03 is the sign of East Asian keyboards.
        tag = str(word).strip().lstrip("#＃")
        if is_tag(tag):
            wanted.append(tag)
            continue
        joined = "".join(character for character in tag.title() if character.isalnum())
        remedy = f"write it as one word, such as {joined}" if joined else "write a word"
        refused.append(
            diagnose(
                document,
                "hashtag-invalid",
                f"{word!r} isn't a valid hashtag: use letters, digits and underscores, with at least one letter",
                remedy,
                at=document.position("hashtags", index) if own is not None else body_position(document, 0),
            )
        )
    return wanted, refused
