"""Private-use characters in Markdown source that make the parser read emphasis and URLs as
authors mean them.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import NamedTuple

from publisher.text.characters import is_cjk, is_punctuation
from publisher.text.urls import source_urls

# runs of delimiters; an escaped character is none, and three tildes are a code fence
_DELIMITERS = re.compile(r"\\.|(?:\*+|(?<!~)~~?(?!~))", re.DOTALL)
_NEAR_OTHERS = re.compile(r"[^\x00-\x7f][*~]|[*~][^\x00-\x7f]")
_BEGINS_WITH_COMMENT = re.compile(r"^[ \t>*+\-\d.)]*<!--", re.MULTILINE)
_NEXT_COMMENT = re.compile(r"[ \t]*<!--")
_GOES_ON = re.compile(r"[ \t]+[^ \t\n]")
_BLANK_LINE = re.compile(r"\n[ \t>]*\n")
_MARKS = re.compile(r"[*_~]")
_VARIATION = re.compile("[\ufe00-\ufe02\U000e0100-\U000e01ef]")


class Prepared(NamedTuple):
    """Source for the parser.

    ``clean`` removes what was inserted from a text of the parser; ``place`` turns one of its byte offsets
    into a code point of the author's source.
    """

    text: str
    clean: Callable[[str], str]
    place: Callable[[int], int]


def prepare(source: str) -> Prepared:
    """Insert what the parser needs to read ``source`` as it is meant."""
    insertions = sorted([*_escapes(source), *_joints(source), *_comments(source)])
    joint, escape = _unused(source) if insertions or not source.isascii() else ("", "")
    parts, done = [], 0
    for at, escaping in insertions:
        parts += [source[done:at], escape + "\\" if escaping else joint]
        done = at
    # No backslash of the author's is removed: each inserted one follows a character that the source lacks.
    text = "".join([*parts, source[done:]]) if insertions else source

    def clean(piece: str) -> str:
        return piece.replace(escape + "\\", "").replace(escape, "").replace(joint, "")

    return Prepared(text, clean if insertions else _same, _places(text, joint, escape))


def _same(text: str) -> str:
    return text


def _unused(source: str) -> tuple[str, str]:
    """Two private-use characters that the source does not have."""
    # Chosen for each text: a fixed character could stand in an author's text, and would be removed from it.
    used = set(source)
    free = (chr(code) for code in _candidates() if chr(code) not in used)
    return next(free), next(free)


def _candidates() -> Iterator[int]:
    yield from range(0xE000, 0xF900)
    yield from range(0xF0000, 0xFFFFE)
    yield from range(0x100000, 0x10FFFE)


def _escapes(source: str) -> Iterator[tuple[int, bool]]:
    """Yield where a backslash keeps a mark inside of a bare URL."""
    for start, end in source_urls(source):
        for mark in _MARKS.finditer(source, start, end):
            yield mark.start(), True


def _joints(source: str) -> Iterator[tuple[int, bool]]:
    """Yield where a character that is not punctuation lets a run of ``*`` or ``~`` next to East Asian text
    open or close.

    CommonMark asks for a space between punctuation and a delimiter that closes before a letter, which
    Chinese, Japanese and Korean don't write. The rule is that of
    https://github.com/tats-u/markdown-cjk-friendly (2025-01): East Asian punctuation counts as letters, and
    other punctuation is free to touch a delimiter whose other neighbour is East Asian.
    """
    if not _NEAR_OTHERS.search(source):
        return
    for run in _DELIMITERS.finditer(source):
        if run[0][0] == "\\":
            continue
        before, after = _before(source, run.start()), source[run.end() : run.end() + 1]
        if _needs_joint(before, after):
            yield run.start(), False
        if _needs_joint(after, before):
            yield run.end(), False


def _comments(source: str) -> Iterator[tuple[int, bool]]:
    """Yield where a line begins with a comment and goes on, after a blank, with text.

    CommonMark takes such a line for HTML as a whole, and its Markdown for plain characters. A joint before
    the comment makes it a part of a paragraph. Every search begins where the last one ended, so the time is
    linear.
    """
    at = 0
    while found := _BEGINS_WITH_COMMENT.search(source, at):
        start = found.end() - len("<!--")
        at = _end_of_comments(source, start)
        if at < 0:
            return
        if _GOES_ON.match(source, at) and not _BLANK_LINE.search(source, start, at):
            yield start, False


def _end_of_comments(source: str, start: int) -> int:
    """Return where the comments that begin at ``start`` and follow each other on a line end; -1 where one
    does not end.
    """
    at = start
    while True:
        close = source.find("-->", at + len("<!"))
        if close < 0:
            return -1
        at = close + len("-->")
        following = _NEXT_COMMENT.match(source, at)
        if following is None:
            return at
        at = following.end() - len("<!--")


def _needs_joint(near: str, far: str) -> bool:
    if not near or near.isspace() or not is_punctuation(near):
        return False
    return is_cjk(near) or bool(far and is_cjk(far))


def _before(source: str, at: int) -> str:
    # a variation selector belongs to the character before it
    while at and _VARIATION.match(source, at - 1):
        at -= 1
    return source[at - 1 : at]


def _places(text: str, joint: str, escape: str) -> Callable[[int], int]:
    """Return a function from byte offsets in the prepared text to code points of the source."""
    if text.isascii():
        return lambda offset: offset
    # stretches whose characters all have the same number of bytes; those inserted count as no characters
    firsts, segments = [0], [(0, 1)]
    byte = done = removed = 0
    for stretch in _stretches(joint, escape).finditer(text):
        byte += stretch.start() - done
        done = stretch.end()
        size, length = len(stretch[0].encode()), len(stretch[0])
        inserted = stretch.lastgroup == "inserted"
        firsts.append(byte)
        segments.append((stretch.start() - removed, 0 if inserted else size // length))
        removed += length if inserted else 0
        byte += size
        firsts.append(byte)
        segments.append((done - removed, 1))

    def place(offset: int) -> int:
        index = bisect_right(firsts, offset) - 1
        start, width = segments[index]
        return start + (offset - firsts[index]) // width if width else start

    return place


@lru_cache(maxsize=8)
def _stretches(joint: str, escape: str) -> re.Pattern[str]:
    return re.compile(
        rf"(?P<inserted>{joint}|{escape}\\)|[\x80-\u07ff]+"
        rf"|[^\x00-\u07ff\U00010000-\U0010ffff{joint}{escape}]+|[^\x00-\uffff{joint}{escape}]+"
    )
