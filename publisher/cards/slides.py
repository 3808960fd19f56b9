"""Markdown to slides: a line ``---`` between two slides, the first heading of a slide as its title."""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

MAX_SLIDES = 300
"""LinkedIn's limit for a document's pages."""

# CommonMark 0.31: up to three blanks before a fence (4.5), a rule (4.1) and a heading (4.2).
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})(.*)")
_RULE = re.compile(r" {0,3}-(?:[ \t]*-){2,}[ \t]*")
_HEADING = re.compile(r" {0,3}(#{1,6})[ \t]+(.*?)(?:[ \t]+#+)?[ \t]*")


class Slide(NamedTuple):
    """One page: its title (may be empty), its text, and code that is set in a fixed width, in this order."""

    title: str
    text: str
    code: str


def read_slides(markdown: str, render: Callable[[str], str]) -> tuple[Slide, ...]:
    """Return the slides of a Markdown text; ``render`` makes Markdown plain. Empty slides are left out."""
    slides = (_slide(lines, render) for lines in _pages(markdown.splitlines()))
    return tuple(slide for slide in slides if any(slide))


def _pages(lines: list[str]) -> Iterator[list[tuple[str, bool]]]:
    """Yield the lines of each page, each with whether it is code.

    A rule inside a fence does not end a page.
    """
    page: list[tuple[str, bool]] = []
    fence = ""
    for line in lines:
        match = _FENCE.fullmatch(line)
        if fence:
            if match and match[1].startswith(fence) and not match[2].strip():
                fence = ""
            else:
                page.append((line, True))
        elif match:
            fence = match[1]
        elif _RULE.fullmatch(line):
            yield page
            page = []
        else:
            page.append((line, False))
    yield page


def _slide(lines: list[tuple[str, bool]], render: Callable[[str], str]) -> Slide:
    prose = [line for line, code in lines if not code]
    found = next(((at, match) for at, line in enumerate(prose) if (match := _HEADING.fullmatch(line))), None)
    title = ""
    if found is not None:
        at, match = found
        title = render(match[2]).strip()
        del prose[at]
    return Slide(
        title, render("\n".join(prose)).strip(), "\n".join(line for line, code in lines if code).rstrip()
    )
