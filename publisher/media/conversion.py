"""Convert images that a network refuses: other formats, too many pixels or bytes, a turned picture, a place
in EXIF.

The same bytes and the same Pillow give the same result.
"""

import io
import warnings
from pathlib import Path
from typing import NamedTuple

from PIL import Image, ImageOps

from publisher.media.images import IMAGE_BYTES, MAX_PIXELS, has_place, is_turned

VERSION = 1
"""Part of the digest of a picture that looks different after its conversion.

A new number asks for new posts.
"""

MAX_SOURCE_PIXELS = 120_000_000
"""Largest image that is decoded: a phone's camera has 108 megapixels (2026). In memory that is 360 MB."""

# Only these decoders are tried: each further one of Pillow's is more code that reads strangers' bytes.
_FORMATS = ("JPEG", "MPO", "PNG", "GIF", "WEBP", "TIFF", "BMP", "AVIF", "HEIF")
# MPO is a JPEG with further pictures, which cameras and phones write; only the first is shown.
_NAMES = {"WEBP": "WebP", "MPO": "JPEG", "HEIF": "HEIC"}
_LOSSLESS = ("PNG", "GIF", "BMP")
# From hardly visible loss to visible loss; the first result that is small enough is taken.
_QUALITIES = (92, 85, 75, 60)


class Converted(NamedTuple):
    """An image after its conversion.

    ``what`` says what was done; ``same`` that readers see the same picture.
    """

    content: bytes
    mime_type: str
    width: int
    height: int
    what: str
    same: bool


def convert_image(path: Path) -> Converted | None:
    """Return the image at ``path`` in a form that every network takes; None if that is not possible."""
    Image.init()
    known = tuple(name for name in _FORMATS if name in Image.OPEN)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(path, formats=known) as image:
                return _convert(image, path.stat().st_size)
    except Exception:  # decoders of broken files raise whatever their reading runs into
        return None


def _convert(image: Image.Image, size: int) -> Converted | None:
    kind = image.format or ""
    animated = kind != "MPO" and getattr(image, "n_frames", 1) > 1
    width, height = image.size
    if animated or width * height > MAX_SOURCE_PIXELS:
        return None
    done = []
    if is_turned(image):
        done.append("turned upright")
    if has_place(image):
        done.append("the place where it was taken removed")
    # Before scaling, so that width and height are those that readers see.
    upright = ImageOps.exif_transpose(image)
    if width * height >= MAX_PIXELS:
        factor = (MAX_PIXELS / (width * height)) ** 0.5
        upright = upright.resize(
            # Rounded down, since the product must stay below the limit.
            (int(upright.width * factor) or 1, int(upright.height * factor) or 1),
            reducing_gap=2,
        )
        done.append(f"scaled to {upright.width} x {upright.height}")
    clear = upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info
    target = "PNG" if clear or kind in _LOSSLESS else "JPEG"
    if target == "PNG" and size > IMAGE_BYTES and not clear:
        target = "JPEG"
    if target != _NAMES.get(kind, kind):
        done.insert(0, f"{_NAMES.get(kind, kind)} to {target}")
    content = _png(upright, clear) if target == "PNG" else _jpeg(upright)
    if content is None:
        return None
    if not done:
        done.append(f"compressed to {len(content):,} bytes")
    same = target == _NAMES.get(kind, kind) and width * height < MAX_PIXELS
    mime = "image/png" if target == "PNG" else "image/jpeg"
    return Converted(content, mime, upright.width, upright.height, ", ".join(done), same)


def _png(image: Image.Image, clear: bool) -> bytes | None:
    buffer = io.BytesIO()
    plain = (
        image
        if image.mode in ("1", "L", "P", "RGB", "RGBA", "LA")
        else image.convert("RGBA" if clear else "RGB")
    )
    # Earlier versions of Pillow copied this entry into the PNG.
    plain.info.pop("exif", None)
    plain.save(buffer, "PNG", optimize=True, icc_profile=image.info.get("icc_profile"), exif=b"")
    return buffer.getvalue() if buffer.tell() <= IMAGE_BYTES else None


def _jpeg(image: Image.Image) -> bytes | None:
    plain = image if image.mode in ("L", "RGB") else image.convert("RGB")
    # a profile of another colour space, such as CMYK, would be wrong for the converted pixels
    profile = image.info.get("icc_profile") if plain is image else None
    for quality in _QUALITIES:
        buffer = io.BytesIO()
        plain.save(
            buffer,
            "JPEG",
            quality=quality,
            optimize=True,
            icc_profile=profile,
            exif=b"",
            comment=b"",
            xmp=b"",
        )
        if buffer.tell() <= IMAGE_BYTES:
            return buffer.getvalue()
    return None
