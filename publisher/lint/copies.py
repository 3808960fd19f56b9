"""Lengths of copies on networks other than LinkedIn: each by its own rule, in its own unit."""

from collections.abc import Iterator
from dataclasses import replace

import regex

from publisher.model.diagnostic import Diagnostic, Position
from publisher.model.document import Document
from publisher.model.post import Author, Post
from publisher.networks.facts import Facts
from publisher.networks.registry import facts_of
from publisher.text.body import Body
from publisher.text.findings import diagnose

# Mastodon counts each URL as 23 characters (docs.joinmastodon.org, 2026-11), X as well (t.co links).
_NOTES = {
    "mastodon": "a URL counts 23",
    "zernio": "on X a URL counts 23 and an emoji 2",
}


def lint_copy_length(post: Post, document: Document, body: Body) -> Iterator[Diagnostic]:
    """Yield a problem for a text, or a first comment, that is longer than the copy's network takes."""
    facts, author = facts_of(post.author), post.author
    sent = facts.sent(post)
    # Each part of a thread was cut to fit, so only a post without parts is measured.
    if not post.parts and not facts.fits(author, sent):
        cut = _cut(facts, author, post.text.plain, len(sent) - len(post.text.plain))
        yield _too_long(post, document, facts, "text", sent, post.text.plain[:cut], body.place(cut))
    comment = post.first_comment
    if comment is not None and not facts.fits(author, comment.plain):
        cut = _cut(facts, author, comment.plain, 0)
        at = document.position("first_comment")
        yield _too_long(post, document, facts, "first comment", comment.plain, comment.plain[:cut], at)


def _too_long(
    post: Post, document: Document, facts: Facts, what: str, sent: str, kept: str, at: Position
) -> Diagnostic:
    author, traits = post.author, facts.traits(post.author)
    alias = author.alias or author.network
    length = facts.length(author, sent)
    size = f"{length} {traits.unit}, {length - traits.limit} more than its {traits.limit}"
    if length <= traits.limit:
        size = f"{len(sent.encode()):,} bytes, more than its {traits.byte_limit:,}"
    note = f" ({_NOTES[author.network]})" if author.network in _NOTES else ""
    before = " ".join(kept.split())[-40:]
    field = "first_comment" if what == "first comment" else "text"
    chain = ", or set thread: true" if field == "text" and facts.threads(author) else ""
    found = diagnose(
        document,
        "text-too-long",
        f"the {what} for {alias} on {facts.label(author)} has {size}{note}; the limit falls after “…{before}”",
        f"shorten it, write variants: {{{alias}: {{{field}: …}}}}{chain}",
        at=at,
    )
    return replace(found, key=post.key)


def _cut(facts: Facts, author: Author, text: str, added: int) -> int:
    """Return how many code points of a text fit, beside ``added`` characters that are sent with it."""
    # Graphemes: a cut inside an emoji sequence would show another emoji.
    ends = [0, *(match.end() for match in regex.finditer(r"\X", text))]
    low, high = 0, len(ends) - 1
    # A binary search: counting is linear, and a search from the end would be quadratic.
    while low < high:
        middle = (low + high + 1) // 2
        if facts.fits(author, text[: ends[middle]] + "x" * added):
            low = middle
        else:
            high = middle - 1
    return ends[low]
