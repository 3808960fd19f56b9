"""What the platforms behind Zernio take and show, offline: OpenAPI file 1.374.0 of `zernio-sdk` 1.4.1385."""

import re
from typing import Any

import regex

from publisher.model.config import Config
from publisher.model.diagnostic import Diagnostic
from publisher.model.document import Document
from publisher.model.post import Author, Post
from publisher.networks.card_text import text_with_card
from publisher.networks.facts import Facts
from publisher.networks.shapes import Shape, check_shape
from publisher.networks.zernio.encoder import THREADS, encode_post, media_item
from publisher.networks.zernio.limits import platform_traits
from publisher.text.body import Body
from publisher.text.written import TextStyle

# Sizes are read as decimal megabytes, the smaller reading (inferred).
_MB = 1_000_000
LABELS = {
    "twitter": "X",
    "threads": "Threads",
    "instagram": "Instagram",
    "facebook": "Facebook",
    "tiktok": "TikTok",
    "youtube": "YouTube",
    "pinterest": "Pinterest",
    "reddit": "Reddit",
    "telegram": "Telegram",
    "discord": "Discord",
    "slack": "Slack",
    "googlebusiness": "Google Business",
    "snapchat": "Snapchat",
    "bluesky": "Bluesky",
    "linkedin": "LinkedIn",
}
_SHAPES = {
    "twitter": {"images": 4, "image_bytes": 5 * _MB, "video_bytes": 512 * _MB},
    "threads": {"images": 10, "image_bytes": 8 * _MB, "video_bytes": 1_000 * _MB, "video_seconds": 300},
    "bluesky": {"images": 4, "video_bytes": 50 * _MB, "video_seconds": 180},
    "linkedin": {"images": 20, "image_bytes": 8 * _MB, "documents": 1},
    "instagram": {"images": 20, "image_bytes": 8 * _MB, "needs_files": True},
    "facebook": {"images": 10, "image_bytes": 10 * _MB},
    "tiktok": {"images": 35, "needs_files": True},
    "youtube": {"images": 0, "needs_files": True},
    "pinterest": {"images": 1, "needs_files": True},
    "telegram": {"images": 10, "image_bytes": 10 * _MB, "video_bytes": 50 * _MB},
    "discord": {"images": 10, "image_bytes": 25 * _MB, "video_bytes": 25 * _MB},
    "slack": {"images": 10},
    "snapchat": {"images": 1, "needs_files": True},
}
"""Platforms that are not listed take one file."""

_URL = re.compile(r"https?://[^\s<>\"]*[^\s<>\"'.,:;!?)\]}]")
# Code points that X counts as one. All others count two (twitter-text, configuration v3).
_LIGHT = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))
"""Code points that count one on X; all others count two (twitter-text 3.1.0, configuration v3)."""
_EMOJI = regex.compile(r"\p{Extended_Pictographic}|\p{Regional_Indicator}|⃣")


def platform_length(platform: str, text: str) -> int:
    """Return the length of a text: weighted on X, where a URL counts 23 and an emoji two.

    Else grapheme clusters.
    """
    if platform != "twitter":
        return len(regex.findall(r"\X", text))
    return sum(_weight(cluster) for cluster in regex.findall(r"\X", _URL.sub("x" * 23, text)))


def _weight(cluster: str) -> int:
    if _EMOJI.search(cluster) and not cluster.isascii():
        return 2
    return sum(1 if any(first <= ord(one) <= last for first, last in _LIGHT) else 2 for one in cluster)


def shape_of(platform: str) -> Shape:
    """Return what a platform's posts hold."""
    known: dict[str, Any] = _SHAPES.get(platform, {"images": 1})
    return Shape(f"{LABELS.get(platform, platform)} through Zernio", replies=False, **known)


def _check(post: Post, document: Document, _config: Config, body: Body | None) -> list[Diagnostic]:
    return check_shape(post, document, shape_of(post.author.platform), body)


def _payload(post: Post, _config: Config, _parent: str) -> dict[str, Any]:
    media = [media_item(one, f"{{url:{one.path}}}") for one in post.media]
    author = post.author
    return encode_post(post, author.platform, author.account, media, "{key}", ())


def _label(author: Author) -> str:
    return LABELS.get(author.platform, author.platform)


FACTS = Facts(
    "zernio",
    label=_label,
    traits=lambda author: platform_traits(author.platform),
    length=lambda author, text: platform_length(author.platform, text),
    sent=text_with_card,
    check=_check,
    payload=_payload,
    threads=lambda author: author.platform in THREADS,
    style=TextStyle(names_accounts=True),
)
