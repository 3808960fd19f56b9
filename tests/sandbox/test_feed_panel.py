"""The feed for developers: cuts, the panel under a post, refused requests, filters, and what the reader can do."""

import json
import re
import subprocess
from html import unescape

import pytest
import requests
from playwright.sync_api import expect

from publisher.sandbox.feed_log import curl
from publisher.sandbox.server import Sandbox

from ..support.browser import DESKTOP, PHONE, OpenPage, screenshot, violations
from ..support.pictures import pdf, picture
from .conftest import Client, initialize, posts_body

POLL = {
    "question": "Which one?",
    "options": [{"text": "Tea"}, {"text": "Coffee"}],
    "settings": {
        "duration": "SEVEN_DAYS",
        "voteSelectionType": "SINGLE_VOTE",
        "isVoterVisibleToAuthor": True,
    },
}


def page_of(sandbox: Sandbox, path: str = "/") -> str:
    return unescape(requests.get(sandbox.url + path, timeout=20).text)


def act(sandbox: Sandbox, origin: str = "", **form: str) -> int:
    headers = {"Origin": origin} if origin else {}
    return requests.post(f"{sandbox.url}/feed/act", data=form, headers=headers, timeout=20).status_code


def test_a_cut_is_shown_with_what_was_lost_and_why(client: Client, sandbox: Sandbox) -> None:
    client.create_post("Read more (it is short) here")
    page = page_of(sandbox)
    assert '<p class="cut-lost" dir="auto">(it is short) here</p>' in page
    assert 'stops at "(", which is reserved' in page
    client.create_post("Whole \\(really\\)")
    assert page_of(sandbox).count('class="cut"') == 1


def test_the_panel_shows_what_was_sent_without_the_token(client: Client, sandbox: Sandbox) -> None:
    value = initialize(client, "image")
    client.upload(value["uploadUrl"], picture(60, 40))
    client.create_post("With a picture", content={"media": {"id": value["image"]}})
    page = page_of(sandbox)
    assert sandbox.token() not in page
    assert "authorization: Bearer $LINKEDIN_ACCESS_TOKEN" in page
    # the reservation, the bytes and the post
    assert [re.search(rf"Request {number}<", page) is not None for number in (1, 2, 3)] == [True] * 3
    assert "--data-binary @FILE" in page
    assert '"sent_text": "With a picture"' in page


def test_the_copied_command_sends_the_request_again(client: Client, sandbox: Sandbox) -> None:
    client.create('It\'s "quoted" $HOME `x`')
    (entry,) = sandbox.store.request_log.entries()
    sandbox.clock.advance(3_600)
    command = curl(entry, sandbox.url)
    assert sandbox.token() not in command
    done = subprocess.run(
        ["bash", "-c", f"{command} -s"],
        env={"PATH": "/usr/bin:/bin", "LINKEDIN_ACCESS_TOKEN": sandbox.token(), "HOME": "/nowhere"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert json.loads(done.stdout)["id"] in {post.urn for post in sandbox.posts()}, done.stderr
    assert {post.text for post in sandbox.posts()} == {'It\'s "quoted" $HOME `x`'}


def test_refused_requests_are_shown_with_the_reason(client: Client, sandbox: Sandbox) -> None:
    assert 'data-troubles aria-labelledby="troubles-title" hidden' in page_of(sandbox)
    client.create("Twice")
    client.create("Twice")
    page = page_of(sandbox)
    assert 'data-troubles aria-labelledby="troubles-title">' in page
    assert "Content is a duplicate of urn:li:share:" in page
    client.session.get(f"{sandbox.url}/v2/userinfo?oauth2_access_token={sandbox.token()}", timeout=20)
    assert "The token is in the URL" in page_of(sandbox)


def test_posts_can_be_filtered_by_author_and_app(client: Client, sandbox: Sandbox) -> None:
    client.create("By the member's own app")
    client.token = sandbox.organization_token()
    client.create("By the other app")
    client.send("POST", "/rest/posts", posts_body(sandbox.organization.urn, "By the page"))
    for query, count in (
        ("", 3),
        (f"?author={sandbox.organization.urn}", 1),
        (f"?app={sandbox.store.apps.all()[0].client_id}", 1),
        (f"?app=sandbox-community-app&author={sandbox.member.urn}", 1),
        ("?app=nobody", 0),
    ):
        assert page_of(sandbox, f"/{query}").count("<article ") == count, query


def test_the_reader_can_like_comment_and_vote(client: Client, sandbox: Sandbox) -> None:
    urn = client.create_post("Vote", content={"poll": POLL}).headers["x-restli-id"]
    assert act(sandbox, urn=urn, kind="like") == 204
    assert [item["actor"] for item in sandbox.store.reactions(urn)] == [sandbox.member.urn]
    assert act(sandbox, urn=urn, kind="like") == 204
    assert sandbox.store.reactions(urn) == []
    assert act(sandbox, urn=urn, kind="comment", text=" Well said ") == 204
    assert sandbox.expect_post(comments=["Well said"]).urn == urn
    assert act(sandbox, urn=urn, kind="vote", option="9") == 204
    assert sandbox.store.votes(urn) == {}
    assert act(sandbox, urn=urn, kind="vote", option="1") == 204
    assert sandbox.store.votes(urn) == {sandbox.member.urn: 1}
    assert act(sandbox, urn="urn:li:share:1", kind="like") == 404
    for wrong in ({"kind": "comment", "text": " "}, {"kind": "vote", "option": "x"}, {"kind": "dance"}):
        assert act(sandbox, urn=urn, **wrong) == 400


def test_other_sites_cannot_act(client: Client, sandbox: Sandbox) -> None:
    urn = client.create("Mine").json()["id"]
    assert act(sandbox, "http://evil.example", urn=urn, kind="like") == 403
    assert act(sandbox, "null", urn=urn, kind="like") == 403
    assert act(sandbox, sandbox.url, urn=urn, kind="like") == 204


@pytest.mark.browser
def test_it_all_works_in_a_browser(open_page: OpenPage, client: Client, sandbox: Sandbox) -> None:
    page = open_page(sandbox.url)
    page.wait_for_selector("body[data-connected]", state="attached")
    urn = client.create_post("Pick (one)", content={"poll": POLL}).headers["x-restli-id"]
    post = page.get_by_role("article")
    expect(post.get_by_role("note")).to_contain_text("(one)")
    post.get_by_role("button", name="Coffee").click()
    expect(post).to_contain_text("your vote")
    post.get_by_role("button", name="Like").click()
    expect(post.get_by_role("button", name="Like")).to_have_attribute("aria-pressed", "true")
    post.get_by_role("button", name="Comment").first.click()
    post.get_by_label("Your comment").fill("Hello there")
    post.locator(".reply-send").click()
    expect(post.get_by_label("Comments")).to_contain_text("Hello there")
    assert sandbox.store.votes(urn) == {sandbox.member.urn: 1}
    # errors arrive without a reload
    expect(page.get_by_role("heading", name="Refused or doubtful requests")).to_be_hidden()
    client.send("POST", "/v2/ugcPosts", {"author": "x"})
    expect(page.get_by_role("heading", name="Refused or doubtful requests")).to_be_visible()
    expect(page.locator("[data-trouble]").first).to_contain_text("/author")
    # the panel stays open when the post changes
    post.get_by_text("Sent, stored, shown").click()
    post.get_by_role("button", name="Like").click()
    expect(post.get_by_role("button", name="Like")).to_have_attribute("aria-pressed", "false")
    expect(post.locator("[data-wire]")).to_have_attribute("open", "")


@pytest.mark.browser
@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_the_panel_is_accessible(
    size: tuple[int, int], dark: bool, open_page: OpenPage, client: Client, sandbox: Sandbox
) -> None:
    value = initialize(client, "document")
    client.upload(value["uploadUrl"], pdf(2))
    client.create_post("Slides", content={"media": {"id": value["document"], "title": "Slides"}})
    client.create_post("Vote", content={"poll": POLL})
    voted = client.create_post("Voted", content={"poll": {**POLL, "question": "And?"}}).headers["x-restli-id"]
    act(sandbox, urn=voted, kind="vote", option="0")
    client.create_post("Cut (here)")
    client.send("POST", "/rest/posts", posts_body("urn:li:person:nobody", "Refused"))
    page = open_page(sandbox.url, size=size, dark=dark)
    page.wait_for_selector("body[data-connected]", state="attached")
    for details in page.locator("details").all():
        details.evaluate("element => { element.open = true }")
    page.locator("[data-reply]").first.click()
    assert violations(page) == []
    # nothing makes the page wider than the screen
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    screenshot(page, f"sandbox-panel-{'dark' if dark else 'light'}-{size[0]}")
