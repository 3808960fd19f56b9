"""The gateway to a Mastodon server: uploads, statuses with a key, the look back, edits, deletes."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import NAMESPACE_URL, uuid5

from publisher.errors import ApiError, Rejected, Unauthorized, Unavailable
from publisher.model.post import MediaKind, Post
from publisher.networks.gateway import Created, Frozen, Missing, Traits
from publisher.networks.mastodon.encoder import encode_status, idempotency_key
from publisher.networks.mastodon.limits import InstanceLimits, read_limits, traits
from publisher.networks.messages import Answer, Request
from publisher.networks.wire import Wire, body, refused, unknown

# The clocks of two machines differ, so the look back begins earlier.
_SKEW = timedelta(minutes=5)
"""How far the server's clock may differ from ours when we look back."""

# docs.joinmastodon.org, GET accounts/:id/statuses, read 2026-07: at most 40 entries a page.
_PAGE = 40
# 200 statuses cover two hours at the server's limit of 300 statuses in three hours.
_PAGES = 5
# 30 polls make one minute. Mastodon publishes no processing times (inferred).
_POLLS = 30


class MastodonGateway:
    """One account on one server.

    ``home`` is the server's name in identities; it is ``server`` if it is empty.
    """

    def __init__(self, wire: Wire, server: str, token: str, home: str = "") -> None:
        self._wire = wire
        self._server = server.rstrip("/")
        self._home = home or self._server
        self._token = token
        self._limits: InstanceLimits | None = None
        self._account: tuple[str, str] | None = None

    @property
    def limits(self) -> InstanceLimits:
        """Return the server's limits; asked for once."""
        if self._limits is None:
            answer = self._wire.safe(Request("GET", f"{self._server}/api/v2/instance"))
            self._limits = read_limits(answer.document if answer.status == 200 else {})
        return self._limits

    @property
    def traits(self) -> Traits:
        """Return what the server can do."""
        return traits(self.limits)

    @property
    def account(self) -> str:
        """Return the id of the token's account, on its server."""
        return self._who()[0]

    @property
    def identity(self) -> str:
        """Return the token's account as its page: server and name, which never change hands."""
        return self._who()[1]

    def _who(self) -> tuple[str, str]:
        if self._account is None:
            document = self._read("/api/v1/accounts/verify_credentials").document
            identity, name = document.get("id"), document.get("username")
            if not isinstance(identity, str) or not isinstance(name, str) or not name:
                raise Unavailable(f"{self._server} named no account.", "Is it a Mastodon server?")
            self._account = identity, f"{self._home}/@{name.lower()}"
        return self._account

    def freeze(self, post: Post, now: datetime, files: Mapping[str, bytes], parent: str = "") -> Frozen:
        """Upload the files and return the fields of the status with their key."""
        media = [self._upload(item.kind, item.mime_type, item.alt, files[item.sha256]) for item in post.media]
        fields = encode_status(post, media, _id_of(parent) if parent else "")
        self._check_length(fields)
        key = idempotency_key(f"{self._server}/{self.account}", post.key, now.isoformat(), parent)
        return Frozen(key, json.dumps(fields, ensure_ascii=False, separators=(",", ":")))

    def create(self, frozen: Frozen) -> Created:
        """Create the status. Within the key's hour, a repetition is answered with the status that it made."""
        headers = {"Idempotency-Key": frozen.token}
        answer = self._wire.once(self._json("POST", "/api/v1/statuses", frozen.record, headers))
        if answer.status == 200:
            return _created(answer)
        raise self._failure(answer)

    def find(self, frozen: Frozen, since: datetime) -> Created | Missing:
        """Look for the status among the account's own, by the text as it was sent."""
        wanted = json.loads(frozen.record)
        for status in self._statuses(since - _SKEW):
            if (status.get("in_reply_to_id") or "") != wanted.get("in_reply_to_id", ""):
                continue
            source = self._read(f"/api/v1/statuses/{status['id']}/source").document
            same = source.get("text") == wanted["status"]
            if same and (source.get("spoiler_text") or "") == wanted.get("spoiler_text", ""):
                return _status(status)
        return Missing.ABSENT

    def update(self, uri: str, post: Post) -> None:
        """Edit the text of a live status; repeating it changes nothing.

        The files of the status are named again: an edit without them removes them.
        """
        identity = _id_of(uri)
        files = self._read(f"/api/v1/statuses/{identity}").document.get("media_attachments")
        media = [str(item["id"]) for item in files or () if isinstance(item, dict) and "id" in item]
        fields = encode_status(post, media)
        del fields["visibility"]  # it cannot be changed
        self._check_length(fields)
        record = json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
        answer = self._wire.write(self._json("PUT", f"/api/v1/statuses/{identity}", record))
        if answer.status != 200 or answer.document.get("id") != identity:
            raise self._failure(answer)

    def delete(self, uri: str) -> None:
        """Delete a status; the server's own 404 says that it is gone, an HTML page does not."""
        identity = _id_of(uri)
        answer = self._wire.write(
            Request("DELETE", f"{self._server}/api/v1/statuses/{identity}", {}, None, self._token)
        )
        gone = answer.status == 404 and isinstance(answer.document.get("error"), str)
        if not gone and (answer.status != 200 or answer.document.get("id") != identity):
            raise self._failure(answer)

    def _check_length(self, fields: Mapping[str, Any]) -> None:
        count = self.limits.length(fields["status"], fields.get("spoiler_text", ""))
        if count > self.limits.characters:
            raise Rejected(
                f"The status has {count} characters; {self._server} takes {self.limits.characters}.",
                "Shorten it, or set `variants`.",
            )

    def _statuses(self, since: datetime) -> Iterator[Mapping[str, Any]]:
        """Yield the account's statuses since a time, newest first.

        Ids contain their time: ``id >> 16`` is in ms.
        """
        # The upper bits of an id are milliseconds (Mastodon::Snowflake, read in public code, 2026-11).
        oldest = int(since.timestamp() * 1000) << 16
        newest = ""
        for _ in range(_PAGES):
            asked = {"limit": str(_PAGE), "since_id": str(oldest), "exclude_reblogs": "true"}
            asked |= {"max_id": newest} if newest else {}
            answer = self._read(f"/api/v1/accounts/{self.account}/statuses?{urlencode(asked)}")
            page = _list(answer)
            yield from page
            if len(page) < _PAGE:
                return
            newest = str(page[-1]["id"])
        raise Unavailable(f"More than {_PAGE * _PAGES} statuses are newer than the attempt.", "Look by hand.")

    def _upload(self, kind: MediaKind, mime_type: str, alt: str, content: bytes) -> str:
        """Upload a file and wait until the server has processed it; attaching it earlier is refused."""
        if kind is MediaKind.DOCUMENT:
            raise Rejected("Mastodon shows no documents.", "Attach images, or link to the document.")
        boundary = uuid5(NAMESPACE_URL, mime_type).hex
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="description"\r\n\r\n{alt}\r\n'
        file = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="file"\r\n'
        file += f"Content-Type: {mime_type}\r\n\r\n"
        whole = (head + file).encode() + content + f"\r\n--{boundary}--\r\n".encode()
        headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
        request = Request("POST", f"{self._server}/api/v2/media", headers, body(whole), self._token)
        answer = self._wire.safe(request)
        identity = answer.document.get("id")
        # 202: the file is still processed (docs.joinmastodon.org, POST /api/v2/media, read 2026-07).
        if answer.status not in {200, 202} or not isinstance(identity, str):
            raise self._failure(answer)
        for _ in range(_POLLS):
            if answer.status == 200:
                return identity
            self._wire.runtime.sleep(2.0)
            answer = self._wire.safe(self._get(f"/api/v1/media/{identity}"))
            # 206 until processing has ended (docs.joinmastodon.org, GET /api/v1/media/:id, read 2026-07).
            if answer.status not in {200, 206}:
                raise self._failure(answer)
        raise Unavailable(
            f"{self._server} is still processing a file.", "Run `publisher publish` again later."
        )

    def _read(self, path: str) -> Answer:
        answer = self._wire.safe(self._get(path))
        if answer.status != 200:
            raise self._failure(answer)
        return answer

    def _get(self, path: str) -> Request:
        return Request("GET", self._server + path, {}, None, self._token)

    def _json(self, verb: str, path: str, record: str, headers: Mapping[str, str] | None = None) -> Request:
        own = {"Content-Type": "application/json", **(headers or {})}
        return Request(verb, self._server + path, own, body(record.encode()), self._token)

    def _failure(self, answer: Answer) -> ApiError:
        """Return the error of a refusal. Texts are in the account's language, so only the status counts."""
        message = f"{self._server}: {answer.document.get('error', '')}"
        if answer.status == 401:
            return Unauthorized(message, "Run `publisher auth login --author ALIAS`.", status=401)
        return refused(answer, message, "", _reset(answer, self._wire.runtime.now()))


def _created(answer: Answer) -> Created:
    identity, url = answer.document.get("id"), answer.document.get("url")
    if not isinstance(identity, str) or not isinstance(url, str):
        raise unknown("The answer named no status", answer)
    return _status(answer.document)


def _status(document: Mapping[str, Any]) -> Created:
    """Return a status by its page.

    The page's address ends with the id on Mastodon, GoToSocial, Pleroma and Akkoma.
    """
    identity, url = str(document["id"]), str(document.get("url") or "")
    uri = url if _id_of(url) == identity else identity
    return Created(uri, url, {"id": identity})


def _id_of(uri: str) -> str:
    """Return the id in a status's address."""
    return uri.rstrip("/").rpartition("/")[2]


def _list(answer: Answer) -> list[Mapping[str, Any]]:
    try:
        document = json.loads(answer.body)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, list) or not all(
        isinstance(item, dict) and "id" in item for item in document
    ):
        raise Unavailable("The server's list of statuses is none.", "Is it a Mastodon server?")
    return document


def _reset(answer: Answer, now: datetime) -> datetime:
    """Return when to try again: ``X-RateLimit-Reset`` is an ISO time."""
    try:
        moment = datetime.fromisoformat(answer.headers.get("x-ratelimit-reset", ""))
    except ValueError:
        return now + timedelta(minutes=5)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
