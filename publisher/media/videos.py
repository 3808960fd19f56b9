"""MP4 videos: the boxes that tell duration and size are read, and nothing else (ISO/IEC 14496-12)."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from publisher.media.library import MediaProblem

# LinkedIn's Videos API: MP4, 75 KB to 500 MB, 3 seconds to 30 minutes (Microsoft Learn, 2026-09).
MIN_BYTES, MAX_BYTES = 75_000, 500_000_000
MIN_SECONDS, MAX_SECONDS = 3, 30 * 60

_MAX_BOXES = 50_000
"""Boxes looked at in one file, on all levels.

Films have about a hundred, or two for each fragment of a second.
"""

_REMUX = (
    "Write it again as a plain MP4, for example with `ffmpeg -i IN -c copy -movflags +faststart OUT.mp4`."
)


@dataclass(frozen=True, slots=True)
class _Box:
    kind: bytes
    start: int  # of what is in it
    end: int


def measure_video(path: Path) -> dict[str, object] | MediaProblem:
    """Return the MIME type, duration in seconds, and width and height as it is shown, of an MP4."""
    size = path.stat().st_size
    if not MIN_BYTES <= size <= MAX_BYTES:
        message = (
            f"{path.name} has {size:,} bytes; LinkedIn accepts videos of {MIN_BYTES:,} to {MAX_BYTES:,}."
        )
        return MediaProblem("media-size", message, "Encode it with another bitrate.")
    try:
        with path.open("rb") as stream:
            duration, width, height = _movie(stream, size)
    except (struct.error, ValueError) as error:
        reason = error if isinstance(error, ValueError) else "a header is too short"
        return MediaProblem("media-broken", f"{path.name} is broken: {reason}.", _REMUX)
    if not width:
        message = f"{path.name} has no picture, only sound."
        return MediaProblem("media-type", message, "LinkedIn posts have no audio files; make a video of it.")
    if not MIN_SECONDS <= duration <= MAX_SECONDS:
        lasts = f"{duration:.3f}".rstrip("0").rstrip(".")
        bounds = f"{MIN_SECONDS} s to {MAX_SECONDS // 60} min"
        message = f"{path.name} lasts {lasts} s; LinkedIn accepts {bounds}."
        return MediaProblem("media-duration", message, "Cut it, or make it longer.")
    return {"mime_type": "video/mp4", "duration": duration, "width": width, "height": height}


def _movie(stream: BinaryIO, size: int) -> tuple[float, int, int]:
    """Return seconds, width and height. Raise ValueError with the reason if the file does not have them."""
    left = iter(range(_MAX_BOXES))
    top = {box.kind: box for box in _boxes(stream, 0, size, left)}
    if b"moov" not in top:
        raise ValueError("it has no movie header")
    if b"mdat" not in top:
        raise ValueError("it has headers, but no video")
    scale = ticks = width = height = 0
    for box in _boxes(stream, top[b"moov"].start, top[b"moov"].end, left):
        if box.kind == b"mvhd":
            scale, ticks = _movie_header(_read(stream, box))
        elif box.kind == b"mvex":
            # a fragmented file's movie header may say 0; the whole is told here, if anywhere
            ticks = ticks or next(
                (_extends_header(_read(stream, sub)) for sub in _of(stream, box, b"mehd", left)), 0
            )
        elif box.kind == b"trak":
            for sub in _of(stream, box, b"tkhd", left):
                # The largest track is the picture: sound has no size, and a cover or subtitles are smaller.
                width, height = max((width, height), _track_header(_read(stream, sub)))
    if not scale:
        raise ValueError("its movie header has no time scale")
    if not ticks:
        raise ValueError("it is fragmented, and its header does not tell how long it is")
    return ticks / scale, width, height


def _boxes(stream: BinaryIO, start: int, end: int, left: Iterator[int]) -> Iterator[_Box]:
    """Yield the boxes that follow one another between two offsets.

    ``left`` counts those of the whole file.
    """
    for _ in left:
        if start + 8 > end:
            return
        stream.seek(start)
        # ISO/IEC 14496-12, 4.2: a length of 1 means that 64 bits follow the kind; 0 means that the box ends
        # with the file.
        length, kind = struct.unpack(">I4s", stream.read(8))
        head = 8
        if length == 1:
            (length,) = struct.unpack(">Q", stream.read(8))
            head = 16
        length = length or end - start
        if length < head or start + length > end:
            raise ValueError(f"it is cut off: the box {kind.decode('latin-1')!r} is longer than what is left")
        yield _Box(kind, start + head, start + length)
        start += length
    raise ValueError("it has too many boxes")


def _of(stream: BinaryIO, outer: _Box, kind: bytes, left: Iterator[int]) -> Iterator[_Box]:
    return (box for box in _boxes(stream, outer.start, outer.end, left) if box.kind == kind)


def _read(stream: BinaryIO, box: _Box) -> bytes:
    stream.seek(box.start)
    # The fields that are read end within 96 bytes of a box; a hostile box may claim gigabytes.
    return stream.read(min(box.end - box.start, 120))


def _movie_header(body: bytes) -> tuple[int, int]:
    """Return time scale and duration. A duration of all one bits is not known and becomes 0."""
    long = body[:1] == b"\1"
    scale, ticks = struct.unpack_from(">IQ" if long else ">II", body, 20 if long else 12)
    return scale, 0 if ticks == (1 << (64 if long else 32)) - 1 else ticks


def _extends_header(body: bytes) -> int:
    (ticks,) = struct.unpack_from(">Q" if body[:1] == b"\1" else ">I", body, 4)
    return int(ticks)


def _track_header(body: bytes) -> tuple[int, int]:
    """Return the width and height as shown, (0, 0) for sound: the matrix of upright phone films turns by a
    quarter.
    """
    long = body[:1] == b"\1"
    a, b = struct.unpack_from(">ii", body, 52 if long else 40)
    width, height = (side >> 16 for side in struct.unpack_from(">II", body, 88 if long else 76))
    return (height, width) if a == 0 and b else (width, height)
