"""The feed's pages as they are served: filters, permalinks, media, headers."""

import re
from collections.abc import Iterator

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from publisher.sandbox.feed_posts import age, post_view
from publisher.sandbox.server import Sandbox
from tests.sandbox.conftest import CONTENT, Client, register, ugc_body
from tests.support.pictures import clip, pdf, picture


def get(client: Client, path: str, **headers: str) -> requests.Response:
    """A page or file, without a token."""
    return requests.get(client.sandbox.url + path, headers=headers, timeout=20)


def upload(client: Client, content: bytes, recipe: str = "feedshare-image") -> str:
    """An asset with these bytes."""
    urn, address = register(client, recipe)
    answer = client.session.put(
        address,
        data=content,
        headers={"Authorization": f"Bearer {client.sandbox.token()}"},
        timeout=20,
    )
    assert answer.status_code in (200, 201), answer.text
    return urn


def with_media(client: Client, text: str, category: str, *urns: str, alt: str = "") -> str:
    """Create a post with uploaded media; its URN."""
    media = [{"status": "READY", "media": urn, "description": {"text": alt}} for urn in urns]
    body = ugc_body(client.sandbox.member.urn, text)
    body["specificContent"][CONTENT] |= {"shareMediaCategory": category, "media": media}
    answer = client.send("POST", "/v2/ugcPosts", body)
    assert answer.status_code == 201, answer.text
    return answer.headers["x-restli-id"]


def posts_on(page: str) -> list[str]:
    """The ids of the posts on a page, in order."""
    return re.findall(r'<article class="post" id="post-(\d+)"', page)


def test_posts_stand_newest_first_and_older_ones_on_further_pages(client: Client) -> None:
    urns = [client.create(f"Post {number}").headers["x-restli-id"] for number in range(18)]
    ids = [urn.rpartition(":")[2] for urn in reversed(urns)]
    first = get(client, "/").text
    assert posts_on(first) == ids[:15]
    older = re.search(r'href="(\?before=[^"]+)"', first)
    assert older
    second = get(client, "/" + older[1]).text
    assert posts_on(second) == ids[15:]
    assert "Older posts" not in second


def test_a_permalink_shows_one_post_and_ends_with_it(client: Client) -> None:
    urn = client.create("Here I stand").headers["x-restli-id"]
    client.create("Another one")
    page = get(client, f"/feed/update/{urn}/")
    assert posts_on(page.text) == [urn.rpartition(":")[2]]
    client.send("DELETE", f"/v2/ugcPosts/{urn.replace(':', '%3A')}")
    gone = get(client, f"/feed/update/{urn}/")
    assert gone.status_code == 404
    assert "doesn&#39;t exist" in gone.text or "doesn't exist" in gone.text


def test_hashtags_and_authors_have_pages(client: Client) -> None:
    tagged = client.create("About #Übung").headers["x-restli-id"].rpartition(":")[2]
    client.create("About nothing")
    assert posts_on(get(client, "/feed/hashtag/übung/").text) == [tagged]
    assert len(posts_on(get(client, f"/feed/author/{client.sandbox.member.urn}/").text)) == 2
    assert posts_on(get(client, f"/feed/author/{client.sandbox.organization.urn}/").text) == []
    assert get(client, "/feed/author/urn:li:person:nobody/").status_code == 404


def test_pages_load_nothing_from_elsewhere_and_run_nothing_inline(client: Client) -> None:
    client.create("https://example.com/<script>alert(1)</script>")
    page = get(client, "/")
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert page.headers["x-content-type-options"] == "nosniff"
    assert not re.search(r'(?:src|<link[^>]*href)="(?!/|data:)', page.text)
    assert "<script>" not in page.text
    assert not re.search(r'\s(?:on\w+|style)="', page.text)


def test_media_come_in_ranges_and_only_as_what_they_are(client: Client) -> None:
    content = clip()
    urn = upload(client, content, "feedshare-video")
    part = get(client, f"/feed/media/{urn}", Range="bytes=10-19")
    assert (part.status_code, part.content) == (206, content[10:20])
    assert part.headers["content-type"] == "video/mp4"
    text = upload(client, b"<script>alert(1)</script>", "feedshare-document")
    served = get(client, f"/feed/media/{text}")
    assert served.headers["content-type"] == "application/octet-stream"
    assert "attachment" in served.headers["content-disposition"]
    assert get(client, "/feed/media/urn:li:image:nothing").status_code == 404


def test_what_hangs_on_a_post_is_seen(client: Client) -> None:
    images = [upload(client, picture(60, 40, number)) for number in range(3)]
    urn = with_media(client, "Three", "IMAGE", *images, alt="Mountains")
    view = post_view(client.sandbox.store, client.sandbox.posts()[0])
    assert [(image.alt, image.width, image.height) for image in view.images] == [("Mountains", 60, 40)] * 3
    broken = upload(client, b"\x89PNG\r\n\x1a\n" + b"\x00" * 64)
    with_media(client, "Broken", "IMAGE", broken)
    assert post_view(client.sandbox.store, client.sandbox.posts()[0]).images[0].src == ""
    assert f"/feed/update/{urn}/" in get(client, "/").text


@pytest.fixture
def versioned(sandbox: Sandbox) -> Iterator[Client]:
    """A client of the versioned API."""
    client = Client(sandbox, sandbox.organization_token())
    yield client
    client.session.close()


def test_polls_reshares_and_documents_are_seen(versioned: Client) -> None:
    store = versioned.sandbox.store
    poll = {
        "poll": {
            "question": "Which?",
            "options": [{"text": "This"}, {"text": "That"}],
            "settings": {"duration": "SEVEN_DAYS"},
        }
    }
    assert versioned.create_post("Vote", content=poll).status_code == 201
    first = store.posts_newest_first()[0]
    shown = post_view(store, first).poll
    assert shown is not None
    assert (shown.options, shown.closes) == (("This", "That"), "1w left")
    assert versioned.create_post("Look", reshareContext={"parent": first.urn}).status_code == 201
    outer = post_view(store, store.posts_newest_first()[0])
    assert outer.reshare is not None
    assert outer.reshare.poll == shown
    document = upload(versioned, pdf(4), "feedshare-document")
    stored = store.media(document)
    assert stored is not None
    assert stored.path is not None


def test_mentions_behind_emoji_are_linked_where_they_are(client: Client) -> None:
    organization = client.sandbox.organization
    body = ugc_body(client.sandbox.member.urn, f"👩‍🚀 thanks {organization.name}!")
    entity = {"com.linkedin.common.CompanyAttributedEntity": {"company": organization.urn}}
    start = 5 + len(" thanks ")
    attribute = {"start": start, "length": len(organization.name), "value": entity}
    body["specificContent"][CONTENT]["shareCommentary"]["attributes"] = [attribute]
    assert client.send("POST", "/v2/ugcPosts", body).status_code == 201
    view = post_view(client.sandbox.store, client.sandbox.posts()[0])
    mention = next(part for part in view.text.segments if part.kind == "mention")
    assert (mention.text, mention.href) == (organization.name, f"/feed/author/{organization.urn}/")


@given(st.floats(min_value=-1e3, max_value=1e9))
def test_ages_are_short(seconds: float) -> None:
    assert re.fullmatch(r"now|[1-9]\d*(m|h|d|w|mo|yr)", age(seconds))


def test_ages_are_told_as_readers_know_them() -> None:
    assert [age(s) for s in (0, 59, 60, 7200, 86_400 * 3, 86_400 * 8)] == [
        "now",
        "now",
        "1m",
        "2h",
        "3d",
        "1w",
    ]


def test_a_stream_that_begins_while_the_sandbox_stops_ends_at_once(sandbox: Sandbox) -> None:
    sandbox.store.events.close()
    with sandbox.store.subscribe() as subscription:
        assert list(subscription) == []
