"""Images that a network refuses: converted, named, and the same post on every machine."""

import io
import json
from pathlib import Path

import pytest
from PIL import Image, ImageCms

from publisher.media import conversion
from publisher.media.conversion import convert_image
from publisher.media.images import IMAGE_BYTES, MAX_PIXELS
from tests.support.project import ProjectDir

POST = "---\nmedia: {path: NAME, alt: A picture}\n---\nLook\n"
PLACE = {1: "N", 2: (52.0, 30.0, 0.0), 3: "E", 4: (13.0, 22.0, 0.0)}


def picture(
    path: Path, kind: str, mode: str = "RGB", *, turned: int = 0, place: bool = False, **settings: object
) -> Path:
    """A picture, red on the left and blue on the right."""
    image = Image.new("RGB", (60, 40), "red")
    image.paste("blue", (30, 0, 60, 40))
    image = image.convert(mode)
    if mode == "RGBA":
        image.putalpha(128)
    exif = Image.Exif()
    if turned:
        exif[0x0112] = turned
    if place:
        exif[0x8825] = PLACE
    image.save(path, kind, exif=exif, **settings)
    return path


def opened(path: Path) -> Image.Image:
    made = convert_image(path)
    assert made is not None
    return Image.open(io.BytesIO(made.content))


@pytest.mark.parametrize(
    ("kind", "mode", "becomes"),
    [("WEBP", "RGB", "JPEG"), ("WEBP", "RGBA", "PNG"), ("AVIF", "RGB", "JPEG"), ("TIFF", "RGB", "JPEG"),
     ("TIFF", "CMYK", "JPEG"), ("BMP", "RGB", "PNG")],
)  # fmt: skip
def test_a_format_is_converted(tmp_path: Path, kind: str, mode: str, becomes: str) -> None:
    path = picture(tmp_path / "a", kind, mode)
    made = convert_image(path)
    assert made is not None
    assert made.what.endswith(f" to {becomes}")
    assert not made.same
    result = opened(path)
    assert (result.format, result.size) == (becomes, (60, 40))
    red, _, blue = result.convert("RGB").getpixel((5, 20))
    assert red > 200 > 60 > blue


@pytest.mark.parametrize("turned", range(2, 9))
def test_a_turned_picture_stands_upright(tmp_path: Path, turned: int) -> None:
    path = picture(tmp_path / "a.jpg", "JPEG", turned=turned, quality=95)
    made, result = convert_image(path), opened(path)
    assert made is not None
    assert made.what == "turned upright"
    assert result.size == (made.width, made.height) == ((40, 60) if turned >= 5 else (60, 40))
    assert not result.getexif()


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_the_place_is_removed(tmp_path: Path, kind: str) -> None:
    path = picture(tmp_path / "a", kind, place=True)
    assert b"Exif" in path.read_bytes() or b"eXIf" in path.read_bytes()
    made = convert_image(path)
    assert made is not None
    assert made.what == "the place where it was taken removed"
    assert made.same
    assert not opened(path).getexif()
    assert b"Exif" not in made.content
    assert b"eXIf" not in made.content


def test_a_place_in_xmp_is_removed(tmp_path: Path) -> None:
    xmp = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description exif:GPSLatitude="52,30N"/></x:xmpmeta>'
    path = picture(tmp_path / "a.jpg", "JPEG", xmp=xmp)
    assert b"GPSLatitude" in path.read_bytes()
    made = convert_image(path)
    assert made is not None
    assert b"GPSLatitude" not in made.content


def test_a_colour_profile_is_kept(tmp_path: Path) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    path = picture(tmp_path / "a.webp", "WEBP", icc_profile=profile)
    assert opened(path).info["icc_profile"] == profile


def test_too_many_pixels_are_scaled_down(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    Image.new("1", (8_000, 6_000)).save(path)
    made = convert_image(path)
    assert made is not None
    assert made.width * made.height < MAX_PIXELS
    assert abs(made.width / made.height - 8 / 6) < 0.01
    assert f"scaled to {made.width} x {made.height}" in made.what


def test_far_too_many_pixels_are_not_decoded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversion, "MAX_SOURCE_PIXELS", 60 * 40 - 1)
    assert convert_image(picture(tmp_path / "a.webp", "WEBP")) is None


def test_an_animation_is_not_converted(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (9, 9), colour) for colour in ("red", "blue")]
    frames[0].save(tmp_path / "a.webp", save_all=True, append_images=frames[1:])
    assert convert_image(tmp_path / "a.webp") is None


@pytest.mark.parametrize(
    "content", [b"", b"RIFF\0\0\0\0WEBPVP8 ", b"II*\0" + b"\xff" * 99, b"\0\0\0\x18ftypheic" + b"x" * 99]
)
def test_what_cannot_be_read_is_not_converted(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a").write_bytes(content)
    assert convert_image(tmp_path / "a") is None


def test_plan_and_preview_name_the_conversion(project: ProjectDir) -> None:
    picture(project.root / "content/a.webp", "WEBP")
    project.write("content/a.md", POST.replace("NAME", "a.webp"))
    assert "[content/a.webp: WebP to JPEG]" in project.publisher("plan").out
    assert "[media-converted]" in project.publisher("-v", "validate").text
    assert "{asset:a.webp}" in project.publisher("payload").out
    project.publisher("preview", "--out", str(project.root / "page.html"))
    assert "WebP to JPEG" in (project.root / "page.html").read_text()


def test_a_converted_picture_is_published_once(
    project: ProjectDir, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture(project.root / "content/a.webp", "WEBP")
    picture(project.root / "content/b.jpg", "JPEG", turned=6, place=True)
    project.write("content/a.md", POST.replace("NAME", "a.webp"))
    project.write("content/b.md", POST.replace("NAME", "b.jpg").replace("Look", "Look again"))
    assert project.publisher("publish").code == 0
    digests = {
        key: entry["digest"] for key, entry in json.loads(project.state_path.read_text())["posts"].items()
    }
    # another machine, whose Pillow writes other bytes
    other = project.env | {"PUBLISHER_CACHE_DIR": str(tmp_path_factory.mktemp("other"))}
    monkeypatch.setattr(conversion, "_QUALITIES", (50,))
    elsewhere = ProjectDir(project.root, project.sandbox, other)
    plan = json.loads(elsewhere.publisher("plan", "--format", "json").out)
    assert {change["key"]: (change["action"], change["digest"]) for change in plan["changes"]} == {
        key: ("none", digest) for key, digest in digests.items()
    }
    assert elsewhere.publisher("publish").code == 0
    assert len(project.created_texts()) == 2


def test_a_photograph_that_is_live_does_not_change_with_its_metadata_s_removal(project: ProjectDir) -> None:
    """Before conversion existed, digests covered the bytes of such photographs."""
    picture(project.root / "content/b.jpg", "JPEG", place=True)
    project.write("content/b.md", POST.replace("NAME", "b.jpg"))
    import hashlib

    from publisher.project import load

    (post,) = load(project.root, project.environ).posts
    assert post.media[0].recipe == hashlib.sha256((project.root / "content/b.jpg").read_bytes()).hexdigest()
    assert post.media[0].sha256 != post.media[0].recipe


@pytest.mark.parametrize(
    ("name", "kind", "settings", "code"),
    [("a.webp", "WEBP", {}, "media-type"), ("a.jpg", "JPEG", {"turned": 3}, "media-metadata"),
     ("a.png", "PNG", {"place": True}, "media-metadata")],
)  # fmt: skip
def test_never_refuses_instead(
    project: ProjectDir, name: str, kind: str, settings: dict[str, int], code: str
) -> None:
    picture(project.root / f"content/{name}", kind, **settings)  # type: ignore[arg-type]
    project.write("content/a.md", POST.replace("NAME", name))
    assert project.publisher("validate").code == 0
    project.configure("media: {convert: never}\n")
    result = project.publisher("validate")
    assert result.code == 1
    assert f"[{code}]" in result.text


def test_a_converted_file_that_is_gone_is_made_again(
    project: ProjectDir, tmp_path_factory: pytest.TempPathFactory
) -> None:
    cache = tmp_path_factory.mktemp("cache")
    mine = ProjectDir(project.root, project.sandbox, {"PUBLISHER_CACHE_DIR": str(cache)})
    picture(project.root / "content/a.webp", "WEBP")
    project.write("content/a.md", POST.replace("NAME", "a.webp"))
    assert mine.publisher("validate").code == 0
    for kept in (cache / "converted").iterdir():
        kept.unlink()
    assert mine.publisher("publish").code == 0


def test_many_bytes_are_compressed(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    Image.effect_noise((4_500, 4_500), 90).save(path)
    assert path.stat().st_size > IMAGE_BYTES
    made = convert_image(path)
    assert made is not None
    assert len(made.content) <= IMAGE_BYTES
    assert made.mime_type == "image/jpeg"
