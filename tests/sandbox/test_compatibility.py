"""What clients really send: tunnelled queries, tokens in the URL, projections, proxies' request targets, forms."""

import http.client
import json
from collections.abc import Iterator
from urllib.parse import quote, urlencode, urlsplit

import pytest

from publisher.sandbox.linkedin.pictures import draw
from publisher.sandbox.linkedin.projection import parse, select
from publisher.sandbox.server import Sandbox

from .conftest import PNG, Client, encoded, initialize, posts_body, register, ugc_body


@pytest.fixture
def reader(sandbox: Sandbox) -> Iterator[Client]:
    """A client of the page's administrator, which may read."""
    client = Client(sandbox, sandbox.organization_token())
    yield client
    client.session.close()


def test_a_tunnelled_query(reader: Client) -> None:
    urns = [reader.create(f"Post {number}").json()["id"] for number in range(2)]
    query = f"ids=List({','.join(encoded(urn) for urn in urns)})"
    response = reader.session.post(
        f"{reader.sandbox.url}/v2/ugcPosts",
        data=query,
        headers={
            **reader.headers("/v2"),
            "X-HTTP-Method-Override": "GET",
            "Content-Type": "application/x-www-form-urlencoded",
        },
        timeout=20,
    )
    assert response.status_code == 200
    assert set(response.json()["results"]) == set(urns)


def test_a_tunnelled_query_with_a_body(client: Client) -> None:
    body = json.dumps(ugc_body(client.sandbox.member.urn, "Tunnelled"))
    parts = (
        "--xyz\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\n\r\n"
        f"--xyz\r\nContent-Type: application/json\r\n\r\n{body}\r\n--xyz--\r\n"
    )
    response = client.session.post(
        f"{client.sandbox.url}/v2/ugcPosts",
        data=parts,
        headers={
            **client.headers("/v2"),
            "X-HTTP-Method-Override": "POST",
            "Content-Type": "multipart/mixed; boundary=xyz",
        },
        timeout=20,
    )
    assert response.status_code == 201, response.text
    assert client.sandbox.expect_post(text="Tunnelled")


def test_a_token_in_the_url(client: Client, sandbox: Sandbox) -> None:
    url = f"{sandbox.url}/v2/userinfo?oauth2_access_token={sandbox.token()}"
    assert client.session.get(url, timeout=20).json()["sub"] == sandbox.member.id
    (entry,) = sandbox.requests()
    assert "in the URL" in entry["warnings"][0]
    wrong = client.session.get(f"{sandbox.url}/v2/userinfo?oauth2_access_token=x", timeout=20)
    assert wrong.json()["code"] == "INVALID_ACCESS_TOKEN"


def test_absolute_request_targets(sandbox: Sandbox) -> None:
    address = urlsplit(sandbox.url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=20)
    headers = {"Authorization": f"Bearer {sandbox.token()}", "Host": "other"}
    connection.request("GET", "http://api.example/v2/userinfo", headers=headers)
    picture = json.loads(connection.getresponse().read())["picture"]
    assert picture.startswith("http://api.example/")
    connection.close()


def test_a_member_has_a_picture(client: Client) -> None:
    picture = client.session.get(client.send("GET", "/v2/userinfo").json()["picture"], timeout=20)
    assert (picture.status_code, picture.headers["content-type"]) == (200, "image/png")
    assert picture.content == draw(client.sandbox.member.id)
    assert client.session.get(f"{client.sandbox.url}/dms/other", timeout=20).status_code == 404


def test_the_older_profile(reader: Client, client: Client) -> None:
    refused = client.send("GET", "/v2/me")
    assert refused.json()["message"] == "Not enough permissions to access: me.GET.NO_VERSION"
    profile = reader.send("GET", "/v2/me").json()
    assert profile["localizedFirstName"] == "Mira"
    assert profile["vanityName"] == "mira-example"
    assert "displayImage~" not in profile["profilePicture"]
    wanted = "(id,firstName,profilePicture(displayImage~:playableStreams))"
    some = reader.send("GET", f"/v2/me?projection={wanted}").json()
    assert set(some) == {"id", "firstName", "profilePicture"}
    (element,) = some["profilePicture"]["displayImage~"]["elements"]
    assert element["identifiers"][0]["identifier"].endswith(reader.sandbox.member.id)
    assert set(reader.send("GET", "/v2/me?fields=id,localizedLastName").json()) == {"id", "localizedLastName"}


def test_the_retired_address(client: Client, sandbox: Sandbox) -> None:
    path = "/v2/emailAddress?q=members&projection=(elements*(handle~))"
    assert client.send("GET", path).status_code == 403
    client.token = sandbox.token(scopes=["r_emailaddress"])
    assert client.send("GET", path).json() == {
        "elements": [{"handle~": {"emailAddress": "mira@example.com"}}]
    }


def test_a_permission_message_names_get(client: Client, sandbox: Sandbox) -> None:
    client.token = sandbox.token(scopes=["w_member_social"])
    message = client.send("GET", "/v2/userinfo").json()["message"]
    assert message == "Not enough permissions to access: userinfo.GET.NO_VERSION"


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("(a,b)", {"a": {}, "b": {}}),
        ("(a(b~:c(d)),e)", {"a": {"b~": {"d": {}}}, "e": {}}),
        ("(elements*(*,x~(y)))", {"elements": {"*": {}, "x~": {"y": {}}}}),
        ("a,b:(c)", {"a": {}, "b": {"c": {}}}),
        ("(((", {"": {"": {}}}),
    ],
)
def test_projections_are_read(text: str, tree: dict[str, object]) -> None:
    assert parse(text) == tree


def test_decorations_come_only_when_asked_for() -> None:
    document = {"a": 1, "a~": {"b": 2}, "c": [{"d": 3, "e": 4}]}
    assert select(document, {}) == {"a": 1, "c": [{"d": 3, "e": 4}]}
    assert select(document, parse("(*,a~)")) == document
    assert select(document, parse("(c*(d))")) == {"c": [{"d": 3}]}


@pytest.mark.parametrize("verb", ["POST", "PUT"])
@pytest.mark.parametrize("api", ["assets", "images"])
def test_both_verbs_upload(verb: str, api: str, client: Client) -> None:
    url = register(client)[1] if api == "assets" else initialize(client, "image")["uploadUrl"]
    assert client.upload(url, PNG, verb).status_code == 201


def test_a_form_is_no_image(client: Client) -> None:
    asset, url = register(client)
    headers = {"Authorization": f"Bearer {client.sandbox.token()}"}
    sent = client.session.post(url, files={"file": ("a.png", PNG)}, headers=headers, timeout=20)
    assert sent.status_code == 201
    client.create_ugc("Form", shareMediaCategory="IMAGE", media=[{"status": "READY", "media": asset}])
    assert client.sandbox.posts() == []
    with pytest.raises(AssertionError, match="body was a multipart form"):
        client.sandbox.expect_post(text="Form")
    assert any("multipart" in entry["warnings"][0] for entry in client.sandbox.requests(resource="uploads"))


def test_raw_urns_are_a_setting() -> None:
    for allowed, status in ((False, 400), (True, 204)):
        with Sandbox(raw_urns=allowed) as sandbox:
            client = Client(sandbox)
            urn = client.create("Raw").json()["id"]
            assert client.send("DELETE", f"/v2/ugcPosts/{urn}").status_code == status
            client.session.close()


def test_whether_media_make_a_difference_is_a_setting() -> None:
    for counts, status in ((False, 422), (True, 201)):
        with Sandbox(media_in_duplicates=counts) as sandbox:
            client = Client(sandbox)
            assert client.create("Same").status_code == 201
            asset, url = register(client)
            client.upload(url, PNG)
            media = [{"status": "READY", "media": asset}]
            answer = client.create_ugc("Same", shareMediaCategory="IMAGE", media=media)
            assert answer.status_code == status
            client.session.close()


def test_deleting_again(client: Client) -> None:
    urn = client.create_post("Once").headers["x-restli-id"]
    answers = [client.send("DELETE", f"/rest/posts/{encoded(urn)}").status_code for _ in range(2)]
    assert answers == [204, 404]
    assert client.send("DELETE", f"/v2/ugcPosts/{encoded(urn)}").status_code == 204


def test_unknown_endpoints_answer_as_an_api(client: Client) -> None:
    for path in ("/v2/nothing", "/rest/nothing", "/v1/people/~", "/oauth/v2/nothing", "/nothing"):
        answer = client.send("GET", path)
        assert answer.status_code == 404
        assert answer.json()["message"].startswith("No virtual resource found")
    assert client.session.post(f"{client.sandbox.url}/feed/", timeout=20).status_code == 405
    page = client.session.get(f"{client.sandbox.url}/x", headers={"Accept": "text/html"}, timeout=20)
    assert (page.status_code, page.headers["content-type"]) == (404, "text/html; charset=utf-8")


def test_now_may_be_text_and_tokens_outlive_a_reset() -> None:
    with Sandbox(now="2026-01-20T09:00:00Z", frozen=True) as sandbox:
        client = Client(sandbox, version="202601")
        assert sandbox.clock.now() == 1_768_899_600
        client.token = sandbox.token(sandbox.store.add_member(given_name="New").urn)
        assert client.control("POST", "reset") == {}
        assert client.send("GET", "/v2/userinfo").json()["given_name"] == "New"
        client.session.close()


def test_products_decide_the_scopes(client: Client, sandbox: Sandbox) -> None:
    app = client.control("POST", "apps", {"name": "Sign in only", "products": ["sign-in"]})
    assert app["scopes"] == ["openid", "profile", "email"]
    client.token = sandbox.token(app=app["client_id"])
    assert client.create("No product").status_code == 403
    for products in (["community", "share"], ["nonsense"]):
        answer = client.session.post(
            f"{sandbox.url}/_sandbox/apps", json={"name": "x", "products": products}, timeout=20
        )
        assert answer.status_code == 400


def test_pages_and_roles(reader: Client, client: Client, sandbox: Sandbox) -> None:
    page = sandbox.organization.urn
    for path in ("/v2/organizationAcls", "/rest/organizationAcls"):
        assert client.send("GET", f"{path}?q=roleAssignee").status_code == 403
        (entry,) = reader.send("GET", f"{path}?q=roleAssignee&role=ADMINISTRATOR").json()["elements"]
        assert (entry["organization"], entry["state"]) == (page, "APPROVED")
        (entry,) = reader.send("GET", f"{path}?q=organization&organization={encoded(page)}").json()[
            "elements"
        ]
        assert entry["roleAssignee"] == sandbox.member.urn
    wanted = "(elements*(organizationalTarget~(localizedName)))"
    path = f"/v2/organizationalEntityAcls?q=roleAssignee&projection={wanted}"
    assert reader.send("GET", path).json()["elements"] == [
        {"organizationalTarget~": {"localizedName": "Example Works"}}
    ]
    assert reader.send("GET", "/rest/organizations/4711").json()["localizedName"] == "Example Works"
    found = reader.send("GET", "/rest/organizations?q=vanityName&vanityName=example-works").json()
    assert [item["id"] for item in found["elements"]] == [4711]
    batch = reader.send("GET", "/rest/organizations?ids=List(4711,1)").json()
    assert (list(batch["results"]), list(batch["errors"])) == (["4711"], ["1"])
    size = f"/rest/networkSizes/{encoded(page)}?edgeType=COMPANY_FOLLOWED_BY_MEMBER"
    assert reader.send("GET", size).json() == reader.send("GET", size).json()
    assert reader.send("GET", f"/rest/networkSizes/{encoded(page)}").status_code == 400


def test_reactions_and_summaries(reader: Client, client: Client, sandbox: Sandbox) -> None:
    urn = client.create("Like me").json()["id"]
    actor = encoded(sandbox.member.urn)
    body = {"root": urn, "reactionType": "LIKE"}
    assert client.send("POST", f"/rest/reactions?actor={actor}", body).status_code == 403
    made = reader.send("POST", f"/rest/reactions?actor={actor}", body)
    assert made.status_code == 201
    reader.send("POST", f"/rest/reactions?actor={actor}", {**body, "reactionType": "PRAISE"})
    metadata = reader.send("GET", f"/rest/socialMetadata/{encoded(urn)}").json()
    assert metadata["reactionSummaries"] == {"PRAISE": {"reactionType": "PRAISE", "count": 1}}
    summary = reader.send("GET", f"/v2/socialActions/{encoded(urn)}").json()
    assert summary["likesSummary"]["likedByCurrentUser"] is True
    listed = reader.send("GET", f"/rest/reactions?q=entity&entity=(value:{encoded(urn)})").json()
    assert [item["reactionType"] for item in listed["elements"]] == ["PRAISE"]
    key = made.headers["x-restli-id"]
    assert reader.send("DELETE", f"/rest/reactions/{key}").status_code == 204
    assert sandbox.store.reactions(urn) == []


def test_finders_and_poll_results(reader: Client, sandbox: Sandbox) -> None:
    author = sandbox.member.urn
    poll = {
        "question": "Which?",
        "options": [{"text": "One"}, {"text": "Two"}],
        "settings": {
            "duration": "ONE_DAY",
            "voteSelectionType": "SINGLE_VOTE",
            "isVoterVisibleToAuthor": True,
        },
    }
    urn = reader.send("POST", "/rest/posts", posts_body(author, "Vote", content={"poll": poll})).headers[
        "x-restli-id"
    ]
    sandbox.store.vote(urn, author, 1)
    sandbox.store.vote(urn, author, 0)
    read = reader.send("GET", f"/rest/posts/{encoded(urn)}").json()["content"]["poll"]
    assert [option["voteCount"] for option in read["options"]] == [0, 1]
    assert read["options"][1]["isVotedByViewer"] is True
    assert read["uniqueVotersCount"] == 1
    for path in ("/v2/ugcPosts?q=authors&authors=List({})", "/rest/posts?q=author&author={}"):
        found = reader.send("GET", path.format(encoded(author))).json()
        assert [item["id"] for item in found["elements"]] == [urn]


def test_analytics_are_stable(client: Client, sandbox: Sandbox) -> None:
    urn = client.create("Measured").json()["id"]
    sandbox.clock.advance(3 * 86_400)
    query = urlencode({"queryType": "IMPRESSION", "aggregation": "DAILY"})
    path = f"/rest/memberCreatorPostAnalytics?q=entity&entity=(share:{quote(urn, safe='')})&{query}"
    assert client.send("GET", path).status_code == 403
    app = sandbox.store.add_app(name="Analytics", products=["share", "analytics"])
    client.token = sandbox.token(app=app.client_id)
    first, second = (client.send("GET", path).json() for _ in range(2))
    assert first == second
    assert len(first["elements"]) == 4
    total = client.send("GET", path.replace("DAILY", "TOTAL")).json()["elements"][0]["count"]
    assert total == sum(element["count"] for element in first["elements"])
    mine = client.send("GET", "/rest/memberCreatorPostAnalytics?q=me&queryType=IMPRESSION").json()
    assert mine["elements"][0]["count"] == total
    assert client.send("GET", path.replace("IMPRESSION", "VIEWS")).status_code == 400


def test_the_oldest_api_publishes_text_and_links(client: Client, sandbox: Sandbox) -> None:
    """What goreleaser sends: no Rest.li header, the owner by userinfo, the activity from the answer."""
    headers = {"Authorization": f"Bearer {sandbox.token()}"}
    url = f"{sandbox.url}/v2/shares"
    body = {"owner": sandbox.member.urn, "text": {"text": "v1.0 (final) is out"}}
    made = client.session.post(url, json=body, headers=headers, timeout=20)
    assert made.status_code == 201
    post = sandbox.expect_post(text="v1.0 (final) is out")
    assert made.json()["activity"] == post.activity
    page = client.session.get(f"{sandbox.url}/feed/update/{post.activity}", timeout=20)
    assert page.status_code == 200
    link = {"contentEntities": [{"entityLocation": "https://example.com/"}], "title": "Release"}
    client.session.post(
        url, json={**body, "text": {"text": "Link"}, "content": link}, headers=headers, timeout=20
    )
    assert sandbox.expect_post(text="Link", article="https://example.com/", visibility="PUBLIC")
    again = client.session.post(url, json=body, headers=headers, timeout=20)
    assert again.json()["errorDetails"]["inputErrors"][0]["code"] == "DUPLICATE_POST"
    other = {**body, "owner": "urn:li:person:unknown"}
    assert client.session.post(url, json=other, headers=headers, timeout=20).status_code == 422
