"""What a server takes, by its own ``/api/v2/instance``; and how it counts.

Defaults and counting: Mastodon's documentation at 2903485d (2026-07-02) and `StatusLengthValidator`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import regex

from publisher.networks.gateway import Traits

# Punctuation at the end of a URL belongs to the sentence.
_URL = re.compile(r"https?://[^\s<>\"]*[^\s<>\"'.,:;!?)\]}]")
_REMOTE = re.compile(r"(?<![\w/])@(\w+(?:[.-]\w+)*)@[\w.-]+\w")


@dataclass(frozen=True, slots=True)
class InstanceLimits:
    """The limits of one server."""

    # docs.joinmastodon.org, Instance, read 2026-07: the defaults of a server that states nothing.
    characters: int = 500
    url_length: int = 23
    files: int = 4
    # 16 MiB and 99 MiB: MediaAttachment's limits (read in public code, 2026-11).
    image_bytes: int = 16_777_216
    video_bytes: int = 103_809_024
    description: int = 1_500

    def length(self, text: str, spoiler: str = "") -> int:
        """Return the length of a status: grapheme clusters.

        A URL has a fixed length, a remote mention no domain.
        """
        counted = _REMOTE.sub(r"@\1", _URL.sub("x" * self.url_length, spoiler + text))
        return len(regex.findall(r"\X", counted))


def read_limits(document: Mapping[str, Any]) -> InstanceLimits:
    """Return the limits in a server's description of itself; absent or odd ones have their defaults."""
    found = document.get("configuration")
    statuses, media = (_part(found, name) for name in ("statuses", "media_attachments"))
    default = InstanceLimits()
    return InstanceLimits(
        characters=_number(statuses, "max_characters", default.characters),
        url_length=_number(statuses, "characters_reserved_per_url", default.url_length),
        files=_number(statuses, "max_media_attachments", default.files),
        image_bytes=_number(media, "image_size_limit", default.image_bytes),
        video_bytes=_number(media, "video_size_limit", default.video_bytes),
        description=_number(media, "description_limit", default.description),
    )


def traits(limits: InstanceLimits) -> Traits:
    """Return what a server with these limits can do.

    The key lives one hour and is written after the create (mastodon#21840), so a repetition comes within 50
    minutes, after at least one, and only if the account's statuses show nothing.
    """
    return Traits(
        network="mastodon",
        repeat_within=timedelta(minutes=50),
        atomic=False,
        readable=True,
        editable=True,
        deletable=True,
        replies=True,
        unit="graphemes",
        limit=limits.characters,
        url_length=limits.url_length,
        settle_after=timedelta(seconds=60),
        media_steps=("media", "processing"),
    )


def _part(document: Any, name: str) -> Any:
    return document.get(name) if isinstance(document, dict) else None


def _number(document: Any, name: str, default: int) -> int:
    value = _part(document, name)
    # a length no one reaches is as good as none, and far below what could exhaust memory
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 10**9 else default
