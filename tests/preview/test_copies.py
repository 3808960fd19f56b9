"""Copies on the page, on the terminal and in a pull request: each as its network draws it, with its own counter."""

import re
from datetime import UTC
from html import unescape
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from publisher.model.plan import Plan
from publisher.planning.copies import identify
from publisher.planning.options import PlanOptions
from publisher.preview.page import build_preview
from publisher.preview.terminal import post_text
from publisher.project import Project, load
from publisher.project.pipeline import plan_project
from publisher.reports.review_markdown import Review, review_markdown
from publisher.reports.style import plain
from publisher.state import open_store
from tests.support.browser import DESKTOP, PHONE, OpenPage, screenshot, violations
from tests.support.posts import NOW

ROOT = Path(__file__).parents[1] / "golden" / "plans" / "copies"


@pytest.fixture(scope="module")
def loaded() -> tuple[Project, Plan]:
    """The golden project with copies on four networks."""
    project = load(ROOT, {}, NOW)
    state = open_store(project.config.state, ROOT).read()
    return project, plan_project(project, state, NOW, PlanOptions())


@pytest.fixture(scope="module")
def page_file(loaded: tuple[Project, Plan], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its preview as a file."""
    project, plan = loaded
    path = tmp_path_factory.mktemp("copies") / "preview.html"
    path.write_text(build_preview(plan, project.diagnostics, project.config, ROOT, NOW), encoding="utf-8")
    return path


def entry(page: Page, name: str) -> object:
    return page.locator("[data-entry]").filter(has=page.get_by_role("link", name=name, exact=True))


@pytest.mark.browser
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_each_copy_is_drawn_and_accessible(
    open_page: OpenPage, page_file: Path, dark: bool, size: tuple[int, int]
) -> None:
    page = open_page(page_file.as_uri(), size=size, dark=dark)
    screenshot(
        page, f"copies-{'dark' if dark else 'light'}-{'phone' if size == PHONE else 'desktop'}", whole=True
    )
    assert page.evaluate("document.documentElement.scrollWidth") == size[0]
    assert violations(page) == []


@pytest.mark.browser
def test_a_copy_has_its_own_network_text_and_counter(open_page: OpenPage, page_file: Path) -> None:
    page = open_page(page_file.as_uri())
    sky, masto, x, me = (entry(page, name) for name in ("new@sky", "new@masto", "new@x", "new"))
    expect(sky.locator(".post-text")).to_contain_text("Shorter, with Acme.")
    expect(sky.get_by_text("of 300 graphemes")).to_be_visible()
    expect(sky.locator(".badge-network")).to_have_text("Bluesky")
    expect(masto.get_by_text("Content warning:")).to_be_visible()
    expect(masto.get_by_text("of 500 graphemes")).to_be_visible()
    expect(x.get_by_text("of 280 weighted characters")).to_be_visible()
    expect(me.get_by_text("of 3,000 UTF-16 units")).to_be_visible()
    expect(me.locator(".badge-network")).to_have_count(0)
    mention = sky.locator(".post a.mention")
    expect(mention).to_have_attribute("href", "https://bsky.app/profile/acme.dev")


@pytest.mark.browser
def test_a_thread_is_drawn_as_a_chain(open_page: OpenPage, page_file: Path) -> None:
    page = open_page(page_file.as_uri())
    thread = entry(page, "thread")
    expect(thread.locator(".thread-part")).to_have_count(1)
    expect(thread.locator(".thread-part")).to_contain_text("the second part of the thread")
    expect(thread.get_by_text("Part 2: New: part 2 of 2 of the thread")).to_be_visible()
    expect(page.get_by_role("link", name="thread#2", exact=True)).to_have_count(0)


def test_the_terminal_shows_each_copy_by_its_network(loaded: tuple[Project, Plan]) -> None:
    project, plan = loaded
    shown = {
        change.key: post_text(change.post, change, project.config, plain)
        for change in plan.changes
        if change.post and not change.part
    }
    assert "Bluesky · @acme.dev" in shown["new@sky"]
    assert "Shorter, with Acme." in shown["new@sky"]
    assert " of 300 graphemes" in shown["new@sky"]
    assert "Content warning: A release" in shown["new@masto"]
    assert "X · X through Zernio" in shown["new@x"]
    assert "── part 2 of 2 ──" in shown["thread"]
    assert re.search(r"\d+ \+ \d+ of 300 graphemes", shown["thread"])
    assert " of 3,000 UTF-16 units" in shown["new"]


def test_a_pull_request_shows_each_copy(loaded: tuple[Project, Plan]) -> None:
    project, plan = loaded
    state = open_store(project.config.state, ROOT).read()
    base = [post for post in project.posts if post.document_key == "live"]
    before = {post.key: post for post in identify(base, state, PlanOptions()).posts}
    text = unescape(
        review_markdown(Review(plan, before, project.diagnostics, UTC, NOW)).replace("<!-- -->", "")
    )
    shown = dict(re.findall(r"#### \S+ <code>(.*?)</code>.*?\n\n\*\*\w+\*\* · (.*?) · ", text))
    assert shown == {
        "new@sky": "Bluesky",
        "new@masto": "Mastodon",
        "new@x": "X",
        "new": "LinkedIn",
        "thread": "Bluesky",
    }
    assert "🧵 **Part 2 of 2**" in text
    assert "📏 227 + 139 of 300 graphemes" in text
    assert (
        "**Also pending, not changed here:** 1 changed, 1 create (<code>live</code>, <code>live@me</code>)."
        in text
    )
