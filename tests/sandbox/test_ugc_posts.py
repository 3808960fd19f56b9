"""``/v2/ugcPosts``: creating, deleting, reading, and every refusal on the way."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.sandbox.linkedin.api.ugc_posts_schema import UGC_POST
from publisher.sandbox.server import Sandbox

from .conftest import CONTENT, PNG, VISIBILITY, Client, encoded, register, ugc_body


def share(body: dict[str, Any]) -> dict[str, Any]:
    return body["specificContent"][CONTENT]


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


def test_an_unknown_post_is_not_found(client: Client) -> None:
    response = client.send("DELETE", f"/v2/ugcPosts/{encoded('urn:li:share:1')}")
    assert (response.status_code, response.json()["message"]) == (404, "Could not find entity")


def test_anothers_post_cannot_be_deleted(client: Client, sandbox: Sandbox) -> None:
    urn = client.create().json()["id"]
    client.token = sandbox.token(sandbox.store.add_member().urn)
    response = client.send("DELETE", f"/v2/ugcPosts/{encoded(urn)}")
    assert response.json()["message"] == "Not enough permissions to access: ugcPosts.DELETE.NO_VERSION"
    assert len(sandbox.posts()) == 1


def test_self_serve_tokens_are_write_only(client: Client) -> None:
    response = client.send("GET", f"/v2/ugcPosts/{encoded(client.create().json()['id'])}")
    assert response.status_code == 403
    assert response.json()["message"] == "Not enough permissions to access: ugcPosts.GET.NO_VERSION"


def test_readers_get_posts_one_by_one_and_in_batches(client: Client, sandbox: Sandbox) -> None:
    urn = client.create("Hello").json()["id"]
    client.token = sandbox.organization_token()
    one = client.send("GET", f"/v2/ugcPosts/{encoded(urn)}").json()
    assert share(one)["shareCommentary"]["text"] == "Hello"
    many = client.send("GET", f"/v2/ugcPosts?ids=List({encoded(urn)},{encoded('urn:li:share:1')})").json()
    assert many["results"] == {urn: one}
    assert many["statuses"] == {urn: 200, "urn:li:share:1": 404}


SHARE = f"/specificContent/{CONTENT}"
MISSING = "field is required but not found and has no default value"


def drop(*path: str) -> Callable[[dict[str, Any]], None]:
    def change(body: dict[str, Any]) -> None:
        for name in path[:-1]:
            body = body[name]
        del body[path[-1]]

    return change


def put(value: Any, *path: str) -> Callable[[dict[str, Any]], None]:
    def change(body: dict[str, Any]) -> None:
        for name in path[:-1]:
            body = body[name]
        body[path[-1]] = value

    return change


SCHEMA_ERRORS = [
    (drop("author"), "/author", MISSING),
    (drop("visibility"), "/visibility", MISSING),
    (drop("specificContent"), "/specificContent", MISSING),
    (put("x", "colour"), "/colour", "unrecognized field found but not allowed"),
    (put("DRAFT", "lifecycleState"), "/lifecycleState", '"DRAFT" is not an enum symbol'),
    (put(7, "lifecycleState"), "/lifecycleState", "enum type is not backed by a String"),
    (put("PUBLIC", "visibility"), "/visibility", "union type is not backed by a DataMap or null"),
    (put({}, "visibility"), "/visibility", "DataMap should have exactly one entry for a union type"),
    (put({"a": 1}, "visibility"), "/visibility", f'"a" is not a member type of union [ "{VISIBILITY}" ]'),
    (put([], "specificContent", CONTENT), SHARE, "record type is not backed by a DataMap"),
    (
        put({}, "specificContent", CONTENT, "media"),
        f"{SHARE}/media",
        "array type is not backed by a DataList",
    ),
    (
        put(5, "specificContent", CONTENT, "shareCommentary", "text"),
        f"{SHARE}/shareCommentary/text",
        "5 cannot be coerced to String",
    ),
    (put("IMAGE", "specificContent", CONTENT, "shareMediaCategory"), f"{SHARE}/media", MISSING),
]


@pytest.mark.parametrize(("change", "path", "reason"), SCHEMA_ERRORS)
def test_schema_errors_name_their_path(
    change: Callable[[dict[str, Any]], None], path: str, reason: str, client: Client, sandbox: Sandbox
) -> None:
    body = ugc_body(sandbox.member.urn, "Hello")
    change(body)
    response = client.send("POST", "/v2/ugcPosts", body)
    assert response.status_code == 422
    assert response.json()["message"] == f"ERROR :: {path} :: {reason}\n"
    assert sandbox.posts() == []


FORBIDDEN = [
    (put({"feedDistribution": "MAIN_FEED"}, "distribution"), ["/distribution"]),
    (put(None, "containerEntity"), ["/containerEntity"]),
    (put(None, "specificContent", CONTENT, "media"), [f"{SHARE}/media"]),
    (put("urn:li:share:1", "id"), ["/id"]),
]


@pytest.mark.parametrize(("change", "paths"), FORBIDDEN)
def test_fields_that_no_member_may_send(
    change: Callable[[dict[str, Any]], None], paths: list[str], client: Client, sandbox: Sandbox
) -> None:
    body = ugc_body(sandbox.member.urn, "Hello")
    change(body)
    response = client.send("POST", "/v2/ugcPosts", body)
    assert (response.status_code, response.json()["serviceErrorCode"]) == (403, 100)
    assert response.json()["message"] == (
        "Unpermitted fields present in REQUEST_BODY: Data Processing Exception while processing fields "
        f"[{', '.join(paths)}]"
    )


@pytest.mark.parametrize(
    "author", ["iKZehWEynF", "urn:li:member:1", "urn:li:organization:9", "urn:li:person:"]
)
def test_authors_that_are_not_the_tokens_member(author: str, client: Client) -> None:
    response = client.send("POST", "/v2/ugcPosts", ugc_body(author, "Hello"))
    assert response.status_code == 403
    assert response.json()["message"].startswith("Field Value validation failed in REQUEST_BODY")
    assert response.json()["message"].endswith("[/author]")


def test_a_person_nobody_knows_is_a_schema_error(client: Client) -> None:
    response = client.send("POST", "/v2/ugcPosts", ugc_body("urn:li:person:123456", "Hello"))
    assert response.status_code == 422
    assert response.json()["message"] == (
        'ERROR :: /author :: "urn:li:person:123456" does not match urn:li:company:\\d+|urn:li:member:\\d+\n'
    )


def test_a_page_needs_scope_and_role(client: Client, sandbox: Sandbox) -> None:
    page = sandbox.organization.urn
    assert client.send("POST", "/v2/ugcPosts", ugc_body(page, "Hello")).status_code == 403
    client.token = sandbox.organization_token()
    body = {**ugc_body(page, "Hello"), "distribution": {"feedDistribution": "MAIN_FEED"}}
    assert client.send("POST", "/v2/ugcPosts", body).status_code == 201
    stranger = sandbox.store.add_organization(id="99")
    assert client.send("POST", "/v2/ugcPosts", ugc_body(stranger.urn, "Hello")).status_code == 403


def test_text_is_counted_in_utf16_units(client: Client) -> None:
    assert client.create("🙂" * 1500).status_code == 201
    response = client.create("🙂" * 1500 + "x")
    assert response.status_code == 422
    assert response.json()["message"].endswith("is out of range 0...3000\n")


def test_text_is_plain(client: Client, sandbox: Sandbox) -> None:
    client.create(r"a (b) \# {c} @[d](e)")
    assert sandbox.posts()[0].text == r"a (b) \# {c} @[d](e)"


def test_the_same_text_twice_is_a_duplicate(client: Client, sandbox: Sandbox) -> None:
    urn = client.create("Hello").json()["id"]
    response = client.create("Hello")
    assert response.status_code == 422
    assert response.json() == {
        "errorDetailType": "com.linkedin.common.error.BadRequest",
        "message": "com.linkedin.content.common.exception.BadRequestResponseException: "
        f"Content is a duplicate of {urn}",
        "errorDetails": {
            "inputErrors": [
                {"description": "Duplicate post is detected", "input": {}, "code": "DUPLICATE_POST"}
            ]
        },
        "status": 422,
    }
    sandbox.clock.advance(600)
    assert client.create("Hello").status_code == 201


def test_a_deleted_post_still_counts_as_said(client: Client) -> None:
    urn = client.create("Hello").json()["id"]
    client.send("DELETE", f"/v2/ugcPosts/{encoded(urn)}")
    assert urn in client.create("Hello").json()["message"]


def test_a_ghost_names_a_post_that_is_not_there() -> None:
    with Sandbox(ghosts=True) as sandbox:
        client = Client(sandbox)
        urn = client.create("Hello").json()["id"]
        ghosts = {client.create("Hello").json()["message"].rpartition(" ")[2] for _ in range(2)}
        assert urn not in ghosts
        assert len(ghosts) == 2
        assert all(
            client.send("DELETE", f"/v2/ugcPosts/{encoded(ghost)}").status_code == 404 for ghost in ghosts
        )
        client.session.close()


def test_an_article(client: Client, sandbox: Sandbox) -> None:
    media = [{"status": "READY", "originalUrl": "https://example.com", "title": {"text": "Title"}}]
    body = ugc_body(sandbox.member.urn, "Read", shareMediaCategory="ARTICLE", media=media)
    assert client.send("POST", "/v2/ugcPosts", body).status_code == 201
    assert sandbox.posts()[0].content["article"]["title"] == "Title"


def image_body(author: str, *assets: str) -> dict[str, Any]:
    media = [{"status": "READY", "media": asset, "description": {"text": "Alt"}} for asset in assets]
    return ugc_body(author, "Look", shareMediaCategory="IMAGE", media=media)


def test_an_image(client: Client, sandbox: Sandbox) -> None:
    asset, url = register(client)
    client.upload(url, PNG)
    assert client.send("POST", "/v2/ugcPosts", image_body(sandbox.member.urn, asset)).status_code == 201
    assert sandbox.posts()[0].content["media"] == [{"urn": asset, "alt": "Alt", "title": ""}]


def test_an_image_without_bytes_is_refused(client: Client, sandbox: Sandbox) -> None:
    asset, _ = register(client)
    response = client.send("POST", "/v2/ugcPosts", image_body(sandbox.member.urn, asset))
    assert (response.status_code, response.json()["code"]) == (400, "MEDIA_ASSET_WAITING_UPLOAD")


def test_anothers_image_is_refused(client: Client, sandbox: Sandbox) -> None:
    asset, url = register(client)
    client.upload(url, PNG)
    other = sandbox.store.add_member()
    client.token = sandbox.token(other.urn)
    response = client.send("POST", "/v2/ugcPosts", image_body(other.urn, asset))
    assert response.json()["message"] == "One or more of the assets is not owned by the author"


def test_a_video_is_a_ugc_post_and_stands_alone(client: Client, sandbox: Sandbox) -> None:
    asset, url = register(client, "feedshare-video")
    client.upload(url, b"\x00\x00\x00\x18ftypmp42" + b"v" * 100)
    item = {"status": "READY", "media": asset}
    for items, status in (([item, item], 400), ([item], 201)):
        body = ugc_body(sandbox.member.urn, "Look", shareMediaCategory="VIDEO", media=items)
        response = client.send("POST", "/v2/ugcPosts", body)
        assert response.status_code == status
    assert response.json()["id"].startswith("urn:li:ugcPost:")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@settings(deadline=None)
@given(JSON)
def test_the_checks_take_any_json(value: Any) -> None:
    """Whatever arrives, the schema says what is wrong with it; it never fails itself."""
    assert list(UGC_POST.problems(value, "")) or list(UGC_POST.forbidden(value, ""))
