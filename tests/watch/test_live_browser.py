"""The live page in a real browser: what changed is put in place, and nothing else moves."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread

import pytest
import requests
from playwright.sync_api import Page, expect

from publisher.model.config import Config
from publisher.watch.live import Live, follow, live_preview
from publisher.watch.reload import Reloader, View
from publisher.watch.settling import Changes
from tests.support.browser import OpenPage, load_images, screenshot, violations
from tests.support.pictures import write_picture

pytestmark = pytest.mark.browser

CONFIG = 'authors:\n  me: {urn: "urn:li:person:AbC_123456"}\n'


class Ended(Exception):  # noqa: N818 - not an error: how a follower is stopped
    """The test is over."""


class Desk:
    """A project that is being written, and its live page."""

    def __init__(self, root: Path, url: str) -> None:
        self.root, self.url = root, url
        self.views: list[View] = []

    def write(self, name: str, text: str) -> None:
        """Save a file by renaming over it."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f".{path.name}.swp")
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(path)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A project with a dozen posts, followed in a thread."""
    (tmp_path / "publisher.yaml").write_text(CONFIG)
    (tmp_path / "content").mkdir()
    for number in range(12):
        text = f"Post number {number}.\n\n" + "A paragraph of some length. " * (number + 3)
        (tmp_path / f"content/post-{number:02}.md").write_text(text)
    workspace = Reloader(tmp_path, {}, lambda config: config)
    ended = Event()
    with live_preview(workspace, tmp_path, lambda: datetime.now(UTC), editor="vscode") as (
        live,
        changes,
        url,
    ):
        desk = Desk(tmp_path, url)

        def seen(view: View) -> None:
            desk.views.append(view)
            if ended.is_set():
                raise Ended

        thread = Thread(target=_until_ended, args=(live, changes, seen))
        thread.start()
        yield desk
        ended.set()
        changes.wake()
        thread.join()


def _until_ended(live: Live, changes: Changes, seen: object) -> None:
    with suppress(Ended):
        follow(live, changes, seen)  # type: ignore[arg-type]


@pytest.fixture
def page(desk: Desk, open_page: OpenPage) -> Page:
    """The live page, connected and complete."""
    opened = open_page(desk.url)
    opened.wait_for_selector("body[data-version]", state="attached")
    expect(opened.locator("[data-entry]")).to_have_count(12)
    return opened


def entry(page: Page, name: str) -> object:
    """A post's entry."""
    return page.locator(f"[id='entry-{name}']")


def test_a_saved_text_appears_and_only_its_part_is_replaced(desk: Desk, page: Page) -> None:
    page.evaluate("document.querySelectorAll('[data-entry]').forEach((entry) => { entry.kept = true; })")
    desk.write("content/post-05.md", "Written again.")
    expect(page.locator("[id='entry-post-05'] .post-text")).to_have_text("Written again.")
    replaced = page.evaluate(
        "[...document.querySelectorAll('[data-entry]')].filter((e) => !e.kept).map((e) => e.id)"
    )
    assert replaced == ["entry-post-05"]
    expect(page.get_by_role("status")).to_have_text("post-05 changed")


def test_the_place_is_kept_whatever_happens_above(desk: Desk, page: Page) -> None:
    ninth = page.locator("[id='entry-post-08']")
    ninth.scroll_into_view_if_needed()
    page.evaluate("document.getElementById('entry-post-08').scrollIntoView()")
    before = ninth.bounding_box()
    desk.write("content/post-01.md", "Now with\n\nmany\n\nmore\n\nlines\n\nthan it had.\n\n" + "word " * 300)
    expect(page.locator("[id='entry-post-01'] .post-text")).to_contain_text("Now with")
    desk.write("content/a-new-one.md", "A new post, above all others.")
    expect(page.locator("[data-entry]")).to_have_count(13)
    (desk.root / "content/post-03.md").unlink()
    expect(page.locator("[data-entry]")).to_have_count(12)
    after = ninth.bounding_box()
    assert before is not None
    assert after is not None
    assert abs(after["y"] - before["y"]) < 2
    assert page.evaluate("scrollY") > 0


def test_what_a_reader_opened_stays_open_and_what_is_typed_stays_typed(desk: Desk, page: Page) -> None:
    post = page.locator("[id='entry-post-11']")
    post.locator("summary").click()
    post.get_by_role("button", name="see more").click()
    page.keyboard.press("/")
    page.keyboard.type("numb")
    desk.write(
        "content/post-11.md",
        "Post number 11, written again.\n\n" + "More words than fit before the fold. " * 9,
    )
    expect(post.locator(".post-text")).to_contain_text("written again")
    expect(post.locator("pre")).to_be_visible()
    expect(post.locator(".rest")).to_be_visible()
    desk.write("content/another.md", "Another post, without the word.")
    expect(page.locator("[id='entry-another']")).to_be_attached()
    page.keyboard.type("er")
    expect(page.get_by_role("searchbox")).to_have_value("number")
    expect(page.locator("[id='entry-another']")).to_be_hidden()


def test_broken_files_show_their_problems_in_place_until_they_are_mended(desk: Desk, page: Page) -> None:
    desk.write("content/post-02.md", "---\nvisibilty: public\n---\nText")
    problem = page.locator("#problems")
    expect(problem).to_contain_text("visibilty")
    link = problem.get_by_role("link", name="content/post-02.md:2:1")
    expect(link).to_have_attribute("href", re.compile(r"^vscode://file/.*/content/post-02\.md:2:1$"))
    screenshot(page, "live-problem")
    assert violations(page) == []
    desk.write("content/post-02.md", "Mended.")
    expect(problem).to_have_count(0)
    expect(page.locator("[id='entry-post-02'] .post-text")).to_have_text("Mended.")


def test_broken_settings_are_told_above_the_last_good_page(desk: Desk, page: Page) -> None:
    desk.write("publisher.yaml", "authors: [")
    expect(page.get_by_role("alert")).to_contain_text("publisher.yaml")
    expect(page.locator("[data-entry]")).to_have_count(12)
    desk.write("publisher.yaml", CONFIG)
    expect(page.get_by_role("alert")).to_have_count(0)


def test_trees_that_go_and_come_are_followed(desk: Desk, page: Page) -> None:
    (desk.root / "content").rename(desk.root / "elsewhere")
    expect(page.get_by_role("alert")).to_contain_text("content")
    (desk.root / "elsewhere").rename(desk.root / "content")
    expect(page.get_by_role("alert")).to_have_count(0)
    shutil.rmtree(desk.root / "content")
    expect(page.get_by_role("alert")).to_contain_text("content")
    desk.write("content/deep/new.md", "From the ashes.")
    expect(page.locator("[data-entry]")).to_have_count(1)
    expect(page.locator(".post-text")).to_have_text("From the ashes.")


def test_media_are_served_and_follow_their_files(desk: Desk, page: Page) -> None:
    write_picture(desk.root / "content/p.png", width=800, height=600)
    desk.write("content/post-00.md", "A picture\n\n![A mountain](p.png)")
    image = page.locator("[id='entry-post-00'] img")
    expect(image).to_have_count(1)
    load_images(page)
    assert image.evaluate("(image) => image.naturalWidth") == 800
    first = image.get_attribute("src")
    write_picture(desk.root / "content/p.png", width=900, height=600, number=3)
    expect(image).not_to_have_attribute("src", first or "")
    load_images(page)
    assert image.evaluate("(image) => image.naturalWidth") == 900


def test_a_branch_switch_is_one_change(desk: Desk, page: Page) -> None:
    def git(*arguments: str) -> None:
        identity = ["-c", "user.name=T", "-c", "user.email=t@example.com"]
        subprocess.run(["git", *identity, *arguments], cwd=desk.root, check=True, capture_output=True)

    git("init", "-q", "-b", "main")
    git("add", ".")
    git("commit", "-q", "-m", "main")
    git("checkout", "-q", "-b", "other")
    for number in range(300):
        (desk.root / f"content/extra-{number:03}.md").write_text(f"Extra post {number}.")
    git("add", ".")
    git("commit", "-q", "-m", "other")
    expect(page.locator("[data-entry]")).to_have_count(312, timeout=60_000)
    before = len(desk.views)
    git("checkout", "-q", "main")
    expect(page.locator("[data-entry]")).to_have_count(12, timeout=60_000)
    assert len(desk.views) <= before + 3  # late events again; not one view for each of 300 files


def test_other_names_of_the_server_are_refused(desk: Desk) -> None:
    assert requests.get(desk.url, timeout=10).status_code == 200
    answer = requests.get(desk.url, headers={"Host": "evil.example:80"}, timeout=10)
    assert answer.status_code == 403
    assert "post" not in answer.text


def test_the_served_page_has_a_strict_policy(desk: Desk) -> None:
    answer = requests.get(desk.url, timeout=10)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert requests.get(desk.url + "media/" + "0" * 64, timeout=10).status_code == 404


def test_projects_settings_are_adapted(tmp_path: Path) -> None:
    (tmp_path / "content").mkdir()
    workspace = Reloader(tmp_path, {}, lambda _: Config(api="posts"))
    assert workspace.refresh(datetime.now(UTC)).plan.api == "posts"
