"""What a PDS answers; every test runs against the emulator and, where it is installed, against a real PDS."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from tests.support.pds import POST, PdsClient, new_rkey

RECORD = {"$type": POST, "text": "hello", "createdAt": "2026-11-24T10:00:00.000Z", "langs": ["en"]}
# what @atproto/pds 0.4.217 computes for RECORD
CID = "bafyreicfntpm5tmugavgkwjos53rdc3rismbtvbrt6djspmqocrvs5tsry"
FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"
UNKNOWN = "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku"
LINK = {"$type": "app.bsky.richtext.facet#link", "uri": "https://x.example"}


def without(name: str) -> dict[str, Any]:
    """The record without a field."""
    return {key: value for key, value in RECORD.items() if key != name}


def facet(start: int, end: int, feature: Any) -> dict[str, Any]:
    """The record with one facet."""
    return {
        **RECORD,
        "facets": [{"index": {"byteStart": start, "byteEnd": end}, "features": [feature]}],
    }


def external(**fields: Any) -> dict[str, Any]:
    """The record with a card."""
    return {**RECORD, "embed": {"$type": "app.bsky.embed.external", "external": fields}}


def refused(response: requests.Response, status: int, error: str, message: str = "") -> None:
    """Assert that a request was refused so."""
    found = response.json()
    assert (response.status_code, found["error"]) == (status, error), response.text
    assert found["message"].startswith(message), found["message"]


def test_put_creates_once_and_repeats_without_a_commit(account: PdsClient) -> None:
    rkey = new_rkey()
    first, again, other = (
        account.put(RECORD, rkey),
        account.put(RECORD, rkey),
        account.put({**RECORD, "text": "x"}, rkey),
    )
    assert first.status_code == again.status_code == 200
    assert set(first.json()) == {"uri", "cid", "commit", "validationStatus"}
    assert set(again.json()) == {"uri", "cid", "validationStatus"}
    assert first.json()["cid"] == again.json()["cid"] == CID
    assert first.json()["uri"] == f"at://{account.did}/{POST}/{rkey}"
    refused(other, 400, "InvalidSwap", f"Record was at {CID}")
    assert account.get(rkey).json()["value"] == RECORD


def test_twenty_identical_puts_make_one_commit(account: PdsClient) -> None:
    rkey, start = new_rkey(), threading.Barrier(20)

    def put(_: int) -> requests.Response:
        start.wait(20)
        return account.put(RECORD, rkey)

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(put, range(20)))
    assert [answer.status_code for answer in answers] == [200] * 20
    assert sum("commit" in answer.json() for answer in answers) == 1


def test_create_on_an_existing_key_is_an_untyped_500(account: PdsClient) -> None:
    rkey = new_rkey()
    body = {"repo": account.did, "collection": POST, "rkey": rkey, "record": RECORD}
    assert account.call("com.atproto.repo.createRecord", body).status_code == 200
    refused(account.call("com.atproto.repo.createRecord", body), 500, "InternalServerError")
    write = {
        "$type": "com.atproto.repo.applyWrites#create",
        "collection": POST,
        "rkey": rkey,
        "value": RECORD,
    }
    applied = account.call("com.atproto.repo.applyWrites", {"repo": account.did, "writes": [write]})
    refused(applied, 500, "InternalServerError")


def test_create_makes_up_a_tid(account: PdsClient) -> None:
    body = {"repo": account.did, "collection": POST, "record": RECORD}
    uri = account.call("com.atproto.repo.createRecord", body).json()["uri"]
    assert account.put(RECORD, uri.rpartition("/")[2]).status_code == 200


def test_a_deleted_record_can_come_back(account: PdsClient) -> None:
    rkey = new_rkey()
    account.put(RECORD, rkey)
    assert set(account.delete(rkey).json()) == {"commit"}
    refused(
        account.get(rkey), 400, "RecordNotFound", f"Could not locate record: at://{account.did}/{POST}/{rkey}"
    )
    again = account.delete(rkey)
    assert (again.status_code, again.json()) == (200, {})
    assert "commit" in account.put(RECORD, rkey).json()
    refused(account.delete(rkey, swapRecord=UNKNOWN), 400, "InvalidSwap", f"Record was at {CID}")


def test_swaps(account: PdsClient) -> None:
    rkey = new_rkey()
    refused(account.put(RECORD, rkey, swapRecord=CID), 400, "InvalidSwap", "Record was at null")
    account.put(RECORD, rkey)
    assert account.put({**RECORD, "text": "edited"}, rkey, swapRecord=CID).status_code == 200
    assert account.get(rkey).json()["value"]["text"] == "edited"


def test_records_are_listed_by_descending_key(account: PdsClient) -> None:
    rkeys = [new_rkey() for _ in range(3)]
    for rkey in rkeys:
        account.put(RECORD, rkey)
    first = account.query("com.atproto.repo.listRecords", repo=account.did, collection=POST, limit=2).json()
    assert [item["uri"].rpartition("/")[2] for item in first["records"]] == rkeys[:0:-1]
    rest = account.query(
        "com.atproto.repo.listRecords",
        repo=account.handle,
        collection=POST,
        limit=2,
        cursor=first["cursor"],
    ).json()
    assert [item["uri"].rpartition("/")[2] for item in rest["records"]] == rkeys[:1]


GOOD: dict[str, Any] = {
    "without $type": without("$type"),
    "empty text": {**RECORD, "text": ""},
    "300 graphemes": {**RECORD, "text": "a" * 300},
    "100 families": {**RECORD, "text": FAMILY * 100},
    "300 flags": {**RECORD, "text": "\U0001f1e9\U0001f1ea" * 300},
    "unknown field": {**RECORD, "zzz": 1},
    "null in an unknown field": {**RECORD, "zzz": None},
    "facet past the text": facet(3, 900, LINK),
    "facet backwards": facet(3, 1, LINK),
    "unknown feature": facet(0, 1, {"$type": "x.y.z#q", "k": 1}),
    "unknown embed": {**RECORD, "embed": {"$type": "x.y.z"}},
    "card without image": external(uri="https://x.example/", title="t", description="d"),
    "a zone with minutes": {**RECORD, "createdAt": "2026-11-24T10:00:00+05:30"},
}


@pytest.mark.parametrize("name", GOOD)
def test_accepted_records(account: PdsClient, name: str) -> None:
    response = account.put(GOOD[name])
    assert response.status_code == 200, response.text
    assert response.json()["validationStatus"] == "valid"


BAD: dict[str, tuple[Any, str]] = {
    "301 graphemes": (
        {**RECORD, "text": "a" * 301},
        "grapheme too big (maximum 300, got 301) at $.record.text",
    ),
    "3,025 bytes": (
        {**RECORD, "text": FAMILY * 121},
        "string too big (maximum 3000, got 3025) at $.record.text",
    ),
    "no text": (without("text"), 'Missing required key "text" at $.record'),
    "text is a number": ({**RECORD, "text": 3}, "Expected string value type (got 3) at $.record.text"),
    "text is null": ({**RECORD, "text": None}, "Expected string value type (got null) at $.record.text"),
    "no createdAt": (without("createdAt"), 'Missing required key "createdAt" at $.record'),
    "a day": (
        {**RECORD, "createdAt": "2026-11-24"},
        'Invalid datetime (got "2026-11-24") at $.record.createdAt',
    ),
    "no zone": (
        {**RECORD, "createdAt": "2026-11-24T10:00:00"},
        'Invalid datetime (got "2026-11-24T10:00:00") at $.record.createdAt',
    ),
    "four languages": (
        {**RECORD, "langs": ["en", "de", "fr", "it"]},
        "array too big (maximum 3, got 4) at $.record.langs",
    ),
    "no language": ({**RECORD, "langs": ["e n"]}, 'Invalid language (got "e n") at $.record.langs[0]'),
    "nine tags": ({**RECORD, "tags": ["a"] * 9}, "array too big (maximum 8, got 9) at $.record.tags"),
    "long tag": (
        {**RECORD, "tags": ["a" * 65]},
        "grapheme too big (maximum 64, got 65) at $.record.tags[0]",
    ),
    "fat tag": (
        {**RECORD, "tags": [FAMILY * 40]},
        "string too big (maximum 640, got 1000) at $.record.tags[0]",
    ),
    "negative offset": (
        facet(-3, 1, LINK),
        "integer too small (minimum 0, got -3) at $.record.facets[0].index.byteStart",
    ),
    "bad link": (
        facet(0, 1, {**LINK, "uri": "nope"}),
        'Invalid uri (got "nope") at $.record.facets[0].features[0].uri',
    ),
    "bad mention": (
        facet(0, 1, {"$type": "app.bsky.richtext.facet#mention", "did": "x"}),
        'Invalid DID (got "x") at $.record.facets[0].features[0].did',
    ),
    "long tag facet": (
        facet(0, 1, {"$type": "app.bsky.richtext.facet#tag", "tag": "a" * 65}),
        "grapheme too big (maximum 64, got 65) at $.record.facets[0].features[0].tag",
    ),
    "feature without type": (
        facet(0, 1, {"k": 1}),
        'Expected an object which includes the "$type" property value type (got {"k": ...}) at '
        "$.record.facets[0].features[0]",
    ),
    "card without description": (
        external(uri="https://x.example/", title="t"),
        'Missing required key "description" at $.record.embed.external',
    ),
    "card with a bad uri": (
        external(uri="x", title="t", description=""),
        'Invalid uri (got "x") at $.record.embed.external.uri',
    ),
    "reply without parent": (
        {**RECORD, "reply": {"root": {"uri": f"at://did:plc:x/{POST}/3", "cid": CID}}},
        'Missing required key "parent" at $.record.reply',
    ),
    "reply with a bad cid": (
        {
            **RECORD,
            "reply": {
                "root": {"uri": f"at://did:plc:x/{POST}/3", "cid": CID},
                "parent": {"uri": f"at://did:plc:x/{POST}/3", "cid": "x"},
            },
        },
        'Invalid CID string (got "x") at $.record.reply.parent.cid',
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_refused_records(account: PdsClient, name: str) -> None:
    record, message = BAD[name]
    refused(account.put(record), 400, "InvalidRequest", f"Invalid {POST} record: {message}")


def test_other_refusals(account: PdsClient) -> None:
    refused(account.put({**RECORD, "$type": "app.bsky.feed.like"}), 400, "InvalidRequest", "Invalid $type:")
    refused(account.put({**RECORD, "zzz": 1.5}), 400, "InvalidRequest", "Expected one of null, boolean")
    bad_tid = f'Invalid record key for {POST}: Invalid TID string (got "hello") at $'
    refused(account.put(RECORD, "hello"), 400, "InvalidRequest", bad_tid)
    refused(account.put(RECORD, "a b"), 400, "InvalidRequest", 'Invalid record key (got "a b") at $.rkey')
    refused(account.put(RECORD, repo="did:plc:" + "a" * 24), 403, "AccountNotFound", "Account not found")
    refused(account.put(RECORD, repo="no repo"), 400, "InvalidRequest", "Invalid AT identifier")
    body = {"repo": account.did, "collection": POST, "rkey": new_rkey()}
    refused(
        account.call("com.atproto.repo.putRecord", body),
        400,
        "InvalidRequest",
        'Missing required key "record" at $',
    )


def test_tokens(account: PdsClient) -> None:
    session = "com.atproto.server.getSession"
    assert account.query(session, account.access).json()["did"] == account.did
    refused(account.query(session), 401, "AuthMissing", "Authentication Required")
    refused(account.query(session, "abc"), 400, "InvalidToken", "Token could not be verified")
    refused(account.query(session, account.refresh), 400, "InvalidToken", "Invalid token type")
    refused(account.query("com.atproto.foo.bar"), 401, "AuthMissing", "Authentication Required")
    login = "com.atproto.server.createSession"
    wrong = {"identifier": account.handle, "password": "wrong"}
    refused(account.call(login, wrong), 401, "AuthenticationRequired", "Invalid identifier or password")
    refused(account.call(login, {"password": "x"}), 400, "InvalidRequest", "Missing required key")
    refused(account.call(login, b"{x", content_type="application/json"), 400, "SyntaxError")
    refused(account.call(login, b"x", content_type="text/plain"), 400, "InvalidRequest", "Wrong request enc")


def test_a_refresh_token_keeps_its_successor_for_a_while(account: PdsClient) -> None:
    refresh = "com.atproto.server.refreshSession"
    first = account.call(refresh, token=account.refresh).json()
    again = account.call(refresh, token=account.refresh)
    assert again.status_code == 200
    assert first["did"] == account.did
    # the successor dies: then its predecessor leads nowhere
    assert account.call("com.atproto.server.deleteSession", token=first["refreshJwt"]).status_code == 200
    refused(account.call(refresh, token=first["refreshJwt"]), 400, "ExpiredToken", "Token has been revoked")


def test_identity(account: PdsClient) -> None:
    resolved = account.query("com.atproto.identity.resolveHandle", handle=account.handle)
    assert resolved.json() == {"did": account.did}
    unknown = account.query("com.atproto.identity.resolveHandle", handle="nobody.test")
    refused(unknown, 400, "InvalidRequest", "Unable to resolve handle")
    document = requests.get(f"{account.plc}/{account.did}", timeout=20).json()
    (service,) = document["service"]
    assert (service["id"], service["type"]) == ("#atproto_pds", "AtprotoPersonalDataServer")
    port = account.url.rpartition(":")[2]
    assert service["serviceEndpoint"] == f"http://localhost:{port}"
    assert document["alsoKnownAs"] == [f"at://{account.handle}"]
    assert requests.get(f"{account.plc}/did:plc:{'a' * 24}", timeout=20).status_code == 404
    headers = {"host": account.handle}
    named = requests.get(f"{account.url}/.well-known/atproto-did", headers=headers, timeout=20)
    assert named.text == account.did


def test_images(account: PdsClient, png: bytes) -> None:
    blob = account.upload(png, "image/png")
    assert blob == account.upload(png, "*/*"), "the same bytes have the same reference"
    assert (blob["mimeType"], blob["size"]) == ("image/png", len(png))

    def images(*items: Any) -> dict[str, Any]:
        return {**RECORD, "embed": {"$type": "app.bsky.embed.images", "images": list(items)}}

    item = {"image": blob, "alt": "red", "aspectRatio": {"width": 3, "height": 2}}
    assert account.put(images(*[item] * 4)).status_code == 200
    prefix = f"Invalid {POST} record: "
    refused(
        account.put(images(*[item] * 5)), 400, "InvalidRequest", f"{prefix}array too big (maximum 4, got 5)"
    )
    refused(
        account.put(images({"image": blob})),
        400,
        "InvalidRequest",
        f'{prefix}Missing required key "alt"',
    )
    flat = {**item, "aspectRatio": {"width": 0, "height": 1}}
    refused(account.put(images(flat)), 400, "InvalidRequest", f"{prefix}integer too small")
    refused(account.put(images({**item, "image": {**blob, "ref": {"$link": UNKNOWN}}})), 400, "BlobNotFound")
    note = account.upload(b"hello", "text/plain")
    refused(
        account.put(images({**item, "image": note})),
        400,
        "InvalidRequest",
        f'{prefix}Expected "image/*" (got "text/plain")',
    )


def test_an_image_over_the_limit(account: PdsClient, png: bytes) -> None:
    blob = account.upload(png + b"\1" * 1_000_000, "image/png")
    embed = {"$type": "app.bsky.embed.images", "images": [{"image": blob, "alt": ""}]}
    message = f"Invalid {POST} record: blob too big (maximum 1000000, got {1_000_000 + len(png)})"
    refused(account.put({**RECORD, "embed": embed}), 400, "InvalidRequest", message)


def test_a_blob_reference_that_lies(account: PdsClient, png: bytes) -> None:
    blob = account.upload(png + b"tail", "image/png")
    embed = {"$type": "app.bsky.embed.images", "images": [{"image": {**blob, "size": 1}, "alt": ""}]}
    refused(account.put({**RECORD, "embed": embed}), 400, "InvalidSize", "Referenced Size does not match")
    embed["images"] = [{"image": {**blob, "mimeType": "image/jpeg"}, "alt": ""}]  # type: ignore[assignment]
    refused(account.put({**RECORD, "embed": embed}), 400, "InvalidMimeType", "Referenced Mimetype does not")


def test_a_thread_in_one_commit(account: PdsClient) -> None:
    rkeys = [new_rkey(), new_rkey()]
    kind = "com.atproto.repo.applyWrites#create"
    writes = [{"$type": kind, "collection": POST, "rkey": rkey, "value": RECORD} for rkey in rkeys]
    answer = account.call("com.atproto.repo.applyWrites", {"repo": account.did, "writes": writes}).json()
    assert [item["uri"].rpartition("/")[2] for item in answer["results"]] == rkeys
    assert set(answer["commit"]) == {"cid", "rev"}


def test_service_tokens(account: PdsClient) -> None:
    asked = {"aud": "did:web:video.example", "lxm": "com.atproto.repo.uploadBlob"}
    method = "com.atproto.server.getServiceAuth"
    assert account.query(method, account.access, **asked).json()["token"]
    refused(account.query(method, account.access, **asked, exp=4_000_000_000), 400, "BadExpiration")
