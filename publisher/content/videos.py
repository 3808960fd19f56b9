"""MP4 videos: the boxes that tell duration and size are read, and nothing else (ISO/IEC 14496-12)."""

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from publisher.content.media import MediaProblem

MIN_BYTES, MAX_BYTES = 75_000, 500_000_000
MIN_SECONDS, MAX_SECONDS = 3, 30 * 60

_CONTAINERS = frozenset({b"moov", b"trak"})


def measure_video(path: Path) -> dict[str, object] | MediaProblem:
    """MIME type, duration in seconds, width and height of an MP4."""
    size = path.stat().st_size
    if not MIN_BYTES <= size <= MAX_BYTES:
        message = f"{path.name} has {size:,} bytes; LinkedIn takes videos of {MIN_BYTES:,} to {MAX_BYTES:,}."
        return MediaProblem("media-size", message, "Encode it with another bitrate.")
    facts: dict[str, object] = {"mime_type": "video/mp4"}
    try:
        with path.open("rb") as stream:
            for kind, body in _boxes(stream, 0, size):
                facts |= _movie(body) if kind == b"mvhd" else _track(body)
    except (struct.error, ValueError) as error:
        return MediaProblem("media-broken", f"{path.name} is broken: {error}.", "Encode it again.")
    duration = facts.get("duration")
    if not isinstance(duration, float):
        return MediaProblem("media-broken", f"{path.name} has no movie header.", "Encode it again.")
    if not MIN_SECONDS <= duration <= MAX_SECONDS:
        message = (
            f"{path.name} lasts {duration:.1f} s; LinkedIn takes {MIN_SECONDS} s to {MAX_SECONDS // 60} min."
        )
        return MediaProblem("media-duration", message, "Cut it.")
    return facts


def _boxes(stream: BinaryIO, start: int, end: int) -> Iterator[tuple[bytes, bytes]]:
    """The movie and track header boxes between two offsets."""
    while start + 8 <= end:
        stream.seek(start)
        length, kind = struct.unpack(">I4s", stream.read(8))
        head = 8
        if length == 1:
            (length,) = struct.unpack(">Q", stream.read(8))
            head = 16
        length = length or end - start
        if length < head or start + length > end:
            raise ValueError("a box is longer than the file")
        if kind in _CONTAINERS:
            yield from _boxes(stream, start + head, start + length)
        elif kind in (b"mvhd", b"tkhd"):
            yield kind, stream.read(min(length - head, 120))
        start += length


def _movie(body: bytes) -> dict[str, object]:
    if body[0] == 1:
        scale, duration = struct.unpack_from(">IQ", body, 20)
    else:
        scale, duration = struct.unpack_from(">II", body, 12)
    if not scale:
        raise ValueError("its time scale is zero")
    return {"duration": duration / scale}


def _track(body: bytes) -> dict[str, object]:
    width, height = struct.unpack_from(">II", body, 88 if body[0] == 1 else 76)
    return {"width": width >> 16, "height": height >> 16} if width and height else {}
