"""A record as the feed page shows it. Facets that do not fit the text are ignored, as clients do."""

from collections.abc import Iterator
from typing import Any

from publisher.sandbox.bluesky.values import RepoRecord
from publisher.sandbox.values import Attribute, Post


def feed_post(record: RepoRecord) -> Post:
    """Return a record of the collection of posts in the feed's shape."""
    value = record.value
    text = str(value.get("text", ""))
    return Post(
        urn=record.uri,
        activity=record.uri,
        author=record.did,
        api="bluesky",
        text=text,
        sent_text=text,
        visibility="PUBLIC",
        created_at=record.written_at,
        content=_content(record.did, value.get("embed")),
        attributes=tuple(_attributes(text, value.get("facets"))),
    )


def _content(did: str, embed: Any) -> dict[str, Any]:
    if not isinstance(embed, dict):
        return {}
    if isinstance(embed.get("external"), dict):
        card = embed["external"]
        thumb = card.get("thumb")
        names = {"url": card.get("uri", ""), "title": card.get("title", "")}
        more = {"description": card.get("description", ""), "thumbnail": _blob(did, thumb) if thumb else ""}
        return {"article": {**names, **more}}
    videos = [{"image": embed["video"], "alt": embed.get("alt", "")}] if "video" in embed else []
    items = [*(embed.get("images") or []), *videos]
    return {
        "media": [
            {"urn": _blob(did, item["image"]), "alt": item.get("alt", ""), "title": ""} for item in items
        ]
    }


def _blob(did: str, blob: Any) -> str:
    return f"{did}/{blob['ref']['$link']}"


def _attributes(text: str, facets: Any) -> Iterator[Attribute]:
    """Yield links and mentions with offsets in UTF-16 units, as the feed has them."""
    content = text.encode()
    for facet in facets or ():
        start, end = facet["index"]["byteStart"], facet["index"]["byteEnd"]
        target = next((feature.get("uri") or feature.get("did") for feature in facet["features"]), None)
        if not target or not start < end <= len(content):
            continue
        before, inside = (_units(content[part]) for part in (slice(start), slice(start, end)))
        yield Attribute(before, inside, str(target))


def _units(content: bytes) -> int:
    return len(content.decode("utf-8", "replace").encode("utf-16-le")) // 2
