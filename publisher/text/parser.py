"""The Markdown parser: CommonMark, tables, strikethrough, footnotes, mentions and URLs kept whole."""

from functools import cache

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from mdit_py_plugins.footnote import footnote_plugin

from publisher.text.mentions import MENTION
from publisher.text.urls import url_end


def _mention(state: StateInline, silent: bool) -> bool:
    """``@[Name](target)`` as one token, before ``[Name](target)`` can become a link."""
    if state.src[state.pos] != "@":
        return False
    match = MENTION.match(state.src, state.pos, state.posMax)
    # me@[Ada](…) is an address gone wrong, no mention
    if not match or (state.pos and state.src[state.pos - 1].isalnum()):
        return False
    if not silent:
        token = state.push("mention", "", 0)
        token.content, token.info = match.groups()
    state.pos = match.end()
    return True


def _url(state: StateInline, silent: bool) -> bool:
    """A bare URL is text as it stands: ``*`` and ``_`` in it are no emphasis."""
    start = state.pos
    if state.src[start] != ":" or not state.src.startswith("://", start):
        return False
    # the scheme stands in the text already read; only the rest is new
    if not state.src[max(start - 5, 0) : start].lower().endswith(("http", "https")):
        return False
    end = url_end(state.src, start + 3, state.posMax)
    if end == start + 3:
        return False
    if not silent:
        state.append_pending(state.src[start:end])
    state.pos = end
    return True


@cache
def parser() -> MarkdownIt:
    """The one parser. Links to anywhere are parsed, and judged when they are written."""
    markdown = MarkdownIt("commonmark")
    markdown.enable(["table", "strikethrough"])
    # inline footnotes (^[…]) would turn smileys and exponents into notes
    markdown.use(footnote_plugin, inline=False)
    markdown.inline.ruler.before("newline", "mention", _mention)
    markdown.inline.ruler.before("mention", "url", _url)
    # escaped characters stay tokens of their own: an escaped # is no hashtag
    markdown.disable("text_join")
    markdown.validateLink = lambda url: True  # type: ignore[method-assign]  # noqa: ARG005
    # decoding %-escapes would change a URL the author wrote on purpose
    markdown.normalizeLinkText = lambda link: link  # type: ignore[method-assign]
    return markdown
