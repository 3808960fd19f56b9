"""Long texts become chains."""

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from publisher.model.post import Hashtag, Link, Text
from publisher.networks.bluesky.limits import fits as fits_bluesky
from publisher.text.threads import split_thread


def short(limit: int = 20) -> object:
    """A network that takes so many code points."""
    return lambda text: len(text) <= limit


def plain(text: str, limit: int = 20) -> list[str]:
    """The parts of a text without marks."""
    return [part.plain for part in split_thread(Text(text), short(limit))]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Short.", ["Short."]),
        ("", [""]),
        ("One paragraph.\n\nAnother one here.", ["One paragraph.", "Another one here."]),
        ("One. Two.\n\nThree.\n\nFour and five.", ["One. Two.\n\nThree.", "Four and five."]),
        ("First sentence. Second sentence. End.", ["First sentence.", "Second sentence.", "End."]),
        ('He said "Stop!" Then she left at once.', ['He said "Stop!"', "Then she left at", "once."]),
        ("words without any sentence end", ["words without any", "sentence end"]),
        ("x" * 45, ["x" * 20, "x" * 20, "x" * 5]),
    ],
)
def test_where_texts_are_split(text: str, parts: list[str]) -> None:
    assert plain(text) == parts


def test_a_link_stays_whole() -> None:
    words = "two link words"
    text = f"Some text here {words} end"
    at = text.index(words)
    parts = split_thread(Text(text, links=(Link(at, at + len(words), "https://acme.dev/"),)), short(24))  # type: ignore[arg-type]
    assert [part.plain for part in parts] == ["Some text here", "two link words end"]
    assert parts[0].links == ()
    (link,) = parts[1].links
    assert parts[1].plain[link.start : link.end] == words


def test_a_family_stays_whole() -> None:
    family = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
    assert plain(family * 5, 12) == [family * 2, family * 2, family]


_WORDS = st.text(alphabet="ab.!? \n#é\u200d\U0001f468", max_size=80)


@given(_WORDS, st.integers(3, 30))
def test_nothing_is_lost_and_every_part_fits(text: str, limit: int) -> None:
    parts = plain(text, limit)
    squeezed = regex.sub(r"\s", "", text)
    assert "".join(regex.sub(r"\s", "", part) for part in parts) == squeezed
    assert all(len(part) <= limit or len(regex.findall(r"\X", part)) == 1 for part in parts)


@given(st.lists(st.sampled_from(["word", "#tag", "longer-word", "end."]), min_size=1, max_size=30))
def test_hashtags_stay_whole(words: list[str]) -> None:
    text = " ".join(words)
    spans = tuple(Hashtag(match.start(), match.end(), match[0]) for match in regex.finditer(r"#tag", text))
    for part in split_thread(Text(text, hashtags=spans), short(14)):  # type: ignore[arg-type]
        assert all(part.plain[tag.start : tag.end] == "#tag" for tag in part.hashtags)


def test_a_network_that_counts_graphemes() -> None:
    parts = split_thread(Text("Satz mit Umlauten: äöü. " * 40), fits_bluesky)
    assert len(parts) == 4
    assert all(fits_bluesky(part.plain) for part in parts)
