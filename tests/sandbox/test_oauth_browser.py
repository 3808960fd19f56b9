"""The authorization page in a real browser: by mouse, by keyboard, on a phone, in the dark."""

import pytest
from playwright.sync_api import Page, expect

from publisher.sandbox.defaults import CLIENT_ID
from publisher.sandbox.server import Sandbox
from tests.support.browser import DESKTOP, PHONE, OpenPage, screenshot, violations

pytestmark = pytest.mark.browser


def ask(open_page: OpenPage, sandbox: Sandbox, scope: str = "openid w_member_social", **how: object) -> Page:
    """The authorization page of the sandbox's app, which leads back to the feed."""
    query = f"response_type=code&client_id={CLIENT_ID}&redirect_uri={sandbox.url}/&state=s1&scope={scope}"
    return open_page(f"{sandbox.url}/oauth/v2/authorization?{query}", **how)


def test_allowing_by_mouse_as_another_member(open_page: OpenPage, sandbox: Sandbox) -> None:
    other = sandbox.store.add_member(given_name="Ada", family_name="<Byron>")
    page = ask(open_page, sandbox)
    expect(page.get_by_role("heading")).to_have_text("Sandbox app would like to:")
    page.get_by_label("Signed in as").select_option(label="Ada <Byron> (member2@example.com)")
    page.get_by_role("button", name="Allow").click()
    page.wait_for_url(f"{sandbox.url}/?code=*&state=s1")
    (grant,) = sandbox.store.codes.values()
    assert grant.member == other.urn


def test_refusing_by_keyboard(open_page: OpenPage, sandbox: Sandbox) -> None:
    page = ask(open_page, sandbox)
    for _ in range(3):
        page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Cancel")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(f"{sandbox.url}/?error=user_cancelled_authorize*")
    assert sandbox.store.codes == {}


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_pages_are_accessible(
    size: tuple[int, int], dark: bool, open_page: OpenPage, sandbox: Sandbox
) -> None:
    page = ask(open_page, sandbox, size=size, dark=dark)
    assert violations(page) == []
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= size[0]
    screenshot(page, f"authorize-{'phone' if size == PHONE else 'desktop'}-{'dark' if dark else 'light'}")
