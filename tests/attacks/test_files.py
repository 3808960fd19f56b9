"""Files of a pull request: links to secrets, and inputs that are small to write and large to work on."""

import json
import os
import shutil
import struct
import time
from pathlib import Path

import pytest
import yaml

from publisher.errors import ConfigError, UsageError
from publisher.media.library import MediaLibrary, MediaProblem
from publisher.model.config import Config
from publisher.model.diagnostic import MOST
from publisher.project.templates import read_templates
from publisher.settings.config import load_config
from publisher.state import open_store
from tests.support.project import ProjectDir
from tests.support.repository import git

LINKS: list[dict[str, str]] = yaml.safe_load(Path(__file__).with_name("links.yaml").read_text("utf-8"))
MARKER = "s3cr3t-marker-of-the-attack"


def publish_everything(project: ProjectDir) -> str:
    """Run the commands that show or send content, and return all that they said."""
    said = ""
    for command in (
        ("validate",),
        ("validate", "--format", "sarif"),
        ("plan",),
        ("plan", "--format", "markdown"),
        ("payload",),
        ("publish", "--max-creates", "9"),
        ("preview", "--out", str(project.root / "page.html")),
        ("status",),
        ("doctor", "--offline"),
    ):
        said += project.publisher(*command).text
    page = project.root / "page.html"
    said += page.read_text("utf-8") if page.exists() else ""
    said += "".join(json.dumps(post, default=str) for post in project.sandbox.posts())
    return said


@pytest.fixture
def baited(project: ProjectDir) -> ProjectDir:
    """A project with secrets in and beside it, in files that are posts, templates and settings by their form."""
    root = project.root / "project"
    inner = ProjectDir(root, project.sandbox)
    root.mkdir()
    inner.configure()
    inner.write("content/a.md", "---\nlayout: x\nmedia: {path: picture.png, alt: A}\n---\nHello\n")
    inner.write("content/b.md", "Another one\n")
    inner.write("templates/y.j2", "{{ body }}\n")
    git(root, "init", "--quiet")
    (root / ".env").write_text(MARKER)
    with (root / ".git" / "config").open("a") as config:
        config.write(f"# {MARKER}\n")
    inner.write("notes/secret", MARKER)
    inner.write("content/.hidden/secret", MARKER)
    outside = project.root / "outside"
    outside.mkdir()
    (outside / "secret").write_text(MARKER)
    (outside / "x.md").write_text(MARKER)
    (outside / "x.j2").write_text(MARKER)
    (root / ".git" / "x.md").write_text(MARKER)
    (root / ".git" / "x.j2").write_text(MARKER)
    return inner


@pytest.mark.parametrize("case", LINKS, ids=lambda case: f"{case['link']}->{case['target']}")
def test_a_link_shows_nothing(case: dict[str, str], baited: ProjectDir) -> None:
    place = baited.root / case["link"]
    if place.is_dir():
        shutil.rmtree(place)
    place.unlink(missing_ok=True)
    target = case["target"].replace("OUTSIDE", str(baited.root.parent / "outside"))
    place.symlink_to(target)
    said = publish_everything(baited)
    assert MARKER not in said
    assert "Traceback" not in said


def test_a_hidden_file_is_no_media_even_without_a_link(baited: ProjectDir) -> None:
    png = b"\x89PNG\r\n\x1a\n" + MARKER.encode()
    (baited.root / ".git" / "a.png").write_bytes(png)
    for reference in ("../.git/a.png", "../.env", "../../outside/secret", "/etc/passwd", "x/../../.env"):
        found = MediaLibrary(baited.root).inspect(reference, "content/a.md")
        assert isinstance(found, MediaProblem)
        assert found.code == "media-outside", reference


def test_a_file_that_is_no_mapping_is_not_quoted(baited: ProjectDir) -> None:
    """Settings or a post that are one text could be anything, such as a key."""
    (baited.root / "publisher.yaml").write_text(f'"{MARKER}"\n')
    with pytest.raises(ConfigError) as refused:
        load_config(baited.root, {})
    assert MARKER not in "".join(d.message + d.remedy for d in refused.value.diagnostics)
    baited.configure()
    baited.write("content/x.yaml", f"{MARKER}\n")
    assert MARKER not in baited.publisher("validate").text


@pytest.mark.parametrize(
    "state",
    [
        "../x.json",
        "a/../../x.json",
        ".git/hooks/post-checkout",
        ".env",
        "/dev/zero",
        "/tmp/x.json",
        "~/../x/..",
        "./.git/x",
    ],
)
def test_a_state_stays_inside(state: str, baited: ProjectDir) -> None:
    baited.configure(f"state: {state}\n")
    for command in (("plan",), ("publish", "--max-creates", "9"), ("state", "list")):
        assert baited.publisher(*command).code == 2, command
    assert sorted(path.name for path in (baited.root.parent).iterdir() if path.name.endswith(".json")) == []


def test_a_state_s_folder_that_is_a_link_stays_inside(baited: ProjectDir) -> None:
    (baited.root / "kept").symlink_to(baited.root.parent / "outside")
    with pytest.raises(UsageError, match="out of the project"):
        open_store("kept/x.json", baited.root)


def test_a_template_folder_with_many_files_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "templates"
    folder.mkdir()
    for number in range(10_001):
        os.mknod(folder / f"{number}")
    with pytest.raises(ConfigError, match="more than 10,000 files"):
        read_templates(tmp_path, Config())


# The bounds below are on work, not on time: each of these took between 10 seconds and minutes without them. The time
# limit only tells a loop without a bound from one with a bound on a slow machine.
FAR_TOO_LONG = 30.0

TEMPLATES = [
    "{% for i in range(9999) %}{% if range(9999)|sum %}{% endif %}{% endfor %}",
    "{% set r = range(9999) %}{% for i in r %}{% set x = r|sum %}{% endfor %}",
    "{% for i in range(9999) %}{% for j in range(9999) %}{% endfor %}{% endfor %}",
    "{% for i in range(9999) %}{% if 1 in range(9999)|list %}{% endif %}{% endfor %}",
    "{% for i in range(9999) %}{% if 10000 in range(9999) %}{% endif %}{% endfor %}",
    "{% for i in range(9999) %}{{ range(9999)|max }}{% endfor %}",
    "{% for i in range(9999) %}{{ range(9999)|join }}{% endfor %}",
    "{% set ns = namespace(x='a') %}{% for i in range(99) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}",
    "{% macro m(n) %}{{ m(n + 1) }}{{ m(n + 1) }}{% endmacro %}{{ m(0) }}",
]


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_template_ends_at_its_budget(template: str, project: ProjectDir) -> None:
    project.write("content/a.md", template + "\n")
    began = time.monotonic()
    said = project.publisher("validate").text
    assert time.monotonic() - began < FAR_TOO_LONG
    assert "template-limit" in said


def test_diagnostics_of_one_file_are_bounded(project: ProjectDir) -> None:
    project.write("content/a.yaml", "text: a\n" + "".join(f"f{n}: 1\n" for n in range(15_000)))
    project.write("content/b.yaml", "".join(f"---\nid: p{n}\nnope: 1\ntext: a\n" for n in range(500)))
    sarif = project.publisher("validate", "--format", "sarif").out
    results = json.loads(sarif)["runs"][0]["results"]
    assert len(results) == 2 * (MOST + 1)
    assert [each["ruleId"] for each in results].count("too-many-problems") == 2
    project.configure("".join(f"f{n}: 1\n" for n in range(15_000)))
    assert len(project.publisher("validate").text) < 100_000


def test_a_film_of_boxes_is_refused(tmp_path: Path) -> None:
    """A box is 8 bytes: 8 million of them took 21 seconds to walk through."""
    film = tmp_path / "film.mp4"
    head = struct.pack(">I4s4sI", 16, b"ftyp", b"isom", 0)
    film.write_bytes(head + struct.pack(">I4s", 8, b"free") * 1_000_000)
    tracks = (struct.pack(">I4s", 8 + 800, b"trak") + struct.pack(">I4s", 8, b"free") * 100) * 2_000
    nested = tmp_path / "nested.mp4"
    nested.write_bytes(
        head + struct.pack(">I4s", 8, b"mdat") + struct.pack(">I4s", 8 + len(tracks), b"moov") + tracks
    )
    for name in ("film.mp4", "nested.mp4"):
        found = MediaLibrary(tmp_path).inspect(name, "a.md")
        assert isinstance(found, MediaProblem)
        assert "too many boxes" in found.message


TEXTS = {
    "generics": "Vec<T> " * 28_000,
    "comments without an end": "<!-- a\n" * 28_000,
    "comments and text": "<!-- a --> b\n" * 15_000,
    "comments in a row": "<!---->" * 28_000 + " b",
    "brackets": "[" * 190_000,
    "parentheses in an address": "https://ex.org/" + "(" * 90_000 + ")" * 90_000,
    "emphasis": "*a " * 60_000,
    "emphasis in Chinese": "**（" * 40_000,
    "mentions": "@[a](" * 38_000,
    "hashtags": "#a" * 90_000,
    "variation selectors": "⚠" + "\ufe0e" * 60_000 + "**x**",
}


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_takes_linear_time(name: str, project: ProjectDir) -> None:
    """A text may have 200,000 bytes; quadratic code took minutes for these."""
    project.write("content/a.md", TEXTS[name] + "\n")
    began = time.monotonic()
    said = project.publisher("validate")
    assert time.monotonic() - began < FAR_TOO_LONG
    assert said.code in (0, 1)
    assert "text-too-large" not in said.text
    assert "Traceback" not in said.text
