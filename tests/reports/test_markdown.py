"""Reports as GitHub Markdown: what they say, and that no post can make them say anything else."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import cmarkgfm
import pytest
from cmarkgfm.cmark import Options
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.model.config import Config, Limits
from publisher.model.plan import Plan
from publisher.model.post import Article, Media, MediaKind, Text
from publisher.planning.options import PlanOptions
from publisher.planning.plan import make_plan
from publisher.reports.markdown import COMMENT_LIMIT, block, code, inline, link
from publisher.reports.plan_markdown import plan_markdown
from publisher.reports.results_markdown import results_markdown
from tests.support.posts import NOW, make_entry, make_post, make_state

PICTURE = Media("images/a|b.png", MediaKind.IMAGE, "image/png", 1, "0" * 64, alt="<b>@octocat</b>")
CONFIG = Config(limits=Limits(creates_per_run=10_000))

HOSTILE = [
    "```\n</details><script>alert(1)</script>\n# Injected",
    "~~~~\n````\n`````diff\n| a | b |",
    "@octocat please see #1, GH-2, gh-3 and octo/repo#2, mail a@b.example",
    "a | b \\| c \\\\| d `e` ``f`` | <img src=x onerror=alert(1)>",
    "![x](https://evil.example/pixel.png) [y](javascript:alert(1)) <https://evil.example>",
    "www.evil.example https://evil.example &lt;b&gt; &#124; _x_ *y* ~~z~~ $E$",
    "one\r```\r\n```\u2028```\x85```\x0b```\x0c```",
    "\u202eevil\u202c \u2066x\u2069 \x1b[31mred \x00 \U000e0041tag",
    "<!-- publisher:plan --> <!--",
    "</summary></details>\n\n</details>\n\n<details open>",
    "\\", "`", "|", "\\|", "\t- [ ] x", "    code", "> quote", "1. one", "---", "***", "===",
]  # fmt: skip


class Page(HTMLParser):
    """The elements of a page, its text outside code, and the text inside."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.said, self.code = "", ""
        self._depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self._depth += tag == "code"
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]

    def handle_endtag(self, tag: str) -> None:
        self._depth -= tag == "code"

    def handle_data(self, data: str) -> None:
        if self._depth:
            self.code += data
        else:
            self.said += data


def page(markdown: str) -> Page:
    """The page that GitHub's dialect makes of it, HTML included and addresses linked."""
    read = Page()
    read.feed(cmarkgfm.github_flavored_markdown_to_html(markdown, Options.CMARK_OPT_UNSAFE))
    return read


def plan_of(text: str, **fields: object) -> Plan:
    """A create, a change and a waiting post, which all say ``text``."""
    live = make_post("live", "As it was.")
    posts = [
        make_post("new", text, media=(replace(PICTURE, alt=text, path=text),), **fields),
        make_post("live", text),
        make_post("link", "x", article=Article("https://example.org/" + text, text)),
    ]
    plan = make_plan(posts, make_state(live), CONFIG, NOW, PlanOptions())
    return replace(plan, changes=tuple(c._replace(reason=text, source=text, key=text) for c in plan.changes))


PLAIN = page(plan_markdown(plan_of("harmless")))


def test_a_plan_reads_as_a_table_with_texts_to_unfold() -> None:
    live = make_post("live", "one\ntwo")
    posts = [make_post("live", "one\nthree"), make_post("new", "Hello 👋"), make_post("same")]
    plan = make_plan(posts, make_state(live, make_post("same")), Config(), NOW, PlanOptions())
    assert plan_markdown(plan) == (
        "**Plan:** 1 changed, 1 create, 1 published and unchanged.\n\n"
        "| Post | Action | When | Why |\n| --- | --- | --- | --- |\n"
        "| <code>live</code> [live](https://www.linkedin.com/feed/update/urn:li:share:7400000000000000000/)"
        "<br>content/live.md | 🟡 changed |  | differs from the live post; "
        "on&#95;change&#58; hold leaves it unchanged |\n"
        "| <code>new</code><br>content/new.md | 🟢 **create** |  | new |\n\n"
        "<details>\n<summary><code>live</code>: what differs</summary>\n\n"
        "```diff\n@@ -1,2 +1,2 @@\n one\n-two\n+three\n```\n\n</details>\n\n"
        "<details>\n<summary><code>new</code>: text</summary>\n\n```\nHello 👋\n```\n\n</details>\n"
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_adds_no_element_link_or_mention(text: str) -> None:
    read = page(plan_markdown(plan_of(text)))
    assert read.tags == PLAIN.tags
    assert read.links == PLAIN.links
    assert not re.search(r"@\w|#\d|\bGH-\d", read.said, re.IGNORECASE)


@given(
    st.text(
        st.sampled_from("`~|\\<>&@#[]()!*_-\n\r \t$:/.wh\u202eab1👋") | st.characters(codec="utf-8"),
        min_size=1,
    )
)
@settings(deadline=None, max_examples=60)
def test_no_text_breaks_out(text: str) -> None:
    read = page(plan_markdown(plan_of(f"x{text}x")))
    assert read.tags == PLAIN.tags
    assert read.links == PLAIN.links


@given(st.text(st.sampled_from("`~|\\<>&@#*_\n👋x"), min_size=1))
@settings(deadline=None)
def test_what_is_shown_is_the_text_itself(text: str) -> None:
    line = " ".join(text.split())
    assert page(f"a {inline(text)}").said.replace("\u200b", "").strip() == f"a {line}".strip()
    assert page(f"a {code(text)}").code == line
    assert page(block(text)).code == text + "\n"


def test_what_is_hidden_becomes_visible() -> None:
    assert block("a\u202eb\x1bc👩‍🚀") == "```\na\\u202eb\\u001bc👩‍🚀\n```"


def test_only_posts_are_linked() -> None:
    assert link("x", "https://www.linkedin.com/feed/update/urn:li:share:1/").startswith("[x](")
    for url in ("https://evil.example/", "https://www.linkedin.com.evil.example/", "javascript:alert(1)"):
        assert page(link("x", url)).links == []


@pytest.mark.parametrize("count", [1, 200, 3000])
def test_a_plan_fits_into_a_comment(count: int) -> None:
    text = "👩‍🚀 `|<@" * 300
    posts = [make_post(f"post-{number}", f"{number} {text}") for number in range(count)]
    said = plan_markdown(make_plan(posts, make_state(), CONFIG, NOW, PlanOptions()))
    assert len(said) <= len(said.encode()) < COMMENT_LIMIT - 1_000
    assert ("don't fit here" in said) == (count > 1)
    assert set(page(said).tags) <= set(PLAIN.tags) | {"em"}


def test_nothing_to_do_is_said() -> None:
    post = make_post()
    plan = make_plan([post], make_state(post), Config(), NOW, PlanOptions())
    assert plan_markdown(plan) == "**Nothing to do:** 1 published and unchanged.\n"
    assert plan_markdown(replace(plan, changes=())) == "**Nothing to do:** no posts.\n"


def test_mentions_and_first_comments_are_shown() -> None:
    post = make_post(first_comment=Text("First | comment"))
    said = plan_markdown(make_plan([post], make_state(), Config(), NOW, PlanOptions()))
    assert "first comment</summary>\n\n```\nFirst | comment\n```" in said


RESULT = {
    "format_version": 1,
    "exit_code": 1,
    "results": [
        {
            "key": "a",
            "action": "create",
            "outcome": "done",
            "urn": "urn:li:share:1",
            "permalink": "https://www.linkedin.com/feed/update/urn:li:share:1/",
        },
        {
            "key": "b",
            "action": "create",
            "outcome": "failed",
            "message": "No | <b>.",
            "remedy": "Do @you.",
            "status": 403,
        },
    ],
    "not_done": [{"key": "c", "action": "draft", "reason": "draft: true"}],
    "summary": {},
}


def test_results_link_what_is_live_and_say_why_not() -> None:
    said = results_markdown(RESULT)
    assert page(said).links == ["https://www.linkedin.com/feed/update/urn:li:share:1/"]
    assert "No | <b>. Do @\u200byou. (403)" in page(said).said
    assert "draft&#58; true" in said
    assert "Something was not published" in said
    assert (
        results_markdown({**RESULT, "results": [], "not_done": [], "exit_code": 0}) == "**Nothing to do.**\n"
    )


@given(st.sampled_from(HOSTILE))
@settings(deadline=None)
def test_hostile_answers_add_nothing(text: str) -> None:
    lines = [{**line, "message": text, "key": text, "reason": text} for line in RESULT["results"]]  # type: ignore[attr-defined]
    bad = page(results_markdown({**RESULT, "results": lines, "bundles": [{"key": text, "path": text}]}))
    good = page(results_markdown({**RESULT, "bundles": [{"key": "a", "path": "b"}]}))
    assert (bad.tags, bad.links) == (good.tags, good.links)


def test_an_entry_of_a_hostile_state_is_no_link() -> None:
    post = make_post()
    state = make_state(hello=make_entry(post, permalink="https://evil.example/x", text="before"))
    said = plan_markdown(make_plan([make_post(text="now")], state, Config(), NOW, PlanOptions()))
    assert page(said).links == []
