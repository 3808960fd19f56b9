"""Media as a page shows them: scaled down and embedded, or as addresses of a server."""

import base64
import io
from collections.abc import MutableMapping
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from publisher.feedview.values import Image
from publisher.model.post import Media

LARGEST_SIDE = 1100
"""Pixels that an image keeps at most: twice the width in which a post shows it."""

AVATAR_SIDE = 96
"""Pixels of an author's picture: twice the 48 in which a post shows it."""

# Base64 adds a third, and the page must stay small enough for mail and for a CI artifact.
VIDEO_BOUND = 2_000_000
"""Bytes up to which a video is embedded."""

TOTAL_BOUND = 24_000_000
"""Bytes that a file embeds at most."""


class MediaSource(Protocol):
    """Where a page's media come from."""

    def image(self, media: Media, *, alone: bool) -> Image:
        """Return an image; ``alone`` in its post, or one of several."""

    def file(self, media: Media) -> str:
        """Return the address of a video or document; empty if it can't be had."""

    def avatar(self, path: str) -> str:
        """Return the address of an author's picture; empty if there is none."""


class Embedded:
    """Embeds media in the page as data: URIs, up to a total size."""

    def __init__(self, root: Path, bound: int = TOTAL_BOUND) -> None:
        self._root = root
        self._left = bound
        self._kept: MutableMapping[tuple[str, int], str] = {}

    def image(self, media: Media, *, alone: bool) -> Image:
        """Return a small version; without ``src`` where it can't be read or there is no more room."""
        # Pictures of a grid are shown smaller, so fewer pixels are enough.
        side = LARGEST_SIDE if alone else LARGEST_SIDE * 2 // 3
        known = (media.sha256, side)
        if known not in self._kept:
            content = scaled(media.location(self._root), side)
            self._kept[known] = self._embed(content, "image/webp")
        return Image(self._kept[known], media.alt, media.width or 0, media.height or 0)

    def file(self, media: Media) -> str:
        """Return a short video's bytes.

        Documents are not embedded, as browsers don't show them from inside a page.
        """
        if not media.mime_type.startswith("video/") or media.size > min(VIDEO_BOUND, self._left):
            return ""
        try:
            return self._embed(media.location(self._root).read_bytes(), media.mime_type)
        except OSError:
            return ""

    def avatar(self, path: str) -> str:
        """Return a small version of the picture."""
        return avatar_uri(self._root, path)

    def _embed(self, content: bytes, mime_type: str) -> str:
        if not content or len(content) > self._left:
            return ""
        # Bytes before Base64, which adds a third to them in the page.
        self._left -= len(content)
        return f"data:{mime_type};base64,{base64.b64encode(content).decode()}"


class Served:
    """Gives addresses of the live page's server. An address contains the digest of the bytes."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def image(self, media: Media, *, alone: bool) -> Image:  # noqa: ARG002 - the protocol's arguments
        """Return the address of the small version."""
        return Image(f"/media/{media.sha256}/small", media.alt, media.width or 0, media.height or 0)

    def file(self, media: Media) -> str:
        """Return the address of the file itself."""
        return f"/media/{media.sha256}"

    def avatar(self, path: str) -> str:
        """Return the picture as a data: URI, because the server has only the files of posts."""
        return avatar_uri(self._root, path)


def avatar_uri(root: Path, path: str) -> str:
    """Return an author's picture, scaled down, as a data: URI; empty if it can't be read or is outside the
    project.
    """
    place = (root / path).resolve()
    if not path or not place.is_relative_to(root.resolve()):
        return ""
    content = scaled(place, AVATAR_SIDE)
    return f"data:image/webp;base64,{base64.b64encode(content).decode()}" if content else ""


@lru_cache(maxsize=256)
def _scaled(path: Path, side: int, _stamp: tuple[int, int]) -> bytes:
    from PIL import Image as Pillow
    from PIL import ImageOps

    with Pillow.open(path) as opened:
        # A JPEG is decoded at a fraction of its size, which is several times as fast.
        opened.draft("RGB", (side, side))
        image = ImageOps.exif_transpose(opened)
        image.thumbnail((side, side))
        transparent = image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info
        buffer = io.BytesIO()
        image.convert("RGBA" if transparent else "RGB").save(buffer, "WEBP", quality=74, method=2)
        return buffer.getvalue()


def scaled(path: Path, side: int = LARGEST_SIDE) -> bytes:
    """Return an image file as WebP, no side longer than ``side`` pixels; empty if it can't be read."""
    from PIL import Image as Pillow

    try:
        status = path.stat()
        # Time and size are part of the cache's key, so an edited picture is scaled again.
        return _scaled(path, side, (status.st_mtime_ns, status.st_size))
    except (OSError, ValueError, SyntaxError, Pillow.DecompressionBombError, Pillow.DecompressionBombWarning):
        return b""
