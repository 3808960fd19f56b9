"""Profile pictures that the sandbox draws itself, so that a member has one without any file."""

import struct
import zlib
from functools import lru_cache

from publisher.sandbox.linkedin import api_errors
from publisher.sandbox.linkedin.call import Call, Route
from publisher.sandbox.linkedin.identity import DRAWN
from publisher.sandbox.messages import Request, Response
from publisher.sandbox.values import Member

SIZE = 100
_COLOURS = ((16, 110, 190), (181, 71, 8), (11, 122, 94), (123, 66, 188), (166, 43, 88), (74, 94, 26))


def picture_url(request: Request, member: Member) -> str:
    """Return the address of a member's picture; a path is one of the sandbox itself."""
    return f"{request.base_url}{member.picture}" if member.picture.startswith("/") else member.picture


def _show(call: Call) -> Response:
    if not call.request.path.startswith(DRAWN):
        raise api_errors.not_found()
    picture = draw(call.key)
    return Response(200, picture, {"content-type": "image/png", "cache-control": "max-age=3600"})


@lru_cache(maxsize=256)
def draw(identity: str) -> bytes:
    """Return a PNG of a head and shoulders in a colour that follows from the id."""
    red, green, blue = _COLOURS[zlib.crc32(identity.encode()) % len(_COLOURS)]
    ground, figure = bytes((red, green, blue)), bytes((236, 238, 242))
    rows = []
    for y in range(SIZE):
        row = b"".join(figure if _in_figure(x, y) else ground for x in range(SIZE))
        rows.append(b"\x00" + row)
    head = struct.pack(">IIBBBBB", SIZE, SIZE, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(b"".join(rows), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in chunks)


def _in_figure(x: int, y: int) -> bool:
    head = (x - 50) ** 2 + (y - 38) ** 2 < 18**2
    shoulders = ((x - 50) / 34) ** 2 + ((y - 98) / 36) ** 2 < 1
    return head or shoulders


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


ROUTE = Route("pictures", "GET", _show, anonymous=True)
