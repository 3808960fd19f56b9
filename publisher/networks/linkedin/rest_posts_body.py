"""Bodies of ``/rest/posts``: little text, one content member. Absent values have no key."""

from collections.abc import Mapping
from typing import Any

from publisher.model.post import Article, MediaKind, Poll, Post
from publisher.networks.linkedin.checks import TITLE_LIMIT
from publisher.networks.linkedin.little_text import encode_little


def encode_versioned(post: Post, assets: Mapping[str, str]) -> dict[str, Any]:
    """Return the create body of a post; ``assets`` maps the sha256 of its files to their URNs."""
    body: dict[str, Any] = {
        "author": post.author.urn,
        "commentary": encode_little(post.text),
        "visibility": post.visibility.value,
        "distribution": {
            "feedDistribution": "MAIN_FEED",
            "targetEntities": [],
            "thirdPartyDistributionChannels": [],
        },
        "lifecycleState": "PUBLISHED",
        "isReshareDisabledByAuthor": False,
    }
    if post.reshare:
        body["reshareContext"] = {"parent": post.reshare}
    elif content := _content(post, assets):
        body["content"] = content
    return body


def _content(post: Post, assets: Mapping[str, str]) -> dict[str, Any]:
    if post.poll:
        return {"poll": _poll(post.poll)}
    if post.article:
        return {"article": _article(post.article, assets)}
    if len(post.media) > 1:
        # multi-image takes two images or more; a single one goes into media
        images = [{"id": assets[media.sha256], **_given(altText=media.alt)} for media in post.media]
        return {"multiImage": {"images": images}}
    if post.media:
        media = post.media[0]
        # a document has no alt text of its own: LinkedIn reads its pages out
        alt = "" if media.kind is MediaKind.DOCUMENT else media.alt
        return {"media": {"id": assets[media.sha256], **_given(title=media.title, altText=alt)}}
    return {}


def _article(article: Article, assets: Mapping[str, str]) -> dict[str, Any]:
    body = {
        "source": article.url,
        # the versioned API asks for a title and fetches none itself
        "title": article.title or article.url[:TITLE_LIMIT],
        **_given(description=article.description),
    }
    if article.thumbnail:
        body["thumbnail"] = assets[article.thumbnail.sha256]
        body |= _given(thumbnailAltText=article.thumbnail.alt)
    return body


def _poll(poll: Poll) -> dict[str, Any]:
    return {
        "question": poll.question,
        "options": [{"text": option} for option in poll.options],
        "settings": {
            "duration": poll.duration,
            "voteSelectionType": "SINGLE_VOTE",
            "isVoterVisibleToAuthor": True,
        },
    }


def _given(**texts: str) -> dict[str, Any]:
    return {name: text for name, text in texts.items() if text}
