"""Digests: sha256 over the canonical form of what readers would see, whatever the API and the file."""

import hashlib
import json
from typing import Any

from publisher.model.post import Article, Author, Media, Post, Text
from publisher.text.inline import same_address

# ASCII JSON: lone surrogates, which UTF-8 can't carry, are escaped like every other character
# Sorted keys and no blanks: the bytes must be equal in every release, or posts that are live would look
# changed.
_canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode


def post_digest(post: Post) -> str:
    """``sha256:<hex>`` of text, mentions, article, media, poll, reshare, author and visibility.

    Media count by their bytes, alt text and title; a picture that
    publisher makes counts by what it is made from. Where the post comes from, when it is due and which API
    sends it don't count, nor does the first comment, which has a digest of its own.
    """
    seen: dict[str, Any] = {
        **_text(post.text),
        "author": _author(post.author),
        "visibility": post.visibility.value,
    }
    # Empty fields are left out, so that a field which a later version adds does not change the digest of
    # older posts.
    if post.spoiler:
        seen["spoiler"] = post.spoiler
    if post.language:
        seen["language"] = post.language
    if post.article:
        seen["article"] = _article(post.article)
    if post.media:
        seen["media"] = [_media(media) for media in post.media]
    if post.poll:
        seen["poll"] = [post.poll.question, list(post.poll.options), post.poll.duration]
    if post.reshare:
        seen["reshare"] = post.reshare
    return _digest(seen)


def text_digest(post: Post) -> str:
    """``sha256:<hex>`` of the text and its mentions alone."""
    return _digest(_text(post.text))


def comment_digest(post: Post) -> str:
    """``sha256:<hex>`` of the first comment and its author; of an empty text if there is none."""
    return _digest({**_text(post.first_comment or Text()), "author": _author(post.author)})


def _author(author: Author) -> str:
    """Return the author's share of a digest: on LinkedIn the URN, elsewhere the network.

    Only the network knows the identity of some accounts, and a plan asks none. The state keeps the identity
    beside the digest.
    """
    return (
        author.urn
        if author.network == "linkedin"
        else "/".join(filter(None, (author.network, author.platform)))
    )


def _text(text: Text) -> dict[str, Any]:
    seen: dict[str, Any] = {
        "text": text.plain,
        "mentions": [[mention.start, mention.end, mention.urn] for mention in text.mentions],
    }
    # only networks with links behind words have some; elsewhere the address is part of the text
    hidden = [link for link in text.links if not same_address(text.plain[link.start : link.end], link.url)]
    if hidden:
        seen["links"] = [[link.start, link.end, link.url] for link in hidden]
    return seen


def _article(article: Article) -> dict[str, Any]:
    # sent on one API only, but readers of the project see it as part of the post
    thumbnail = _media(article.thumbnail) if article.thumbnail else None
    return {
        "url": article.url,
        "title": article.title,
        "description": article.description,
        "thumbnail": thumbnail,
    }


def _media(media: Media) -> list[str]:
    return [media.recipe or media.sha256, media.alt, media.title]


def _digest(value: dict[str, Any]) -> str:
    return "sha256:" + hashlib.sha256(_canonical(value).encode("ascii")).hexdigest()
