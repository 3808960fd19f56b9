"""The preview file in a real browser: its groups, its filters, its fold; safe and accessible."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from publisher.preview.page import build_preview
from tests.support.browser import DESKTOP, PHONE, OpenPage, load_images, screenshot, violations
from tests.support.posts import NOW
from tests.support.previews import CONFIG, DIAGNOSTICS, sample_plan

pytestmark = pytest.mark.browser

Opened = Callable[..., Page]


@pytest.fixture(scope="module")
def preview_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample preview as a file."""
    root = tmp_path_factory.mktemp("preview")
    html = build_preview(sample_plan(root), DIAGNOSTICS, CONFIG, root, NOW, editor="vscode")
    path = root / "preview.html"
    path.write_text(html, encoding="utf-8")
    return path


@pytest.fixture
def opened(open_page: OpenPage, preview_file: Path) -> Opened:
    """Opens the sample preview."""
    return lambda **how: open_page(preview_file.as_uri(), **how)


def keys(page: Page) -> list[str]:
    """The entries that can be seen."""
    return page.locator("[data-entry]:visible .entry-key").all_inner_texts()


@pytest.mark.parametrize(
    ("size", "dark"), [(DESKTOP, False), (PHONE, True)], ids=["light-desktop", "dark-phone"]
)
def test_the_preview_is_accessible_with_everything_open(
    opened: Opened, size: tuple[int, int], dark: bool
) -> None:
    page = opened(size=size, dark=dark)
    page.evaluate("document.querySelectorAll('details').forEach((details) => { details.open = true; })")
    page.get_by_role("button", name="Whole texts").click()
    expect(page.get_by_label("Payload of posts-as-code")).to_contain_text('"commentary"')
    assert violations(page) == []


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_preview_fits_every_form(opened: Opened, dark: bool, size: tuple[int, int]) -> None:
    page = opened(size=size, dark=dark)
    load_images(page)
    form = f"{'dark' if dark else 'light'}-{'phone' if size == PHONE else 'desktop'}"
    screenshot(page, f"preview-{form}", whole=True)
    assert page.evaluate("document.documentElement.scrollWidth") == size[0]


def test_search_and_filters_narrow_what_is_shown(opened: Opened) -> None:
    page = opened()
    everything = keys(page)
    assert len(everything) == 12
    page.keyboard.press("/")
    page.keyboard.type("train fridays")
    expect(page.locator("[data-entry]:visible")).to_have_count(0)
    expect(page.get_by_text("Nothing matches.")).to_be_visible()
    page.get_by_role("button", name="Show everything").click()
    assert keys(page) == everything
    page.keyboard.type("fridays")
    assert keys(page) == ["edited"]
    expect(page.get_by_role("status")).to_have_text("1 of 12 posts shown")
    expect(page.get_by_role("heading", name="Scheduled")).to_be_hidden()
    page.get_by_role("searchbox").fill("")
    page.get_by_label("Author").select_option("Example works")
    assert keys(page) == ["guide", "poll"]
    page.get_by_label("Tag").select_option("#guide")
    assert keys(page) == ["guide"]


def test_the_fold_is_marked_and_opens(opened: Opened) -> None:
    page = opened()
    post = page.locator("[id='entry-posts-as-code']")
    hidden = post.locator(".rest").get_by_text("nobody publishes twice")
    expect(hidden).to_be_hidden()
    post.get_by_role("button", name="see more").press("Enter")
    expect(hidden).to_be_visible()
    expect(post.locator(".fold-mark")).to_be_visible()
    post.get_by_role("button", name="see less").press("Enter")
    expect(hidden).to_be_hidden()
    page.get_by_role("button", name="Whole texts").click()
    expect(hidden).to_be_visible()
    expect(post.locator(".fold-mark")).to_be_visible()


def test_a_change_is_shown_word_by_word(opened: Opened) -> None:
    edited = opened().locator("[id='entry-edited']")
    assert edited.locator("del").all_inner_texts() == ["Mondays", "bad"]
    assert edited.locator("ins").all_inner_texts() == ["Fridays", "good"]


def test_hostile_and_invisible_text_is_shown_safely(opened: Opened) -> None:
    page = opened()
    assert page.title() == "Preview · publisher"
    hostile = page.locator("[id='entry-hostile'] .post-text")
    expect(hostile).to_have_text('<script>document.title="owned"</script><b>bold</b> {{ 7*7 }}')
    marks = page.locator("[id='entry-arabic'] .post-text .invisible")
    assert [mark.get_attribute("title") for mark in marks.all()] == [
        "U+202E Right-to-left override",
        "U+202C Pop directional formatting",
        "U+200B Zero width space",
    ]
    # the characters themselves are not in the text, so "gnp.exe" reads as it is written
    assert not set("\u202e\u202c\u200b") & set(page.locator("[id='entry-arabic']").inner_text())


def test_problems_lead_to_their_place_in_the_editor(opened: Opened) -> None:
    link = opened().get_by_role("link", name="content/broken.md:3:1")
    assert (link.get_attribute("href") or "").startswith("vscode://file/")
    assert (link.get_attribute("href") or "").endswith("/content/broken.md:3:1")


def test_everything_is_reached_by_keyboard(opened: Opened) -> None:
    page = opened()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the posts")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("j")
    first = page.locator("article.post").first
    expect(first).to_be_focused()
    page.keyboard.press("j")
    expect(page.locator("article.post").nth(1)).to_be_focused()
    page.keyboard.press("k")
    expect(first).to_be_focused()
    expect(first).to_be_in_viewport()


def test_the_video_inside_the_file_plays(opened: Opened) -> None:
    page = opened()
    seconds = page.get_by_label("Video: A test pattern").evaluate(
        """(video) => new Promise((done, fail) => {
            if (video.readyState > 0) done(video.duration);
            video.onloadedmetadata = () => done(video.duration);
            video.onerror = () => fail(new Error("not playable"));
        })"""
    )
    assert seconds == pytest.approx(2, abs=0.2)


def test_posts_are_shown_at_phone_width(opened: Opened) -> None:
    page = opened()
    page.get_by_role("button", name="Phone width").click()
    box = page.locator("article.post").first.bounding_box()
    assert box is not None
    assert box["width"] == 375
