"""Inspect media files before anything is sent.

A file must lie inside the project, have the type that its bytes say, and keep LinkedIn's limits.
"""

import hashlib
import os
import posixpath
import stat
from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import Any, NamedTuple

from publisher.media.fingerprint import Fingerprint
from publisher.model.post import Media, MediaKind
from publisher.roots import leaves
from publisher.wording import shorten


class MediaProblem(NamedTuple):
    """Why a file can't be attached: a code of `publisher.rules`, what is wrong, how to fix it."""

    code: str
    message: str
    remedy: str


Inspection = Media | MediaProblem

_CONVERTED = frozenset({"media-type", "media-pixels", "media-size", "media-metadata"})
"""Codes of problems that a conversion of the image can solve."""

# A video has up to 500 MB, which must not be in memory as a whole.
_CHUNK = 1 << 20
_HEAD = 4096


class MediaLibrary:
    """Looks at the media files of the project at ``root``, at each of them once while it doesn't change.

    ``recall`` returns the facts that an earlier run found for a fingerprint, if any; ``make`` makes cards.
    ``sites`` are folders of articles (as written, relative to the root) and where their pictures may lie: in
    the git work tree. ``convert`` converts images that are refused, if that is possible; without it they stay
    refused.
    """

    def __init__(
        self,
        root: Path,
        recall: Callable[[Fingerprint], Media | None] = lambda _: None,
        make: Callable[[Mapping[str, Any], str], Inspection] | None = None,
        sites: Mapping[str, Path] = MappingProxyType({}),
        convert: Callable[[Path, str], Media | None] | None = None,
    ) -> None:
        self._convert = convert
        self._root = root.resolve()
        self._sites = {f"{posixpath.normpath(folder)}/": tree for folder, tree in sites.items()}
        self._make = make
        self._recall = recall
        self._seen: dict[Fingerprint, Inspection] = {}

    def inspect(self, reference: str, source: str) -> Inspection:
        """Look at the file that ``reference`` names, relative to the file ``source`` (POSIX, from the root).

        ``alt`` and ``title`` of the result are empty: they are the author's to give.
        """
        path = self._locate(reference, source)
        if isinstance(path, MediaProblem):
            return path
        shown = shorten(reference)
        try:
            status = path.stat()
        except FileNotFoundError:
            message = f"The file {shown} doesn't exist in the folder of {source}."
            return MediaProblem("media-missing", message, _nearest(path, reference))
        except OSError as error:
            return MediaProblem("media-missing", f"{shown} can't be read: {error.strerror}.", _CHECK)
        if not stat.S_ISREG(status.st_mode):
            return MediaProblem("media-missing", f"{shown} isn't a regular file.", _CHECK)
        name = Path(os.path.relpath(path, self._root)).as_posix()
        at = Fingerprint.of(name, status)
        if at not in self._seen:
            self._seen[at] = self._known(at) or self._look(path, name)
        return self._seen[at]

    def _known(self, at: Fingerprint) -> Media | None:
        """Return the facts of an earlier run, unless they are about a converted file that is gone or not
        wanted now.
        """
        known = self._recall(at)
        if known and known.converted and not (self._convert and Path(known.file).is_file()):
            return None
        return known

    def _look(self, path: Path, name: str) -> Inspection:
        found = look_at(path, name)
        if self._convert is None or isinstance(found, Media) or found.code not in _CONVERTED:
            return found
        return self._convert(path, name) or found

    def make(self, request: Mapping[str, Any], source: str) -> Inspection:
        """Make the picture that an entry of ``media`` or ``document`` of the file ``source`` asks for."""
        if self._make is None:
            return MediaProblem("card-invalid", "Cards can't be made here.", "Attach a file instead.")
        return self._make(request, source)

    def _locate(self, reference: str, source: str) -> Path | MediaProblem:
        if "://" in reference or reference.startswith("data:"):
            message = f"{shorten(reference)} is a URL; media are files of the project."
            remedy = "Download it into the project, or link it as `article`."
            return MediaProblem("media-missing", message, remedy)
        if "\0" in reference:
            return self._outside(reference)
        if PurePosixPath(reference).is_absolute():
            return self._rooted(reference, source)
        try:
            path = (self._root / PurePosixPath(source).parent / reference).resolve()
        except (OSError, RuntimeError):
            message = f"{shorten(reference)} is a link to itself."
            return MediaProblem("media-missing", message, "Replace the link with the file.")
        allowed = next(
            (tree for folder, tree in self._sites.items() if source.startswith(folder)), self._root
        )
        return self._outside(reference) if leaves(path, allowed) else path

    def _rooted(self, reference: str, source: str) -> MediaProblem:
        """Return the problem of a path from a site's root.

        The remedy is the relative path, if the project has the file.
        """
        parts = PurePosixPath(posixpath.normpath(reference)).parts[1:]
        here = PurePosixPath(source).parent
        # Folders that site generators serve at the root: `static` (Hugo), `public` (Astro, Next.js),
        # `assets` (Jekyll).
        for folder in ("", *(str(parent) for parent in (here, *here.parents)), "static", "public", "assets"):
            name = PurePosixPath(folder, *parts)
            if ".." not in parts and (self._root / name).is_file():
                shown = posixpath.relpath(name.as_posix(), here.as_posix())
                message = f"{shorten(reference)} is an absolute path; paths are relative to the post's file."
                return MediaProblem("media-outside", message, f"Write {shown}.")
        return self._outside(reference)

    def _outside(self, reference: str) -> MediaProblem:
        message = f"{shorten(reference)} is outside the project, or in a hidden folder."
        return MediaProblem(
            "media-outside", message, "Put the file into the project, and write a relative path."
        )


_CHECK = "Check the spelling; paths are relative to the post's file."


def _nearest(path: Path, reference: str) -> str:
    """Return a remedy that names the file which was meant, if one beside the missing one seems so."""
    if "\\" in reference:
        return "Write / between folders."
    try:
        with os.scandir(path.parent) as entries:
            names = {entry.name.lower(): entry.name for entry in entries}
    except OSError:
        return _CHECK
    from difflib import get_close_matches  # here, because it is slow to import

    # Compared in lower case: most missing files differ in capitals, which macOS and Windows ignore.
    close = get_close_matches(path.name.lower(), names, n=1, cutoff=0.75)
    if not close:
        return _CHECK
    return f"Did you mean {shorten((PurePosixPath(reference).parent / names[close[0]]).as_posix())}?"


def look_at(path: Path, name: str) -> Inspection:
    """Return what the file is by its content, measured and hashed; ``name`` is its path in the result."""
    try:
        with path.open("rb") as stream:
            head = stream.read(_HEAD)
        kind = _kind(head)
        if isinstance(kind, MediaProblem):
            return MediaProblem(kind.code, f"{name} {kind.message}", kind.remedy)
        problem_or_facts = _measure(kind, path, head)
        if isinstance(problem_or_facts, MediaProblem):
            return problem_or_facts
        digest, size = hash_file(path)
        return Media(path=name, kind=kind, sha256=digest, size=size, **problem_or_facts)  # type: ignore[arg-type]
    except OSError as error:
        return MediaProblem(
            "media-missing", f"{name} can't be read: {error.strerror}.", "Check its permissions."
        )


def hash_file(path: Path) -> tuple[str, int]:
    """sha256 (hex) and size of a file, read in pieces."""
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return digest.hexdigest(), size


def _measure(kind: MediaKind, path: Path, head: bytes) -> "dict[str, object] | MediaProblem":
    if kind is MediaKind.IMAGE:
        from publisher.media.images import measure_image

        return measure_image(path)
    if kind is MediaKind.VIDEO:
        from publisher.media.videos import measure_video

        return measure_video(path)
    from publisher.media.documents import measure_paper

    return measure_paper(path, head)


def _kind(head: bytes) -> MediaKind | MediaProblem:
    """Return what a file is by its first bytes."""
    if head.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a")):
        return MediaKind.IMAGE
    # The brand behind `ftyp` tells MP4 from HEIC, AVIF, QuickTime and audio (ISO/IEC 14496-12, 4.3).
    if head[4:8] == b"ftyp":
        return _film(head[8:12])
    # Older QuickTime files have no ftyp box and begin with one of these.
    if head[4:8] in (b"moov", b"mdat", b"wide", b"free", b"skip"):
        return MediaProblem("media-type", "is a QuickTime video.", "Convert it to MP4.")
    if head.startswith((b"%PDF-", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
        return MediaKind.DOCUMENT
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return _not_accepted("a WebP image")
    if head.startswith((b"II*\0", b"MM\0*", b"BM")):
        return _not_accepted("a TIFF or BMP image")
    if b"<svg" in head[:1024].lower():
        return _not_accepted("an SVG drawing")
    if head.startswith(b"\x1aE\xdf\xa3"):
        return MediaProblem("media-type", "is a WebM or Matroska video.", "Convert it to MP4.")
    if head.startswith(b"version https://git-lfs"):
        return MediaProblem("media-type", "is a Git LFS pointer, not the file.", "Run `git lfs pull`.")
    return MediaProblem("media-type", "isn't a JPEG, PNG, GIF, MP4, PDF or Office file.", "Check the file.")


def _film(brand: bytes) -> MediaKind | MediaProblem:
    """Return what a file of the MP4 family is by its brand."""
    if brand in (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif", b"avis"):
        return _not_accepted("a HEIC or AVIF image")
    if brand == b"qt  ":
        return MediaProblem("media-type", "is a QuickTime video.", "Convert it to MP4.")
    if brand in (b"M4A ", b"M4B ", b"M4P "):
        return MediaProblem("media-type", "is audio without a picture.", "Make a video (MP4) of it.")
    return MediaKind.VIDEO


def _not_accepted(what: str) -> MediaProblem:
    return MediaProblem(
        "media-type", f"is {what}, which LinkedIn does not accept.", "Convert it to PNG or JPEG."
    )
