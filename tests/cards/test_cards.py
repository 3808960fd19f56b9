"""Cards and carousels: they look as they did, are the same bytes each time, and templates can do no harm."""

import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageStat

from publisher.cards.slides import Slide, read_slides
from publisher.cards.typeset import TypesetError, card_key, typeset
from publisher.cards.values import BUILT_IN, PIXELS, Card, CardSize, Style

GOLDEN = Path(__file__).parents[1] / "golden" / "cards"
DATA = {
    "quote": {
        "text": "Exactly once is not a feature of the network. It is a promise you keep by writing down what you "
        "are about to do.",
        "by": "Mira Example",
        "role": "Maintainer, Acme",
    },
    "release": {
        "project": "posts-as-code",
        "version": "v0.2.0",
        "text": "One post, every network\nA state folder that merges in git\nA preview that reviewers like",
        "by": "acme.dev",
    },
    "title": {
        "text": "Why publishing exactly once is hard",
        "subtitle": "And how a small file in git makes it boring",
        "by": "acme.dev/blog",
    },
}


def custom(source: str, **files: bytes) -> Card:
    """A project's template with this source."""
    return Card("mine", {}, template=source.encode(), files=files)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", list(CardSize))
@pytest.mark.parametrize("name", BUILT_IN)
def test_a_card_looks_as_it_did(name: str, size: CardSize, theme: str) -> None:
    made = Image.open(io.BytesIO(typeset(Card(name, DATA[name], size, Style(theme=theme))))).convert("RGB")
    assert made.size == PIXELS[size]
    known = Image.open(GOLDEN / f"{name}-{size}-{theme}.png").convert("RGB")
    small = made.resize(known.size, Image.Resampling.LANCZOS)
    # another typst sets letters a little differently; another layout differs by 5 and more
    difference = max(ImageStat.Stat(ImageChops.difference(small, known)).mean)
    assert difference < 1.5, f"{name}-{size}-{theme} differs by {difference:.2f} of 255"


def test_the_same_card_is_the_same_bytes() -> None:
    card = Card("quote", DATA["quote"])
    assert typeset(card) == typeset(card)


def test_a_carousel_is_the_same_bytes_and_has_a_page_for_each_slide() -> None:
    slides = [{"title": f"Slide {number}", "text": "Words", "code": ""} for number in range(3)]
    card = Card("slides", {"slides": slides}, CardSize.SQUARE)
    made = typeset(card)
    assert made == typeset(card)
    assert made.startswith(b"%PDF-")
    assert made.count(b"/Type /Page\n") + made.count(b"/Type/Page") >= 3 or b"/Count 3" in made


@pytest.mark.parametrize(
    "other",
    [
        Card("quote", DATA["quote"] | {"text": "Other"}),
        Card("quote", DATA["quote"], CardSize.SQUARE),
        Card("quote", DATA["quote"], style=Style(accent="#ff0000")),
        Card("quote", DATA["quote"], style=Style(fonts=(b"font",))),
        Card("title", DATA["quote"]),
        Card("quote", DATA["quote"], template=b"other"),
    ],
)
def test_everything_that_changes_a_picture_changes_its_key(other: Card) -> None:
    assert card_key(other) != card_key(Card("quote", DATA["quote"]))


@pytest.mark.parametrize(
    "text", ["", "x" * 3000, "A\n" * 60, "你好，世界 " * 40, '#{panic()} \\ $x$ "', "\u202e\0\ud7ff"]
)
def test_any_text_fits_on_the_card_and_is_not_typst(text: str) -> None:
    for name in BUILT_IN:
        assert Image.open(io.BytesIO(typeset(Card(name, {"text": text})))).size == (1200, 627)


def test_a_logo_is_drawn(tmp_path: Path) -> None:
    logo = io.BytesIO()
    Image.new("RGB", (64, 64), "#00ff00").save(logo, "PNG")
    made = typeset(Card("title", DATA["title"], style=Style(logo=logo.getvalue())))
    colours = {colour for _, colour in Image.open(io.BytesIO(made)).convert("RGB").getcolors(1 << 20)}
    assert (0, 255, 0) in colours


def test_a_project_template_reads_its_own_files() -> None:
    source = '#set page(width: 1200pt, height: 627pt)\n#read("words.txt")'
    assert typeset(custom(source, **{"words.txt": b"Hello"})).startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ('#read("/etc/passwd")', "not found"),
        ('#read("../../../../etc/passwd")', "outside"),
        ('#import "@preview/cetz:0.3.0": *', "package"),
        ('#let where = "@preview/" + "cetz:0.3.0"\n#import where: *', "package"),
        ("#let n = 0\n#while n >= 0 { n = calc.rem(n + 1, 7) }", ""),
        ("#let f(x) = f(x) + f(x)\n#f(1)", ""),
        (
            '#let a = "x" * 100000000\n#range(30).map(n => a + str(n)).join()',
            "",
        ),
        ("#pagebreak()\n#pagebreak()", "pages"),
        ("#set page(width: 100pt, height: 100pt)\nx", "pixels"),
        ("#nonsense", "unknown variable"),
    ],
)
def test_a_hostile_template_ends_with_a_message(source: str, said: str) -> None:
    with pytest.raises(TypesetError) as error:
        typeset(custom(source))
    assert said in str(error.value)
    assert "root:" not in str(error.value)


def test_files_can_not_leave_the_folder(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="leads out"):
        typeset(custom("x", **{"../x": b""}))


def test_slides_end_at_rules_outside_of_code() -> None:
    markdown = "# One\nText\n\n---\n\n## Two\n\n```\n---\ncode\n```\n\n---\n---\nThree"
    assert read_slides(markdown, str) == (
        Slide("One", "Text", ""),
        Slide("Two", "", "---\ncode"),
        Slide("", "Three", ""),
    )


WORDS = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=8)


@given(st.lists(WORDS, min_size=1, max_size=12))
@settings(deadline=None)
def test_no_word_of_a_slide_is_lost(words: list[str]) -> None:
    slides = read_slides("\n---\n".join(f"# {word}\n{word}" for word in words), str)
    assert [slide.title for slide in slides] == words
    assert [slide.text for slide in slides] == words
