"""Lints of characters that readers can't see, or that networks and screen readers handle badly."""

import re
import unicodedata
from collections.abc import Iterator

from publisher.model.diagnostic import Diagnostic
from publisher.model.document import Document
from publisher.text.body import Body
from publisher.text.characters import BIDI, INVISIBLE
from publisher.text.emphasis import STYLED
from publisher.text.findings import diagnose

# A styled word or two is a choice of taste; from a tenth on, screen readers lose the text.
_STYLED_SHARE = 0.1

_BIDI = re.compile(f"[{BIDI}]")
# joiners are part of emoji and of Persian and Indic words: only those between other characters are odd
_ZERO_WIDTH = re.compile(f"[{INVISIBLE}]|(?<![^\x00-\u02ff])[\u200c\u200d]")
_ANY_ZERO_WIDTH = re.compile(f"[\u200c\u200d{INVISIBLE}]")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff]")


def lint_characters(body: Body, document: Document) -> Iterator[Diagnostic]:
    """Yield advice about single characters, at the first place of each kind."""
    plain = body.text.plain
    if match := _CONTROL.search(plain):
        yield diagnose(
            document,
            "control-character",
            f"U+{ord(match[0]):04X} is a control character, which LinkedIn may refuse",
            "delete it",
            at=body.place(match.start()),
        )
    if plain.isascii():
        return
    if match := _BIDI.search(plain):
        yield diagnose(
            document,
            "bidi-control",
            f"{_name(match[0])} is invisible and changes the direction of the text after it",
            "delete it; each letter has its own direction",
            at=body.place(match.start()),
        )
    # most texts have none, and a set of characters is searched for faster than alternatives
    if _ANY_ZERO_WIDTH.search(plain) and (match := _ZERO_WIDTH.search(plain)):
        yield diagnose(
            document,
            "zero-width",
            f"{_name(match[0])} is invisible; it breaks search, links and screen readers",
            "delete it",
            at=body.place(match.start()),
        )
    if not unicodedata.is_normalized("NFC", plain):
        yield _normal_form(body, document)
    yield from _styled(body, document)


def _normal_form(body: Body, document: Document) -> Diagnostic:
    plain = body.text.plain
    return diagnose(
        document,
        "not-nfc",
        "the text has letters and accents as separate characters (it is not in Unicode's form NFC); "
        "they count twice, and LinkedIn may change them",
        "write composed characters; most editors do so when the text is typed again",
        at=body.place(_first_decomposed(plain)),
    )


def _first_decomposed(plain: str) -> int:
    """Return the offset of the first character that NFC writes otherwise."""
    at = 0
    for line in plain.splitlines(keepends=True):
        if not unicodedata.is_normalized("NFC", line):
            composed = unicodedata.normalize("NFC", line)
            same = next((i for i, (a, b) in enumerate(zip(line, composed, strict=False)) if a != b), 0)
            return at + same
        at += len(line)
    return 0


def _styled(body: Body, document: Document) -> Iterator[Diagnostic]:
    plain = body.text.plain
    first = STYLED.search(plain)
    if first is None:
        return
    styled = len(STYLED.findall(plain))
    if styled > _STYLED_SHARE * sum(character.isalpha() for character in plain):
        yield diagnose(
            document,
            "unicode-styling",
            f"{styled} letters are mathematical symbols; screen readers skip or spell them, "
            "and search does not find them",
            "style at most two words",
            at=body.place(first.start()),
        )


def _name(character: str) -> str:
    return f"U+{ord(character):04X} ({unicodedata.name(character, 'unnamed').title()})"
