"""Images: opened by Pillow, counted, and read to the end so that a truncated one is found now."""

import warnings
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from publisher.media.library import MediaProblem

MAX_PIXELS = 36_152_320
"""LinkedIn accepts fewer pixels than this, width times height (Microsoft Learn, Images API, 2026-09)."""

# LinkedIn's Images API accepts GIFs of up to 250 frames (Microsoft Learn, 2026-09).
MAX_FRAMES = 250

IMAGE_BYTES = 16_777_216
"""Mastodon's limit without settings of its own (2026-07); a picture of 36 megapixels is smaller as a good
JPEG.
"""

_TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "GIF": "image/gif", "MPO": "image/jpeg"}
# Tag numbers of EXIF 2.32.
_ORIENTATION = 0x0112
_GPS = 0x8825


def measure_image(path: Path) -> dict[str, object] | MediaProblem:
    """Return the MIME type, width and height of a JPEG, PNG or GIF."""
    try:
        with warnings.catch_warnings():
            # Pillow warns about large images and odd metadata; the size is checked below.
            warnings.simplefilter("ignore")
            with Image.open(path, formats=tuple(_TYPES)) as image:
                return _measure(image, path)
    except Image.DecompressionBombError:
        return _too_many_pixels(path, "far too many")
    except Exception as error:  # decoders of broken files raise whatever their reading runs into
        reason = (
            "it can't be decoded" if isinstance(error, UnidentifiedImageError) else str(error) or "cut off"
        )
        message = f"{path.name} is broken: {reason}."
        return MediaProblem("media-broken", message, "Save it again; it may have been truncated by copying.")


def is_turned(image: Image.Image) -> bool:
    """Return whether EXIF asks viewers to turn or mirror the picture. Not every network does."""
    # 1 is upright; other values than 1 to 8 are broken, and viewers ignore them.
    return image.getexif().get(_ORIENTATION, 1) in range(2, 9)


def has_place(image: Image.Image) -> bool:
    """Return whether the file says where the picture was taken."""
    described = image.info.get("xmp", b"")
    return bool(image.getexif().get_ifd(_GPS)) or b"exif:GPS" in (
        described.encode() if isinstance(described, str) else described
    )


def _measure(image: Image.Image, path: Path) -> dict[str, object] | MediaProblem:
    width, height = image.size
    if width * height >= MAX_PIXELS:
        return _too_many_pixels(path, f"{width} x {height}")
    frames = getattr(image, "n_frames", 1) if image.format == "GIF" else 1
    if frames > MAX_FRAMES:
        message = f"{path.name} has {frames} frames; LinkedIn accepts at most {MAX_FRAMES}."
        return MediaProblem("media-frames", message, "Drop frames, or make it a video.")
    image.seek(0)
    # Opening reads the header only; loading finds a file that was cut off.
    image.load()
    found = [
        *(["is turned by EXIF, which not every network follows"] if is_turned(image) else []),
        *(["says where it was taken"] if has_place(image) else []),
    ]
    if found:
        message = f"{path.name} {' and '.join(found)}."
        return MediaProblem("media-metadata", message, "Store it upright and without EXIF.")
    if image.format != "GIF" and path.stat().st_size > IMAGE_BYTES:
        message = f"{path.name} has more than {IMAGE_BYTES:,} bytes."
        return MediaProblem("media-size", message, "Store it as a JPEG of lower quality.")
    return {"mime_type": _TYPES[image.format or ""], "width": width, "height": height}


def _too_many_pixels(path: Path, size: str) -> MediaProblem:
    message = f"{path.name} has {size} pixels; LinkedIn accepts fewer than {MAX_PIXELS:,}."
    return MediaProblem("media-pixels", message, "Scale it down.")
