"""Lints of the text alone: length, the fold, hashtags, spaces."""

from collections.abc import Iterator
from typing import Any

from publisher.lint.characters import lint_characters
from publisher.lint.copies import lint_copy_length
from publisher.model.config import Config
from publisher.model.diagnostic import Diagnostic, Position
from publisher.model.document import Document
from publisher.model.post import utf16_length
from publisher.networks.linkedin.facts import TEXT_LIMIT
from publisher.networks.linkedin.little_text import escaped_length
from publisher.render.post import Sketched
from publisher.text.body import Body
from publisher.text.findings import diagnose
from publisher.text.lengths import FOLD, FOLD_LINES, fold_end, utf16_cut

# LinkedIn documents no limit. Three to five is common advice.
HASHTAGS = 5
_HIDDEN = 40  # so little behind the fold is hardly worth a click
_BLANKS = " \t\u00a0"


def lint_text(sketched: Sketched, document: Document, config: Config) -> Iterator[Diagnostic]:
    """Yield advice about the text of a post."""
    body = sketched.body
    if body is None:
        return
    if sketched.post.author.network == "linkedin":
        yield from _length(body, document, config)
        yield from _fold(body, document)
    else:
        yield from lint_copy_length(sketched.post, document, body)
    if len(body.text.hashtags) > HASHTAGS:
        yield diagnose(
            document,
            "many-hashtags",
            f"{len(body.text.hashtags)} hashtags; more than {HASHTAGS} look like spam to readers",
            "keep the three to five that fit best",
            at=_hashtag_place(body, document),
        )
    if document.format == "plain":
        yield from _trailing_spaces(body, document)
    yield from lint_characters(body, document)


def _hashtag_place(body: Body, document: Document) -> Position:
    """Return the first hashtag that is too many, or the field that appends it."""
    extra = body.text.hashtags[HASHTAGS]
    if extra.start >= len(body.prose.text.plain) and "hashtags" in document.metadata:
        return document.position("hashtags")
    return body.place(extra.start)


def _length(body: Body, document: Document, config: Config) -> Iterator[Diagnostic]:
    length = body.text.utf16_length
    if length > TEXT_LIMIT:
        cut = utf16_cut(body.text.plain, TEXT_LIMIT)
        before = " ".join(body.text.plain[:cut].split())[-40:]
        yield diagnose(
            document,
            "text-too-long",
            f"the text is {length} characters long, {length - TEXT_LIMIT} more than LinkedIn's {TEXT_LIMIT} "
            f"(UTF-16 code units: an emoji counts two); the limit falls after “…{before}”",
            "shorten it",
            at=body.place(cut),
        )
    elif config.api == "posts" and (escaped := escaped_length(body.text)) > TEXT_LIMIT:
        yield diagnose(
            document,
            "text-too-long-escaped",
            f"the text is {length} characters long, but {escaped} with the backslashes the versioned API "
            f"needs; it is not known which of them LinkedIn holds against its limit of {TEXT_LIMIT}",
            f"shorten it by {escaped - TEXT_LIMIT}, or use fewer brackets and other reserved characters",
        )


def _fold(body: Body, document: Document) -> Iterator[Diagnostic]:
    plain = body.text.plain
    end = fold_end(plain)
    if end == len(plain):
        return
    hidden = _hidden(plain[end:])
    if 0 < hidden <= _HIDDEN:
        yield diagnose(
            document,
            "near-fold",
            f"only {hidden} characters are hidden behind “…see more”",
            f"shorten the text to {FOLD} characters and {FOLD_LINES} lines, or add more text after the fold",
            at=body.place(end),
        )
    marks: list[Any] = [*body.text.links, *body.text.mentions, *body.text.hashtags]
    for mark in marks:
        # readers can't follow a link of which they see the half
        if mark.start < end < mark.end:
            yield diagnose(
                document,
                "fold-cuts",
                f"“…see more” falls inside {plain[mark.start : mark.end]!r}",
                "move it before or after the fold",
                at=body.place(mark.start),
            )


def _hidden(rest: str) -> int:
    """UTF-16 code units of a text without its hashtags, which do their work behind the fold as well.

    Not counted on where they are more than `_HIDDEN`.
    """
    length = -1  # a blank before each word but the first
    for word in rest[: 20 * FOLD].split():
        if not word.startswith("#"):
            length += 1 + utf16_length(word)
            if length > _HIDDEN:
                break
    return length


def _trailing_spaces(body: Body, document: Document) -> Iterator[Diagnostic]:
    at = 0
    for line in body.text.plain.split("\n"):
        kept = len(line.rstrip(_BLANKS))
        if kept < len(line):
            yield diagnose(
                document,
                "trailing-spaces",
                "there are spaces at the end of a line",
                "delete them",
                at=body.place(at + kept),
            )
            return
        at += len(line) + 1
