"""Laws of texts: words stay, offsets are right, places are exact, encoders are inverted, work grows linearly."""

import re
import sys
from collections.abc import Callable

import cmarkgfm
import pytest
from cmarkgfm.cmark import Options
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from publisher.model.config import Config, TextConfig
from publisher.model.diagnostic import Position
from publisher.model.document import Document
from publisher.model.post import Text
from publisher.networks.linkedin.little_text import encode_little
from publisher.networks.linkedin.ugc_posts_body import attributed
from publisher.text.body import LIMIT, render_body
from publisher.text.events import events
from publisher.text.markdown import render_markdown
from publisher.text.prose import Prose
from publisher.text.template import Source
from publisher.text.written import TextStyle, write_out
from tests.bench.growth import GENERATORS
from tests.text.htmltext import post_text, squeezed

WORDS = ["plain", "naïve", "你好", "重要", "かな", "한글", "สวัสดี", "हिन्दी", "👩‍👩‍👧", "é", "🇩🇪", "①", "x"]
SIGNS = [
    "**",
    "*",
    "_",
    "~~",
    "`",
    " ",
    " ",
    "\n",
    "。",
    "，",
    "「",
    "」",
    "：",
    "(",
    ")",
    "!",
    "\\*",
    "#",
    "&amp;",
]
INLINE = st.lists(st.sampled_from(WORDS + SIGNS), max_size=14).map("".join)
PIECES = st.one_of(
    INLINE,
    INLINE.map(lambda words: f"[{words}](https://ex.org/a)"),
    st.sampled_from(WORDS).map(lambda word: f"@[{word}](urn:li:person:{len(word)})"),
    st.sampled_from(
        ["https://ex.org/a_b_c*d*", "<https://ex.org>", "![alt](a.png)", "\n\n- ", "\n\n> ", "\n\n1. "]
    ),
)
DOCUMENTS = st.lists(PIECES, max_size=8).map("".join)


def urn(target: str) -> str | None:
    return target if target.startswith("urn:li:person:") else None


def render(source: str) -> Prose:
    return render_markdown(source, TextConfig(), urn)


@given(st.text(alphabet=st.characters(blacklist_categories=["Cs"]), max_size=60) | DOCUMENTS)
@example("\ue000**「a」**\ue001b")
@settings(deadline=None)
def test_a_text_that_stands_in_the_source_is_at_its_place(source: str) -> None:
    for event in events(source):
        assert 0 <= event.start <= len(source)
        if event.kind == "Text" and event.end - event.start == len(event.value):
            written = source[event.start : event.end]
            assert written == event.value or "&" in written or "\0" in written


@given(DOCUMENTS)
@settings(deadline=None)
def test_spans_and_places_lie_in_the_text(source: str) -> None:
    prose = render(source)
    plain = prose.text.plain
    for spans in (prose.text.mentions, prose.text.hashtags, prose.text.links, prose.text.styles):
        for span in spans:
            assert 0 <= span.start < span.end <= len(plain)
            if getattr(span, "kind", "") != "code":
                assert not plain[span.start].isspace()
                assert not plain[span.end - 1].isspace()
    for at, character in enumerate(plain):
        origin = prose.places.source(at)
        assert 0 <= origin <= len(source)
        # letters of scripts are never made by a renderer: each stands where the map says
        if character.isalpha() and character not in "x":
            assert source[origin] == character or "&" in source or "[" in source


@given(DOCUMENTS, st.sampled_from(["inline", "bare", "footnotes"]), st.sampled_from(["strip", "unicode"]))
@settings(deadline=None)
def test_writing_addresses_out_keeps_words_and_spans(source: str, links: str, emphasis: str) -> None:
    prose = render(source)
    config = TextConfig(links=links, emphasis=emphasis)  # type: ignore[arg-type]
    text, places = write_out(prose.text, prose.places, config, ["added"])
    before = [prose.text.plain[m.start : m.end] for m in prose.text.mentions]
    assert [text.plain[m.start : m.end] for m in text.mentions] == before
    named, _ = write_out(prose.text, prose.places, config, ["added"], TextStyle(names_accounts=True))
    assert [named.plain[m.start : m.end] for m in named.mentions] == [m.urn for m in prose.text.mentions]
    assert [link.url for link in named.links] == [link.url for link in text.links]
    for link in text.links:
        shown = text.plain[link.start : link.end]
        assert shown in link.url or link.url in shown or shown.replace("www.", "") in link.url
    for tag in text.hashtags:
        assert text.plain[tag.start + 1 : tag.end] == tag.tag
    for at in range(len(text.plain)):
        assert 0 <= places.source(at) <= len(source)


@given(DOCUMENTS)
@settings(deadline=None, max_examples=300)
def test_a_second_renderer_reads_the_same_words(source: str) -> None:
    # CommonMark has neither our mentions nor the East Asian rule of emphasis
    assume("@[" not in source and not re.search(r"[^\x00-\x7f][*~_]|[*~_][^\x00-\x7f]", source))
    assume(not any(mark in source for mark in ("~", "#", "_c*d*")))
    prose = render(source)
    # an item with nothing but an attached image has no bullet here
    assume(not prose.findings and not prose.images)
    html = cmarkgfm.markdown_to_html(source, Options.CMARK_OPT_UNSAFE)
    shown = write_out(prose.text, prose.places, TextConfig(), ()).text.plain
    assert squeezed(shown) == squeezed(post_text(html))


def decode_little(text: str) -> str:
    """The characters that LinkedIn shows for a little text."""
    text = re.sub(r"@\[((?:\\.|[^\]\\])*)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"\{hashtag\|(\\?.)\|((?:\\.|[^}\\])*)\}", r"\1\2", text)
    return re.sub(r"\\(.)", r"\1", text, flags=re.DOTALL)


@given(DOCUMENTS | st.text(alphabet=st.characters(blacklist_categories=["Cs"]), max_size=40))
@settings(deadline=None)
def test_both_encodings_of_a_text_can_be_read_back(source: str) -> None:
    text = write_out(render(source).text, render(source).places, TextConfig(), ["tag"]).text
    assert decode_little(encode_little(text)) == text.plain
    body = attributed(text)
    units = body["text"].encode("utf-16-le")
    for mention, attribute in zip(text.mentions, body.get("attributes", ()), strict=True):
        start, length = attribute["start"], attribute["length"]
        shown = units[2 * start : 2 * (start + length)].decode("utf-16-le")
        assert shown == text.plain[mention.start : mention.end]


def work(source: str) -> int:
    """How many functions are called to render a text: a measure that no other load of the machine changes."""
    count = 0

    def notice(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    document = Document("k", "content/k.md", {}, source, "markdown", Position())
    _profiled(lambda: render_body(document, Source(source, source), Config()), notice)
    return count


def _profiled(action: Callable[[], object], notice: Callable[[object, str, object], None]) -> None:
    sys.setprofile(notice)
    try:
        action()
    finally:
        sys.setprofile(None)


@pytest.mark.parametrize("name", GENERATORS)
def test_work_grows_linearly(name: str) -> None:
    render("")
    small, large = (work(GENERATORS[name](size)) for size in (3_000, 24_000))
    assert large <= 12 * small  # quadratic work would be 64 times as much


@pytest.mark.parametrize("name", GENERATORS)
def test_the_text_of_a_hostile_source_stays_in_proportion(name: str) -> None:
    source = GENERATORS[name](LIMIT // 4)
    text: Text = render(source).text
    assert len(text.plain) <= 45 * len(source)
