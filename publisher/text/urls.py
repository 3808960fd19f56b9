"""Bare URLs in text: where they start and end."""

import re

from publisher.text.writer import Span

_URL = re.compile(r"(?<![A-Za-z0-9])(?:https?://|www\.(?=[A-Za-z0-9]))[^\s<>\[\]\"`\\^{}|]+")
_BODY = re.compile(r"[^\s<>\[\]\"`\\^{}|]+")
_TRAILING = "?!.,:;*_~'\"”’»"


def trim_url(url: str) -> str:
    """Drop what follows a URL in a sentence: punctuation, emphasis, a bracket that was opened before it."""
    while url:
        # https://en.wikipedia.org/wiki/A_(b) keeps its bracket, (see https://a.b) does not
        if url[-1] in _TRAILING or (url[-1] == ")" and url.count(")") > url.count("(")):
            url = url[:-1]
        else:
            break
    return url


def url_end(text: str, start: int, end: int) -> int:
    """Where the URL whose characters go on from ``start`` ends, at most at ``end``."""
    match = _BODY.match(text, start, end)
    return start + len(trim_url(match.group())) if match else start


def url_spans(text: str) -> list[Span]:
    """The spans of the bare URLs in a text."""
    # most texts have no URL, and two searches cost less than the pattern
    if "://" not in text and "www." not in text:
        return []
    return [(match.start(), match.start() + len(trim_url(match.group()))) for match in _URL.finditer(text)]
