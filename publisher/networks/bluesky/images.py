"""Images under the server's limit: scaled and stored as JPEG where they are larger; metadata is never sent.

The result depends on the bytes and on the installed Pillow alone, so a repetition uploads the same blob.
"""

import io

from PIL import Image, ImageOps

from publisher.errors import Rejected
from publisher.networks.bluesky.limits import IMAGE_BYTES

_TYPES = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp", "GIF": "image/gif"}
_LONGEST = 2_000
"""Pixels of the longer side, as Bluesky's own client scales (social-app, read 2026-11)."""


def fit_image(content: bytes, limit: int = IMAGE_BYTES) -> tuple[bytes, str]:
    """Return bytes of at most ``limit`` and their media type. Raise `Rejected` if that is not possible."""
    try:
        with Image.open(io.BytesIO(content)) as image:
            kind = _TYPES.get(image.format or "")
            if kind and len(content) <= limit and not _has_metadata(image):
                return content, kind
            upright = ImageOps.exif_transpose(image).convert("RGBA")
    except (OSError, ValueError, Image.DecompressionBombError) as error:
        raise Rejected(f"An image cannot be read: {error}.", "Store it again as PNG or JPEG.") from None
    opaque = Image.new("RGB", upright.size, "white")
    opaque.paste(upright, mask=upright.getchannel("A"))
    opaque.thumbnail((_LONGEST, _LONGEST))
    # Each step loses visible quality, so the first that fits is taken.
    for quality in (92, 85, 75, 60, 45):
        buffer = io.BytesIO()
        opaque.save(buffer, "JPEG", quality=quality, optimize=True)
        if buffer.tell() <= limit:
            return buffer.getvalue(), "image/jpeg"
    raise Rejected(f"An image is larger than {limit:,} bytes even as a small JPEG.", "Use a smaller image.")


def _has_metadata(image: Image.Image) -> bool:
    """Return whether an image carries EXIF data, such as the place where it was taken."""
    return bool(image.getexif())
