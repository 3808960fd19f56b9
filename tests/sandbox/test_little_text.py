"""Little text, from its grammar."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.sandbox.linkedin.little_text import RESERVED, Reading, escape, read, unescape, write

PAGE, PERSON = "urn:li:organization:1", "urn:li:person:Ab_1-2"
NAMES = {PAGE: ("Acme (Labs)",), PERSON: ("Ann Lee", "Ann", "Lee")}


def reading(source: str) -> Reading:
    return read(source, lambda urn: NAMES.get(urn, ()))


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ('plain, with "quotes" % $ & + - . and\nlines', 'plain, with "quotes" % $ & + - . and\nlines'),
        (r"\(a\) \[b\] \{c\} \<d\> \|\@\#\*\_\~\\", "(a) [b] {c} <d> |@#*_~\\"),
        ("#one and #zwölf", "#one and #zwölf"),
        (r"{hashtag|\#|one}{hashtag|#|two}{hashtag|＃|three}", "#one#two#three"),
        (rf"@[Acme \(Labs\)]({PAGE})!", "Acme (Labs)!"),
        (f"@[Ann]({PERSON}) @[Lee]({PERSON})", "Ann Lee"),
        (f"@({PERSON})", "Ann Lee"),
        (f"@[Nobody]({PAGE})", "Nobody"),
    ],
)
def test_what_is_read_whole(source: str, text: str) -> None:
    assert (reading(source).text, reading(source).cut_at) == (text, None)


@pytest.mark.parametrize(
    "rest",
    ["(b)", ")", "[b]", "{b}", "<b>", "|", "*b*", "_b_", "~", "@b", "#", "# b", "\\", "\\b", "{hashtag|b}",
     "@[b]", "@[b](nobody)", "@[b](urn:li:share:1)", "@[b](b](urn:li:person:1)"],
)  # fmt: skip
def test_text_stops_before_the_first_stray_character(rest: str) -> None:
    assert reading(f"a {rest}") == Reading("a ", (), 2)


def test_only_right_names_are_linked() -> None:
    source = f"@[Ann Lee]({PERSON}) @[ann lee]({PERSON})"
    assert [(item.start, item.length) for item in reading(source).attributes] == [(0, 7)]


def test_offsets_are_utf16_units() -> None:
    (attribute,) = reading(f"🙂🙂 @[Ann]({PERSON})").attributes
    assert (attribute.start, attribute.length) == (5, 3)


@settings(deadline=None)
@given(st.text())
def test_escaped_text_is_read_as_it_was(text: str) -> None:
    assert reading(escape(text)) == Reading(text, (), None)
    assert unescape(escape(text)) == text


@settings(deadline=None)
@given(st.text(alphabet="ab#@()[]{}|\\ 🙂" + "".join(sorted(RESERVED))))
def test_what_is_cut_was_a_prefix(source: str) -> None:
    found = reading(source)
    if found.cut_at is not None:
        assert source[found.cut_at] in RESERVED
        assert reading(source[: found.cut_at]) == Reading(found.text, found.attributes, None)


@settings(deadline=None)
@given(st.text(alphabet="ab #1_(\\🙂"))
def test_what_is_given_back_reads_the_same(text: str) -> None:
    published = reading(f"{escape(text)} @[Ann]({PERSON}) #tag")
    again = reading(write(published.text, published.attributes))
    assert (again.text, again.attributes, again.cut_at) == (published.text, published.attributes, None)
