"""Templates: Jinja in a sandbox, for bodies that have template syntax in them."""

import re
from bisect import bisect_right
from collections.abc import Mapping
from functools import cached_property

from publisher.model.config import Config
from publisher.model.diagnostic import Diagnostic
from publisher.model.document import Document

_MARKERS = ("{{", "{%", "{#")
_TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)


class Source:
    """The text that is rendered: a body, or what its template made of it."""

    def __init__(self, text: str, body: str) -> None:
        self.text = text
        self._body = body

    def body_offset(self, at: int) -> int:
        """Return the offset in the body of the character at ``at`` of the text.

        What a tag made is at the tag; what a layout adds is at the words of the body before it.
        """
        if self.text == self._body:
            return at
        index = bisect_right(self._pieces, at, key=lambda piece: piece[0]) - 1
        if index < 0:
            return 0
        start, origin, length = self._pieces[index]
        return origin + min(at - start, length)

    @cached_property
    def _pieces(self) -> list[tuple[int, int, int]]:
        """(offset in the text, offset in the body, length) of the body's literal parts,
        found in their order.
        """
        pieces, done, start = [], 0, 0
        bounds = [match.span() for match in _TAG.finditer(self._body)]
        for tag_start, tag_end in [*bounds, (len(self._body), len(self._body))]:
            literal = self._body[start:tag_start].strip()
            found = self.text.find(literal, done) if literal else -1
            if found >= 0:
                pieces.append((found, self._body.index(literal, start), len(literal)))
                done = found + len(literal)
            start = tag_end
        return pieces


def render_source(
    document: Document, config: Config, templates: Mapping[str, str], *, layout: bool = True
) -> tuple[Source | None, list[Diagnostic]]:
    """Return the body with its template rendered.

    The result is the body itself if it has no template, and None if the template fails.
    """
    name = document.metadata.get("layout") if layout else None
    has_template = document.metadata.get("jinja") is not False and any(
        marker in document.body for marker in _MARKERS
    )
    if name is None and not has_template:
        return Source(document.body, document.body), []
    # imported here: a project without templates never pays for Jinja
    from publisher.text.jinja.run import render_template

    text, problems = render_template(document, config, templates, body=has_template, layout=name)
    return (None if text is None else Source(text, document.body)), problems
