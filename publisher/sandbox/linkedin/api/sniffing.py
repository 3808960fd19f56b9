"""What a file is, by its first bytes; LinkedIn doesn't trust names either."""

from pathlib import Path

PIXEL_LIMIT = 36_152_320
FRAME_LIMIT = 250

_SIGNATURES: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (4, b"ftyp", "video/mp4"),
    (0, b"%PDF-", "application/pdf"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/msword"),
    (0, b"PK\x03\x04", "application/vnd.openxmlformats-officedocument"),
)


def mime_type(path: Path) -> str:
    """The media type of a file, ``application/octet-stream`` where it is none that LinkedIn knows."""
    with path.open("rb") as file:
        head = file.read(16)
    for offset, signature, name in _SIGNATURES:
        if head[offset : offset + len(signature)] == signature:
            return name
    return "application/octet-stream"


def too_many_pixels(path: Path, mime: str) -> bool:
    """Whether an image has more pixels, or a GIF more frames, than LinkedIn takes; reads little more than the head."""
    if not mime.startswith("image/"):
        return False
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(path) as image:
            pixels, frames = image.width * image.height, getattr(image, "n_frames", 1)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        # Pillow's limit, where it is enforced, is above LinkedIn's
        return True
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        # only its signature was checked so far, and that is as far as this goes
        return False
    return bool(pixels >= PIXEL_LIMIT or (mime == "image/gif" and frames > FRAME_LIMIT))
