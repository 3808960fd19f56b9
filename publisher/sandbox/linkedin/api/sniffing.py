"""Recognize the type of a file by its first bytes, because LinkedIn ignores file names.

The module uses the standard library only.
"""

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

# learn.microsoft.com, Images API, read 2026-09: fewer than 36,152,320 pixels, at most 250 frames.
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
    """Return the media type of a file, ``application/octet-stream`` if it is none that LinkedIn knows."""
    with path.open("rb") as file:
        head = file.read(16)
    for offset, signature, name in _SIGNATURES:
        if head[offset : offset + len(signature)] == signature:
            return name
    return "application/octet-stream"


def too_many_pixels(path: Path, mime: str) -> bool:
    """Return whether an image has more pixels, or a GIF more frames, than LinkedIn takes."""
    width, height = pixels(path, mime)
    if width * height >= PIXEL_LIMIT:
        return True
    return mime == "image/gif" and sum(1 for _ in gif_frames(path)) > FRAME_LIMIT


def pixels(path: Path, mime: str) -> tuple[int, int]:
    """Return width and height of an image, or zeros if it is none that can be read."""
    readers = {"image/png": _png, "image/gif": _gif, "image/jpeg": _jpeg}
    try:
        with path.open("rb") as file:
            return readers[mime](file) if mime in readers else (0, 0)
    except (struct.error, ValueError):
        return (0, 0)


def _png(file: BinaryIO) -> tuple[int, int]:
    # ISO/IEC 15948: eight bytes of signature, then the chunk IHDR with width and height.
    head = file.read(24)
    if head[12:16] != b"IHDR":
        return (0, 0)
    width, height = struct.unpack(">II", head[16:24])
    return width, height


def _gif(file: BinaryIO) -> tuple[int, int]:
    # GIF89a, section 18: width and height follow the six bytes of the signature.
    width, height = struct.unpack("<HH", file.read(10)[6:10])
    return width, height


# markers of a frame header: SOF0 to SOF15 without DHT, JPG and DAC (ITU T.81, table B.1)
_SOF = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
# TEM, RST0 to RST7, SOI and EOI have no length field (ITU T.81, table B.1).
_STANDALONE = frozenset({0x01, *range(0xD0, 0xDA)})


def _jpeg(file: BinaryIO) -> tuple[int, int]:
    file.seek(2)
    while byte := file.read(1):
        if byte != b"\xff":
            return (0, 0)
        while byte == b"\xff":
            byte = file.read(1)
        marker = byte[0] if byte else 0
        if marker in _STANDALONE:
            continue
        (length,) = struct.unpack(">H", file.read(2))
        if marker in _SOF:
            height, width = struct.unpack(">xHH", file.read(5))
            return width, height
        file.seek(max(0, length - 2), 1)
    return (0, 0)


def gif_frames(path: Path) -> Iterator[None]:
    """Yield once for each frame of a GIF, up to its end or its first damage (GIF89a, sections 18 to 27)."""
    with path.open("rb") as file:
        head = file.read(13)
        if len(head) < 13:
            return
        _skip_colours(file, head[10])
        while kind := file.read(1):
            if kind == b"!":
                file.read(1)
            elif kind == b",":
                descriptor = file.read(9)
                if len(descriptor) < 9:
                    return
                yield
                _skip_colours(file, descriptor[8])
                file.read(1)
            else:
                return
            while size := file.read(1):
                if size == b"\x00":
                    break
                file.seek(size[0], 1)


def _skip_colours(file: BinaryIO, packed: int) -> None:
    if packed & 0x80:
        file.seek(3 << ((packed & 7) + 1), 1)
