"""Mentions, hashtags, emphasis and links in texts; any text renders."""

import sys
import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.model.config import Config, Defaults, TextConfig
from publisher.text.body import LIMIT
from publisher.text.hashtags import find_hashtags, is_tag
from publisher.text.markdown import render_markdown
from publisher.text.urls import url_spans
from publisher.text.written import write_out
from tests.render.documents import ME, codes, post_of, render, text_of


def shown(body: str, **options: object) -> list[tuple[str, str]]:
    text = post_of(body, **options).text
    return [(text.plain[m.start : m.end], m.urn) for m in text.mentions]


ADA = "urn:li:person:ada_1-B"
CONFIG = Config(
    authors={"me": ME},
    mentions={"acme": {"linkedin": "urn:li:organization:42"}, "bad": {"linkedin": "urn:li:member:1"}},
)


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (f"Hi @[Ada]({ADA})!", "Ada"),
        (f"😀 **@[Ada Lovelace]({ADA})** #x", "Ada Lovelace"),
        (f"> - 😀 漢 @[Ада]({ADA})", "Ада"),
        (f"@[A\\[b\\] \\\\ *c* _d_ `e` &amp;]({ADA})", "A[b] \\ c d e &"),
        (f"# @[Ada]({ADA})", "Ada"),
        (f"|a|\n|-|\n|@[Ada]({ADA})|", "Ada"),
        (f"[see @[Ada]({ADA})](https://x.y)", "Ada"),
        (f"a[^1]\n\n[^1]: by @[Ada]({ADA})", "Ada"),
        (f"one\n@[Ada]({ADA})\ntwo  \nthree", "Ada"),
    ],
)
def test_mentions_keep_their_place(body: str, name: str) -> None:
    assert shown(body) == [(name, ADA)]


def test_aliases_name_organizations() -> None:
    assert shown("@[Acme](acme) @[Acme](acme)", config=CONFIG) == [("Acme", "urn:li:organization:42")] * 2
    assert shown("- a\n@[Acme](acme)\n", config=CONFIG, path="content/k.yaml") == [
        ("Acme", "urn:li:organization:42")
    ]


@pytest.mark.parametrize(
    "target", ["ada", "bad", "urn:li:member:1", "urn:li:organization:x", "", "https://x.y"]
)
@pytest.mark.parametrize("path", ["content/k.md", "content/k.yaml"])
def test_an_unresolved_mention_is_an_error(target: str, path: str) -> None:
    rendered = render(f"Hello\nto @[Ada]({target})", config=CONFIG, path=path)
    assert codes(rendered) == ["mention-unresolved"]
    assert rendered.diagnostics[0].location == f"{path}:6:4"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (f"\\@[Ada]({ADA})", f"@[Ada]({ADA})"),
        (f"`@[Ada]({ADA})`", f"@[Ada]({ADA})"),
        (f"```\n@[Ada]({ADA})\n```", f"@[Ada]({ADA})"),
    ],
)
def test_what_is_no_mention(body: str, text: str) -> None:
    if body.startswith("\\"):
        text = "@Ada"  # the rest is a link that readers can't follow
    assert shown(body) == []
    assert text_of(body) == text


def test_a_plain_text_escapes_a_mention_with_a_backslash() -> None:
    assert text_of(f"\\@[Ada]({ADA}) *x*  y\n", path="content/k.yaml") == f"@[Ada]({ADA}) *x*  y"


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        (
            "#python, #Grüße! (#x) #a_b #हिन्दी #ไทย #日本語 #привет",
            "python Grüße x a_b हिन्दी ไทย 日本語 привет",
        ),
        ("C# F# a#b #1 # ## ##x #", ""),
        ("#2026Goals ＃全角 #e\u0301te\u0301", "2026Goals 全角 e\u0301te\u0301"),
        ("https://x.y/#frag https://x.y/a#b www.x.y/#c &#35;", ""),
        ("#c# #c++ #.net #node.js", "c c node"),
        ("#a#b #می\u200cخواهم #x\u200c", "a می\u200cخواهم x"),
    ],
)
def test_hashtags_by_unicode(text: str, tags: str) -> None:
    assert [hashtag.tag for hashtag in find_hashtags(text)] == tags.split()


@given(st.text(alphabet=st.one_of(st.sampled_from("#＃ a1_é\u0301\u200d/.&"), st.characters()), max_size=30))
@settings(deadline=None)
def test_hashtags_are_words_behind_a_sign(text: str) -> None:
    end = 0
    for hashtag in find_hashtags(text):
        assert hashtag.start >= end
        end = hashtag.end
        assert text[hashtag.start] in "#＃"
        assert text[hashtag.start + 1 : hashtag.end] == hashtag.tag
        assert is_tag(hashtag.tag)


def test_wanted_hashtags_come_last_and_once() -> None:
    config = Config(authors={"me": ME}, defaults=Defaults(hashtags=("Python", "data")))
    assert text_of("About #python.", config=config) == "About #python.\n\n#data"
    assert text_of("About.", config=config, hashtags=["#New", "new", "NEW"]) == "About.\n\n#New"
    assert text_of("About.", config=config, hashtags=[]) == "About."
    assert text_of("`#python` C#", hashtags=["python"]) == "#python C#\n\n#python"
    post = post_of("Hi", hashtags=["a", "b"])
    assert [post.text.plain[h.start : h.end] for h in post.text.hashtags] == ["#a", "#b"]
    assert post.tags == ("a", "b")


@pytest.mark.parametrize(
    ("text", "urls"),
    [
        ("see https://x.y/a_(b), and (https://x.y/c).", ["https://x.y/a_(b)", "https://x.y/c"]),
        ("www.x.y! http://localhost:8000/?a=b&c#d", ["www.x.y", "http://localhost:8000/?a=b&c#d"]),
        ("xhttps://no.pe", []),
    ],
)
def test_bare_urls(text: str, urls: list[str]) -> None:
    assert [text[start:end] for start, end in url_spans(text)] == urls


@pytest.mark.parametrize("url", ["https://x.y/*a*_b_~~c~~", "https://x.y/a__b__c", "http://x.y/?q=*&r=_z_"])
def test_urls_stay_as_they_are(url: str) -> None:
    for emphasis in ("strip", "unicode"):
        config = Config(authors={"me": ME}, text=TextConfig(emphasis=emphasis))
        assert url in text_of(f"See {url} and **{url}** too", config=config)


STYLED = TextConfig(emphasis="unicode")


@given(st.text(alphabet="abz AZ09 *_`é漢#", max_size=40))
@settings(deadline=None)
def test_styled_letters_are_the_same_letters(source: str) -> None:
    prose = render_markdown(source, TextConfig(), lambda target: None)
    plain = prose.text.plain
    styled = write_out(prose.text, prose.places, STYLED, ()).text.plain
    assert unicodedata.normalize("NFKC", styled) == unicodedata.normalize("NFKC", plain)
    assert find_hashtags(plain, [(0, len(plain))]) == ()


def test_addresses_are_not_styled() -> None:
    config = Config(authors={"me": ME}, text=STYLED)
    text = text_of(
        "**mail ada@example.org, see www.example.org/x or https://example.org/ada@x.org**", config=config
    )
    assert text == "𝗺𝗮𝗶𝗹 ada@example.org, 𝘀𝗲𝗲 www.example.org/x 𝗼𝗿 https://example.org/ada@x.org"


@pytest.mark.parametrize("body", ["@[ ](urn:li:person:a)", "@[](urn:li:person:a)"])
@pytest.mark.parametrize("path", ["content/k.md", "content/k.yaml"])
def test_a_mention_has_a_name(body: str, path: str) -> None:
    assert codes(render(body, path=path)) == ["mention-unresolved"]
    assert shown(f"x @[ Ada ]({ADA})", path=path) == [("Ada", ADA)]


def test_a_mention_in_bold_is_not_styled() -> None:
    config = Config(authors={"me": ME}, text=STYLED)
    assert text_of(f"**by @[Ada]({ADA}) #tag**", config=config) == "𝗯𝘆 Ada #tag"


@given(st.text(max_size=80), st.sampled_from(["content/k.md", "content/k.yaml"]))
@settings(deadline=None)
def test_any_body_renders_or_says_why(body: str, path: str) -> None:
    rendered = render(body, path=path, first_comment=body or "x", jinja=False)
    errors = [diagnostic for diagnostic in rendered.diagnostics if diagnostic.severity == "error"]
    assert (rendered.post is None) == bool(errors)
    for diagnostic in rendered.diagnostics:
        assert diagnostic.position.line >= 1
        assert diagnostic.position.column >= 1


@given(st.text(max_size=60))
@settings(deadline=None)
def test_plain_texts_are_verbatim(body: str) -> None:
    rendered = render(body, path="content/k.yaml", jinja=False)
    if rendered.post is not None and "@[" not in body:
        assert rendered.post.text.plain == body.strip("\n").rstrip()


PIECES = [
    "word *em* [l](http://x/y) https://a.b/c `c` #tag\n\n",
    "- a\n  - b\n\n",
    "> q\n",
    "`a ",
    "[",
    "![",
    "*a **b ",
    "<!--",
    "@[a](",
    "#a ",
    "http://",
    "a[^1] ",
    "|a",
]


def calls(work: Callable[[], object]) -> int:
    """How many Python functions are called: a measure of time that no other load on the machine changes."""
    count = 0

    def notice(frame: object, event: str, argument: object) -> None:
        nonlocal count
        count += event == "call" or event == "c_call"

    sys.setprofile(notice)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("piece", PIECES)
def test_growth_is_linear(piece: str) -> None:
    render_markdown("", TextConfig(), lambda _: None)
    small, large = (
        calls(lambda n=n: render_markdown(piece * n, TextConfig(), lambda _: None)) for n in (50, 400)
    )
    assert large <= 16 * small  # a quadratic parser would need 64


def test_a_text_of_the_largest_size_renders() -> None:
    words = "Words that fill a line, as people write them. " * 20
    section = f"# Head\n\n{words}*em* [l](http://x/y) https://a.b/c `c` #tag and more.\n\n- a\n- b\n\n"
    source = section * (LIMIT // len(section))
    text = text_of(source)
    assert text.count("Head") == source.count("Head")
    assert text.count("Words") == source.count("Words")
    assert codes(render(source + "a" * LIMIT)) == ["text-too-large"]


@pytest.mark.parametrize(
    ("body", "plain"),
    [
        ("<!-- x --> *[https://ex.org/9](https://ex.org/9) C#*", "https://ex.org/9 C#"),
        ("a\n<!-- x --> **b**\nc", "a b c"),
        ("- <!-- x --> **b** <https://ex.org/q>\n- c", "• b https://ex.org/q\n• c"),
        ("> <!-- a --> <!-- b --> *t*", "“t”"),
        ("<!-- a\nb --> *t*", "t"),
        ("<!-- a -->\n*b*", "b"),
        ("x\n\n<!-- a --> <!-- b -->\n\ny", "x\n\ny"),
        ("<!-- more --> 日本語**「x」**です", "日本語「x」です"),
        ("```\n<!-- a --> *b*\n```", "<!-- a --> *b*"),
    ],
)
def test_text_after_a_comment_is_markdown(body: str, plain: str) -> None:
    assert text_of(body) == plain


def test_comments_that_do_not_end_take_linear_time() -> None:
    assert post_of("x\n\n" + "<!-- a\n" * 20_000 + "-->\n\ny").text.plain == "x\n\ny"
