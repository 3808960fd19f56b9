"""How Mastodon counts and renders a text.

`StatusLengthValidator`: content warning and text together, in grapheme clusters; every http(s) URL counts 23;
a mention of an account on another server counts only its local part.
"""

import re
from html import escape

from publisher.sandbox.graphemes import count_graphemes

URL_LENGTH = 23
# Punctuation at the end of a URL belongs to the sentence.
_URL = re.compile(r"https?://[^\s<>\"]*[^\s<>\"'.,:;!?)\]}]")
_MENTION = re.compile(r"(?<![\w/])@(\w+(?:[.-]\w+)*)@[\w.-]+\w")
# A tag has at least one character that is not a digit (docs.joinmastodon.org, Posting, read 2026-07).
_TAG = re.compile(r"(?<![\w/])#(\w*[^\W\d_]\w*)")


def count(text: str, spoiler: str) -> int:
    """Return the length that is compared with the server's limit."""
    counted = _URL.sub("x" * URL_LENGTH, spoiler + text)
    return count_graphemes(_MENTION.sub(r"@\1", counted))


def html(text: str, server: str) -> str:
    """Return the content as HTML: paragraphs, links, tags."""
    return "".join(f"<p>{_inline(part, server)}</p>" for part in re.split(r"\n{2,}", text.strip()) if part)


def tags(text: str) -> list[str]:
    """Return the hashtags, in lower case."""
    return [found.lower() for found in _TAG.findall(_URL.sub("", text))]


def _inline(text: str, server: str) -> str:
    pieces, at = [], 0
    for found in _URL.finditer(text):
        pieces += [_tags(text[at : found.start()], server), _link(found[0])]
        at = found.end()
    return "".join([*pieces, _tags(text[at:], server)]).replace("\n", "<br />")


def _link(url: str) -> str:
    scheme, rest = re.fullmatch(r"(https?://(?:www\.)?)(.*)", url, re.S).groups()  # type: ignore[union-attr]
    # Mastodon shows 30 characters of a link and hides the rest (TextFormatter, read in public code,
    # 2026-11).
    shown, hidden = escape(rest[:30]), escape(rest[30:])
    cut = "ellipsis" if hidden else ""
    return (
        f'<a href="{escape(url)}" target="_blank" rel="nofollow noopener" translate="no">'
        f'<span class="invisible">{scheme}</span><span class="{cut}">{shown}</span>'
        f'<span class="invisible">{hidden}</span></a>'
    )


def _tags(text: str, server: str) -> str:
    return _TAG.sub(
        lambda found: (
            f'<a href="{server}/tags/{found[1].lower()}" class="mention hashtag" rel="tag">'
            f"#<span>{found[1]}</span></a>"
        ),
        escape(text),
    )
