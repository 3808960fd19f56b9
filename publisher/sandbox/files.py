"""Files as responses: whole, or a range of them."""

import re
from collections.abc import Iterator
from pathlib import Path

from publisher.sandbox.messages import Response

_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
# 256 KiB: few system calls, and little memory for each of many parallel downloads.
_PIECE = 1 << 18


def file_response(path: Path, kind: str, asked: str, *, attachment: bool = False) -> Response:
    """Return a file, or the byte range that the ``Range`` header ``asked`` for.

    Browsers seek in videos with it.
    """
    size = path.stat().st_size
    headers = {"content-type": kind, "accept-ranges": "bytes"}
    if attachment:
        headers["content-disposition"] = "attachment"
    match = _RANGE.fullmatch(asked.strip())
    if match is None or not (match[1] or match[2]):
        headers["content-length"] = str(size)
        return Response(200, headers=headers, stream=_pieces(path, 0, size))
    # "-5" means the last five bytes
    first = int(match[1]) if match[1] else max(0, size - int(match[2]))
    last = min(int(match[2]), size - 1) if match[1] and match[2] else size - 1
    if first > last:
        # A 416 names the full size (RFC 9110, section 14.4).
        return Response(416, headers={"content-range": f"bytes */{size}"})
    headers |= {"content-range": f"bytes {first}-{last}/{size}", "content-length": str(last - first + 1)}
    # Both bounds of a range are inclusive (RFC 9110, section 14.1.2).
    return Response(206, headers=headers, stream=_pieces(path, first, last - first + 1))


def _pieces(path: Path, start: int, length: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(start)
        while length > 0 and (piece := file.read(min(_PIECE, length))):
            length -= len(piece)
            yield piece
