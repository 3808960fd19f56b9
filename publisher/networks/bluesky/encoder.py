"""A post as a record of `app.bsky.feed.post`: text, facets with UTF-8 offsets, embeds."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from publisher.model.post import Article, Media, MediaKind, Post, Text

COLLECTION = "app.bsky.feed.post"
_FACET = "app.bsky.richtext.facet"

Blob = Mapping[str, Any]
Resolve = Callable[[str], str]
"""Returns the DID of a mention's target, or an empty text where it is not known on Bluesky."""


def encode_record(
    post: Post,
    now: datetime,
    blobs: Mapping[str, Blob],
    resolve: Resolve,
    reply: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the record; ``blobs`` are the references of the post's files by sha256."""
    record: dict[str, Any] = {
        "$type": COLLECTION,
        "text": post.text.plain,
        "createdAt": now.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    }
    if post.language:
        record["langs"] = [post.language]
    if facets := encode_facets(post.text, resolve):
        record["facets"] = facets
    if embed := _embed(post, blobs):
        record["embed"] = embed
    if reply:
        record["reply"] = dict(reply)
    return record


def encode_facets(text: Text, resolve: Resolve) -> list[dict[str, Any]]:
    """Return the links, mentions and tags of a text, in order.

    A server accepts offsets that point past the text, or backwards, and says nothing; so they are computed here
    from code points and never taken from elsewhere. Facets must not overlap: a tag or mention inside a link
    is left out.
    """
    offsets = _byte_offsets(text.plain)
    facets: list[dict[str, Any]] = []
    end = 0
    for first, last, feature in sorted(_features(text, resolve), key=lambda item: (item[0], -item[1])):
        if first < end or first >= last:
            continue
        index = {"byteStart": offsets[first], "byteEnd": offsets[last]}
        facets.append({"index": index, "features": [feature]})
        end = last
    return facets


def _features(text: Text, resolve: Resolve) -> Iterator[tuple[int, int, dict[str, str]]]:
    for link in text.links:
        yield link.start, link.end, {"$type": f"{_FACET}#link", "uri": link.url}
    for mention in text.mentions:
        if did := resolve(mention.urn):
            yield mention.start, mention.end, {"$type": f"{_FACET}#mention", "did": did}
    for tag in text.hashtags:
        yield tag.start, tag.end, {"$type": f"{_FACET}#tag", "tag": tag.tag.removeprefix("#")}


def _byte_offsets(text: str) -> list[int]:
    offsets = [0]
    for character in text:
        offsets.append(offsets[-1] + len(character.encode()))
    return offsets


def _embed(post: Post, blobs: Mapping[str, Blob]) -> dict[str, Any] | None:
    if post.media and post.media[0].kind is MediaKind.VIDEO:
        return _video(post.media[0], blobs)
    images = [item for item in post.media if item.kind is MediaKind.IMAGE]
    if images:
        return {"$type": "app.bsky.embed.images", "images": [_image(item, blobs) for item in images]}
    return _external(post.article, blobs) if post.article else None


def _image(media: Media, blobs: Mapping[str, Blob]) -> dict[str, Any]:
    return {"image": dict(blobs[media.sha256]), "alt": media.alt, **_aspect(media)}


def _video(media: Media, blobs: Mapping[str, Blob]) -> dict[str, Any]:
    alt = {"alt": media.alt} if media.alt else {}
    return {"$type": "app.bsky.embed.video", "video": dict(blobs[media.sha256]), **alt, **_aspect(media)}


def _aspect(media: Media) -> dict[str, Any]:
    return (
        {"aspectRatio": {"width": media.width, "height": media.height}}
        if media.width and media.height
        else {}
    )


def _external(article: Article, blobs: Mapping[str, Blob]) -> dict[str, Any]:
    card: dict[str, Any] = {
        "uri": article.url,
        "title": article.title or article.url,
        "description": article.description,
    }
    if article.thumbnail and article.thumbnail.sha256 in blobs:
        card["thumb"] = dict(blobs[article.thumbnail.sha256])
    return {"$type": "app.bsky.embed.external", "external": card}


def attached(post: Post) -> Sequence[Media]:
    """Return the files that a record needs: the post's own, else its card's image."""
    if post.media:
        return post.media
    return (post.article.thumbnail,) if post.article and post.article.thumbnail else ()
