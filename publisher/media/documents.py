"""Documents that are shown page by page: PDF, PowerPoint and Word, told by their content."""

import zipfile
from pathlib import Path

from publisher.media.library import MediaProblem
from publisher.media.pdf import count_pages

# LinkedIn's Documents API: PDF, PPT, PPTX, DOC and DOCX, up to 100 MB and 300 pages (Microsoft Learn,
# 2026-09).
MAX_BYTES = 100_000_000
MAX_PAGES = 300

_OOXML = {
    "word/document.xml": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "ppt/presentation.xml": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
_OLE = {
    # Stream names in the directory of a compound file, in UTF-16 (MS-CFB 2.6.1).
    "WordDocument": "application/msword",
    "PowerPoint Document": "application/vnd.ms-powerpoint",
}


def measure_paper(path: Path, head: bytes) -> dict[str, object] | MediaProblem:
    """Return the MIME type of a document, and the number of pages of a PDF."""
    size = path.stat().st_size
    if size > MAX_BYTES:
        message = f"{path.name} has {size:,} bytes; LinkedIn accepts documents up to {MAX_BYTES:,}."
        return MediaProblem("media-size", message, "Shrink its images.")
    if head.startswith(b"%PDF-"):
        return _pdf(path)
    mime_type = _ooxml(path) if head.startswith(b"PK") else _ole(path)
    if mime_type is None:
        message = f"{path.name} is neither PowerPoint nor Word."
        return MediaProblem("media-type", message, "Export it as PDF.")
    return {"mime_type": mime_type}


def _pdf(path: Path) -> dict[str, object] | MediaProblem:
    try:
        pages = count_pages(path)
    except ValueError as error:
        message = f"{path.name} is broken or encrypted: {error}."
        return MediaProblem("media-broken", message, "Export it again.")
    if not 1 <= pages <= MAX_PAGES:
        message = f"{path.name} has {pages} pages; LinkedIn accepts 1 to {MAX_PAGES}."
        return MediaProblem("media-pages", message, "Split it." if pages else "Export it again.")
    return {"mime_type": "application/pdf", "pages": pages}


def _ooxml(path: Path) -> str | None:
    try:
        # Names only: nothing is decompressed, so a ZIP bomb has no effect.
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError):
        return None
    return next((mime_type for name, mime_type in _OOXML.items() if name in names), None)


def _ole(path: Path) -> str | None:
    raw = path.read_bytes()
    return next((mime for name, mime in _OLE.items() if name.encode("utf-16-le") in raw), None)
