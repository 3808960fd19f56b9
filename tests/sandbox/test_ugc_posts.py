"""``/v2/ugcPosts``: creating, deleting, reading, and every refusal on the way."""

import requests

from publisher.sandbox.server import Sandbox

from .conftest import Client, encoded


def test_a_created_post_is_named_in_header_and_body(client: Client, sandbox: Sandbox) -> None:
    response = client.create("Hello")
    assert response.status_code == 201
    assert response.headers["X-RestLi-Id"] == response.json()["id"]
    (post,) = sandbox.posts()
    assert (post.urn, post.text, post.author) == (response.json()["id"], "Hello", sandbox.member.urn)


def test_the_urn_carries_the_time(client: Client, sandbox: Sandbox) -> None:
    sandbox.clock.freeze()
    urn = client.create().json()["id"]
    assert int(urn.rpartition(":")[2]) >> 22 == sandbox.clock.milliseconds()


def test_deleting_is_idempotent(client: Client, sandbox: Sandbox) -> None:
    path = f"/v2/ugcPosts/{encoded(client.create().json()['id'])}"
    assert [client.send("DELETE", path).status_code for _ in range(2)] == [204, 204]
    assert sandbox.posts() == []


def test_the_record_shows_what_arrived(client: Client, sandbox: Sandbox) -> None:
    client.create("Hello")
    (exchange,) = requests.get(f"{sandbox.url}/_sandbox/requests", timeout=20).json()["requests"]
    assert exchange["request"]["json"]["author"] == sandbox.member.urn
    assert (exchange["resource"], exchange["method"], exchange["response"]["status"]) == (
        "ugcPosts",
        "CREATE",
        201,
    )
