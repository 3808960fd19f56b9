"""What Bluesky takes and shows, offline."""

from datetime import UTC, datetime
from typing import Any

from publisher.model.config import Config
from publisher.model.diagnostic import Diagnostic
from publisher.model.document import Document
from publisher.model.post import Post
from publisher.networks.bluesky.encoder import attached, encode_record
from publisher.networks.bluesky.limits import IMAGES, TRAITS, grapheme_length
from publisher.networks.facts import Facts
from publisher.networks.shapes import Shape, check_shape
from publisher.text.body import Body
from publisher.text.written import TextStyle

SHAPE = Shape(
    "Bluesky",
    images=IMAGES,
    # images over the server's limit are scaled, see images.py; videos: bsky.app's upload limits, read
    # 2026-11-24
    video_bytes=100_000_000,
    video_seconds=180,
    card="alone",
)


def _check(post: Post, document: Document, _config: Config, body: Body | None) -> list[Diagnostic]:
    return check_shape(post, document, SHAPE, body)


def _payload(post: Post, _config: Config, parent: str) -> dict[str, Any]:
    """Return the record.

    Its time, the references of files and the identities of mentions are not known yet.
    """
    blobs = {media.sha256: {"$link": f"{{blob:{media.path}}}"} for media in attached(post)}
    reply = {"root": {"uri": f"{{uri:{parent}}}"}, "parent": {"uri": f"{{uri:{parent}}}"}} if parent else None
    record = encode_record(
        post, datetime(1970, 1, 1, tzinfo=UTC), blobs, lambda name: f"{{did:{name}}}", reply
    )
    return record | {"createdAt": "{now}"}


FACTS = Facts(
    "bluesky",
    label=lambda _: "Bluesky",
    traits=lambda _: TRAITS,
    length=lambda _, text: grapheme_length(text),
    sent=lambda post: post.text.plain,
    check=_check,
    payload=_payload,
    threads=lambda _: True,
    style=TextStyle(links_behind_words=True),
)
