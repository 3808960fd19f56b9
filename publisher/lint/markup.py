"""Lints of what no parser took: markup and template markers that readers would see, and names that link
nobody.
"""

import re
from collections.abc import Iterator

from publisher.model.diagnostic import Diagnostic
from publisher.model.document import Document
from publisher.render.post import Sketched
from publisher.text.body import FINDINGS, Body
from publisher.text.findings import diagnose
from publisher.text.urls import Span, outside

_TEMPLATE = re.compile(r"<%[=-]?|\{\{|\{%|\$\{\w+\}")
_NAME = re.compile(r"(?<![\w@./:`\\-])@[A-Za-z][\w-]+(?:\.[\w-]+)*(?![\w/@])")
# The closing bracket is left out of the pattern, so a mention without one is found, too.
_MENTION = re.compile(r"@\[[^\[\]\n]{0,400}\]\([^()\n]{0,400}")

_MARKUP = (
    (
        "**",
        re.compile(r"(?<![A-Za-z0-9*])\*\*(?!\*)|(?<!\*)\*\*(?![A-Za-z0-9*])"),
        "close it, or put a backslash before each *",
    ),
    ("](", re.compile(r"\]\("), "close its brackets, or put a backslash before the ["),
    ("[!", re.compile(r"\[![A-Za-z]{3,20}\]"), "networks have no callouts: remove it, or write the word"),
    (":::", re.compile(r"^:::", re.MULTILINE), "networks have no containers: remove the line"),
    ("{", re.compile(r"\{[:#.][^{}\n]{1,80}\}"), "attributes are for a site's HTML: remove them"),
    (
        "==",
        re.compile(r"(?<!=)==(?![=\s])[^=\n]{1,80}==(?!=)"),
        "networks have no highlighting: remove the signs",
    ),
    (":", re.compile(r"(?<![\w:]):[a-z][a-z0-9_+-]{1,30}:(?![\w:])"), "write the emoji itself"),
    (
        "][",
        re.compile(r"(?<![\w\]\[])\[[^\[\]\n]{1,80}\]\[[^\[\]\n]{0,80}\]"),
        "define the reference: [ref]: https://…",
    ),
    ("[[", re.compile(r"(?<!\[)\[\[[^\[\]\n]{1,80}\]\]"), "write [words](address)"),
    ("[^", re.compile(r"\[\^[^\[\]\s]{1,40}\]"), "define the footnote: [^1]: …"),
)
"""What is left of markup that is not CommonMark's, or was never closed: a sign of it, its pattern, what to
do.
"""


def lint_markup(sketched: Sketched, document: Document) -> Iterator[Diagnostic]:
    """Yield advice about characters that look like markup. Code and escaped characters are skipped."""
    body = sketched.body
    if body is None:
        return
    text = body.prose.text
    spans = [*body.literals, *((link.start, link.end) for link in text.links)]
    closed = sorted([*spans, *((mention.start, mention.end) for mention in text.mentions)])
    if "{" in text.plain or "<%" in text.plain:
        yield from _markers(body, document, closed)
    yield from _mentions(body, document, closed)
    yield from _markup(body, document, closed)
    for start, end in _free(_NAME, text.plain, closed):
        yield diagnose(
            document,
            "mention-plain",
            f"{text.plain[start:end]} is plain text: LinkedIn doesn't link or notify anybody",
            "write @[Name](urn:li:person:…) to mention somebody",
            at=body.prose_place(start),
        )
        break


def _free(pattern: re.Pattern[str], plain: str, closed: list[Span]) -> Iterator[Span]:
    """Return the spans of what the pattern finds outside of the closed ones."""
    return outside((match.span() for match in pattern.finditer(plain)), closed)


def _mentions(body: Body, document: Document, closed: list[Span]) -> Iterator[Diagnostic]:
    plain = body.prose.text.plain
    if "@[" not in plain:
        return
    for start, end in list(_free(_MENTION, plain, closed))[:FINDINGS]:
        yield diagnose(
            document,
            "mention-unresolved",
            f"{plain[start : min(end, start + 60)]!r} looks like a mention, but its target isn't valid",
            "write @[Name](target) with a target without spaces, or put a backslash before the @",
            at=body.prose_place(start),
        )


def _markers(body: Body, document: Document, closed: list[Span]) -> Iterator[Diagnostic]:
    # {{ in a rendered body was asked for, by raw or by a string; unrendered, it is a template's
    rendered = document.metadata.get("jinja") is not False
    plain = body.prose.text.plain
    for start, end in _free(_TEMPLATE, plain, closed):
        if rendered and plain[start:end] in ("{{", "{%"):
            continue
        yield diagnose(
            document,
            "template-markers",
            f"{plain[start:end]!r} looks like template code; readers would see it",
            "render it before, or remove it" if rendered else "remove jinja: false to render it",
            at=body.prose_place(start),
        )
        return


def _markup(body: Body, document: Document, closed: list[Span]) -> Iterator[Diagnostic]:
    """Yield the first place of each kind of markup that is left."""
    plain = body.prose.text.plain
    for sign, pattern, remedy in _MARKUP:
        # most texts have none of the signs, and a search for one costs less than the pattern
        for start, end in _free(pattern, plain, closed) if sign in plain else ():
            if plain[start:end] == "](" and plain.rfind("@[", max(start - 400, 0), start) >= 0:
                continue  # a mention that failed was reported as one
            plain_file = document.format == "plain" and sign in ("**", "](")
            yield diagnose(
                document,
                "markup-left",
                f"{plain[start:end]!r} looks like markup; readers would see it",
                "add format: markdown, or remove it" if plain_file else remedy,
                at=body.prose_place(start),
            )
            break
