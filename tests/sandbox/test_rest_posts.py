"""``/rest/posts``: little text, content of every kind, changing, reading, deleting."""

from typing import Any

import pytest

from publisher.sandbox.server import Sandbox

from .conftest import PNG, Client, encoded, initialize, posts_body


def image(client: Client) -> str:
    """An uploaded image's URN."""
    value = initialize(client, "image")
    assert client.upload(value["uploadUrl"], PNG).status_code == 201
    urn: str = value["image"]
    return urn


def test_the_id_is_in_the_header_only(client: Client, sandbox: Sandbox) -> None:
    response = client.create_post("Hello")
    assert (response.status_code, response.content) == (201, b"")
    assert response.headers["x-restli-id"] == sandbox.posts()[0].urn


def test_commentary_is_cut_in_silence_and_both_texts_can_be_seen(client: Client, sandbox: Sandbox) -> None:
    assert client.create_post("We (really) mean it").status_code == 201
    (post,) = client.control("GET", "posts")["posts"]
    assert (post["text"], post["sent_text"]) == ("We ", "We (really) mean it")


def test_mentions_are_linked_where_the_name_is_right(client: Client, sandbox: Sandbox) -> None:
    page = sandbox.organization
    client.create_post(f"🙂 @[{page.name}]({page.urn}) and @[Example]({page.urn})")
    (post,) = sandbox.posts()
    assert post.text == f"🙂 {page.name} and Example"
    assert [(item.start, item.length, item.urn) for item in post.attributes] == [
        (3, len(page.name), page.urn)
    ]


REFUSALS: list[tuple[dict[str, Any], int, str]] = [
    ({"commentary": " "}, 400, "INVALID_VALUE_BLANK_FIELD"),
    ({"commentary": "x" * 3001}, 400, "FIELD_LENGTH_TOO_LONG"),
    ({"lifecycleState": "DRAFT"}, 400, "INVALID_VALUE_FOR_FIELD"),
    ({"content": None}, 403, "ACCESS_DENIED"),
    ({"distribution": {"feedDistribution": "NONE"}}, 403, "ACCESS_DENIED"),
    ({"content": {"media": {"id": "urn:li:image:nobody"}}}, 400, "INVALID_URN_ID"),
    ({"content": {"article": {"source": "ftp://x", "title": "T"}}}, 400, "INVALID_URL"),
    ({"content": {"article": {"source": "https://x", "title": "T" * 401}}}, 400, "FIELD_LENGTH_TOO_LONG"),
    ({"reshareContext": {"parent": "urn:li:share:1"}}, 400, "INVALID_URN_ID"),
    ({"author": "urn:li:organization:4711"}, 400, "BAD_REQUEST"),
]


@pytest.mark.parametrize(("more", "status", "code"), REFUSALS)
def test_refusals_carry_a_code(
    more: dict[str, Any], status: int, code: str, client: Client, sandbox: Sandbox
) -> None:
    response = client.send("POST", "/rest/posts", {**posts_body(sandbox.member.urn, "Hello"), **more})
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert sandbox.posts() == []


def test_schema_errors_are_lines(client: Client, sandbox: Sandbox) -> None:
    body = {
        **posts_body(sandbox.member.urn, "Hello"),
        "distribution": {"feedDistribution": "MAIN_FEED", "targetEnties": []},
    }
    del body["visibility"]
    response = client.send("POST", "/rest/posts", body)
    assert response.json() == {
        "message": "ERROR :: /visibility :: field is required but not found and has no default value\n"
        "ERROR :: /distribution/targetEnties :: unrecognized field found but not allowed\n",
        "status": 422,
    }


def test_images_videos_and_documents_must_be_ready(client: Client, sandbox: Sandbox) -> None:
    waiting = initialize(client, "image")["image"]
    response = client.create_post(content={"media": {"id": waiting}})
    assert response.json()["code"] == "MEDIA_ASSET_WAITING_UPLOAD"
    sandbox.fault("media-failed")
    response = client.create_post(content={"media": {"id": image(client)}})
    assert response.json()["code"] == "MEDIA_ASSET_PROCESSING_FAILED"
    assert client.create_post(content={"media": {"id": image(client), "altText": "A"}}).status_code == 201


def test_a_document_needs_a_title(client: Client) -> None:
    value = initialize(client, "document")
    client.upload(value["uploadUrl"], b"%PDF-1.7 pages")
    media = {"id": value["document"]}
    assert client.create_post(content={"media": media}).json()["code"] == "MISSING_FIELD"
    assert client.create_post(content={"media": {**media, "title": "Pages"}}).status_code == 201


@pytest.mark.parametrize(("count", "status"), [(1, 400), (2, 201), (20, 201), (21, 400)])
def test_two_to_twenty_images(count: int, status: int, client: Client, sandbox: Sandbox) -> None:
    urn = image(client)
    response = client.create_post(content={"multiImage": {"images": [{"id": urn}] * count}})
    assert response.status_code == status


POLL = {
    "question": "Which?",
    "options": [{"text": "This"}, {"text": "That"}],
    "settings": {
        "duration": "SEVEN_DAYS",
        "voteSelectionType": "SINGLE_VOTE",
        "isVoterVisibleToAuthor": True,
    },
}


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({}, 201),
        ({"question": "x" * 141}, 400),
        ({"options": [{"text": "only"}]}, 400),
        ({"options": [{"text": "x" * 31}, {"text": "y"}]}, 400),
        ({"settings": {"duration": "ONE_WEEK"}}, 422),
        ({"settings": {"duration": "ONE_DAY", "isVoterVisibleToAuthor": False}}, 400),
    ],
)
def test_polls(change: dict[str, Any], status: int, client: Client) -> None:
    assert client.create_post("", content={"poll": {**POLL, **change}}).status_code == status


def test_reshares(client: Client, sandbox: Sandbox) -> None:
    open_post = client.create_post("Open").headers["x-restli-id"]
    closed = client.create_post("Closed", isReshareDisabledByAuthor=True).headers["x-restli-id"]
    assert client.create_post("See", reshareContext={"parent": open_post}).status_code == 201
    assert sandbox.posts()[0].content == {"reshare": {"parent": open_post}}
    assert client.create_post("See this", reshareContext={"parent": closed}).status_code == 400


def patch(client: Client, urn: str, changes: dict[str, Any]) -> Any:
    headers = {"X-RestLi-Method": "PARTIAL_UPDATE"}
    return client.send("POST", f"/rest/posts/{encoded(urn)}", {"patch": {"$set": changes}}, headers=headers)


def test_the_text_can_be_changed_and_nothing_else(client: Client, sandbox: Sandbox) -> None:
    urn = client.create_post("Before").headers["x-restli-id"]
    assert patch(client, urn, {"commentary": r"After \(really\)"}).status_code == 204
    assert sandbox.posts()[0].text == "After (really)"
    response = patch(client, urn, {"visibility": "CONNECTIONS"})
    assert (response.status_code, "[/patch/$set/visibility]" in response.json()["message"]) == (403, True)


def test_without_the_method_header_an_update_is_not_understood(client: Client) -> None:
    urn = client.create_post("Before").headers["x-restli-id"]
    response = client.send(
        "POST", f"/rest/posts/{encoded(urn)}", {"patch": {"$set": {"commentary": "After"}}}
    )
    assert response.status_code == 405


def test_reading_is_for_other_scopes(client: Client, sandbox: Sandbox) -> None:
    urn = client.create_post(r"#one {hashtag|\#|two} \(three\)").headers["x-restli-id"]
    path = f"/rest/posts/{encoded(urn)}"
    message = client.send("GET", path).json()["message"]
    assert message == "Not enough permissions to access: partnerApiPostsExternal.GET.20260901"
    client.token = sandbox.organization_token()
    assert client.send("GET", path).json()["commentary"] == r"{hashtag|\#|one} {hashtag|\#|two} \(three\)"
    found = client.send("GET", f"/rest/posts?q=author&author={encoded(sandbox.member.urn)}&count=1").json()
    assert [element["id"] for element in found["elements"]] == [urn]
    batch = client.send("GET", f"/rest/posts?ids=List({encoded(urn)})").json()
    assert list(batch["results"]) == [urn]


def test_a_list_must_be_written_in_restlis_way(client: Client, sandbox: Sandbox) -> None:
    client.token = sandbox.organization_token()
    for query in (
        "ids=List%28urn%3Ali%3Ashare%3A1%29",
        "ids=List(urn:li:share:1)",
        "ids=urn%3Ali%3Ashare%3A1",
    ):
        assert client.send("GET", f"/rest/posts?{query}").json()["code"] == "PARAM_INVALID"


def test_keys_must_be_encoded_whole(client: Client) -> None:
    urn = client.create_post("Hello").headers["x-restli-id"]
    for path in (f"/rest/posts/{urn}", f"/v2/ugcPosts/{urn}", "/rest/posts/urn%3Ali%3Ashare%zz"):
        response = client.session.delete(client.sandbox.url + path, headers=client.headers(path), timeout=20)
        if "zz" not in path:
            assert (response.status_code, response.json()["message"]) == (
                400,
                "Syntax exception in path variables",
            )
    headers = {"X-Restli-Protocol-Version": None}
    assert client.send("DELETE", f"/rest/posts/{encoded(urn)}", headers=headers).status_code == 400
    assert client.send("DELETE", f"/rest/posts/{encoded(urn)}").status_code == 204
