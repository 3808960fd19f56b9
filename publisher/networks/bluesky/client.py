"""The gateway to Bluesky: blobs, records that are put at a key of our own choice, look-ups, deletes."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from publisher.errors import Rejected, Unavailable
from publisher.model.post import MediaKind, Post
from publisher.networks.bluesky.encoder import COLLECTION, Blob, attached, encode_record
from publisher.networks.bluesky.images import fit_image
from publisher.networks.bluesky.limits import TRAITS
from publisher.networks.bluesky.record_keys import record_key
from publisher.networks.bluesky.session import BlueskySession, Sessions
from publisher.networks.bluesky.videos import upload_video
from publisher.networks.bluesky.xrpc import EXPIRED, error_name, failure, query, xrpc
from publisher.networks.gateway import Created, Frozen, Missing, Traits
from publisher.networks.messages import Answer, Request
from publisher.networks.wire import Wire, body, unknown

_REPO = "com.atproto.repo."
APP = "https://bsky.app"


class BlueskyGateway:
    """One account on Bluesky."""

    def __init__(self, wire: Wire, sessions: Sessions) -> None:
        self._wire = wire
        self._sessions = sessions
        self._dids: dict[str, str] = {}

    @property
    def traits(self) -> Traits:
        """Return what Bluesky can do."""
        return TRAITS

    @property
    def identity(self) -> str:
        """Return the account's DID."""
        return self._sessions.current().did

    def freeze(self, post: Post, now: datetime, files: Mapping[str, bytes], parent: str = "") -> Frozen:
        """Upload the files and return the record with its key; both stay as they are in every repetition."""
        session = self._sessions.current()
        blobs = {item.sha256: self._upload(item.kind, files[item.sha256]) for item in attached(post)}
        reply = self._reply(session, parent) if parent else None
        record = encode_record(post, now, blobs, self.resolve, reply)
        text = json.dumps(record, ensure_ascii=False, separators=(",", ":"))
        return Frozen(record_key(now, f"{session.did}/{post.key}/{parent}"), text)

    def create(self, frozen: Frozen) -> Created:
        """Put the record at its key, if there is none: 20 equal puts at the same time make one commit.

        `InvalidSwap` says that another record is there already: ours, whose blobs or text a repetition wrote
        differently. It is adopted.
        """
        session = self._sessions.current()
        answer = self._wire.once(self._put(session, frozen))
        if error_name(answer) == EXPIRED:
            session = self._sessions.renew(session)
            answer = self._wire.once(self._put(session, frozen))
        uri = f"at://{session.did}/{COLLECTION}/{frozen.token}"
        if answer.status == 200:
            if answer.document.get("uri") != uri:
                raise unknown("The answer named no record of ours", answer)
            return _created(uri)
        if error_name(answer) == "InvalidSwap":
            return _created(uri)
        raise failure(answer, self._wire.runtime.now())

    def find(self, frozen: Frozen, since: datetime) -> Created | Missing:  # noqa: ARG002 - the key says it all
        """Look for the record under its key; reading needs no token."""
        session = self._sessions.current()
        found = self._get(session, frozen.token)
        return _created(f"at://{session.did}/{COLLECTION}/{frozen.token}") if found else Missing.ABSENT

    def update(self, uri: str, post: Post) -> None:  # noqa: ARG002 - the protocol's names
        """Refuse: clients show the old text of an edited record."""
        raise Rejected("A post on Bluesky cannot be edited.", "Set `on_change: hold` or `replace`.")

    def delete(self, uri: str) -> None:
        """Delete a record; one that is gone is not an error."""
        session = self._sessions.current()
        did, collection, rkey = _parts(uri)
        if did != session.did:
            raise Rejected(f"{uri} belongs to another account.", "Check the author of the post.")
        document = {"repo": did, "collection": collection, "rkey": rkey}
        answer = self._wire.write(xrpc(session.pds, f"{_REPO}deleteRecord", document, token=session.access))
        if error_name(answer) == EXPIRED:
            token = self._sessions.renew(session).access
            answer = self._wire.write(xrpc(session.pds, f"{_REPO}deleteRecord", document, token=token))
        if answer.status != 200 or not _is_object(answer):
            raise failure(answer, self._wire.runtime.now())

    def resolve(self, target: str) -> str:
        """Return the DID of a handle. It is empty if it is not one, or is not known."""
        handle = target.removeprefix("@").lower()
        if handle.startswith("did:"):
            return target
        if handle.startswith("urn:") or "." not in handle:
            return ""
        if handle not in self._dids:
            request = query(self._sessions.service, "com.atproto.identity.resolveHandle", handle=handle)
            answer = self._wire.safe(request)
            self._dids[handle] = str(answer.document.get("did", "")) if answer.status == 200 else ""
        return self._dids[handle]

    def _upload(self, kind: MediaKind, content: bytes) -> Blob:
        if kind is MediaKind.DOCUMENT:
            raise Rejected("Bluesky shows no documents.", "Attach images, or link to the document.")
        session = self._sessions.current()
        if kind is MediaKind.VIDEO:
            return upload_video(self._wire, session, content)
        content, mime_type = fit_image(content)
        headers = {"Content-Type": mime_type}
        url = f"{session.pds}/xrpc/{_REPO}uploadBlob"
        # content-addressed: the same bytes have the same reference, so this may be repeated
        answer = self._authorized(lambda token: Request("POST", url, headers, body(content), token))
        blob = answer.document.get("blob")
        if answer.status != 200 or not isinstance(blob, dict):
            raise failure(answer, self._wire.runtime.now())
        return blob

    def _reply(self, session: BlueskySession, parent: str) -> dict[str, Any]:
        """Return the reference to the post that is replied to, and to the first of its thread."""
        did, _, rkey = _parts(parent)
        found = self._get(session, rkey) if did == session.did else None
        if found is None:
            raise Unavailable(f"{parent} is not there, so nothing can reply to it.", "Was it deleted?")
        reference = {"uri": parent, "cid": found["cid"]}
        above = found["value"].get("reply") if isinstance(found.get("value"), dict) else None
        root = above.get("root") if isinstance(above, dict) else None
        return {"root": root or reference, "parent": reference}

    def _get(self, session: BlueskySession, rkey: str) -> Mapping[str, Any] | None:
        request = query(session.pds, f"{_REPO}getRecord", repo=session.did, collection=COLLECTION, rkey=rkey)
        answer = self._wire.safe(request)
        if answer.status == 200 and isinstance(answer.document.get("cid"), str):
            return answer.document
        if error_name(answer) == "RecordNotFound":
            return None
        raise Unavailable(f"Bluesky cannot tell whether {rkey} exists: {answer.status}.", "Try again later.")

    def _put(self, session: BlueskySession, frozen: Frozen) -> Request:
        document = {
            "repo": session.did,
            "collection": COLLECTION,
            "rkey": frozen.token,
            "record": json.loads(frozen.record),
            "swapRecord": None,
        }
        return xrpc(session.pds, f"{_REPO}putRecord", document, token=session.access)

    def _authorized(self, make: Any) -> Answer:
        """Send a safe request with the access token; once more with a new one if it has expired."""
        session = self._sessions.current()
        answer = self._wire.safe(make(session.access))
        if error_name(answer) == EXPIRED:
            answer = self._wire.safe(make(self._sessions.renew(session).access))
        return answer


def _created(uri: str) -> Created:
    return Created(uri, link_of(uri))


def link_of(uri: str) -> str:
    """Return the link under which people see a post."""
    did, _, rkey = _parts(uri)
    return f"{APP}/profile/{did}/post/{rkey}"


def _parts(uri: str) -> tuple[str, str, str]:
    """Return DID, collection and key of an AT URI."""
    parts = uri.removeprefix("at://").split("/")
    if not uri.startswith("at://") or len(parts) != 3:
        raise Rejected(f"{uri!r} isn't a post on Bluesky.", "Check the state.")
    return parts[0], parts[1], parts[2]


def _is_object(answer: Answer) -> bool:
    return answer.body.lstrip()[:1] == b"{"
