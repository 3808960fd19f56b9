"""Images: opened by Pillow, counted, and read to the end so that a truncated one is found now."""

import warnings
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from publisher.media.library import MediaProblem

MAX_PIXELS = 36_152_320
"""LinkedIn wants fewer than this (width times height)."""

MAX_FRAMES = 250

_TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "GIF": "image/gif", "MPO": "image/jpeg"}
_ORIENTATION = 0x0112
_QUARTER_TURNS = range(5, 9)


def measure_image(path: Path) -> dict[str, object] | MediaProblem:
    """MIME type, and width and height as shown, of a JPEG, PNG or GIF."""
    try:
        with warnings.catch_warnings():
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
        return MediaProblem("media-broken", message, "Save it again; it may have been cut while copying.")


def _measure(image: Image.Image, path: Path) -> dict[str, object] | MediaProblem:
    width, height = image.size
    if width * height >= MAX_PIXELS:
        return _too_many_pixels(path, f"{width} x {height}")
    frames = getattr(image, "n_frames", 1) if image.format == "GIF" else 1
    if frames > MAX_FRAMES:
        message = f"{path.name} has {frames} frames; LinkedIn takes at most {MAX_FRAMES}."
        return MediaProblem("media-frames", message, "Drop frames, or make it a video.")
    image.seek(0)
    image.load()
    if image.getexif().get(_ORIENTATION) in _QUARTER_TURNS:
        width, height = height, width
    return {"mime_type": _TYPES[image.format or ""], "width": width, "height": height}


def _too_many_pixels(path: Path, size: str) -> MediaProblem:
    message = f"{path.name} has {size} pixels; LinkedIn takes fewer than {MAX_PIXELS:,}."
    return MediaProblem("media-pixels", message, "Scale it down.")
