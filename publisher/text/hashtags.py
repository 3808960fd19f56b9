"""Hashtags by Unicode's rules: ``#`` and a word with a letter in it, standing free."""

import re
import unicodedata
from collections.abc import Iterable

from publisher.model.post import Hashtag
from publisher.text.urls import Span, url_spans

_START = re.compile(r"(?<![\w&/#＃])[#＃](?=\w)")
_WORD = re.compile(r"\w+")
_JOINERS = "\u200c\u200d"


def _word_end(text: str, start: int) -> int:
    """Return where the word that starts at ``start`` ends; vowel signs and joiners belong to it."""
    end = start
    while match := _WORD.match(text, end):
        end = match.end()
        # the class \w has no combining marks, without which a Hindi or Thai word would be cut
        while end < len(text) and (text[end] in _JOINERS or unicodedata.category(text[end])[0] == "M"):
            end += 1
    # a joiner at the end joins nothing and would be part of the tag's address
    while end > start and text[end - 1] in _JOINERS:
        end -= 1
    return end


def find_hashtags(text: str, closed: Iterable[Span] = ()) -> tuple[Hashtag, ...]:
    """Return the hashtags of a text in order, but those that touch a URL or one of the closed spans (code,
    mentions).
    """
    if "#" not in text and "＃" not in text:
        return ()
    closed = sorted([*closed, *url_spans(text)])
    found = []
    passed = 0
    for match in _START.finditer(text):
        start = match.start()
        # both sequences are in order, so one pass is enough for texts of any length
        while passed < len(closed) and closed[passed][1] <= start:
            passed += 1
        if passed < len(closed) and closed[passed][0] <= start:
            continue
        end = _word_end(text, start + 1)
        if passed < len(closed) and closed[passed][0] < end:
            continue
        if any(character.isalpha() for character in text[start + 1 : end]):
            found.append(Hashtag(start, end, text[start + 1 : end]))
    return tuple(found)


def is_tag(word: str) -> bool:
    """Return whether ``#word`` as a whole is a hashtag."""
    return (
        bool(_WORD.match(word))
        and _word_end(word, 0) == len(word)
        and any(character.isalpha() for character in word)
    )


def fold(tag: str) -> str:
    """Return the form in which two spellings of one hashtag are equal."""
    return unicodedata.normalize("NFKC", tag.casefold())


def missing_tags(wanted: Iterable[str], present: Iterable[Hashtag]) -> tuple[str, ...]:
    """Return the wanted tags that aren't in the text yet, each once, in order."""
    # what counts is how LinkedIn compares tags, not how they are spelt
    seen = {fold(hashtag.tag) for hashtag in present}
    missing = []
    for tag in wanted:
        if fold(tag) not in seen:
            seen.add(fold(tag))
            missing.append(tag)
    return tuple(missing)
