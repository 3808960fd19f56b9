"""The small rules of text at their edges: lengths, columns, tags, addresses, joints and their offsets."""

import pytest

from publisher.model.post import Hashtag, Link, Text
from publisher.text.characters import is_cjk
from publisher.text.hashtags import find_hashtags, is_tag
from publisher.text.joins import joined_lines
from publisher.text.lengths import FOLD, fold_end, utf16_cut
from publisher.text.sentinels import prepare
from publisher.text.threads import split_thread
from publisher.text.urls import outside, url_spans

SHORT = "x" * 45


@pytest.mark.parametrize(
    ("text", "limit", "cut"),
    [
        ("abc", 2, 2),
        ("abc", 3, 3),
        ("éàü", 2, 2),
        ("a\uffffb", 3, 3),
        ("\U00010000b", 2, 1),
        ("\U00010000b", 1, 0),
        ("a😀b😀", 4, 3),
        ("a😀b😀", 6, 4),
        ("a😀b😀", 5, 3),
    ],
)
def test_a_cut_counts_utf16_units(text: str, limit: int, cut: int) -> None:
    assert utf16_cut(text, limit) == cut


def test_a_post_folds_after_three_lines_or_210_units() -> None:
    assert fold_end("a\nb\nc") == 5
    assert fold_end("a\nb\nc\nd") == 5
    assert fold_end("x" * FOLD) == FOLD
    assert fold_end("x" * (FOLD + 1)) == FOLD


@pytest.mark.parametrize(
    ("source", "joined", "kept", "looks_laid_out"),
    [
        (f"{SHORT}\n{SHORT}\n{SHORT}\n", 2, 0, True),
        (f"{SHORT}x\n{SHORT}\n{SHORT}", 2, 0, False),
        (f"{SHORT}\n{SHORT}", 1, 0, False),
        ("日" * 22 + "\n" + "本" * 22 + "\nx", 2, 0, True),
        ("日" * 23 + "\n" + "本" * 22 + "\nx", 2, 0, False),
        ("é" * 45 + "\nb\nc", 2, 0, True),
        ("é" * 46 + "\nb\nc", 2, 0, False),
        ("one", 0, 1, True),
    ],
)
def test_lines_that_are_all_short_look_laid_out(
    source: str, joined: int, kept: int, looks_laid_out: bool
) -> None:
    assert joined_lines(source, joined, kept=kept) is looks_laid_out


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("#a #b", ["a", "b"]),
        ("＃日本語", ["日本語"]),
        ("#1 #1a", ["1a"]),
        ("#हिंदी!", ["हिंदी"]),
        ("#a\u200d b", ["a"]),
        ("#क\u094d\u200dष", ["क\u094d\u200dष"]),
        ("x#a /#b &#c ##d", []),
        ("https://ex.org/#a #b", ["b"]),
        ("#https://ex.org #b", ["b"]),
    ],
)
def test_hashtags_stand_free(text: str, tags: list[str]) -> None:
    found = find_hashtags(text)
    assert [tag.tag for tag in found] == tags
    assert all(text[tag.start + 1 : tag.end] == tag.tag for tag in found)


def test_hashtags_touch_no_closed_span() -> None:
    text = "#ab #cd #ef"
    assert [tag.tag for tag in find_hashtags(text, [(0, 1)])] == ["cd", "ef"]
    assert [tag.tag for tag in find_hashtags(text, [(1, 4)])] == ["cd", "ef"]
    assert [tag.tag for tag in find_hashtags(text, [(3, 4)])] == ["ab", "cd", "ef"]
    assert [tag.tag for tag in find_hashtags(text, [(0, 3), (8, 11)])] == ["cd"]
    assert [tag.tag for tag in find_hashtags(text, [(2, 5)])] == ["ef"]


@pytest.mark.parametrize(
    ("word", "good"), [("a", True), ("a b", False), ("1", False), ("1a", True), ("", False), ("-a", False)]
)
def test_a_tag_is_one_word_with_a_letter(word: str, good: bool) -> None:
    assert is_tag(word) is good


@pytest.mark.parametrize(
    ("text", "urls"),
    [
        ("see https://ex.org/a.", ["https://ex.org/a"]),
        ("(https://ex.org/a)", ["https://ex.org/a"]),
        ("((https://ex.org/a))", ["https://ex.org/a"]),
        ("https://ex.org/A_(b)", ["https://ex.org/A_(b)"]),
        ("https://ex.org/A_(b))).", ["https://ex.org/A_(b)"]),
        ("WWW.Ex.org x", ["WWW.Ex.org"]),
        ("www. http:// https://.", []),
        ("xhttps://ex.org", []),
        ("https://ex.org/a。次", ["https://ex.org/a"]),
        ("https://ex.org/中文/x", ["https://ex.org/中文/x"]),
    ],
)
def test_addresses_end_where_a_sentence_does(text: str, urls: list[str]) -> None:
    assert [text[start:end] for start, end in url_spans(text)] == urls


def test_spans_outside_of_others_may_touch_them() -> None:
    assert list(outside([(0, 2), (2, 4), (4, 6), (7, 9)], [(2, 4), (8, 9)])) == [(0, 2), (4, 6)]
    assert list(outside([(0, 2)], [])) == [(0, 2)]
    assert list(outside([(3, 5)], [(0, 3), (5, 6)])) == [(3, 5)]


def test_the_first_and_the_characters_around_the_east_asian_blocks() -> None:
    assert is_cjk("\u1100")
    assert not is_cjk("\u10ff")
    assert is_cjk("漢")
    assert not is_cjk("a")


@pytest.mark.parametrize(
    ("source", "inserted"),
    [
        ("**a**", 0),
        ("**注意：**请看", 1),
        ("**注意：** 请看", 1),
        ("これは**「重要」**です", 2),
        ('नोट **"x"**यहाँ', 0),
        ("a **(b)**c", 0),
        ("\\**注：**请", 2),
        ("⚠\ufe0e**x**", 0),
        ("！\ufe00\ufe01**x**", 1),
        ("~~注：~~请", 1),
        ("~~~注：~~~", 0),
    ],
)
def test_joints_stand_next_to_east_asian_punctuation_only(source: str, inserted: int) -> None:
    prepared = prepare(source)
    assert len(prepared.text) - len(source) == inserted
    assert prepared.clean(prepared.text) == source


@pytest.mark.parametrize(
    "source",
    [
        "**注意：**请看 x",
        "é😀ß**「重要」**です😀é",
        "https://ex.org/a_b_c é **注：**请",
        "\ue000\uf8ff**注：**请",
    ],
)
def test_every_byte_of_a_prepared_text_has_its_place_in_the_source(source: str) -> None:
    prepared = prepare(source)
    assert prepared.clean(prepared.text) == source
    byte, seen = 0, []
    for character in prepared.text:
        seen.append(prepared.place(byte))
        byte += len(character.encode())
    assert seen == sorted(seen)
    kept = "".join(source[place] for place in dict.fromkeys(place for place in seen if place < len(source)))
    assert kept == source
    assert prepared.place(byte) == len(source)


def test_a_thread_s_parts_keep_their_spans() -> None:
    text = Text(
        "One https://ex.org/a. Two Ada #tag three.",
        hashtags=(Hashtag(30, 34, "tag"),),
        links=(Link(4, 20, "https://ex.org/a"),),
    )
    parts = split_thread(text, lambda part: len(part) <= 22)
    assert [part.plain for part in parts] == ["One https://ex.org/a.", "Two Ada #tag three."]
    assert [(link.start, link.end) for link in parts[0].links] == [(4, 20)]
    assert parts[0].hashtags == parts[1].links == ()
    assert [(tag.start, tag.end) for tag in parts[1].hashtags] == [(8, 12)]


def test_a_word_that_fits_nowhere_is_cut_between_graphemes() -> None:
    parts = split_thread(Text("👨‍👩‍👧" * 3), lambda part: len(part) <= 5)
    assert [part.plain for part in parts] == ["👨‍👩‍👧"] * 3
    assert [part.plain for part in split_thread(Text("ab"), lambda part: False)] == ["a", "b"]
