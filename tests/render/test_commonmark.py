"""The law of Markdown: no markup left over, no visible word lost, in order."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from publisher.model.config import TextConfig
from publisher.text.body import render_prose
from publisher.text.markdown import render_markdown
from publisher.text.simple import simple_text
from tests.render.htmltext import post_text, squeezed, visible_words

EXAMPLES = json.loads((Path(__file__).parent / "data" / "commonmark-0.31.2.json").read_text("utf-8"))


def nobody(target: str) -> None:
    return None


def render(source: str, **options: str) -> str:
    return render_markdown(source, TextConfig(**options), nobody).plain


def test_the_specification_is_complete() -> None:
    assert [example["example"] for example in EXAMPLES] == list(range(1, 653))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: f"{example['example']}")
def test_example_of_the_specification(example: dict[str, str]) -> None:
    prose = render_markdown(example["markdown"], TextConfig(), nobody)
    if any(finding.code == "raw-html" for finding in prose.findings):
        # what an author wrote in HTML can't be told from what Markdown made; its words are kept, though
        assert_in_order(visible_words(example["html"]), prose.plain)
    else:
        assert squeezed(prose.plain) == squeezed(post_text(example["html"]))


def assert_in_order(words: list[str], text: str) -> None:
    position = 0
    for word in words:
        found = text.find(word, position)
        assert found >= 0, f"{word!r} is missing after {text[:position]!r}"
        position = found + len(word)


MARKUP = st.text(alphabet="ab cd\n*_`#->+[]()!\\<&;.1=\"'é漢😀\t", max_size=60)
LINES = st.lists(
    st.builds(
        "{}{}".format,
        st.sampled_from(
            ["", "", "- ", "* ", "1. ", "2) ", "> ", "# ", "    ", "  ", "```\n", "---", "===", "\n"]
        ),
        st.text(alphabet="abc *_`[]()!.\\#é", max_size=20),
    ),
    max_size=8,
).map("\n".join)


@given(MARKUP | LINES)
@settings(deadline=None)
def test_text_is_what_the_html_shows(source: str) -> None:
    assume("[ ]" not in source)  # a box, in our dialect
    prose = render_markdown(source, TextConfig(), nobody)
    assume(not any(finding.code == "raw-html" for finding in prose.findings))
    html = MarkdownIt("commonmark").render(source)
    assert squeezed(prose.plain) == squeezed(post_text(html))


@given(MARKUP | LINES)
@settings(deadline=None)
def test_words_stay_apart(source: str) -> None:
    assume("[ ]" not in source)
    prose = render_markdown(source, TextConfig(), nobody)
    assume(not prose.findings)
    shown = re.sub("[“”‘’]", "", prose.plain)
    words = visible_words(MarkdownIt("commonmark").render(source))
    assert_in_order([word for word in words if word.isascii()], shown)


@given(st.text())
@settings(deadline=None)
def test_any_text_renders(source: str) -> None:
    for options in (
        {},
        {"emphasis": "unicode", "links": "footnotes", "line_breaks": "keep"},
        {"links": "bare"},
    ):
        prose = render_markdown(source, TextConfig(**options), nobody)
        for start, end in (*prose.literals, *((m.start, m.end) for m in prose.mentions)):
            assert 0 <= start <= end


SIMPLE_PIECES = [
    "word", "Zwei Wörter", "**bold**", "**Bold words.**", "[the notes](https://example.org/a/b?c=d)",
    "#tag", "# ", "## Head", "- ", "- item", "-", "+ x", "* x", "1. ", "12) x", "(", ")", ".", ", ", "!",
    ":", "*", "**", "[", "]", "@", "&", "&amp;", "://", "https://x.y/a*b*", "===", "---", "漢", "é", "😀",
    "\xa0", "\t", " ", " ", " ", "\n", "\n", "\n\n", "  \n", "[x]: /u", "[ ] t", "a\n- b", "| a |",
    "\u2028", "_", "[a](https://b.c)", "(https://b.c)", "'", '"', "http://[a](https://b.c)",
]  # fmt: skip
SIMPLE = st.lists(st.sampled_from(SIMPLE_PIECES), max_size=12).map("".join)
OPTIONS = st.builds(
    TextConfig,
    links=st.sampled_from(["inline", "bare", "footnotes"]),
    line_breaks=st.sampled_from(["join", "keep"]),
)


@given(
    SIMPLE | st.text(alphabet="ab 1.)-+=:#\n!?*[](/é漢\t\xa0&", max_size=40) | st.text(max_size=30), OPTIONS
)
@settings(deadline=None, max_examples=500)
def test_the_short_way_arrives_at_the_same_text(source: str, config: TextConfig) -> None:
    assert render_prose(source, True, config, nobody) == render_markdown(source, config, nobody)


@pytest.mark.parametrize(
    "source",
    [
        "One line\nand another.\n\nA paragraph #tag\n",
        "# Heading\n\n- one\n- two, **bold**\n\nThe end.",
        "Read [the notes](https://example.org/notes/1).",
        "#python is a tag\n",
    ],
)
def test_simple_posts_do_take_the_short_way(source: str) -> None:
    assert simple_text(source, TextConfig()) == render(source)
