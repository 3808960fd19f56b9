"""The words in raw HTML: tags and comments dropped, entities decoded."""

import re
from html import unescape

_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_TAG = re.compile(r"</?[A-Za-z][^>]*>|<[!?][^>]*>", re.DOTALL)
_BREAK = re.compile(r"<br\s*/?>\s*", re.IGNORECASE)
_SPACES = re.compile(r"[ \t]*\n\s*")


def is_comment(html: str) -> bool:
    """Whether there is nothing but comments."""
    return not _COMMENT.sub("", html).strip()


def first_tag(html: str) -> str:
    """The first tag, for a message."""
    match = _TAG.search(_COMMENT.sub("", html))
    return match.group() if match else html.strip()[:40]


def words(html: str) -> str:
    """The text of an HTML block, one line per line that has any."""
    # tags may stand on lines of their own; those lines are not text
    return _SPACES.sub("\n", unescape(_TAG.sub("", _BREAK.sub("\n", _COMMENT.sub("", html))))).strip()
