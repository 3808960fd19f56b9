"""The emulated Bluesky as one object: accounts, identity, and the calls of its parts.

The entryway and the account's PDS are two addresses, as on the real network: the sandbox answers on
``127.0.0.1`` as the entryway, and the DID document names ``localhost`` as the PDS. Either answers every call,
as bsky.social passes calls on to the account's PDS.
"""

import base64
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from publisher.sandbox.bluesky.blobs import Blobs
from publisher.sandbox.bluesky.calls import internal, invalid, unauthenticated
from publisher.sandbox.bluesky.feed import feed_post
from publisher.sandbox.bluesky.repo import POST, Repository
from publisher.sandbox.bluesky.sessions import Sessions, too_many
from publisher.sandbox.bluesky.values import BlueskyAccount, RefreshToken, RepoRecord, StoredBlob, VideoJob
from publisher.sandbox.emulator import Emulator, Endpoint, NetworkCall, Values
from publisher.sandbox.messages import Request, Response, json_response
from publisher.sandbox.store import Store
from publisher.sandbox.values import Member, Post, StoredMedia
from publisher.sandbox.windows import Allowance

HANDLE = "mira.test"
PASSWORD = "abcd-efgh-ijkl-mnop"  # noqa: S105 - published on purpose: the sandbox guards nothing
# The order of the text equals the order of the numbers (atproto.com, TID).
_SORTABLE = "234567abcdefghijklmnopqrstuvwxyz"


class Bluesky(Emulator):
    """A PDS with its entryway, directory of DIDs and video service."""

    name = "bluesky"

    def __init__(self, store: Store) -> None:
        self.accounts = Values(store, "bluesky.accounts", BlueskyAccount, stays=True)
        self.refresh_tokens = Values(store, "bluesky.tokens", RefreshToken, stays=True)
        self.records = Values(store, "bluesky.records", RepoRecord)
        self.blobs = Values(store, "bluesky.blobs", StoredBlob)
        self.jobs = Values(store, "bluesky.jobs", VideoJob)
        self.dead_tokens: dict[str, str] = {}
        self.store, self.clock = store, store.clock
        self.sessions = Sessions(self)
        self.repository = Repository(self)
        self._parts = (self.sessions, self.repository, Blobs(self))
        self._last_tid = 0
        super().__init__(store)
        if not len(self.accounts):
            self.populate()

    def endpoints(self) -> Iterable[Endpoint]:
        """Return the routes."""
        for part in self._parts:
            yield from part.endpoints()
        server = "/xrpc/com.atproto.server.describeServer"
        yield Endpoint("GET", server, "bluesky.describeServer", self._describe_server)
        yield Endpoint(
            "GET", "/xrpc/com.atproto.identity.resolveHandle", "bluesky.resolveHandle", self._resolve_handle
        )
        yield Endpoint(
            "GET", "/xrpc/com.atproto.repo.describeRepo", "bluesky.describeRepo", self._describe_repo
        )
        yield Endpoint("GET", "/.well-known/atproto-did", "bluesky.handleDocument", self._handle_document)
        yield Endpoint("GET", "/did:plc:{id}", "bluesky.didDocument", self._did_document)

    def populate(self) -> None:
        """Make the first account."""
        self.add_account(handle=HANDLE, name="Mira Example", email="mira@example.com")

    def add_account(self, handle: str, password: str = PASSWORD, **fields: Any) -> BlueskyAccount:
        """Make an account with one app password."""
        with self.lock:
            # 15 bytes give the 24 base32 characters of a did:plc (web.plc.directory, specification).
            text = base64.b32encode(self.ids.text(15).encode()).decode().lower()
            did = fields.pop("did", None) or f"did:plc:{text}"
            account = BlueskyAccount(did, handle, passwords={"publisher": password}, **fields)
            return self.accounts.put(did, account)

    def password_of(self, handle: str, did: str = "") -> str:
        """Return an app password of an account, which is made if it is not there."""
        account = self.account(did or handle) or self.add_account(handle, did=did)
        return next(iter(account.passwords.values()))

    def rename(self, did: str, handle: str) -> None:
        """Give an account another handle."""
        account = self.accounts.get(did)
        if account:
            self.accounts.put(did, replace(account, handle=handle))

    def account(self, identifier: str) -> BlueskyAccount | None:
        """Return an account by DID, handle or e-mail address."""
        found = self.accounts.get(identifier)
        named = (item for item in self.accounts.all() if identifier in {item.handle, item.email})
        return found or next(named, None)

    def tid(self) -> str:
        """Return a new TID: microseconds and a clock id in base32-sortable, never the same twice."""
        with self.lock:
            # Microseconds stand above a clock id of 10 bits (atproto.com, TID).
            self._last_tid = max(int(self.clock.now() * 1_000_000) << 10, self._last_tid + (1 << 10))
            number = self._last_tid
        # 13 characters of 5 bits each, the highest first.
        return "".join(_SORTABLE[number >> shift & 31] for shift in range(60, -1, -5))

    def server_did(self, request: Request) -> str:
        """Return the PDS's own DID, which is its host's name."""
        return "did:web:" + _pds(request).removeprefix("http://").partition(":")[0]

    def did_document(self, request: Request, account: BlueskyAccount) -> dict[str, Any]:
        """Return an account's DID document, which names its PDS."""
        service = {
            "id": "#atproto_pds",
            "type": "AtprotoPersonalDataServer",
            "serviceEndpoint": _pds(request),
        }
        return {
            "@context": ["https://www.w3.org/ns/did/v1"],
            "id": account.did,
            "alsoKnownAs": [f"at://{account.handle}"],
            "verificationMethod": [],
            "service": [service],
        }

    def feed_posts(self) -> list[Post]:
        """Return the live posts."""
        live = [item for item in self.records.all() if not item.deleted and item.collection == POST]
        return [feed_post(item) for item in live]

    def feed_author(self, urn: str) -> Member | None:
        """Return the account of a DID."""
        account = self.accounts.get(urn)
        return (
            Member(urn, account.name or account.handle, "", headline=f"@{account.handle}")
            if account
            else None
        )

    def feed_media(self, urn: str) -> StoredMedia | None:
        """Return a blob by ``DID/CID``."""
        blob = self.blobs.get(urn)
        if blob is None:
            return None
        kind = "video" if blob.mime_type.startswith("video/") else "image"
        return self.feed_file(urn, kind, blob.mime_type, blob.file)

    def failure(self, status: int) -> Response:
        """Return an XRPC error."""
        # Error names that clients of a PDS see (atproto.com, XRPC, read 2026-11).
        name = {429: "RateLimitExceeded", 500: "InternalServerError", 502: "UpstreamFailure"}
        message = {429: "Rate Limit Exceeded", 500: "Internal Server Error", 502: "Upstream Failure"}
        error, text = name.get(status, "InvalidRequest"), message.get(status, "Invalid Request")
        return json_response(status, {"error": error, "message": text})

    def throttled(self, _call: NetworkCall) -> Response:
        """Return the 429 of repository writes, full again in an hour."""
        return too_many(Allowance(5_000, 0, self.clock.now() + 3_600, 3_600)).response

    def said(self, document: dict[str, Any]) -> str:
        """Return the text of the record in a body."""
        record = document.get("record")
        return super().said(record if isinstance(record, dict) else document)

    def owner(self, request: Request) -> str:
        """Return the DID in the request's token."""
        return self.sessions.owner(request)

    def clear(self) -> None:
        """Forget counted requests and tokens that faults ended."""
        super().clear()
        self.sessions.clear()
        self.repository.clear()
        self.dead_tokens.clear()

    def missing(self, request: Request) -> Response | None:
        """Answer other XRPC calls as a PDS does: it checks the token before it looks for the method."""
        if not request.path.startswith("/xrpc/"):
            return None
        request.drain()
        return unauthenticated().response

    def _describe_server(self, call: NetworkCall) -> Response:
        body = {
            "did": self.server_did(call.request),
            "availableUserDomains": [".test"],
            "inviteCodeRequired": False,
            "links": {},
            "contact": {},
        }
        return json_response(200, body)

    def _resolve_handle(self, call: NetworkCall) -> Response:
        handle = call.request.parameters.get("handle", "")
        if "." not in handle or " " in handle:
            raise internal()
        account = self.account(handle.lower())
        if account is None:
            raise invalid("Unable to resolve handle")
        return json_response(200, {"did": account.did})

    def _describe_repo(self, call: NetworkCall) -> Response:
        account = self.account(call.request.parameters.get("repo", ""))
        if account is None:
            raise invalid(f"Could not find user: {call.request.parameters.get('repo', '')}")
        body = {
            "handle": account.handle,
            "did": account.did,
            "didDoc": self.did_document(call.request, account),
            "collections": ["app.bsky.feed.post"],
            "handleIsCorrect": True,
        }
        return json_response(200, body)

    def _handle_document(self, call: NetworkCall) -> Response:
        """Answer the well-known path of a handle. The host of the request is the handle."""
        host = call.request.header("host").partition(":")[0].lower()
        account = next((item for item in self.accounts.all() if item.handle == host), None)
        if account is None:
            return Response(404, b"User not found", {"content-type": "text/plain"})
        return Response(200, account.did.encode(), {"content-type": "text/plain"})

    def _did_document(self, call: NetworkCall) -> Response:
        """Answer as the directory of DIDs (plc.directory) does."""
        did = "did:plc:" + call.names["id"]
        account = self.accounts.get(did)
        if account is None:
            return json_response(404, {"message": f"DID not registered: {did}"})
        return json_response(200, self.did_document(call.request, account))


def _pds(request: Request) -> str:
    return request.base_url.replace("//127.0.0.1", "//localhost", 1)
