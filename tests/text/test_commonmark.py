"""The law of Markdown: no markup left over, no visible word lost, in order."""

import json
import re
from pathlib import Path

import cmarkgfm
import pytest
from cmarkgfm.cmark import Options
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from publisher.model.config import TextConfig
from publisher.text.markdown import render_markdown
from publisher.text.prose import Prose
from publisher.text.written import write_out
from tests.text.htmltext import post_text, squeezed, visible_words

EXAMPLES = json.loads((Path(__file__).parent / "data" / "commonmark-0.31.2.json").read_text("utf-8"))


def nobody(target: str) -> None:
    return None


def shown(prose: Prose) -> str:
    """The text as LinkedIn shows it: addresses written out."""
    return write_out(prose.text, prose.places, TextConfig(), ()).text.plain


def oracle(source: str) -> str:
    """The HTML that a second parser, GitHub's in C, makes of the source."""
    return cmarkgfm.markdown_to_html(source, Options.CMARK_OPT_UNSAFE)


def test_the_specification_is_complete() -> None:
    assert [example["example"] for example in EXAMPLES] == list(range(1, 653))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: f"{example['example']}")
def test_example_of_the_specification(example: dict[str, str]) -> None:
    prose = render_markdown(example["markdown"], TextConfig(), nobody)
    if any(finding.code == "raw-html" for finding in prose.findings):
        # what an author wrote in HTML can't be told from what Markdown made; its words are kept, though
        assert_in_order(visible_words(example["html"]), shown(prose))
    else:
        assert squeezed(shown(prose)) == squeezed(post_text(example["html"]))


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
    html = oracle(source)
    assert squeezed(shown(prose)) == squeezed(post_text(html))


@given(MARKUP | LINES)
@settings(deadline=None)
def test_words_stay_apart(source: str) -> None:
    assume("[ ]" not in source)
    prose = render_markdown(source, TextConfig(), nobody)
    assume(not prose.findings)
    text = re.sub("[“”‘’]", "", shown(prose))
    words = visible_words(oracle(source))
    assert_in_order([word for word in words if word.isascii()], text)


@given(st.text())
@settings(deadline=None)
def test_any_text_renders(source: str) -> None:
    for options in (
        {},
        {"emphasis": "unicode", "links": "footnotes", "line_breaks": "keep"},
        {"links": "bare"},
    ):
        prose = render_markdown(source, TextConfig(**options), nobody)
        for start, end in (*prose.literals, *((m.start, m.end) for m in prose.text.mentions)):
            assert 0 <= start <= end
