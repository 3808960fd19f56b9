"""What a Mastodon server takes and shows, offline: with the defaults of servers that say nothing else."""

from typing import Any

from publisher.model.config import Config
from publisher.model.diagnostic import Diagnostic
from publisher.model.document import Document
from publisher.model.post import Post
from publisher.networks.card_text import text_with_card
from publisher.networks.facts import Facts
from publisher.networks.mastodon.encoder import encode_status
from publisher.networks.mastodon.limits import InstanceLimits, traits
from publisher.networks.shapes import Shape, check_shape
from publisher.text.body import Body
from publisher.text.written import TextStyle

LIMITS = InstanceLimits()
SHAPE = Shape(
    "Mastodon",
    images=LIMITS.files,
    image_bytes=LIMITS.image_bytes,
    video_bytes=LIMITS.video_bytes,
    alt_limit=LIMITS.description,
    restricted=True,
    spoilers=True,
)


def _check(post: Post, document: Document, _config: Config, body: Body | None) -> list[Diagnostic]:
    return check_shape(post, document, SHAPE, body)


def _sent(post: Post) -> str:
    """Return all that counts against the limit: the warning, the text, and the address of the card."""
    return post.spoiler + text_with_card(post)


def _payload(post: Post, _config: Config, parent: str) -> dict[str, Any]:
    media = [f"{{media:{one.path}}}" for one in post.media]
    return encode_status(post, media, f"{{id:{parent}}}" if parent else "")


FACTS = Facts(
    "mastodon",
    label=lambda _: "Mastodon",
    traits=lambda _: traits(LIMITS),
    length=lambda _, text: LIMITS.length(text),
    sent=_sent,
    check=_check,
    payload=_payload,
    threads=lambda _: True,
    style=TextStyle(names_accounts=True),
)
