"""The second LinkedIn itself: every wrong request is refused in LinkedIn's words, so that a pass means something."""

import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import pytest
import requests

from tests.support.otherlinkedin import OtherLinkedIn, Variant, ugcposts
from tests.support.otherlinkedin.littletext import read
from tests.support.otherlinkedin.world import COMMUNITY

Body = dict[str, Any]


class Caller:
    """Calls a LinkedIn by hand; ``change`` edits headers and body before they leave."""

    def __init__(self, linkedin: OtherLinkedIn) -> None:
        self.linkedin = linkedin

    def ugc(self, text: str = "Hello", **more: Any) -> Body:
        content = {"shareCommentary": {"text": text}, "shareMediaCategory": "NONE", **more}
        return {
            "author": self.linkedin.member,
            "lifecycleState": "PUBLISHED",
            "specificContent": {ugcposts.SHARE: content},
            "visibility": {"com.linkedin.ugc.MemberNetworkVisibility": "PUBLIC"},
        }

    def rest(self, text: str = "Hello", **more: Any) -> Body:
        return {
            "author": self.linkedin.member,
            "commentary": text,
            "visibility": "PUBLIC",
            "distribution": {"feedDistribution": "MAIN_FEED"},
            "lifecycleState": "PUBLISHED",
            **more,
        }

    def call(self, method: str, path: str, body: Any = None, **headers: str | None) -> requests.Response:
        given: dict[str, str | None] = {
            "Authorization": f"Bearer {self.linkedin.token.value}",
            "X-Restli-Protocol-Version": "2.0.0",
        }
        if path.startswith("/rest"):
            given["Linkedin-Version"] = "202609"
        if body is not None:
            given["Content-Type"] = "application/json"
        given |= {name.replace("_", "-"): value for name, value in headers.items()}
        sent = {name: value for name, value in given.items() if value is not None}
        raw = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        return requests.request(method, self.linkedin.url + path, data=raw, headers=sent, timeout=10)

    def register(self, kind: str = "image", **change: Any) -> requests.Response:
        request: Body = {
            "owner": self.linkedin.member,
            "recipes": [f"urn:li:digitalmediaRecipe:feedshare-{kind}"],
            "serviceRelationships": [
                {"relationshipType": "OWNER", "identifier": "urn:li:userGeneratedContent"}
            ],
        }
        return self.call(
            "POST", "/v2/assets?action=registerUpload", {"registerUploadRequest": request | change}
        )


@pytest.fixture(scope="module")
def caller() -> Iterator[Caller]:
    with OtherLinkedIn() as linkedin:
        yield Caller(linkedin)


def assert_said(answer: requests.Response, status: int, said: str) -> None:
    assert answer.status_code == status, answer.text
    assert said in answer.text


HEADERS: list[tuple[str, dict[str, str | None], int, str]] = [
    ("/v2/ugcPosts", {"Authorization": None}, 401, "EMPTY_ACCESS_TOKEN"),
    ("/v2/ugcPosts", {"Authorization": "Bearer nobody"}, 401, "65600"),
    ("/v2/ugcPosts", {"X_Restli_Protocol_Version": None}, 400, "Protocol-Version"),
    ("/v2/ugcPosts", {"X_Restli_Protocol_Version": "1.0.0"}, 400, "Protocol-Version"),
    ("/v2/ugcPosts", {"Linkedin_Version": "202609"}, 403, "ugcPosts.CREATE.NO_VERSION"),
    ("/v2/ugcPosts", {"Content_Type": None}, 415, "UNSUPPORTED_MEDIA_TYPE"),
    ("/v2/ugcPosts", {"Content_Type": "text/plain"}, 415, "UNSUPPORTED_MEDIA_TYPE"),
    ("/v2/ugcPosts", {"X_RestLi_Method": "FINDER"}, 400, "X-RestLi-Method"),
    ("/rest/posts", {"Linkedin_Version": None}, 400, "VERSION_MISSING"),
    ("/rest/posts", {"Linkedin_Version": "202511"}, 426, "Requested version 20251101 is not active"),
    ("/rest/posts", {"Linkedin_Version": "202512"}, 426, "NONEXISTENT_VERSION"),
    ("/rest/posts", {"Linkedin_Version": "20260901"}, 426, "NONEXISTENT_VERSION"),
    ("/rest/posts", {"X_Restli_Protocol_Version": None}, 400, "Protocol-Version"),
]


@pytest.mark.parametrize(("path", "headers", "status", "said"), HEADERS)
def test_a_wrong_header(
    caller: Caller, path: str, headers: dict[str, str | None], status: int, said: str
) -> None:
    body = caller.rest() if path == "/rest/posts" else caller.ugc()
    assert_said(caller.call("POST", path, body, **headers), status, said)


@pytest.mark.parametrize("status", ["revoked", "expired"])
def test_a_dead_token(status: str) -> None:
    with OtherLinkedIn() as linkedin:
        linkedin.token.status = status
        caller = Caller(linkedin)
        assert_said(caller.call("POST", "/v2/ugcPosts", caller.ugc()), 401, status.upper() + "_ACCESS_TOKEN")


def test_other_scopes_end_earlier_tokens(caller: Caller) -> None:
    with OtherLinkedIn() as linkedin:
        linkedin.world.token(linkedin.member, COMMUNITY)
        mine = Caller(linkedin)
        assert_said(mine.call("POST", "/v2/ugcPosts", mine.ugc()), 401, "65601")


UGC: list[tuple[Callable[[Caller, Body], Any], int, str]] = [
    (lambda c, b: b | {"x": 1}, 422, "ERROR :: /x :: unrecognized field found but not allowed"),
    (lambda c, b: b | {"distribution": {}}, 403, "Unpermitted fields present in REQUEST_BODY"),
    (lambda c, b: b | {"containerEntity": None}, 403, "[/containerEntity]"),
    (lambda c, b: b | {"lifecycleState": "DRAFT"}, 422, "/lifecycleState"),
    (lambda c, b: {k: v for k, v in b.items() if k != "visibility"}, 422, "/visibility"),
    (lambda c, b: b | {"visibility": "PUBLIC"}, 422, "/visibility"),
    (lambda c, b: b | {"author": "AbCdEfGhIj"}, 403, "[/author]"),
    (lambda c, b: b | {"author": "urn:li:member:1"}, 403, "[/author]"),
    (lambda c, b: b | {"author": "urn:li:person:somebody"}, 422, "does not match urn:li:company"),
    (lambda c, b: b | {"author": c.linkedin.world.person("Else")}, 403, "[/author]"),
    (lambda c, b: b | {"author": "urn:li:organization:1"}, 403, "Not enough permissions"),
    (lambda c, b: c.ugc("x" * 3001), 422, "is out of range 0...3000"),
    (lambda c, b: c.ugc("🎉" * 1501), 422, "is out of range 0...3000"),
    (lambda c, b: c.ugc(shareMediaCategory="CAROUSEL"), 422, "shareMediaCategory"),
    (lambda c, b: c.ugc(shareMediaCategory="ARTICLE"), 422, "do not fit ARTICLE"),
    (lambda c, b: c.ugc(media=[]) | {"specificContent": {}}, 422, "/specificContent"),
    (lambda c, b: c.ugc(shareMediaCategory="ARTICLE", media=[{"status": "READY"}]), 422, "originalUrl"),
    (
        lambda c, b: c.ugc(shareMediaCategory="ARTICLE", media=[{"status": "READY", "originalUrl": "x.org"}]),
        422,
        "is not a URL",
    ),
    (lambda c, b: b"{", 400, "JSON"),
    (lambda c, b: b'{"author": 1, "author": 2}', 400, "repeated"),
]


@pytest.mark.parametrize(("change", "status", "said"), UGC)
def test_a_wrong_ugc_body(caller: Caller, change: Any, status: int, said: str) -> None:
    assert_said(caller.call("POST", "/v2/ugcPosts", change(caller, caller.ugc())), status, said)


POLL = {"question": "Q", "options": [{"text": "a"}, {"text": "b"}], "settings": {"duration": "ONE_WEEK"}}
REST: list[tuple[Callable[[Caller, Body], Body], int, str]] = [
    (lambda c, b: b | {"distribution": {"feedDistribution": "MAIN_FEED", "x": 1}}, 422, "/distribution/x"),
    (lambda c, b: {k: v for k, v in b.items() if k != "distribution"}, 400, "MISSING_FIELD"),
    (lambda c, b: b | {"content": None}, 403, "Unpermitted fields"),
    (lambda c, b: b | {"commentary": " "}, 400, "INVALID_VALUE_BLANK_FIELD"),
    (lambda c, b: b | {"commentary": "x" * 3001}, 400, "FIELD_LENGTH_TOO_LONG"),
    (lambda c, b: b | {"content": {"poll": POLL}}, 422, "ONE_WEEK"),
    (lambda c, b: b | {"content": {"multiImage": {"images": [{"id": "urn:li:image:a"}]}}}, 422, "2...20"),
    (lambda c, b: b | {"content": {"media": {"id": "urn:li:document:a"}}}, 400, "title is required"),
    (lambda c, b: b | {"content": {"media": {"id": "urn:li:image:none"}}}, 400, "INVALID_URN_ID"),
    (lambda c, b: b | {"content": {"article": {"source": "https://a.org"}}}, 422, "/content/article/title"),
    (lambda c, b: b | {"reshareContext": {"parent": "urn:li:share:1"}}, 400, "INVALID_URN_ID"),
    (lambda c, b: b | {"createdAt": 1}, 403, "[/createdAt]"),
]


@pytest.mark.parametrize(("change", "status", "said"), REST)
def test_a_wrong_rest_body(caller: Caller, change: Any, status: int, said: str) -> None:
    assert_said(caller.call("POST", "/rest/posts", change(caller, caller.rest())), status, said)


ENCODED = quote("urn:li:share:1", safe="")
PATHS: list[tuple[str, str, Any, dict[str, str | None], int, str]] = [
    ("DELETE", "/v2/ugcPosts/urn:li:share:1", None, {}, 400, "Syntax exception in path variables"),
    ("DELETE", "/rest/posts/urn%3Ali:share%3A1", None, {}, 400, "Syntax exception in path variables"),
    ("DELETE", "/rest/posts/1", None, {}, 400, "Syntax exception"),
    ("POST", f"/rest/posts/{ENCODED}", {"patch": {"$set": {"commentary": "x"}}}, {}, 400, "X-RestLi-Method"),
    ("GET", "/v2/assets/urn%3Ali%3AdigitalmediaAsset%3AD5", None, {}, 400, "Syntax exception"),
    ("GET", "/v2/ugcPosts?ids=List%28urn%3Ali%3Ashare%3A1%29", None, {}, 400, "PARAM_INVALID"),
    (
        "GET",
        f"/v2/ugcPosts?ids=List({ENCODED})",
        None,
        {},
        403,
        "Not enough permissions to access: ugcPosts.GET",
    ),
    ("GET", f"/rest/posts/{ENCODED}", None, {}, 403, "partnerApiPostsExternal.GET.20260901"),
    ("POST", "/v2/assets?action=initializeUpload", {}, {}, 404, "No virtual resource found"),
    ("POST", "/v2/posts", {}, {}, 404, "No virtual resource found"),
    ("GET", "/v2/me", None, {}, 403, "me.GET.NO_VERSION"),
]


@pytest.mark.parametrize(("method", "path", "body", "headers", "status", "said"), PATHS)
def test_a_wrong_path(
    caller: Caller, method: str, path: str, body: Any, headers: dict[str, str | None], status: int, said: str
) -> None:
    assert_said(caller.call(method, path, body, **headers), status, said)


def test_an_update_of_anything_but_the_text(caller: Caller) -> None:
    urn = caller.call("POST", "/rest/posts", caller.rest("To be edited")).headers["x-restli-id"]
    patch = {"patch": {"$set": {"visibility": "CONNECTIONS"}}}
    answer = caller.call(
        "POST", f"/rest/posts/{quote(urn, safe='')}", patch, X_RestLi_Method="PARTIAL_UPDATE"
    )
    assert_said(answer, 403, "[/patch/$set/visibility]")


def test_assets_that_may_not_be_used(caller: Caller) -> None:
    answer = caller.register()
    urn = answer.json()["value"]["asset"]
    picture: Body = {"shareMediaCategory": "IMAGE", "media": [{"status": "READY", "media": urn}]}
    assert_said(caller.call("POST", "/v2/ugcPosts", caller.ugc(**picture)), 400, "MEDIA_ASSET_WAITING_UPLOAD")
    caller.linkedin.world.files[urn].owner = "urn:li:person:other"
    answer = caller.call("POST", "/v2/ugcPosts", caller.ugc(**picture))
    assert_said(answer, 400, "One or more of the assets is not owned by the author")


@pytest.mark.parametrize("change", [
    {"recipes": [{"recipe": "urn:li:digitalmediaRecipe:feedshare-image"}]},
    {"serviceRelationships": [{"relationshipType": "OWNER", "identifier": "urn:li:userGenerated"}]},
    {"supportedUploadMechanism": ["RESUMABLE"]},
    {"fileSizeBytes": 5},
    {"owner": "urn:li:organization:1"},
])  # fmt: skip
def test_a_wrong_registration(caller: Caller, change: Body) -> None:
    assert caller.register(**change).status_code in (403, 422)


@pytest.mark.parametrize(("kind", "headers", "status"), [
    ("image", {"Authorization": None}, 401),
    ("image", {"media-type-family": None}, 400),
    ("image", {"Content-Type": "application/json"}, 415),
    ("image", {"X-RestLi-Method": "CREATE"}, 400),
    ("image", {}, 201),
    ("video", {}, 400),
    ("video", {"Authorization": None}, 201),
])  # fmt: skip
def test_a_wrong_upload(caller: Caller, kind: str, headers: dict[str, str | None], status: int) -> None:
    (asked,) = caller.register(kind).json()["value"]["uploadMechanism"].values()
    given = {
        "Authorization": f"Bearer {caller.linkedin.token.value}",
        "Content-Type": "image/png",
        **asked["headers"],
        **headers,
    }
    sent = {name: value for name, value in given.items() if value is not None}
    assert requests.put(asked["uploadUrl"], data=b"x", headers=sent, timeout=10).status_code == status


def test_quotas_duplicates_and_comments() -> None:
    with OtherLinkedIn(Variant(member_quota=6, duplicates=True)) as linkedin:
        caller = Caller(linkedin)
        first = caller.call("POST", "/v2/ugcPosts", caller.ugc())
        again = caller.call("POST", "/v2/ugcPosts", caller.ugc())
        assert_said(again, 422, f"Content is a duplicate of {first.json()['id']}")
        comment = {"actor": linkedin.member, "object": "urn:li:share:1", "message": {"text": "x"}}
        path = f"socialActions/{quote(first.json()['id'], safe='')}/comments"
        assert_said(caller.call("POST", f"/v2/{path}", comment), 403, "[/object]")
        assert_said(
            caller.call("POST", f"/rest/{path}", comment), 403, "partnerApiSocialActions.CREATE.20260901"
        )
        image = comment | {"content": []}
        assert_said(caller.call("POST", f"/v2/{path}", image), 403, "[/content]")
        right = comment | {"object": first.json()["id"]}
        assert caller.call("POST", f"/v2/{path}", right).status_code == 201
        assert_said(caller.call("POST", "/v2/ugcPosts", caller.ugc("More")), 429, "throttle MEMBER DAY limit")
        assert len(linkedin.created()) == 1


LITTLE = [
    ("Hello (world)", "Hello ", False),
    (r"Hello \(world\)", "Hello (world)", True),
    ("#word and C#", "#word and C", False),
    (r"{hashtag|\#|a} @[A \(b\)](urn:li:person:x)", "#a A (b)", True),
    ("a_b", "a", False),
]


@pytest.mark.parametrize(("text", "seen", "whole"), LITTLE)
def test_a_reserved_character_ends_the_text(caller: Caller, text: str, seen: str, whole: bool) -> None:
    assert read(text)[::2] == (seen, whole)
    urn = caller.call("POST", "/rest/posts", caller.rest(text)).headers["x-restli-id"]
    post = caller.linkedin.world.post(urn)
    assert post is not None
    assert post.stored == seen


FORMS: list[tuple[Body, int, str]] = [
    ({"grant_type": ""}, 400, 'A required parameter \\"grant_type\\" is missing'),
    ({"code": "AQTnone"}, 400, "authorization code not found"),
    ({"client_secret": "wrong"}, 401, "invalid_client"),
    ({"redirect_uri": ""}, 400, 'A required parameter \\"redirect_uri\\" is missing'),
]


@pytest.mark.parametrize(("change", "status", "said"), FORMS)
def test_a_wrong_exchange(caller: Caller, change: Body, status: int, said: str) -> None:
    app = caller.linkedin.authority.app
    form = {
        "grant_type": "authorization_code",
        "code": "AQTx",
        "redirect_uri": "http://127.0.0.1/x",
        "client_id": app.client_id,
        "client_secret": app.client_secret,
    }
    url = f"{caller.linkedin.oauth_url}/oauth/v2/accessToken"
    assert_said(requests.post(url, data=form | change, timeout=10), status, said)
    assert requests.post(url, params=form, timeout=10).status_code == 404, "secrets are never in an address"
