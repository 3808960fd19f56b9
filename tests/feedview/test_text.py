"""Texts become segments, and nothing of them is lost or let through."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.feedview.addresses import safe_href, site
from publisher.feedview.text import compose, find_hashtags, fold_end, graphemes, reveal
from publisher.feedview.values import Author, Segment, Text
from publisher.text.lengths import fold_end as lint_fold_end


def joined(text: Text) -> str:
    """All the characters of a text."""
    return "".join(segment.text for segment in (*text.segments, *text.rest))


def kinds(text: Text) -> list[tuple[str, str, str]]:
    """The segments that are more than characters."""
    return [(part.kind, part.text, part.href) for part in text.segments if part.kind != "plain"]


def test_links_are_found_without_the_punctuation_that_follows() -> None:
    text = compose("See https://example.com/a_(b). Or (www.example.org)!")
    assert kinds(text) == [
        ("link", "https://example.com/a_(b)", "https://example.com/a_(b)"),
        ("link", "www.example.org", "https://www.example.org"),
    ]


def test_a_mark_wins_over_a_link_inside_it() -> None:
    mention = Segment("", "mention", "https://example.com/who")
    text = compose("Hello https://example.com!", [(0, 25, mention)])
    assert kinds(text) == [("mention", "Hello https://example.com", "https://example.com/who")]


def test_hashtags_need_a_letter_and_stand_free() -> None:
    marks = find_hashtags("#one a#two #3 #4you ＃fünf &#six;", "/tag/{tag}")
    assert [mark[2].href for mark in marks] == ["/tag/one", "/tag/4you", "/tag/fünf"]


@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"]), max_size=400))
def test_no_character_is_lost(plain: str) -> None:
    assert joined(compose(plain, find_hashtags(plain, "/{tag}"))) == plain


@given(st.text(alphabet="ab \n#@.é😀👩‍🚀\u202e", max_size=500))
def test_the_fold_is_where_the_lint_says_it_is(plain: str) -> None:
    # readers' characters are kept whole here, so the fold may come a few code points sooner
    assert lint_fold_end(plain) - 3 <= fold_end(plain) <= lint_fold_end(plain)


def test_the_fold_comes_after_three_lines_or_210_units() -> None:
    assert fold_end("one\ntwo\nthree\nfour") == len("one\ntwo\nthree")
    assert fold_end("x" * 300) == 210
    assert fold_end("😀" * 150) == 105
    assert fold_end("x" * 209 + "👩‍👩‍👧‍👦" + "y" * 9) == 209


def test_blanks_behind_the_fold_make_no_fold() -> None:
    assert compose("one\ntwo\nthree\n\n ").rest == ()


def test_a_link_across_the_fold_leads_on_both_sides() -> None:
    text = compose("x" * 200 + " https://example.com/long/path")
    assert (text.segments[-1].href, text.rest[0].href) == ("https://example.com/long/path",) * 2


def test_what_a_page_must_not_carry_is_replaced() -> None:
    assert joined(compose("a\x00b\x1b[31m\ud800c")) == "a�b�[31m�c"


def test_invisible_characters_are_named_where_asked() -> None:
    text = compose("a\u202eb\u200bc\x00", revealed=True)
    assert [(part.kind, part.text) for part in text.segments] == [
        ("plain", "a"),
        ("invisible", "RLO"),
        ("plain", "b"),
        ("invisible", "ZWSP"),
        ("plain", "c"),
        ("invisible", "U+0000"),
    ]
    assert text.segments[1].title == "U+202E Right-to-left override"
    assert reveal("a\u202eb\x1b[0m") == "a⟨RLO⟩b⟨U+001B⟩[0m"


def test_graphemes_are_counted_as_readers_do() -> None:
    assert graphemes("e\u0301👩‍👩‍👧‍👦🇩🇪x") == 4


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,x",
        "//example.com",
        "http://[",
        "",
        " ",
    ],
)
def test_only_web_addresses_are_linked(address: str) -> None:
    assert safe_href(address) == ""


def test_a_site_is_the_host_in_ascii() -> None:
    assert site("https://www.Example.com:8080/a") == "example.com"
    assert site("https://аpple.com/") == "xn--pple-43d.com"
    assert (site("nonsense"), site("https://" + "a" * 70 + ".com")) == ("", "")


@pytest.mark.parametrize(
    ("name", "initials"),
    [("Mira Example", "ME"), ("Ada M. Lovelace", "AL"), ("plato", "P"), ("", "?"), ("— ☂", "?")],
)
def test_initials(name: str, initials: str) -> None:
    assert Author(name).initials == initials
