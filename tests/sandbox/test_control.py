"""The control endpoints: clock, members, tokens, record, snapshots, reset."""

from typing import Any

import pytest
import requests

from publisher.sandbox.server import Sandbox

from .conftest import PNG, Client, register, ugc_body


def test_the_clock_can_be_set_frozen_and_moved(client: Client, sandbox: Sandbox) -> None:
    answer = client.control("POST", "clock", {"now": "2027-01-04T10:00:00+01:00", "freeze": True})
    assert answer == {"now": "2027-01-04T09:00:00Z", "frozen": True}
    assert client.control("POST", "clock", {"advance": 3600})["now"] == "2027-01-04T10:00:00Z"
    urn = client.create().json()["id"]
    assert int(urn.rpartition(":")[2]) >> 22 == 1_799_056_800_000
    assert client.control("POST", "clock", {"freeze": False})["frozen"] is False
    assert client.control("GET", "clock")["now"].startswith("2027-01-04T10:")


def test_a_running_clock_runs(sandbox: Sandbox) -> None:
    sandbox.clock.set(1_000_000)
    first = sandbox.clock.now()
    assert 1_000_000 <= first <= sandbox.clock.now() < 1_000_060


def test_thousands_of_members_in_one_call(client: Client, sandbox: Sandbox) -> None:
    made = client.control("POST", "members", {"count": 2000})["members"]
    assert len({member["urn"] for member in made}) == len({member["token"] for member in made}) == 2000
    client.token = made[-1]["token"]
    assert client.send("POST", "/v2/ugcPosts", ugc_body(made[-1]["urn"], "Hello")).status_code == 201


def test_people_pages_apps_and_tokens(client: Client, sandbox: Sandbox) -> None:
    (ada,) = client.control("POST", "members", {"given_name": "Ada", "family_name": "Byron"})["members"]
    page = client.control(
        "POST", "organizations", {"name": "Engines", "roles": {ada["urn"]: "CONTENT_ADMIN"}}
    )
    app = client.control("POST", "apps", {"name": "Mine", "scopes": ["openid", "w_organization_social"]})
    token = client.control("POST", "tokens", {"member": ada["urn"], "app": app["client_id"]})
    assert token["scopes"] == ["openid", "w_organization_social"]
    client.token = token["token"]
    assert client.send("POST", "/v2/ugcPosts", ugc_body(page["urn"], "Hello")).status_code == 201
    short = client.control("POST", "tokens", {"scopes": "openid", "expires_in": 0})
    assert short["status"] == "expired"


@pytest.mark.parametrize(
    ("verb", "name", "body"),
    [
        ("POST", "clock", {"now": "tomorrow"}),
        ("POST", "clock", {"advance": "1"}),
        ("POST", "clock", {"advance": 1e300}),
        ("POST", "clock", {"freeze": 1}),
        ("POST", "clock", {"then": 1}),
        ("POST", "members", {"count": 10_001}),
        ("POST", "members", {"count": True}),
        ("POST", "members", {"colour": "red"}),
        ("POST", "members", {"members": [1]}),
        ("POST", "members", {"given_name": 1}),
        ("POST", "apps", {"scopes": "openid"}),
        ("POST", "organizations", {"roles": ["x"]}),
        ("POST", "tokens", {"member": "urn:li:person:x"}),
        ("POST", "tokens", {"app": "x"}),
        ("POST", "tokens", {"scopes": [1]}),
        ("DELETE", "tokens", {"token": "x"}),
        ("POST", "restore", {"name": "never"}),
        ("POST", "snapshot", {"name": "beginning"}),
        ("POST", "reset", {"all": 1}),
        ("POST", "faults", {"faults": 1}),
        ("POST", "reset", []),
    ],
)
def test_misuse_is_explained(verb: str, name: str, body: Any, client: Client) -> None:
    response = client.session.request(verb, f"{client.sandbox.url}/_sandbox/{name}", json=body, timeout=20)
    assert response.status_code == 400
    assert len(response.json()["error"]) > 10


def test_paths_and_verbs_that_are_not_there(client: Client) -> None:
    base = f"{client.sandbox.url}/_sandbox"
    assert requests.get(f"{base}/nothing", timeout=20).status_code == 404
    assert requests.put(f"{base}/clock", timeout=20).status_code == 405
    assert requests.post(f"{base}/reset", data=b"{", timeout=20).status_code == 400


def test_pages_of_other_sites_have_no_control(client: Client) -> None:
    url = f"{client.sandbox.url}/_sandbox/reset"
    for origin, status in (("https://evil.example", 403), ("null", 403), (client.sandbox.url, 200)):
        assert client.session.post(url, headers={"Origin": origin}, timeout=20).status_code == status


def test_the_record_counts_and_selects(client: Client, sandbox: Sandbox) -> None:
    client.create("One")
    client.create("One")
    client.send("GET", "/v2/userinfo")
    answer = client.control("GET", "requests", resource="ugcPosts", status=422)
    assert [item["response"]["status"] for item in answer["requests"]] == [422]
    assert answer["counts"] == {
        "ugcPosts.CREATE": {"requests": 2, "statuses": {"201": 1, "422": 1}},
        "userinfo.GET": {"requests": 1, "statuses": {"200": 1}},
    }
    assert client.control("GET", "requests", after=2, limit=5)["total"] == 1
    client.control("DELETE", "requests")
    assert client.control("GET", "requests")["requests"] == []


def test_the_record_keeps_the_latest() -> None:
    with Sandbox(recorded=3) as sandbox:
        client = Client(sandbox)
        for _ in range(5):
            client.send("GET", "/v2/userinfo")
        answer = client.control("GET", "requests")
        assert [item["number"] for item in answer["requests"]] == [3, 4, 5]
        assert answer["counts"]["userinfo.GET"]["requests"] == 5
        client.session.close()


def test_reset_takes_everything_back_but_people_and_tokens(client: Client, sandbox: Sandbox) -> None:
    token = sandbox.token()
    client.create("Hello")
    sandbox.fault("error")
    client.control("POST", "reset")
    assert (sandbox.posts(), sandbox.requests(), sandbox.store.faults.all()) == ([], [], ())
    assert sandbox.token() == token
    assert client.create("Hello").status_code == 201


def test_snapshots_are_places_to_go_back_to(client: Client, sandbox: Sandbox) -> None:
    asset, url = register(client)
    client.upload(url, PNG)
    client.create("Kept")
    client.control("POST", "snapshot", {"name": "one post"})
    client.create("Dropped")
    client.control("POST", "restore", {"name": "one post"})
    assert [post.text for post in sandbox.posts()] == ["Kept"]
    assert client.create("Kept").status_code == 422
    stored = sandbox.store.media(asset)
    assert stored is not None
    assert stored.read() == PNG


def test_the_state_shows_what_there_is(client: Client, sandbox: Sandbox) -> None:
    register(client)
    state = client.control("GET", "state")
    assert [member["urn"] for member in state["members"]] == [sandbox.member.urn]
    assert [token["status"] for token in state["tokens"]] == ["active", "active"]
    assert [upload["status"] for upload in state["uploads"]] == ["WAITING_UPLOAD"]
    assert state["quota"]["sandbox-app"] == 1


def test_the_same_seed_gives_the_same_world() -> None:
    with Sandbox(seed=5) as one, Sandbox(seed=5) as two, Sandbox(seed=6) as other:
        assert (one.member, one.token()) == (two.member, two.token())
        assert one.member != other.member


def test_events_tell_what_readers_see(client: Client, sandbox: Sandbox) -> None:
    with sandbox.store.subscribe() as subscription:
        urn = client.create("Hello").json()["id"]
        event = subscription.wait(10)
        assert event is not None
        assert (event.kind, event.urn) == ("post", urn)
        client.control("POST", "reset")
        event = subscription.wait(10)
        assert event is not None
        assert event.kind == "reset"
        assert subscription.wait(0.001) is None
        assert not subscription.closed
    assert list(subscription) == []


def test_a_token_for_anyone(sandbox: Sandbox, client: Client) -> None:
    for author in ("urn:li:person:AbC_123456", "urn:li:organization:77", sandbox.member.urn):
        client.token = sandbox.token_for(author)
        assert client.send("POST", "/v2/ugcPosts", ugc_body(author, f"Hello {author}")).status_code == 201


def test_unknown_settings_are_refused() -> None:
    with pytest.raises(TypeError, match="unknown settings: colour"):
        Sandbox(colour="red")
