"""Count the pages of a PDF (ISO 32000-1) with bounded work, whatever the file contains.

Only the number of pages is read, so the objects are found by their headers, and the last one of a number
counts, as an incremental update appends it. The page tree's root, which the trailer leads to, tells the count
of its leaves.
"""

import mmap
import re
import zlib
from pathlib import Path

# Far more than a real file of 300 pages has; both limits keep a hostile file from unbounded work.
MAX_OBJECTS = 500_000
MAX_TRAILERS = 100
MAX_INFLATED = 200_000_000
"""Bytes of object streams that are decompressed in all.

A file of 100 MB with 300 pages has some 10 MB of them.
"""

_HEADER = re.compile(rb"(?<!\d)(\d{1,10})\s{1,9}\d{1,5}\s{1,9}obj\b")
_HEAD_BYTES = 65_536
_ROOT = re.compile(rb"/Root\s+(\d{1,10})\s+\d{1,5}\s+R")
_PAGES = re.compile(rb"/Pages\s+(\d{1,10})\s+\d{1,5}\s+R")
_COUNT = re.compile(rb"/Count\s+(\d{1,9})(?:\s+\d{1,5}\s+(R))?")
_NUMBER = re.compile(rb"\s*(\d{1,9})")
_LENGTH = re.compile(rb"/Length\s+(\d{1,10})\b(?!\s+\d+\s+R)")
_STREAM = re.compile(rb"\bstream\r?\n")


def count_pages(path: Path) -> int:
    """Return the number of pages.

    Raise ValueError with the reason for a file that is broken or encrypted.
    """
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
        # ISO 32000-1, 7.5.5: the last lines of a file. Some writers append bytes after them, so 4 KB are
        # searched.
        if data.rfind(b"startxref", max(0, len(data) - 4096)) < 0:
            raise ValueError("it is cut off")
        objects = _objects(data)
        trailers = [*_trailers(data), *(head for head in objects.values() if b"/XRef" in head)]
        if any(b"/Encrypt" in trailer for trailer in trailers):
            raise ValueError("it is encrypted")
        roots = [match for trailer in trailers if (match := _ROOT.search(trailer))]
        # An incremental update appends a trailer, so the last one is valid.
        for root in reversed(roots):
            pages = _PAGES.search(objects.get(int(root[1]), b""))
            found = _COUNT.search(objects.get(int(pages[1]), b"")) if pages else None
            if found and found[2]:
                found = _NUMBER.match(objects.get(int(found[1]), b""))
            if found:
                return int(found[1])
    raise ValueError("it has no page tree")


def _trailers(data: mmap.mmap) -> list[bytes]:
    """Return the dictionaries after the word ``trailer``, the last ones of the file, in their order."""
    found: list[bytes] = []
    at = data.rfind(b"trailer")
    while at >= 0 and len(found) < MAX_TRAILERS:
        end = data.find(b"startxref", at, at + _HEAD_BYTES)
        found.append(data[at : end if end >= 0 else at + _HEAD_BYTES])
        at = data.rfind(b"trailer", 0, at)
    return found[::-1]


def _objects(data: mmap.mmap) -> dict[int, bytes]:
    """Return the beginning of every object up to its stream, by number; those in object streams, too."""
    found: dict[int, bytes] = {}
    inflated = at = count = 0
    while match := _HEADER.search(data, at):
        count += 1
        start = match.end()
        end = data.find(b"endobj", start, start + _HEAD_BYTES)
        at = end if end >= 0 else min(start + _HEAD_BYTES, len(data))
        body = data[start:at]
        if begin := _STREAM.search(body):
            body, at = body[: begin.start()], _stream_end(data, body, start + begin.end())
            if b"/ObjStm" in body:
                content = _inflated(data[start + begin.end() : at], body, MAX_INFLATED - inflated)
                inflated += len(content)
                found |= _unpacked(body, content)
        found[int(match[1])] = body
        if count > MAX_OBJECTS or inflated >= MAX_INFLATED:
            raise ValueError("it has too many objects")
    return found


def _stream_end(data: mmap.mmap, head: bytes, start: int) -> int:
    """Return where a stream ends. Its length may be an object of its own.

    In that case the next ``endstream`` is taken.
    """
    length = _LENGTH.search(head)
    end = start + int(length[1]) if length else -1
    if length is None or data.find(b"endstream", end, end + 20) < 0:
        end = data.find(b"endstream", start)
    return end if end >= 0 else len(data)


def _inflated(raw: bytes, head: bytes, limit: int) -> bytes:
    """Return the content of an object stream; nothing of one that is broken."""
    if b"/FlateDecode" not in head:
        return raw
    try:
        return zlib.decompressobj().decompress(raw, limit)
    except zlib.error:
        return b""


def _unpacked(head: bytes, content: bytes) -> dict[int, bytes]:
    """Return the objects of a stream, by number: pairs of number and offset come first (7.5.7)."""
    first, count = re.search(rb"/First\s+(\d{1,9})", head), re.search(rb"/N\s+(\d{1,9})", head)
    if not first or not count:
        return {}
    numbers = content[: int(first[1])].split()[: 2 * min(int(count[1]), MAX_OBJECTS)]
    if not all(number.isdigit() and len(number) < 11 for number in numbers):
        return {}
    pairs = sorted(
        (int(offset), int(number)) for number, offset in zip(numbers[::2], numbers[1::2], strict=False)
    )
    ends = [offset for offset, _ in pairs[1:]] + [len(content)]
    start = int(first[1])
    return {
        number: content[start + offset : start + min(end, offset + _HEAD_BYTES)]
        for (offset, number), end in zip(pairs, ends, strict=True)
    }
