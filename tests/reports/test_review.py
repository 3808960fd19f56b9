"""The posts of a pull request as its comment shows them: what it says, how it looks, what no post can make it say."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import cmarkgfm
import pytest
from cmarkgfm.cmark import Options
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.model.diagnostic import Diagnostic, Position, Severity
from publisher.model.post import Article, Media, MediaKind, Post, Text, Visibility
from publisher.model.state import State
from publisher.planning.options import PlanOptions
from publisher.planning.plan import make_plan
from publisher.reports.markdown import COMMENT_LIMIT
from publisher.reports.review_markdown import Review, review_markdown
from tests.reports.test_markdown import CONFIG, HOSTILE, page
from tests.support.browser import DESKTOP, PHONE, OpenPage, browser, open_page, screenshot, violations
from tests.support.posts import NOW, make_post, make_state

__all__ = ["browser", "open_page"]
STYLE = Path(__file__).parent / "github.css"
LATER = datetime(2026, 12, 1, 9, tzinfo=UTC)
PICTURE = Media(
    "images/a.png", MediaKind.IMAGE, "image/png", 1, "0" * 64, alt="A cat", width=1200, height=800
)


def review(
    head: list[Post],
    base: Sequence[Post] = (),
    state: State | None = None,
    diagnostics: tuple[Diagnostic, ...] = (),
) -> Review:
    plan = make_plan(head, state or make_state(), CONFIG, NOW, PlanOptions())
    return Review(plan, {post.key: post for post in base}, diagnostics, UTC, NOW)


def test_a_new_post_is_shown_with_everything_a_reviewer_needs() -> None:
    post = make_post(
        text="First line.\nSecond line with #tag.",
        media=(PICTURE, replace(PICTURE, path="images/b.png", alt="")),
        first_comment=Text("More in the docs."),
        visibility=Visibility.CONNECTIONS,
        publish_at=LATER,
    )
    warning = Diagnostic(
        "alt-missing", "An image has no text.", post.source, Position(2, 1), "Add alt.", Severity.WARNING
    )
    said = review_markdown(review([post], diagnostics=(warning,)))
    assert said == (
        "**This pull request:** 1 new post.\n\n"
        "#### 🔵 <code>hello</code> — new, due Tuesday, 1 December 2026, 09:00 UTC\n\n"
        "**me** · LinkedIn · visible to connections · content/hello.md\n\n"
        "> First line.<br>Second line with &#35;&#8203;tag.\n\n"
        "💬 **First comment**\n\n> More in the docs.\n\n"
        "- 🖼️ <code>images/a.png</code> (image, 1200×800): “A cat”\n"
        "- 🖼️ <code>images/b.png</code> (image, 1200×800): ⚠️ no alternative text\n"
        "- 📏 34 of 3,000 characters\n\n"
        "- ⚠️ An image has no text. Add alt.\n"
    )


def test_the_fold_is_marked_where_readers_meet_it() -> None:
    said = review_markdown(review([make_post(text="one\ntwo\nthree\nfour")]))
    assert "> one<br>two<br>three\n>\n> **✂ …see more**" in said
    assert said.index("see more") < said.index("> four")


def test_posts_that_the_pull_request_leaves_alone_are_one_line() -> None:
    kept = [make_post(f"kept-{number}") for number in range(7)]
    said = review_markdown(review([make_post("mine"), *kept], kept))
    assert "The text of mine." in said
    assert "The text of kept" not in said
    assert said.endswith(
        "**Also pending, not changed here:** 7 create (<code>kept-0</code>, <code>kept-1</code>, "
        "<code>kept-2</code>, <code>kept-3</code>, <code>kept-4</code> and 2 more).\n"
    )


def test_an_edit_shows_the_difference_from_what_is_live_or_else_from_the_base() -> None:
    before, after = make_post(text="one\ntwo"), make_post(text="one\nthree")
    draft = review_markdown(review([after], [before]))
    assert "1 changed post." in draft
    assert "What differs from the base branch" in draft
    assert "-two\n+three" in draft
    live = review_markdown(review([after], [before], make_state(before)))
    assert "What differs from the live post" in live


@pytest.mark.parametrize("change", [{"publish_at": LATER}, {"draft": True}, {"first_comment": Text("x")}])
def test_another_time_or_comment_is_a_change_too(change: dict[str, object]) -> None:
    said = review_markdown(review([make_post(**change)], [make_post()]))
    assert "1 changed post." in said


def test_drafts_show_their_text_and_removed_posts_their_names() -> None:
    said = review_markdown(review([make_post("draft", draft=True)], [make_post("gone")]))
    assert "<code>draft</code> — new, draft: true" in said
    assert "The text of draft." in said
    assert "#### 🗑️ Removed\n\n- <code>gone</code>: it was never published" in said


def test_a_live_post_whose_file_is_removed_is_named_once() -> None:
    gone = make_post("gone")
    said = review_markdown(review([], [gone], make_state(gone)))
    assert said.count("<code>gone</code>") == 1
    assert "live post" in said


def test_nothing_changed_is_said() -> None:
    post = make_post()
    said = review_markdown(review([post], [post], make_state(post)))
    assert said == "**No post changes in this pull request.**\n"


PLAIN = page(review_markdown(review([make_post(text="harmless", first_comment=Text("harmless"))])))


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_breaks_out(text: str) -> None:
    hostile = make_post(
        text=f"x{text}x",
        first_comment=Text(f"x{text}x"),
        media=(replace(PICTURE, alt=text, path=text),),
        article=Article("https://example.org/" + text, text, text),
    )
    read = page(review_markdown(review([hostile])))
    assert set(read.tags) <= set(PLAIN.tags) | {"br", "em"}
    assert read.links == []


@given(st.text(st.sampled_from("`~|\\<>&@#*_\n👋x -=.1")))
@settings(deadline=None)
def test_no_mixture_of_marks_is_markup(text: str) -> None:
    read = page(review_markdown(review([make_post(text=f"x{text}x")])))
    assert set(read.tags) <= set(PLAIN.tags) | {"br", "em"}
    assert read.links == []


@pytest.mark.parametrize("count", [1, 40, 2000])
def test_it_fits_into_a_comment_with_its_last_line(count: int) -> None:
    head = [make_post(f"post-{number}", f"{number} " + "👩‍🚀 `|<@" * 300) for number in range(count)]
    kept = make_post("kept")
    said = review_markdown(review([*head, kept], [kept]))
    assert len(said.encode()) < COMMENT_LIMIT - 1_000
    assert "Also pending, not changed here:** 1 create (<code>kept</code>)" in said


@pytest.mark.browser
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_it_can_be_read_on_github(
    open_page: OpenPage, tmp_path: Path, size: tuple[int, int], dark: bool
) -> None:
    before = make_post("edited", "One file, one post, no surprises.\n\nThat is all.")
    head = [
        make_post(
            "2026-12-release",
            "Version 1.0 is out. Thank you to everybody who wrote, read, tested and complained!\n\n"
            + "A paragraph that is so long that it must wrap at any width. " * 6
            + "\n\n• it is fast\n• it is documented\n\n#opensource",
            media=(PICTURE, replace(PICTURE, path="images/a-very-long-name-of-a-picture-for-the-post.png", alt="")),
            first_comment=Text("The release notes: https://example.org/notes"),
            publish_at=LATER,
        ),
        make_post("edited", "One file, one post, exactly once.\n\nThat is all."),
        make_post("idea", "A draft of an idea.", draft=True),
        make_post("kept"),
    ]  # fmt: skip
    said = review_markdown(review(head, [before, make_post("kept"), make_post("gone")], make_state(before)))
    html = cmarkgfm.github_flavored_markdown_to_html(said, Options.CMARK_OPT_UNSAFE)
    html = html.replace('<pre lang="diff">', "<pre tabindex=0>")  # as GitHub's own elements around code
    file = tmp_path / "comment.html"
    file.write_text(
        f"<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>"
        f"<title>Comment</title><style>{STYLE.read_text()}</style><main class=markdown-body>"
        f"<h1>Pull request</h1><h2>Comment</h2><h3>publisher</h3>{html}</main></html>"
    )
    shown = open_page(file.as_uri(), size=size, dark=dark)
    shown.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    assert shown.evaluate("document.documentElement.scrollWidth <= innerWidth"), (
        "the comment scrolls sideways"
    )
    for quotation in shown.query_selector_all("blockquote"):
        assert quotation.evaluate("each => each.scrollWidth <= each.clientWidth + 1"), (
            "a text scrolls sideways"
        )
    assert violations(shown) == []
    screenshot(
        shown, f"comment-{'phone' if size == PHONE else 'desktop'}-{'dark' if dark else 'light'}", whole=True
    )
