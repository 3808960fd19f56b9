"""The emulated Zernio as one object: the key, accounts, limits, media, and posts.

It answers below ``/zernio/api``, as the service does below ``https://zernio.com/api``.
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid5

from publisher.sandbox.emulator import Emulator, Endpoint, NetworkCall, Values
from publisher.sandbox.messages import Request, Response, json_response
from publisher.sandbox.store import Store
from publisher.sandbox.values import Member, Post, StoredMedia
from publisher.sandbox.windows import FixedWindow
from publisher.sandbox.zernio.calls import error_response, read_object, refuse
from publisher.sandbox.zernio.posts import Posts
from publisher.sandbox.zernio.values import ZernioAccount, ZernioFile, ZernioKey, ZernioPost

KEY = "sk_" + "5a" * 32
"""The first user's key, 67 characters as the service's are; published on purpose: the sandbox guards nothing."""

PREFIX = "/zernio/api/v1"
_TYPES = re.compile(
    r"image/(jpeg|jpg|png|webp|gif)|video/(mp4|mpeg|quicktime|avi|x-msvideo|webm|x-m4v)|application/pdf"
    r"|audio/(mpeg|mp4|wav)|text/vtt|application/x-subrip"
)
# A fixed namespace makes the request ids of a run reproducible.
_NAMESPACE = UUID("6f1c1b1e-0c4e-4c58-9a58-6d9f4f6f2a11")


class Zernio(Emulator):
    """One user of the service, with an account on X, on Threads and on LinkedIn."""

    name = "zernio"

    def __init__(self, store: Store) -> None:
        self.store, self.clock = store, store.clock
        self.accounts = Values(store, "zernio.accounts", ZernioAccount, stays=True)
        self.posts = Values(store, "zernio.posts", ZernioPost)
        self.keys = Values(store, "zernio.keys", ZernioKey)
        self.files = Values(store, "zernio.files", ZernioFile)
        self.pending: set[str] = set()
        self.posting = Posts(self)
        # the service's limits for 3 to 2,000 accounts, and per account (OpenAPI file, read 2026-11);
        # its windows slide, these are fixed
        self.requests = FixedWindow(600, 60)
        self.velocity = FixedWindow(25, 3_600)
        super().__init__(store)
        if not len(self.accounts):
            self.populate()

    def endpoints(self) -> Iterable[Endpoint]:
        """Return the routes."""
        yield from self.posting.endpoints()
        yield Endpoint("GET", f"{PREFIX}/accounts", "zernio.accounts", self._list_accounts)
        yield Endpoint("GET", f"{PREFIX}/accounts/health", "zernio.health", self._health)
        yield Endpoint("GET", f"{PREFIX}/profiles", "zernio.profiles", self._profiles)
        yield Endpoint("POST", f"{PREFIX}/media/presign", "zernio.presign", self._presign)
        yield Endpoint("PUT", "/zernio/upload/{key}", "zernio.upload", self._upload, media=True)
        yield Endpoint("GET", "/zernio/media/{key}", "zernio.file", self._file)

    def populate(self) -> None:
        """Connect three accounts."""
        for platform in ("twitter", "threads", "linkedin"):
            self.connect(platform)

    def connect(self, platform: str, *, active: bool = True) -> ZernioAccount:
        """Connect an account."""
        identity = self.new_id()
        account = ZernioAccount(identity, platform, "mira", "Mira Example", "f" * 24, active)
        return self.accounts.put(identity, account)

    def key_of(self, identity: str, platform: str) -> str:
        """Return the key; the account is connected if it is not there."""
        if identity and self.accounts.get(identity) is None:
            account = ZernioAccount(identity, platform, "mira", "Mira Example", "f" * 24, active=True)
            self.accounts.put(identity, account)
        return KEY

    def new_id(self) -> str:
        """Return an id as MongoDB's are: the time in seconds, and noise."""
        # MongoDB's ObjectId has four bytes of time and eight bytes of other data.
        return f"{int(self.clock.now()):08x}" + "".join(f"{ord(letter):02x}" for letter in self.ids.text(8))

    def authorize(self, call: NetworkCall) -> None:
        """Check the key, and count the request."""
        value = call.request.header("authorization").partition(" ")[2].strip()
        if not value:
            raise refuse(401, "Missing credentials", "missing_credentials")
        if value != KEY or call.strike("revoke-token", "expire-token"):
            raise refuse(401, "Invalid API key", "invalid_credentials")
        call.account = "zernio"
        allowance = self.requests.spend("zernio", self.clock.now())
        if allowance.exceeded:
            wait = max(1, round(allowance.reset - self.clock.now()))
            raise refuse(429, "Rate limit exceeded", "rate_limited", retry_after=wait)

    def owner(self, request: Request) -> str:
        """Return whose key the request carries."""
        return "zernio" if request.header("authorization").endswith(KEY) else ""

    def said(self, document: dict[str, Any]) -> str:
        """Return the text of a post."""
        found = document.get("content", "")
        return found if isinstance(found, str) else ""

    def failure(self, status: int) -> Response:
        """Return an error of the service itself."""
        names = {503: ("Service temporarily unavailable", "temporarily_unavailable")}
        message, code = names.get(status, ("Internal server error", "internal_error"))
        return error_response(status, message, code)

    def feed_posts(self) -> list[Post]:
        """Return one post for each account that published it."""
        return [
            Post(
                urn=f"zernio:{post.id}",
                activity=f"zernio:{post.id}",
                author=f"zernio:{target['accountId']}",
                api="zernio",
                text=str(post.body.get("content", "")),
                sent_text=str(post.body.get("content", "")),
                visibility="PUBLIC",
                created_at=int(post.created_at * 1000),
                content={"media": [_feed_item(item) for item in post.body.get("mediaItems") or ()]},
            )
            for post in self.posts.all()
            for target in post.targets
            if target["status"] == "published" and not post.deleted
        ]

    def feed_author(self, urn: str) -> Member | None:
        """Return an account."""
        account = self.accounts.get(urn.removeprefix("zernio:"))
        if account is None:
            return None
        return Member(urn, account.display_name, "", headline=f"@{account.username} on {account.platform}")

    def feed_media(self, urn: str) -> StoredMedia | None:
        """Return an uploaded file."""
        item = self.files.get(urn.removeprefix("zernio:")) if urn.startswith("zernio:") else None
        kind = "video" if item and item.content_type.startswith("video/") else "image"
        return self.feed_file(urn, kind, item.content_type, item.file) if item and item.file else None

    def throttled(self, _call: NetworkCall) -> Response:
        """Return the 429 of 25 posts in an hour."""
        return error_response(429, "Velocity limit: 25 posts per hour", "rate_limited", retry_after=3_600)

    def delayed(self, call: NetworkCall) -> None:
        """Remember the key of a create that a fault holds back. The create counts as in progress."""
        self.pending.add(call.request.header("idempotency-key"))

    def finish(self, call: NetworkCall, answer: Response) -> Response:
        """Add ``X-Request-Id``: the one that came, if it is a UUID."""
        given = call.request.header("x-request-id")
        try:
            identity = str(UUID(given))
        except ValueError:
            identity = str(uuid5(_NAMESPACE, self.ids.text(20)))
        return replace(answer, headers={**answer.headers, "x-request-id": identity})

    def clear(self) -> None:
        """Forget counted requests and held keys."""
        super().clear()
        self.pending.clear()
        self.requests.clear()
        self.velocity.clear()

    def account_json(self, account: ZernioAccount) -> dict[str, Any]:
        """Return an account as JSON."""
        return {
            "_id": account.id,
            "platform": account.platform,
            "profileId": {"_id": account.profile, "name": "Default", "slug": "default"},
            "username": account.username,
            "displayName": account.display_name,
            "profileUrl": f"https://{account.platform}.example/{account.username}",
            "isActive": account.active,
        }

    def _list_accounts(self, call: NetworkCall) -> Response:
        self.authorize(call)
        platform = call.request.parameters.get("platform", "")
        chosen = [item for item in self.accounts.all() if platform in {"", item.platform}]
        return json_response(
            200, {"accounts": [self.account_json(item) for item in chosen], "hasAnalyticsAccess": False}
        )

    def _health(self, call: NetworkCall) -> Response:
        self.authorize(call)
        accounts = [
            {"accountId": item.id, "platform": item.platform, "status": "healthy" if item.active else "error"}
            for item in self.accounts.all()
        ]
        return json_response(200, {"accounts": accounts})

    def _profiles(self, call: NetworkCall) -> Response:
        self.authorize(call)
        return json_response(200, {"profiles": [{"_id": "f" * 24, "name": "Default", "isDefault": True}]})

    def _presign(self, call: NetworkCall) -> Response:
        self.authorize(call)
        document = read_object(call)
        for name in ("filename", "contentType"):
            if not isinstance(document.get(name), str) or not document[name]:
                raise refuse(400, f"{name} is required", "missing_field", param=name)
        if not _TYPES.fullmatch(document["contentType"]):
            raise refuse(400, f"Unsupported content type {document['contentType']}", param="contentType")
        name = re.sub(r"[^A-Za-z0-9._-]", "-", document["filename"])
        key = f"{self.clock.milliseconds()}_{self.ids.digits(6)}_{name}"
        self.files.put(key, ZernioFile(key, document["contentType"], self.clock.now() + 3_600))
        base = call.request.base_url
        body = {
            "uploadUrl": f"{base}/zernio/upload/{key}",
            "publicUrl": f"{base}/zernio/media/{key}",
            "key": f"temp/{key}",
            "expiresIn": 3_600,
        }
        return json_response(200, body)

    def _upload(self, call: NetworkCall) -> Response:
        """Take the bytes at a presigned address, without the key; the type must be the announced one."""
        item = self.files.get(call.names["key"])
        # Object storage answers here, not the API, so the error is XML (inferred).
        if item is None or item.expires_at <= self.clock.now():
            return Response(
                403, b"<Error><Code>AccessDenied</Code></Error>", {"content-type": "application/xml"}
            )
        if call.request.content_type != item.content_type:
            body = b"<Error><Code>SignatureDoesNotMatch</Code></Error>"
            return Response(403, body, {"content-type": "application/xml"})
        name = f"zernio-{item.key}"
        (self.store.media_folder / name).write_bytes(call.request.body)
        self.files.put(item.key, replace(item, file=name))
        return Response(200)

    def _file(self, call: NetworkCall) -> Response:
        item = self.files.get(call.names["key"])
        if item is None or not item.file:
            return Response(404, b"", {})
        content = (self.store.media_folder / item.file).read_bytes()
        return Response(200, content, {"content-type": item.content_type})


def _feed_item(item: dict[str, Any]) -> dict[str, str]:
    key = str(item.get("url", "")).rpartition("/")[2]
    return {"urn": f"zernio:{key}", "alt": str(item.get("altText", "")), "title": ""}
