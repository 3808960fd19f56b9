"""Media files made on the spot: what they are by content, measured, hashed, refused with the reason."""

import hashlib
import io
import os
import struct
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from publisher.media.fingerprint import Fingerprint
from publisher.media.images import MAX_PIXELS
from publisher.media.library import MediaLibrary, MediaProblem, look_at
from publisher.media.videos import MAX_BYTES
from publisher.model.post import Media, MediaKind
from tests.support.pictures import pdf

ROOT = Path(__file__).parents[2]
IDENTITY = (0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
QUARTER_TURN = (0, 0x10000, 0, -0x10000, 0, 0, 0, 0, 0x40000000)


def picture(
    file_format: str = "PNG", mode: str = "RGB", size: tuple[int, int] = (40, 30), **how: Any
) -> bytes:
    buffer = io.BytesIO()
    Image.new(mode, size).save(buffer, file_format, **how)
    return buffer.getvalue()


def frames(count: int, file_format: str) -> bytes:
    images = [
        Image.new("RGB", (2, 2), (number % 256, 255 - number % 256, number * 7 % 256))
        for number in range(count)
    ]
    buffer = io.BytesIO()
    images[0].save(buffer, file_format, save_all=True, append_images=images[1:])
    return buffer.getvalue()


def box(kind: bytes, body: bytes, *, long: bool = False) -> bytes:
    if long:
        return struct.pack(">I4sQ", 1, kind, len(body) + 16) + body
    return struct.pack(">I4s", len(body) + 8, kind) + body


def mvhd(ticks: int, scale: int = 1000, version: int = 0) -> bytes:
    times = struct.pack(">QQIQ", 0, 0, scale, ticks) if version else struct.pack(">IIII", 0, 0, scale, ticks)
    return box(b"mvhd", bytes([version, 0, 0, 0]) + times + bytes(80))


def trak(width: int, height: int, matrix: tuple[int, ...] = IDENTITY, version: int = 0) -> bytes:
    head = bytes([version, 0, 0, 0]) + bytes(48 if version else 36)
    sides = struct.pack(">II", width << 16, height << 16)
    return box(b"trak", box(b"tkhd", head + struct.pack(">9i", *matrix) + sides))


def film(*inside: bytes, brand: bytes = b"isom", mdat: bytes | None = None) -> bytes:
    start = box(b"ftyp", brand + bytes(4) + brand)
    return start + box(b"moov", b"".join(inside)) + (box(b"mdat", bytes(75_000)) if mdat is None else mdat)


FILM = film(mvhd(5000), trak(640, 360))


@pytest.fixture
def look(tmp_path: Path) -> Any:
    """Looks at a file of these bytes."""

    def look_at_bytes(raw: bytes, name: str = "file.bin") -> Media | MediaProblem:
        path = tmp_path / name
        path.write_bytes(raw)
        return look_at(path, name)

    return look_at_bytes


@pytest.mark.parametrize(
    ("raw", "mime_type"),
    [
        (picture("PNG"), "image/png"),
        (picture("PNG", "I;16"), "image/png"),
        (picture("PNG", "RGBA"), "image/png"),
        (picture("PNG", "1"), "image/png"),
        (picture("PNG", "P"), "image/png"),
        (picture("JPEG"), "image/jpeg"),
        (picture("JPEG", "CMYK"), "image/jpeg"),
        (picture("JPEG", "L"), "image/jpeg"),
        (picture("JPEG", progressive=True), "image/jpeg"),
        (picture("GIF"), "image/gif"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_pictures(look: Any, raw: bytes, mime_type: str) -> None:
    expected = Media(
        "file.bin", MediaKind.IMAGE, mime_type, len(raw), hashlib.sha256(raw).hexdigest(), width=40, height=30
    )
    assert look(raw) == expected, "the suffix says nothing"


def test_animations(look: Any) -> None:
    assert look(frames(250, "GIF")).mime_type == "image/gif"
    assert look(frames(3, "PNG")).mime_type == "image/png"
    problem = look(frames(251, "GIF"))
    assert (problem.code, "251 frames" in problem.message) == ("media-frames", True)


@pytest.mark.parametrize(("orientation", "code"), [(1, None), (3, "media-metadata"), (6, "media-metadata")])
def test_photographs_that_exif_turns_are_refused(look: Any, orientation: int, code: str | None) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    assert getattr(look(picture("JPEG", exif=exif)), "code", None) == code


def test_pixels(look: Any) -> None:
    width = next(side for side in range(6013, 1, -1) if MAX_PIXELS % side == 0)
    height = MAX_PIXELS // width
    problem = look(picture("PNG", "1", (width, height)))
    assert (problem.code, f"{width} x {height}" in problem.message) == ("media-pixels", True)
    assert look(picture("PNG", "1", (width, height - 1))).width == width
    huge = bytearray(picture("PNG", "1"))
    huge[16:24] = struct.pack(">II", 60_000, 60_000)
    assert look(bytes(huge)).code in ("media-pixels", "media-broken")


@pytest.mark.parametrize("file_format", ["PNG", "JPEG", "GIF"])
@settings(deadline=None, max_examples=40)
@given(data=st.data())
def test_cut_and_changed_pictures_never_raise(
    tmp_path_factory: pytest.TempPathFactory, file_format: str, data: st.DataObject
) -> None:
    raw = bytearray(picture(file_format))
    path = tmp_path_factory.getbasetemp() / f"changed.{file_format}"
    for _ in range(data.draw(st.integers(0, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(raw[: data.draw(st.integers(0, len(raw)))])
    assert isinstance(look_at(path, "changed"), Media | MediaProblem)


def test_films(look: Any) -> None:
    found = look(FILM)
    assert found == Media(
        "file.bin", MediaKind.VIDEO, "video/mp4", len(FILM), hashlib.sha256(FILM).hexdigest(),
        width=640, height=360, duration=5.0,
    )  # fmt: skip
    example = look_at(ROOT / "content" / "videos" / "merge-to-live.mp4", "clip.mp4")
    assert isinstance(example, Media)
    assert (example.duration, example.width, example.height) == (5.0, 1280, 720)


@pytest.mark.parametrize(
    ("raw", "duration", "size"),
    [
        (film(mvhd(5000, version=1), trak(640, 360, version=1)), 5.0, (640, 360)),
        (film(mvhd(5000), trak(0, 0), trak(640, 360), trak(0, 0)), 5.0, (640, 360)),
        (film(mvhd(5000), trak(640, 360, QUARTER_TURN)), 5.0, (360, 640)),
        (film(mvhd(5000), trak(640, 360), mdat=box(b"mdat", bytes(75_000), long=True)), 5.0, (640, 360)),
        (
            film(mvhd(5000), trak(640, 360), mdat=struct.pack(">I4s", 0, b"mdat") + bytes(75_000)),
            5.0,
            (640, 360),
        ),
        (
            film(mvhd(0), trak(640, 360), box(b"mvex", box(b"mehd", struct.pack(">II", 0, 4000)))),
            4.0,
            (640, 360),
        ),
        (film(mvhd(0), trak(8, 8), box(b"mvex", box(b"mehd", struct.pack(">BxxxQ", 1, 4000)))), 4.0, (8, 8)),
        (film(mvhd(180_000, 100), trak(640, 360)), 1800.0, (640, 360)),
    ],
    ids=[
        "64-bit times",
        "sound too",
        "upright",
        "64-bit box",
        "to the end",
        "fragmented",
        "fragmented 64",
        "30 min",
    ],
)
def test_shapes_of_films(look: Any, raw: bytes, duration: float, size: tuple[int, int]) -> None:
    found = look(raw)
    assert isinstance(found, Media), found
    assert (found.duration, (found.width, found.height)) == (duration, size)


NESTED = b""
for _ in range(3000):
    NESTED = box(b"moov", NESTED)


@pytest.mark.parametrize(
    ("raw", "code", "says"),
    [
        (film(mvhd(2999), trak(8, 8)), "media-duration", "2.999 s"),
        (film(mvhd(1_800_001), trak(8, 8)), "media-duration", "1800.001 s"),
        (film(mvhd(0), trak(8, 8)), "media-broken", "fragmented"),
        (film(mvhd(0xFFFFFFFF), trak(8, 8)), "media-broken", "fragmented"),
        (film(mvhd(5000, 0), trak(8, 8)), "media-broken", "time scale"),
        (film(trak(8, 8)), "media-broken", "time scale"),
        (film(mvhd(5000), trak(0, 0)), "media-type", "only sound"),
        (film(mvhd(5000)), "media-type", "only sound"),
        (film(mvhd(5000), trak(8, 8), mdat=box(b"free", bytes(75_000))), "media-broken", "no video"),
        (FILM[:-1], "media-broken", "cut off"),
        (FILM + b"\0\0\0\4abcd", "media-broken", "cut off"),
        (film(box(b"mvhd", b""), trak(8, 8)), "media-broken", "too short"),
        (film(mvhd(5000), box(b"trak", box(b"tkhd", b""))), "media-broken", "too short"),
        (film(NESTED), "media-broken", "time scale"),
        (box(b"ftyp", b"isom" + bytes(4)) + box(b"mdat", bytes(75_000)), "media-broken", "no movie header"),
        (box(b"ftyp", b"isom" + bytes(4)) + box(b"free", b"") * 100_001, "media-broken", "too many boxes"),
        (film(mvhd(5000), trak(8, 8), mdat=box(b"mdat", b"")), "media-size", "75,000"),
        (film(mvhd(5000), trak(8, 8), brand=b"qt  "), "media-type", "QuickTime"),
        (film(mvhd(5000), trak(8, 8), brand=b"M4A "), "media-type", "without a picture"),
        (film(mvhd(5000), trak(8, 8), brand=b"heic"), "media-type", "HEIC"),
        (box(b"moov", mvhd(5000)), "media-type", "QuickTime"),
        (b"\x1aE\xdf\xa3webm", "media-type", "WebM"),
        (b"RIFF\0\0\0\0WEBP", "media-type", "WebP"),
        (b"II*\0", "media-type", "TIFF"),
        (b"BM\0\0", "media-type", "BMP"),
        (b"<?xml version='1.0'?><SVG>", "media-type", "SVG"),
        (b"version https://git-lfs.github.com/spec/v1\n", "media-type", "git lfs pull"),
        (b"", "media-type", "isn't a JPEG"),
        (b"MZ", "media-type", "isn't a JPEG"),
        (b"%PDF-1.7 garbage", "media-broken", "broken"),
        (b"PK\3\4 garbage", "media-type", "neither PowerPoint nor Word"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "media-type", "neither PowerPoint nor Word"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_refused(look: Any, raw: bytes, code: str, says: str) -> None:
    problem = look(raw)
    assert isinstance(problem, MediaProblem), problem
    assert problem.code == code
    assert says in f"{problem.message} {problem.remedy}"
    assert "file.bin" in problem.message
    assert problem.remedy


def test_a_film_that_is_too_large(tmp_path: Path) -> None:
    path = tmp_path / "large.mp4"
    path.write_bytes(FILM)
    os.truncate(path, MAX_BYTES + 1)
    problem = look_at(path, "large.mp4")
    assert isinstance(problem, MediaProblem)
    assert problem.code == "media-size"


@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_changed_films_never_raise(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    raw = bytearray(FILM)
    for _ in range(data.draw(st.integers(1, 5))):
        raw[data.draw(st.integers(8, 300))] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.getbasetemp() / "changed.mp4"
    path.write_bytes(raw)
    assert isinstance(look_at(path, "changed.mp4"), Media | MediaProblem)


def test_papers(look: Any) -> None:
    found = look(pdf(7))
    assert (found.kind, found.mime_type, found.pages) == (MediaKind.DOCUMENT, "application/pdf", 7)
    assert look(pdf(301)).code == "media-pages"
    for inner, kind in (
        ("ppt/presentation.xml", "presentationml"),
        ("word/document.xml", "wordprocessingml"),
    ):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr(inner, "<x/>")
        assert kind in look(buffer.getvalue()).mime_type
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500)
    assert look(ole + "WordDocument".encode("utf-16-le")).mime_type == "application/msword"


# --- where files may be --------------------------------------------------------------------------------------


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    (root / "content" / "images").mkdir(parents=True)
    (root / "content" / "images" / "a.png").write_bytes(picture())
    (tmp_path / "secret.png").write_bytes(picture())
    return root


@pytest.mark.parametrize(
    "reference", ["images/a.png", "./images/a.png", "images/../images/a.png", "../content/images/a.png"]
)
def test_paths_are_relative_to_the_post(project: Path, reference: str) -> None:
    found = MediaLibrary(project).inspect(reference, "content/post.md")
    assert isinstance(found, Media)
    assert found.path == "content/images/a.png"


@pytest.mark.parametrize(
    ("reference", "code"),
    [
        ("a.png", "media-missing"), ("images", "media-missing"), (".", "media-missing"), ("x" * 300, "media-missing"),
        ("x/" * 3000, "media-missing"), ("https://example.org/a.png", "media-missing"), ("loop.png", "media-missing"),
        ("data:image/png;base64,AAAA", "media-missing"), ("pipe.png", "media-missing"),
        ("images/a.png/b.png", "media-missing"), ("../../secret.png", "media-outside"),
        ("/etc/passwd", "media-outside"),
        ("out.png", "media-outside"), ("outside/secret.png", "media-outside"), ("a\0b", "media-outside"),
    ],
)  # fmt: skip
def test_what_cannot_be_attached(project: Path, reference: str, code: str) -> None:
    content = project / "content"
    (content / "loop.png").symlink_to("loop.png")
    (content / "out.png").symlink_to("../../secret.png")
    (content / "outside").symlink_to("../..")
    os.mkfifo(content / "pipe.png")
    problem = MediaLibrary(project).inspect(reference, "content/post.md")
    assert isinstance(problem, MediaProblem)
    assert problem.code == code
    assert len(problem.message) < 200
    assert str(project) not in problem.message


def test_a_near_miss_is_named(project: Path) -> None:
    library = MediaLibrary(project)
    for reference in ("images/A.PNG", "images/a.pgn"):
        problem = library.inspect(reference, "content/post.md")
        assert isinstance(problem, MediaProblem)
        assert problem.remedy == "Did you mean 'images/a.png'?"


def test_links_inside_the_project_are_fine(project: Path) -> None:
    (project / "content" / "b.png").symlink_to("images/a.png")
    found = MediaLibrary(project).inspect("b.png", "content/post.md")
    assert isinstance(found, Media)
    assert found.path == "content/images/a.png"


def test_each_file_is_looked_at_once_while_it_does_not_change(project: Path) -> None:
    known: dict[Fingerprint, Media] = {}
    path = project / "content" / "images" / "a.png"
    library = MediaLibrary(project, known.get)
    first = library.inspect("images/a.png", "content/post.md")
    assert isinstance(first, Media)
    assert library.inspect("images/a.png", "content/other.md") is first
    known[Fingerprint.of("content/images/a.png", path.stat())] = first
    assert MediaLibrary(project, known.get).inspect("images/a.png", "content/other.md") is first
    path.write_bytes(picture(size=(50, 50)))
    second = MediaLibrary(project, known.get).inspect("images/a.png", "content/post.md")
    assert isinstance(second, Media)
    assert (second.width, second.sha256 != first.sha256) == (50, True)
