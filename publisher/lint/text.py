"""Lints of the text alone: length, the fold, characters that go wrong."""

import re
import unicodedata
from collections.abc import Iterator

from publisher.model.config import Config
from publisher.model.diagnostic import Diagnostic
from publisher.model.document import Document
from publisher.model.post import Post, utf16_length
from publisher.networks.linkedin.little_text import escaped_length
from publisher.text.emphasis import STYLED
from publisher.text.findings import Finding, diagnose, place
from publisher.text.lengths import FOLD, FOLD_LINES, fold_end, utf16_cut
from publisher.text.urls import url_spans

TEXT_LIMIT = 3000
"""LinkedIn's limit in UTF-16 code units."""

HASHTAGS = 5
_URL_REACH = 500  # how far behind the fold a URL that begins before it is followed
_HIDDEN = 40  # so little behind the fold is hardly worth a click
_STYLED_SHARE = 0.1

_BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
# joiners are part of emoji and of Persian and Indic words: only those between other characters are odd
_ZERO_WIDTH = re.compile("[\u200b\u2060\ufeff\u00ad\u180e]|(?<![^\x00-\u02ff])[\u200c\u200d]")
_ANY_ZERO_WIDTH = re.compile("[\u200b-\u200d\u2060\ufeff\u00ad\u180e]")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff]")
_FOREIGN = re.compile(r"<%[=-]?|\{\{|\{%|\$\{\w+\}")
_TRAILING = re.compile(r"[ \t\u00a0]+$", re.MULTILINE)


def lint_text(post: Post, document: Document, config: Config) -> Iterator[Diagnostic]:
    """Advice about the text of a post."""
    yield from _length(post, document, config)
    yield from _fold(post, document)
    if len(post.text.hashtags) > HASHTAGS:
        yield diagnose(
            document,
            "many-hashtags",
            f"{len(post.text.hashtags)} hashtags; more than {HASHTAGS} look like spam to readers",
            "keep the three to five that fit best",
        )
    plain = post.text.plain
    if "{" in plain or "<%" in plain:
        yield from _markers(plain, document)
    if document.format == "plain" and _TRAILING.search(plain):
        yield from _found(
            document, "trailing-spaces", "there are spaces at the end of a line", "", "delete them"
        )
    if not plain.isascii():
        yield from _characters(post, document)
    elif match := _CONTROL.search(plain):
        yield _control(document, match.group())


def _length(post: Post, document: Document, config: Config) -> Iterator[Diagnostic]:
    length = post.text.utf16_length
    if length > TEXT_LIMIT:
        cut = utf16_cut(post.text.plain, TEXT_LIMIT)
        before = " ".join(post.text.plain[:cut].split())[-40:]
        yield _near(
            document,
            "text-too-long",
            f"the text is {length} characters long, {length - TEXT_LIMIT} more than LinkedIn's {TEXT_LIMIT} "
            f"(UTF-16 code units: an emoji counts two); the limit falls after “…{before}”",
            "shorten it",
            post.text.plain[:cut],
        )
    elif config.api == "posts" and (escaped := escaped_length(post.text)) > TEXT_LIMIT:
        yield diagnose(
            document,
            "text-too-long-escaped",
            f"the text is {length} characters long, but {escaped} with the backslashes the versioned API "
            f"needs; it is not known which of them LinkedIn holds against its limit of {TEXT_LIMIT}",
            f"shorten it by {escaped - TEXT_LIMIT}, or use fewer brackets and other reserved characters",
        )


def _near(document: Document, code: str, message: str, remedy: str, before: str) -> Diagnostic:
    """A diagnostic at the last words before a point of the text, where the body has them."""
    # three words are enough to find the place, and few enough to stand on one line
    words = before.split()[-3:]
    needle = " ".join(words)
    return place(document, Finding(code, message, remedy, needle))


def _fold(post: Post, document: Document) -> Iterator[Diagnostic]:
    plain = post.text.plain
    end = fold_end(plain)
    if end == len(plain):
        return
    hidden = _hidden(plain[end:])
    if 0 < hidden <= _HIDDEN:
        yield diagnose(
            document,
            "near-fold",
            f"only {hidden} characters are hidden behind “…see more”",
            f"shorten the text to {FOLD} characters and {FOLD_LINES} lines, or give readers more to find",
        )
    marks = [(mention.start, mention.end) for mention in post.text.mentions]
    marks += [(hashtag.start, hashtag.end) for hashtag in post.text.hashtags]
    for start, stop in (*url_spans(plain[: end + _URL_REACH]), *marks):
        # readers can't follow a link of which they see the half
        if start < end < stop:
            yield _near(
                document,
                "fold-cuts",
                f"“…see more” falls inside {plain[start:stop]!r}",
                "move it before the fold, or behind it",
                plain[: start + 1] + plain[start + 1 : stop].split("\n")[0],
            )


def _hidden(rest: str) -> int:
    """UTF-16 code units of a text without its hashtags, which do their work behind the fold as well.

    Not counted on where they are more than `_HIDDEN`.
    """
    length = -1  # a blank before each word but the first
    for word in rest.split():
        if not word.startswith("#"):
            length += 1 + utf16_length(word)
            if length > _HIDDEN:
                break
    return length


def _markers(plain: str, document: Document) -> Iterator[Diagnostic]:
    # {{ in a rendered body was asked for, by raw or by a string; unrendered, it is a template's
    rendered = document.metadata.get("jinja") is not False
    for match in _FOREIGN.finditer(plain):
        if rendered and match.group() in ("{{", "{%"):
            continue
        yield _find(
            document,
            "template-markers",
            f"{match.group()!r} looks like a template's marker, and readers would see it",
            match.group(),
            "render it before, or take it out" if rendered else "take jinja: false out to have it rendered",
        )
        return


def _characters(post: Post, document: Document) -> Iterator[Diagnostic]:
    plain = post.text.plain
    if match := _BIDI.search(plain):
        yield _find(
            document,
            "bidi-control",
            f"{_name(match.group())} changes the direction of the text that follows, unseen",
            match.group(),
            "delete it; letters carry their direction with them",
        )
    # most texts have none, and a set of characters is searched for faster than alternatives
    if _ANY_ZERO_WIDTH.search(plain) and (match := _ZERO_WIDTH.search(plain)):
        yield _find(
            document,
            "zero-width",
            f"{_name(match.group())} is invisible; it breaks search, links and screen readers",
            match.group(),
            "delete it",
        )
    if match := _CONTROL.search(plain):
        yield _control(document, match.group())
    if not unicodedata.is_normalized("NFC", plain):
        yield from _normal_form(plain, document)
    styled = len(STYLED.findall(plain))
    if styled and styled > _STYLED_SHARE * sum(character.isalpha() for character in plain):
        yield diagnose(
            document,
            "unicode-styling",
            f"{styled} letters are of the mathematical alphabets; screen readers skip or spell them, "
            "and search does not find them",
            "style a word or two at most",
        )


def _normal_form(plain: str, document: Document) -> Iterator[Diagnostic]:
    # the first line that differs is where the author has to look
    differs = next((line for line in plain.split("\n") if not unicodedata.is_normalized("NFC", line)), plain)
    yield _find(
        document,
        "not-nfc",
        "the text has letters and accents as separate characters (it is not in Unicode's form NFC); "
        "they count twice, and LinkedIn may store them otherwise",
        differs.split()[0] if differs.split() else "",
        "write composed characters; most editors do so when the text is typed again",
    )


def _control(document: Document, character: str) -> Diagnostic:
    return _find(
        document,
        "control-character",
        f"U+{ord(character):04X} is a control character, which LinkedIn may refuse",
        character,
        "delete it",
    )


def _name(character: str) -> str:
    return f"U+{ord(character):04X} ({unicodedata.name(character, 'unnamed').title()})"


def _find(document: Document, code: str, message: str, needle: str, remedy: str) -> Diagnostic:
    return place(document, Finding(code, message, remedy, needle))


def _found(document: Document, code: str, message: str, needle: str, remedy: str) -> Iterator[Diagnostic]:
    match = _TRAILING.search(document.body)
    line = document.body.count("\n", 0, match.start()) if match else None
    yield place(document, Finding(code, message, remedy, needle, line))
