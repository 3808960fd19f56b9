"""Bare URLs in text: the single definition of where they start and end. Every search takes linear time."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

Span = tuple[int, int]
"""Start and end in code points."""

# What no URL has: spaces, brackets and quotes of markup, and East Asian punctuation, which ends a sentence there.
_NEVER = (
    r"\s<>\[\]\"`\\^{}|\u201c\u201d\u2026\u3000-\u3002\u3008-\u3011\u3014-\u301f"
    r"\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65"
)
_EAST = r"\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff66-\uffdc\U00020000-\U0003ffff"
# an East Asian word goes on with a path that holds such words (/wiki/中文), but does not begin inside of an ASCII word
_BODY = rf"(?:[^{_NEVER}{_EAST}]|(?<=[/=&?#_\-%.:({_EAST}])[{_EAST}])"
# the class comes first: the engine of regular expressions jumps to its characters
_START = r"[hw](?<![A-Za-z0-9].)(?:(?<=h)ttps?://|(?<=w)ww\.(?=[A-Za-z0-9]))"
_URL = re.compile(f"{_START}{_BODY}+", re.IGNORECASE)
_ENTITY_END = re.compile(r"&(?:lt|gt|quot);")
_TRAILING = frozenset("?!.,:;*_~'’»")
_SCHEME = re.compile(r"https?://", re.IGNORECASE)


def url_spans(text: str) -> list[Span]:
    """Return the spans of the bare URLs in a text, in order."""
    # most texts have no URL, and two searches cost less than the pattern
    if "://" not in text and "www." not in text.lower():
        return []
    spans = [(match.start(), match.start() + _trimmed(match[0])) for match in _URL.finditer(text)]
    return [(start, end) for start, end in spans if _has_host(text[start:end])]


def source_urls(source: str) -> Iterator[Span]:
    """Yield the spans of URLs in Markdown source, where ``&gt;`` and the like end one."""
    for start, end in url_spans(source):
        entity = _ENTITY_END.search(source, start, end)
        yield start, entity.start() if entity else end


def absolute(url: str) -> str:
    """Return a bare URL with its scheme."""
    return url if _SCHEME.match(url) else f"https://{url}"


def _trimmed(url: str) -> int:
    """Return the length of a URL without what follows it in a sentence: punctuation, a bracket that was
    opened before it.
    """
    # https://en.wikipedia.org/wiki/A_(b) keeps its bracket, (see https://a.b) does not
    # Counted once: counting at each step would be quadratic for a URL of many brackets.
    counts = Counter(url)
    opened, closed = counts["("], counts[")"]
    end = len(url)
    while end:
        last = url[end - 1]
        if last == ")" and closed > opened:
            closed -= 1
        elif last not in _TRAILING:
            break
        end -= 1
    return end


def _has_host(url: str) -> bool:
    scheme = _SCHEME.match(url)
    return len(url) > scheme.end() if scheme else True


def outside(spans: Iterable[Span], taken: Sequence[Span]) -> Iterator[Span]:
    """Yield the spans that touch none of the ``taken`` ones.

    Both sequences are in order and have no overlaps of their own.
    """
    passed = 0
    for start, end in spans:
        while passed < len(taken) and taken[passed][1] <= start:
            passed += 1
        if passed == len(taken) or taken[passed][0] >= end:
            yield start, end
