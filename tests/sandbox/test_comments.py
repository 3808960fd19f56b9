"""Comments, by ``/v2`` (open to members) and by ``/rest`` (gated)."""

from typing import Any

import pytest

from publisher.sandbox.server import Sandbox

from .conftest import Client, encoded


@pytest.fixture
def post(client: Client) -> str:
    """A post to comment on."""
    urn: str = client.create("Hello").json()["id"]
    return urn


def comment(client: Client, post: str, text: str = "First!", family: str = "v2", **more: Any) -> Any:
    actor = client.sandbox.member.urn
    body = {"actor": actor, "object": post, "message": {"text": text}, **more}
    return client.send("POST", f"/{family}/socialActions/{encoded(post)}/comments", body)


def test_a_comment_hangs_on_the_activity(client: Client, sandbox: Sandbox, post: str) -> None:
    response = comment(client, post)
    assert response.status_code == 201
    answer = response.json()
    assert response.headers["x-restli-id"] == answer["id"]
    assert answer["object"].startswith("urn:li:activity:")
    assert answer["object"].rpartition(":")[2] != post.rpartition(":")[2]
    assert answer["$URN"] == f"urn:li:comment:({answer['object']},{answer['id']})"
    (kept,) = sandbox.store.comments(post)
    assert (kept.text, kept.author) == ("First!", sandbox.member.urn)


def test_the_versioned_api_is_closed_to_self_serve_apps(client: Client, sandbox: Sandbox, post: str) -> None:
    message = comment(client, post, family="rest").json()["message"]
    assert message == "Not enough permissions to access: partnerApiSocialActions.CREATE.20260901"
    client.token = sandbox.organization_token()
    assert comment(client, post, family="rest").status_code == 201


def test_the_third_comment_in_a_minute_is_too_much(client: Client, sandbox: Sandbox, post: str) -> None:
    sandbox.clock.freeze()
    statuses = [comment(client, post, f"Comment {number}").status_code for number in range(3)]
    assert statuses == [201, 201, 429]
    sandbox.clock.advance(60)
    assert comment(client, post, "Later").status_code == 201


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"message": {"text": " "}}, 400),
        ({"message": {"text": "x" * 1251}}, 400),
        ({"content": []}, 403),
        ({"object": "urn:li:share:1"}, 400),
        ({"parentComment": "urn:li:comment:(urn:li:activity:1,1)"}, 400),
        ({"actor": "urn:li:organization:4711"}, 403),
        ({"colour": "red"}, 422),
    ],
)
def test_refusals(more: dict[str, Any], status: int, client: Client, sandbox: Sandbox, post: str) -> None:
    assert comment(client, post, **more).status_code == status
    assert sandbox.store.comments(post) == ()


def test_a_comment_on_nothing(client: Client, post: str) -> None:
    client.send("DELETE", f"/v2/ugcPosts/{encoded(post)}")
    assert comment(client, post).status_code == 404


def test_a_reply_and_its_removal(client: Client, sandbox: Sandbox, post: str) -> None:
    first = comment(client, post).json()
    reply = comment(client, post, "Second!", parentComment=first["$URN"]).json()
    assert reply["parentComment"] == first["$URN"]
    path = f"/v2/socialActions/{encoded(post)}/comments/{reply['id']}"
    assert [client.send("DELETE", path).status_code for _ in range(2)] == [204, 204]
    assert [item.id for item in sandbox.store.comments(post)] == [first["id"]]


def test_readers_see_comments(client: Client, sandbox: Sandbox, post: str) -> None:
    comment(client, post)
    path = f"/v2/socialActions/{encoded(post)}/comments"
    assert client.send("GET", path).status_code == 403
    client.token = sandbox.organization_token()
    (element,) = client.send("GET", path).json()["elements"]
    assert element["message"]["text"] == "First!"
