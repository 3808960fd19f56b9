"""What a file is, by its first bytes; LinkedIn doesn't trust names either."""

from pathlib import Path

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
