"""100,000 stored posts: creating, finding, deleting and showing go on without an error."""

from collections.abc import Iterator

import pytest
import requests

from publisher.sandbox.server import Sandbox
from publisher.sandbox.values import Post

from .conftest import Client, encoded

POSTS = 100_000


@pytest.fixture(scope="module")
def full() -> Iterator[Sandbox]:
    """A sandbox with very many posts by a hundred authors."""
    with Sandbox() as sandbox:
        store = sandbox.store
        authors = [store.add_member().urn for _ in range(100)]
        for number in range(POSTS):
            store.add_post(
                Post(
                    urn=f"urn:li:share:{store.ids.snowflake()}",
                    activity=f"urn:li:activity:{number}",
                    author=authors[number % 100],
                    api="ugcPosts",
                    text=f"Post {number}",
                    sent_text=f"Post {number}",
                    visibility="PUBLIC",
                    created_at=store.clock.milliseconds(),
                )
            )
        yield sandbox


def test_posts_come_and_go(full: Sandbox) -> None:
    client = Client(full)
    urn = client.create("One more").json()["id"]
    assert client.create("One more").status_code == 422
    assert client.send("DELETE", f"/v2/ugcPosts/{encoded(urn)}").status_code == 204
    client.token = full.organization_token()
    found = client.send("GET", f"/rest/posts?q=author&author={encoded(full.member_urn)}&count=1")
    assert found.json()["paging"]["total"] == 0
    client.session.close()


def test_the_newest_are_shown(full: Sandbox) -> None:
    answer = requests.get(f"{full.url}/_sandbox/posts?limit=3", timeout=60).json()
    assert (answer["total"] >= POSTS, answer["posts"][0]["text"]) == (True, f"Post {POSTS - 1}")
    page = requests.get(f"{full.url}/", timeout=60)
    assert page.status_code == 200
    assert f"Post {POSTS - 1}" in page.text
    assert len(page.content) < 2_000_000


def test_snapshot_and_reset(full: Sandbox) -> None:
    base = f"{full.url}/_sandbox"
    assert requests.post(f"{base}/snapshot", json={"name": "full"}, timeout=60).status_code == 200
    assert requests.post(f"{base}/reset", timeout=60).status_code == 200
    assert full.posts() == []
    assert requests.post(f"{base}/restore", json={"name": "full"}, timeout=60).status_code == 200
    assert len(full.store.posts) >= POSTS
