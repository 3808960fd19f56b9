"""Bodies of ``/v2/ugcPosts``: plain text with attributes, one media category. Absent values have no key."""

from collections.abc import Mapping
from typing import Any

from publisher.model.post import Article, Media, MediaKind, Mention, Post, Text, utf16_length

# Keys of the unions in the body (learn.microsoft.com, UGC Post API, read 2026-11).
_SHARE = "com.linkedin.ugc.ShareContent"
_VISIBILITY = "com.linkedin.ugc.MemberNetworkVisibility"
_COMPANY = "com.linkedin.common.CompanyAttributedEntity"
_MEMBER = "com.linkedin.common.MemberAttributedEntity"


def encode_ugc(post: Post, assets: Mapping[str, str]) -> dict[str, Any]:
    """Return the create body of a post; ``assets`` maps the sha256 of its media to their URNs."""
    share: dict[str, Any] = {"shareCommentary": attributed(post.text), **_content(post, assets)}
    return {
        "author": post.author.urn,
        "lifecycleState": "PUBLISHED",
        "specificContent": {_SHARE: share},
        "visibility": {_VISIBILITY: post.visibility.value},
    }


def attributed(text: Text) -> dict[str, Any]:
    """Return plain text with its mentions as attributes. Offsets count UTF-16 code units."""
    body: dict[str, Any] = {"text": text.plain}
    if text.mentions:
        body["attributes"] = [_attribute(text.plain, mention) for mention in text.mentions]
    return body


def _attribute(plain: str, mention: Mention) -> dict[str, Any]:
    # LinkedIn has one kind of attribute for pages, another for members
    organization = mention.urn.startswith("urn:li:organization:")
    union, field = (_COMPANY, "company") if organization else (_MEMBER, "member")
    return {
        "start": utf16_length(plain[: mention.start]),
        "length": utf16_length(plain[mention.start : mention.end]),
        "value": {union: {field: mention.urn}},
    }


def _content(post: Post, assets: Mapping[str, str]) -> dict[str, Any]:
    if post.article:
        return {"shareMediaCategory": "ARTICLE", "media": [_article(post.article)]}
    if not post.media:
        return {"shareMediaCategory": "NONE"}
    # a post never mixes kinds: that was checked before
    category = "VIDEO" if post.media[0].kind is MediaKind.VIDEO else "IMAGE"
    return {
        "shareMediaCategory": category,
        "media": [_media(media, assets[media.sha256]) for media in post.media],
    }


def _media(media: Media, urn: str) -> dict[str, Any]:
    return {
        "status": "READY",
        "media": urn,
        **_texts(title=media.title, description=media.alt),
    }


def _article(article: Article) -> dict[str, Any]:
    return {
        "status": "READY",
        "originalUrl": article.url,
        **_texts(title=article.title, description=article.description),
    }


def _texts(**texts: str) -> dict[str, Any]:
    return {name: {"text": text} for name, text in texts.items() if text}
