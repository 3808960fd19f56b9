"""The feed in a real browser: live, accessible, and safe with whatever is posted."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from publisher.sandbox.server import Sandbox
from publisher.sandbox.values import Comment
from tests.sandbox.conftest import Client
from tests.sandbox.test_feed import upload, with_media
from tests.support.browser import DESKTOP, PHONE, OpenPage, load_images, screenshot, violations
from tests.support.pictures import clip, picture

pytestmark = pytest.mark.browser

LONG = """Three weeks ago we moved our posts into git.

What changed:
→ drafts are reviewed like code
→ nobody publishes twice by accident

Read on at https://example.com/posts-as-code #ContentAsCode"""


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A sandbox whose people may talk."""
    with Sandbox(comments_per_minute=100, processing=60, frozen=True) as running:
        yield running


def live(open_page: OpenPage, sandbox: Sandbox, path: str = "/", **how: object) -> Page:
    """A page whose event stream stands."""
    page = open_page(sandbox.url + path, **how)
    page.wait_for_selector("body[data-connected]", state="attached")
    return page


def articles(page: Page) -> list[str]:
    """The first words of the posts on the page."""
    return [text.strip() for text in page.locator(".posts > article .post-text").all_inner_texts()]


def comment(client: Client, urn: str, text: str) -> None:
    """Comment on a post, as its author."""
    body = {"actor": client.sandbox.member.urn, "object": urn, "message": {"text": text}}
    quoted = urn.replace(":", "%3A")
    assert client.send("POST", f"/v2/socialActions/{quoted}/comments", body).status_code == 201


def test_posts_arrive_change_and_go_while_the_page_is_open(open_page: OpenPage, client: Client) -> None:
    page = live(open_page, client.sandbox)
    expect(page.get_by_role("heading", name="No post yet")).to_be_visible()
    urn = client.create("The first one").headers["x-restli-id"]
    post = page.get_by_role("article", name="Mira Example")
    expect(post).to_contain_text("The first one")
    expect(page.get_by_role("heading", name="No post yet")).to_be_hidden()
    expect(page.get_by_role("status")).to_have_text("New post by Mira Example")
    comment(client, urn, "And its first comment")
    expect(post).to_contain_text("And its first comment")
    client.create("The second one")
    expect(page.locator(".posts > article")).to_have_count(2)
    assert articles(page) == ["The second one", "The first one"]
    client.send("DELETE", f"/v2/ugcPosts/{urn.replace(':', '%3A')}")
    expect(page.locator(".posts > article")).to_have_count(1)
    client.sandbox.reset()
    expect(page.get_by_role("heading", name="No post yet")).to_be_visible()


def test_a_reader_further_down_keeps_the_place_and_is_told(open_page: OpenPage, client: Client) -> None:
    for number in range(12):
        client.create(f"Post {number}\n\nwith a second paragraph")
    page = live(open_page, client.sandbox)
    eighth = page.locator(".posts > article").nth(7)
    eighth.scroll_into_view_if_needed()
    page.evaluate("scrollBy(0, 120)")
    words = page.locator(".posts > article").nth(7).inner_text()
    top = eighth.bounding_box()
    client.create("Something new")
    fresh = page.get_by_role("button", name="1 new post")
    expect(fresh).to_be_visible()
    moved = page.locator(".posts > article").nth(8)
    assert moved.inner_text() == words
    after = moved.bounding_box()
    assert top is not None
    assert after is not None
    assert abs(after["y"] - top["y"]) < 2
    fresh.click()
    expect(page.locator(".posts > article").first).to_be_in_viewport()
    expect(fresh).to_be_hidden()


def test_media_that_are_processed_appear_when_they_are_ready(open_page: OpenPage, client: Client) -> None:
    page = live(open_page, client.sandbox)
    with_media(client, "Slow", "VIDEO", upload(client, clip(), "feedshare-video"), alt="A test pattern")
    client.create("Fast")
    expect(page.locator(".posts > article")).to_have_count(1)
    client.sandbox.clock.advance(61)
    expect(page.locator(".posts > article")).to_have_count(2)
    seconds = page.get_by_label("Video: A test pattern").evaluate(
        """(video) => new Promise((done, fail) => {
            if (video.readyState > 0) done(video.duration);
            video.onloadedmetadata = () => done(video.duration);
            video.onerror = () => fail(new Error("not playable"));
        })"""
    )
    assert seconds == pytest.approx(2, abs=0.2)


def test_the_fold_opens_by_keyboard_and_stays_open_when_the_post_changes(
    open_page: OpenPage, client: Client
) -> None:
    urn = client.create(LONG).headers["x-restli-id"]
    page = live(open_page, client.sandbox)
    hidden = page.locator(".rest").get_by_text("nobody publishes twice")
    expect(hidden).to_be_hidden()
    more = page.get_by_role("button", name="see more")
    expect(more).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("j")
    expect(page.locator("article:focus")).to_have_count(1)
    while page.locator(":focus").get_attribute("data-more") is None:
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(hidden).to_be_visible()
    comment(client, urn, "Well said")
    expect(page.get_by_text("Well said", exact=True)).to_be_visible()
    expect(hidden).to_be_visible()


def test_images_enlarge_and_can_be_leafed_through(open_page: OpenPage, client: Client) -> None:
    images = [upload(client, picture(900, 600, number)) for number in range(7)]
    client.sandbox.clock.advance(61)
    with_media(client, "Seven", "IMAGE", *images, alt="A mountain")
    page = live(open_page, client.sandbox)
    load_images(page)
    page.get_by_role("button", name="Enlarge image 5 of 7: A mountain").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("img", name="Image 5 of 7: A mountain")).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(dialog.get_by_role("img", name="Image 6 of 7: A mountain")).to_be_visible()
    screenshot(page, "feed-enlarged")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("button", name="Enlarge image 5 of 7")).to_be_focused()


HOSTILE = '<script>document.title="owned"</script><img src=x onerror="document.title=\'owned\'">{{ 7*7 }}'


def test_hostile_text_is_only_text(open_page: OpenPage, client: Client) -> None:
    client.sandbox.store.add_member(id="hostile000", given_name="<b>Bold</b>", family_name='" onclick="x')
    client.create(HOSTILE + "\u202e gnp.exe \x7f")
    page = live(open_page, client.sandbox)
    client.create("And live: " + HOSTILE)
    expect(page.locator(".posts > article")).to_have_count(2)
    assert page.title() == "Feed · LinkedIn sandbox"
    expect(page.locator(".posts > article").last).to_contain_text("{{ 7*7 }}")
    assert page.locator(".posts script, .posts img").count() == 0


def test_right_to_left_paragraphs_have_their_own_direction(open_page: OpenPage, client: Client) -> None:
    client.create("مرحبا بالعالم\nHello \u202eevil")
    page = live(open_page, client.sandbox)
    sides = page.locator(".post-text").evaluate(
        """(element) => {
            const text = element.firstChild;
            const box = element.getBoundingClientRect();
            return [[0, 5], [14, 19]].map(([from, to]) => {
                const range = document.createRange();
                range.setStart(text, from);
                range.setEnd(text, to);
                const line = range.getBoundingClientRect();
                return line.left - box.left < box.right - line.right ? "left" : "right";
            });
        }"""
    )
    assert sides == ["right", "left"]


def populate(client: Client) -> None:
    """Posts of the kinds a feed is made of."""
    store = client.sandbox.store
    images = [upload(client, picture(900, 600, number)) for number in range(4)]
    film = upload(client, clip(), "feedshare-video")
    client.sandbox.clock.advance(61)
    with_media(client, "Four pictures of one weekend", "IMAGE", *images, alt="Mountains under a low sun")
    with_media(client, "And it moves", "VIDEO", film)
    urn = client.create(LONG).headers["x-restli-id"]
    comment(client, urn, "Where can I read more?")
    parent = store.comments(urn)[0]
    reply = Comment(parent.urn + "1", "1", urn, client.sandbox.organization.urn, "Here! #docs", 0, parent.urn)
    store.add_comment(reply)


@pytest.mark.parametrize(
    ("size", "dark"), [(DESKTOP, False), (PHONE, True)], ids=["light-desktop", "dark-phone"]
)
def test_the_feed_is_accessible(
    open_page: OpenPage, client: Client, size: tuple[int, int], dark: bool
) -> None:
    populate(client)
    assert violations(live(open_page, client.sandbox, size=size, dark=dark)) == []


def test_the_feed_fits_every_form(open_page: OpenPage, client: Client) -> None:
    populate(client)
    for size, form in ((DESKTOP, "desktop"), (PHONE, "phone")):
        for dark in (False, True):
            page = live(open_page, client.sandbox, size=size, dark=dark)
            load_images(page)
            screenshot(page, f"feed-{'dark' if dark else 'light'}-{form}", whole=True)
            assert page.evaluate("document.documentElement.scrollWidth") == size[0]


def test_colours_can_be_turned_by_hand_and_are_remembered(open_page: OpenPage, client: Client) -> None:
    page = live(open_page, client.sandbox)
    background = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(background)
    page.get_by_role("button", name="Dark colours").click()
    assert page.evaluate(background) != light
    page.reload()
    assert page.evaluate(background) != light
    expect(page.get_by_role("button", name="Dark colours")).to_have_attribute("aria-pressed", "true")
