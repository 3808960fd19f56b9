"""Records: put, create, apply, get, list, delete, in the order of checks that a PDS has.

Every rule was measured on `@atproto/pds` 0.4.217 on 2026-11-24: `createRecord` and `applyWrites` on an
existing key are an untyped 500; `putRecord` with ``swapRecord: null`` creates, answers without ``commit``
where the same record is there, and refuses another with `InvalidSwap`; `deleteRecord` of an absent record
succeeds.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from publisher.sandbox.bluesky import cbor, lexicon
from publisher.sandbox.bluesky.calls import checked, field, internal, invalid, read_object, refuse
from publisher.sandbox.bluesky.sessions import too_many
from publisher.sandbox.bluesky.values import BlueskyAccount, RepoRecord
from publisher.sandbox.emulator import Endpoint, NetworkCall
from publisher.sandbox.messages import ApiError, Response, json_response
from publisher.sandbox.windows import FixedWindow

if TYPE_CHECKING:
    from publisher.sandbox.bluesky.network import Bluesky

POST = "app.bsky.feed.post"
# atproto.com, Record Key: 1 to 512 characters of this alphabet.
_RKEY = re.compile(r"[a-zA-Z0-9_~.:-]{1,512}")
_IDENTIFIER = re.compile(r"did:[a-z]+:[a-zA-Z0-9._:%-]+|[a-zA-Z0-9-]+(\.[a-zA-Z0-9-]+)+")
_ANY = object()


@dataclass(frozen=True, slots=True)
class Write:
    """A record that was checked and is ready to be written."""

    uri: str
    did: str
    collection: str
    rkey: str
    cid: str
    value: dict[str, Any]
    status: str


class Repository:
    """The record calls of one PDS."""

    def __init__(self, network: "Bluesky") -> None:
        self._network = network
        self._post = lexicon.post_check(network.store.settings.bluesky_image_limit)
        # docs.bsky.app rate limits: points in an hour and in a day; a create costs 3, an update 2, a delete 1
        self.windows = (FixedWindow(5_000, 3_600), FixedWindow(35_000, 86_400))

    def endpoints(self) -> tuple[Endpoint, ...]:
        """Return the routes."""
        repo = "/xrpc/com.atproto.repo."
        return (
            Endpoint("POST", f"{repo}putRecord", "bluesky.putRecord", self.put),
            Endpoint("POST", f"{repo}createRecord", "bluesky.createRecord", self.create),
            Endpoint("POST", f"{repo}applyWrites", "bluesky.applyWrites", self.apply),
            Endpoint("POST", f"{repo}deleteRecord", "bluesky.deleteRecord", self.delete),
            Endpoint("GET", f"{repo}getRecord", "bluesky.getRecord", self.show),
            Endpoint("GET", f"{repo}listRecords", "bluesky.listRecords", self.list_),
        )

    def clear(self) -> None:
        """Forget the counted writes."""
        for window in self.windows:
            window.clear()

    def put(self, call: NetworkCall) -> Response:
        """Create or replace a record at a key that the client chose."""
        # An update costs 2 points (docs.bsky.app, rate limits, read 2026-07).
        account, document = self._begin(call, 2)
        rkey = field(document, "rkey")
        write = self._prepare(account, document, rkey, "record", "$.record")
        with self._network.lock:
            current = self._live(write.uri)
            # Measured: an equal record is a success without a commit.
            if current and current.cid == write.cid:
                return json_response(200, _result(write))
            # null demands that no record is there; an absent field demands nothing.
            swap = document.get("swapRecord", _ANY)
            if swap is not _ANY and swap != (current.cid if current else None):
                raise _swapped(current)
            commit = self._commit(call, [write])
        return json_response(200, {**_result(write), "commit": commit})

    def create(self, call: NetworkCall) -> Response:
        """Create a record; the server makes up the key where none is given."""
        account, document = self._begin(call, 3)
        rkey = document.get("rkey") or self._network.tid()
        write = self._prepare(account, document, rkey, "record", "$.record")
        with self._network.lock:
            if self._live(write.uri):
                raise internal()
            commit = self._commit(call, [write])
        return json_response(200, {**_result(write), "commit": commit})

    def apply(self, call: NetworkCall) -> Response:
        """Create several records, and delete others, in one commit."""
        account, document = self._begin(call, 3)
        kind = "com.atproto.repo.applyWrites#"
        prepared: list[Write] = []
        doomed: list[str] = []
        for number, item in enumerate(document.get("writes") or []):
            action = str(item.get("$type", "")).removeprefix(kind)
            rkey = item.get("rkey") or self._network.tid()
            if action == "delete":
                doomed.append(f"at://{account.did}/{item.get('collection')}/{rkey}")
            elif action in {"create", "update"}:
                prepared.append(self._prepare(account, item, rkey, "value", f"$.writes[{number}].record"))
            else:
                raise invalid(f"Action not supported: {item.get('$type')}")
        with self._network.lock:
            # Measured: an existing key is an untyped 500, and nothing is written.
            if any(self._live(write.uri) for write in prepared):
                raise internal()
            commit = self._commit(call, prepared, doomed)
        results = [{**_result(write), "$type": f"{kind}createResult"} for write in prepared]
        return json_response(200, {"commit": commit, "results": results})

    def delete(self, call: NetworkCall) -> Response:
        """Delete a record; one that is absent is not an error."""
        # A delete costs 1 point (docs.bsky.app, rate limits, read 2026-07).
        account, document = self._begin(call, 1)
        uri = f"at://{account.did}/{field(document, 'collection')}/{field(document, 'rkey')}"
        with self._network.lock:
            current = self._live(uri)
            if current is None:
                # Measured: deleting an absent record is a 200 without a commit.
                return json_response(200, {})
            if document.get("swapRecord") not in {None, current.cid}:
                raise _swapped(current)
            commit = self._commit(call, [], [uri])
        return json_response(200, {"commit": commit})

    def show(self, call: NetworkCall) -> Response:
        """Show one record; no token is needed."""
        asked = call.request.parameters
        if not {"repo", "collection", "rkey"} <= set(asked):
            raise internal()
        account = self._network.account(asked["repo"])
        if account is None:
            # a PDS asks the AppView about repositories of others; the sandbox has none
            raise refuse(502, "UpstreamFailure", "Upstream service unreachable")
        uri = f"at://{account.did}/{asked['collection']}/{asked['rkey']}"
        found = self._live(uri)
        if found is None or asked.get("cid", found.cid) != found.cid:
            # Measured: an absent record is a 400, not a 404.
            raise refuse(400, "RecordNotFound", f"Could not locate record: {uri}")
        return json_response(200, {"uri": uri, "cid": found.cid, "value": found.value})

    def list_(self, call: NetworkCall) -> Response:
        """List the records of a collection, by descending key; no token is needed."""
        asked = call.request.parameters
        limit = asked.get("limit", "50")
        # Lexicon com.atproto.repo.listRecords: the limit is 1 to 100.
        if not {"repo", "collection"} <= set(asked) or not limit.isdigit() or not 1 <= int(limit) <= 100:
            raise internal()
        account = self._network.account(asked["repo"])
        if account is None:
            raise invalid(f"Could not find repo: {asked['repo']}")
        forward, cursor = asked.get("reverse") == "true", asked.get("cursor", "")
        found = sorted(
            (
                item
                for item in self._network.records.all()
                if not item.deleted and (item.did, item.collection) == (account.did, asked["collection"])
            ),
            key=lambda item: item.rkey,
            reverse=not forward,
        )
        if cursor:
            found = [item for item in found if (item.rkey > cursor if forward else item.rkey < cursor)]
        page = found[: int(limit)]
        records = [{"uri": item.uri, "cid": item.cid, "value": item.value} for item in page]
        return json_response(200, {"records": records, **({"cursor": page[-1].rkey} if page else {})})

    def _begin(self, call: NetworkCall, points: int) -> tuple[BlueskyAccount, dict[str, Any]]:
        """Check token, body and repository, and count the write."""
        account = self._network.sessions.authorize(call)
        document = read_object(call)
        repo = field(document, "repo")
        if not _IDENTIFIER.fullmatch(repo):
            raise invalid(f'Invalid AT identifier (got "{repo}") at $.repo')
        now = self._network.clock.now()
        for window in self.windows:
            if (allowance := window.spend(account.did, now, points)).exceeded:
                raise too_many(allowance)
        named = self._network.account(repo)
        if named is None:
            raise refuse(403, "AccountNotFound", "Account not found")
        # A repository accepts writes of its own account only.
        if named.did != account.did:
            raise refuse(401, "AuthenticationRequired", "Authentication Required")
        return account, document

    def _prepare(
        self, account: BlueskyAccount, document: dict[str, Any], rkey: Any, name: str, path: str
    ) -> Write:
        """Check a record and its key."""
        collection, value = field(document, "collection"), field(document, name, dict)
        # atproto.com, Record Key: a dot and two dots are reserved.
        if not isinstance(rkey, str) or not _RKEY.fullmatch(rkey) or rkey in {".", ".."}:
            raise invalid(f'Invalid record key (got "{rkey}") at $.rkey')
        checked(lexicon.data_model, value, path, "")
        value = {"$type": collection, **value}
        # Measured: a missing $type is filled in, and a wrong one is refused.
        if value["$type"] != collection:
            raise invalid(f"Invalid $type: expected {collection}, got {value['$type']}")
        # Collections without a known schema are stored unchecked.
        status = "unknown"
        if collection == POST:
            if not lexicon.is_tid(rkey):
                message = f'Invalid record key for {POST}: Invalid TID string (got "{rkey}") at $'
                raise invalid(message)
            checked(self._post, value, path, f"Invalid {POST} record: ")
            status = "valid"
        try:
            cid = cbor.record_cid(value)
        except ValueError:
            raise internal() from None
        uri = f"at://{account.did}/{collection}/{rkey}"
        return Write(uri, account.did, collection, rkey, cid, value, status)

    def _commit(
        self, call: NetworkCall, writes: list[Write], doomed: list[str] | None = None
    ) -> dict[str, str]:
        """Write and delete, together."""
        for write in writes:
            for blob in _blobs(write.value):
                self._verify(write.did, blob)
        network, rev = self._network, self._network.tid()
        for uri in doomed or []:
            if current := self._live(uri):
                network.records.put(uri, replace(current, deleted=True))
                network.store.events.publish("delete", uri)
        for write in writes:
            existed = self._live(write.uri) is not None
            moment = network.clock.milliseconds()
            record = RepoRecord(
                write.uri, write.did, write.collection, write.rkey, write.cid, write.value, moment
            )
            network.records.put(write.uri, record)
            call.committed = write.uri
            network.store.events.publish("update" if existed else "post", write.uri)
        return {"cid": cbor.record_cid({"rev": rev, "uris": [write.uri for write in writes]}), "rev": rev}

    def _verify(self, did: str, blob: dict[str, Any]) -> None:
        """Check that a blob was uploaded by this account, with this type and size."""
        cid = str(blob.get("ref", {}).get("$link", ""))
        found = self._network.blobs.get(f"{did}/{cid}")
        if found is None:
            raise refuse(400, "BlobNotFound", f"Could not find blob: {cid}")
        if blob.get("mimeType") != found.mime_type:
            message = "Referenced Mimetype does not match stored blob."
            got = f"{message} Expected: {found.mime_type}, Got: {blob.get('mimeType')}"
            raise refuse(400, "InvalidMimeType", got)
        if blob.get("size") != found.size:
            message = "Referenced Size does not match stored blob."
            raise refuse(400, "InvalidSize", f"{message} Expected: {found.size}, Got: {blob.get('size')}")

    def _live(self, uri: str) -> RepoRecord | None:
        found = self._network.records.get(uri)
        return None if found is None or found.deleted else found


def _result(write: Write) -> dict[str, str]:
    return {"uri": write.uri, "cid": write.cid, "validationStatus": write.status}


def _swapped(current: RepoRecord | None) -> ApiError:
    return refuse(400, "InvalidSwap", f"Record was at {current.cid if current else 'null'}")


def _blobs(value: Any) -> Iterator[dict[str, Any]]:
    """Yield every blob reference in a record."""
    if isinstance(value, dict):
        if value.get("$type") == "blob":
            yield value
        else:
            for part in value.values():
                yield from _blobs(part)
    elif isinstance(value, list):
        for part in value:
            yield from _blobs(part)
