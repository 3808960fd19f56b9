"""Media in a page: small, bounded, and never a reason to fail."""

import base64
import io
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from publisher.model.post import Media, MediaKind
from publisher.preview.media import LARGEST_SIDE, Embedded, Served, scaled
from tests.support.pictures import clip, write_picture


def media(root: Path, name: str, kind: MediaKind = MediaKind.IMAGE, mime_type: str = "image/png") -> Media:
    """A file as the project knows it."""
    size = (root / name).stat().st_size
    return Media(name, kind, mime_type, size, f"{abs(hash(name)):064x}", width=10, height=10)


def opened(src: str) -> Image.Image:
    """The image inside a data: URI."""
    return Image.open(io.BytesIO(base64.b64decode(src.partition(",")[2])))


def test_large_images_are_scaled_down(tmp_path: Path) -> None:
    write_picture(tmp_path / "a.png", width=3000, height=1500)
    alone = Embedded(tmp_path).image(media(tmp_path, "a.png"), alone=True).src
    assert alone.startswith("data:image/webp;base64,")
    assert opened(alone).size == (LARGEST_SIDE, LARGEST_SIDE // 2)
    several = Embedded(tmp_path).image(media(tmp_path, "a.png"), alone=False).src
    assert len(several) < len(alone)


def test_small_ones_are_not_blown_up_and_stay_transparent(tmp_path: Path) -> None:
    Image.new("RGBA", (40, 20), (0, 0, 0, 0)).save(tmp_path / "a.png")
    image = Image.open(io.BytesIO(scaled(tmp_path / "a.png")))
    assert (image.size, image.mode) == ((40, 20), "RGBA")


def test_cameras_turn_is_undone(tmp_path: Path) -> None:
    turned = Image.new("RGB", (40, 20))
    exif = turned.getexif()
    exif[0x0112] = 6
    turned.save(tmp_path / "a.jpg", exif=exif)
    assert Image.open(io.BytesIO(scaled(tmp_path / "a.jpg"))).size == (20, 40)


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\nbroken", b"<svg/>"])
def test_what_is_no_image_is_left_blank(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.png").write_bytes(content)
    assert scaled(tmp_path / "a.png") == b""
    assert scaled(tmp_path / "missing.png") == b""
    image = Embedded(tmp_path).image(replace(media(tmp_path, "a.png"), alt="Words"), alone=True)
    assert (image.src, image.alt) == ("", "Words")


def test_a_page_embeds_no_more_than_its_bound(tmp_path: Path) -> None:
    for number in range(4):
        write_picture(tmp_path / f"{number}.png", width=900, height=600, number=number)
    first = len(scaled(tmp_path / "0.png"))
    sources = Embedded(tmp_path, bound=int(first * 2.5))
    shown = [sources.image(media(tmp_path, f"{number}.png"), alone=True).src for number in range(4)]
    assert [bool(src) for src in shown] == [True, True, False, False]


def test_short_videos_are_inside_long_ones_and_documents_are_not(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_bytes(clip())
    film = media(tmp_path, "a.mp4", MediaKind.VIDEO, "video/mp4")
    sources = Embedded(tmp_path)
    assert sources.file(film).startswith("data:video/mp4;base64,")
    assert sources.file(replace(film, size=50_000_000)) == ""
    assert sources.file(replace(film, path="gone.mp4")) == ""
    assert sources.file(replace(film, mime_type="application/pdf")) == ""


def test_an_avatar_is_embedded_and_never_from_outside(tmp_path: Path) -> None:
    root = tmp_path / "project"
    root.mkdir()
    for path in (root / "me.png", tmp_path / "outside.png"):
        Image.new("RGB", (200, 200), "red").save(path)
    (root / "link.png").symlink_to(tmp_path / "outside.png")
    for sources in (Embedded(root), Served(root)):
        assert sources.avatar("me.png").startswith("data:image/webp;base64,")
        assert sources.avatar("") == ""
        assert sources.avatar("absent.png") == ""
        assert sources.avatar("link.png") == ""
