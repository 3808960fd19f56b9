"""Posts: create with three layers of idempotency, read, edit, unpublish, delete.

The order is the service's: `Idempotency-Key` (24 hours, on the key alone), then `x-request-id` with the same
content, then the content per account (409 for 24 hours). Without a timing field a post is a draft, and a past
time publishes.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from publisher.sandbox.emulator import Endpoint, NetworkCall
from publisher.sandbox.messages import Response, json_response
from publisher.sandbox.zernio.calls import read_object, refuse
from publisher.sandbox.zernio.values import ZernioAccount, ZernioKey, ZernioPost

if TYPE_CHECKING:
    from publisher.sandbox.zernio.network import Zernio

DAY = 86_400
# Characters by platform (OpenAPI file of `zernio-sdk` 1.4.1385, read 2026-11).
LIMITS = {
    "twitter": 280,
    "threads": 500,
    "bluesky": 300,
    "linkedin": 3_000,
    "instagram": 2_200,
    "telegram": 4_096,
}
_PATH = "/zernio/api/v1/posts"
# The states in which a post may still change (OpenAPI file, read 2026-11).
_EDITABLE = {"draft", "scheduled", "failed", "partial", "cancelled"}
# The service cannot remove posts from these platforms (OpenAPI file, read 2026-11).
_NO_UNPUBLISH = {"instagram", "tiktok", "snapchat"}
_EXTENSIONS = {"image": {"png", "jpg", "jpeg", "webp"}, "video": {"mp4", "mov", "webm"}, "document": {"pdf"}}
_ASKED = frozenset(
    {"page", "limit", "offset", "cursor", "fields", "source", "status", "platform", "profileId", "createdBy"}
    | {"fromDate", "toDate", "dateFrom", "dateTo", "includeHidden", "search", "tags", "sortBy", "accountId"}
)


class Posts:
    """The post calls."""

    def __init__(self, network: "Zernio") -> None:
        self._network = network

    def endpoints(self) -> tuple[Endpoint, ...]:
        """Return the routes."""
        return (
            Endpoint("POST", _PATH, "zernio.posts", self.create),
            Endpoint("GET", _PATH, "zernio.list", self.list_),
            Endpoint("GET", f"{_PATH}/{{id}}", "zernio.post", self.show),
            Endpoint("PUT", f"{_PATH}/{{id}}", "zernio.post", self.change),
            Endpoint("DELETE", f"{_PATH}/{{id}}", "zernio.post", self.delete),
            Endpoint("POST", f"{_PATH}/{{id}}/unpublish", "zernio.unpublish", self.unpublish),
            Endpoint("POST", f"{_PATH}/{{id}}/edit", "zernio.edit", self.edit),
        )

    def create(self, call: NetworkCall) -> Response:
        """Create a post, and publish it if it is due."""
        network = self._network
        network.authorize(call)
        document, now = read_object(call), network.clock.now()
        key, request_id = call.request.header("idempotency-key"), call.request.header("x-request-id")
        # A key has at most 255 characters (OpenAPI file, read 2026-11).
        if len(key) > 255:
            raise refuse(400, "Idempotency-Key must be at most 255 characters", param="Idempotency-Key")
        if key in network.pending and not self._is_late(call):
            message = "A request with this Idempotency-Key is still being processed"
            raise refuse(409, message, "idempotency_conflict", retry_after=5)
        network.pending.discard(key)
        body_print = _digest(document)
        for name, wanted in (
            (f"key:{key}" if key else "", ""),
            (f"id:{request_id}" if request_id else "", body_print),
        ):
            stored = network.keys.get(name) if name else None
            if stored and stored.expires_at > now and wanted in {"", stored.fingerprint}:
                earlier = network.posts.get(stored.post)
                assert earlier is not None, "keys name posts that exist"  # noqa: S101
                message = "Post already exists (idempotent retry)"
                return json_response(200, {"message": message, "post": self.described(earlier)})
        post = self._checked(document, now)
        network.posts.put(post.id, post)
        call.committed = post.id
        if not call.strike("no-key"):
            for name in (f"key:{key}" if key else "", f"id:{request_id}" if request_id else ""):
                if name:
                    network.keys.put(name, ZernioKey(post.id, now + DAY, body_print))
        return self._published(call, post) if self._is_due(document, post) else self._waiting(post)

    def show(self, call: NetworkCall) -> Response:
        """Show one post."""
        self._network.authorize(call)
        return json_response(200, {"post": self.described(self._found(call))})

    def list_(self, call: NetworkCall) -> Response:
        """List posts, newest first; a parameter that the service does not know is an error."""
        self._network.authorize(call)
        asked = call.request.parameters
        if unknown := sorted(set(asked) - _ASKED):
            raise refuse(400, f"Unknown query parameter: {unknown[0]}", param=unknown[0])
        tags = set(asked.get("tags", "").split(",")) - {""}
        found = [
            post
            for post in reversed(self._network.posts.all())
            if not post.deleted
            and (not tags or tags & set(post.body.get("tags") or ()))
            and asked.get("status", post.status) == post.status
            and (
                "accountId" not in asked or asked["accountId"] in {item["accountId"] for item in post.targets}
            )
            and ("platform" not in asked or asked["platform"] in {item["platform"] for item in post.targets})
            and asked.get("search", "") in str(post.body.get("content", ""))
        ]
        limit = int(asked["limit"]) if asked.get("limit", "").isdigit() else 10
        page = [self.described(post) for post in found[:limit]]
        pages = -(-len(found) // limit)
        pagination = {"page": 1, "limit": limit, "total": len(found), "pages": pages}
        return json_response(200, {"posts": page, "pagination": pagination})

    def change(self, call: NetworkCall) -> Response:
        """Change a post that is not published."""
        self._network.authorize(call)
        post = self._found(call)
        if post.status not in _EDITABLE:
            raise refuse(400, f"Cannot update a post with status {post.status}")
        changed = replace(post, body={**post.body, **read_object(call)}, updated_at=self._network.clock.now())
        self._network.posts.put(post.id, changed)
        return json_response(200, {"message": "Post updated successfully", "post": self.described(changed)})

    def delete(self, call: NetworkCall) -> Response:
        """Delete a post that is not published."""
        self._network.authorize(call)
        post = self._found(call)
        if post.status in {"published", "publishing"}:
            raise refuse(400, "Cannot delete published posts")
        self._network.posts.put(post.id, replace(post, deleted=True))
        return json_response(200, {"message": "Post deleted successfully"})

    def unpublish(self, call: NetworkCall) -> Response:
        """Take a post off one platform."""
        self._network.authorize(call)
        post, document = self._found(call), read_object(call)
        platform, account = document.get("platform"), document.get("accountId")
        if platform in _NO_UNPUBLISH:
            raise refuse(400, f"Unpublishing is not supported on {platform}")
        chosen = [
            item
            for item in post.targets
            if item["platform"] == platform
            and item["status"] == "published"
            and account in {None, item["accountId"]}
        ]
        if not chosen:
            raise refuse(400, "Post was not published to this platform")
        targets = [{**item, "status": "cancelled"} if item in chosen else item for item in post.targets]
        status = "partial" if any(item["status"] == "published" for item in targets) else "cancelled"
        self._network.posts.put(post.id, replace(post, targets=targets, status=status))
        self._network.store.events.publish("delete", f"zernio:{post.id}")
        return json_response(200, {"success": True, "message": f"Post deleted from {platform} successfully"})

    def edit(self, call: NetworkCall) -> Response:
        """Edit the text of a published post."""
        self._network.authorize(call)
        post, document = self._found(call), read_object(call)
        if post.status != "published":
            raise refuse(400, "Only published posts can be edited")
        if not isinstance(document.get("content"), str):
            raise refuse(400, "content is required", param="content")
        changed = replace(post, body={**post.body, "content": document["content"]})
        self._network.posts.put(post.id, changed)
        self._network.store.events.publish("update", f"zernio:{post.id}")
        return json_response(200, {"success": True, "message": "Post edited successfully"})

    def described(self, post: ZernioPost) -> dict[str, Any]:
        """Return a post as JSON. Times are shown only where they are set."""
        shown: dict[str, Any] = {}
        for name in ("title", "content", "tags", "metadata"):
            if name in post.body:
                shown[name] = post.body[name]
        times = {"scheduledFor": _iso(post.scheduled_for)} if post.scheduled_for else {}
        return {
            "_id": post.id,
            **shown,
            **times,
            "mediaItems": post.body.get("mediaItems") or [],
            "status": post.status,
            "timezone": post.body.get("timezone", "UTC"),
            "platforms": [self._target_json(item) for item in post.targets],
            "createdAt": _iso(post.created_at),
            "updatedAt": _iso(post.updated_at or post.created_at),
        }

    def _target_json(self, target: dict[str, Any]) -> dict[str, Any]:
        account = self._network.accounts.get(target["accountId"])
        shown = self._network.account_json(account) if account else target["accountId"]
        return {**target, "accountId": shown}

    def _checked(self, document: dict[str, Any], now: float) -> ZernioPost:
        """Return the post that a body describes, after every check."""
        draft = bool(document.get("isDraft")) or not self._timed(document)
        platforms = document.get("platforms") or []
        if not platforms and not draft:
            raise refuse(400, "platforms is required", "missing_field", param="platforms")
        moment = self._moment(document)
        if document.get("requiresApproval") and not moment:
            raise refuse(400, "requiresApproval needs scheduledFor", param="scheduledFor")
        # an item without an address is dropped silently
        media = [
            item for item in document.get("mediaItems") or [] if isinstance(item, dict) and item.get("url")
        ]
        for item in media:
            _check_media(item)
        accounts = [self._account(item) for item in platforms]
        texts = [str(item.get("customContent") or document.get("content") or "") for item in platforms]
        if not media and not all(text.strip() for text in texts) and not draft:
            raise refuse(400, "content is required", "missing_field", param="content")
        for account, text in zip(accounts, texts, strict=True):
            limit = LIMITS.get(account.platform)
            if limit and len(text) > limit:
                raise refuse(
                    400, f"Content exceeds {limit} characters for {account.platform}", param="content"
                )
        prints = [_fingerprint(account, text, media) for account, text in zip(accounts, texts, strict=True)]
        if not draft:
            self._refuse_duplicates(accounts, prints, now)
            self._count(accounts, now)
        targets = [
            {"platform": account.platform, "accountId": account.id, "status": "pending"}
            for account in accounts
        ]
        status = "draft" if draft else "pending_approval" if document.get("requiresApproval") else "scheduled"
        body = {**document, "mediaItems": media}
        return ZernioPost(self._network.new_id(), body, status, targets, now, moment, now, prints)

    def _timed(self, document: Mapping[str, Any]) -> bool:
        return any(document.get(name) for name in ("publishNow", "scheduledFor", "queuedFromProfile"))

    def _moment(self, document: Mapping[str, Any]) -> float:
        """Return ``scheduledFor`` in epoch seconds; without an offset it is local in ``timezone``."""
        try:
            zone = ZoneInfo(str(document.get("timezone") or "UTC"))
        except (ZoneInfoNotFoundError, ValueError):
            raise refuse(400, f"Invalid timezone: {document.get('timezone')}", param="timezone") from None
        value = document.get("scheduledFor")
        if not value:
            return 0.0
        try:
            moment = datetime.fromisoformat(str(value))
        except ValueError:
            raise refuse(400, "scheduledFor is not a date-time", param="scheduledFor") from None
        return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).timestamp()

    def _account(self, target: Any) -> ZernioAccount:
        named = target if isinstance(target, dict) else {}
        account = self._network.accounts.get(str(named.get("accountId")))
        if account is None:
            raise refuse(403, "Account does not belong to this user")
        if account.platform != named.get("platform"):
            raise refuse(
                400, f"Account {account.id} is not a {named.get('platform')} account", param="platforms"
            )
        if not account.active:
            message = f"Account {account.id} ({account.platform}) is disconnected and cannot be posted to."
            raise refuse(403, message, "ACCOUNT_DISCONNECTED")
        return account

    def _refuse_duplicates(self, accounts: list[ZernioAccount], prints: list[str], now: float) -> None:
        for post in self._network.posts.all():
            fresh = post.created_at > now - DAY and post.status not in {"draft", "failed", "cancelled"}
            for account, found in zip(accounts, prints, strict=True):
                if fresh and not post.deleted and found in post.fingerprints:
                    details = {
                        "accountId": account.id,
                        "platform": account.platform,
                        "existingPostId": post.id,
                    }
                    message = (
                        "This exact content is already scheduled, publishing, or was posted to this account "
                    )
                    raise refuse(409, f"{message}within the last 24 hours.", details=details)

    def _count(self, accounts: list[ZernioAccount], now: float) -> None:
        for account in accounts:
            allowance = self._network.velocity.spend(account.id, now)
            if allowance.exceeded:
                wait = max(1, round(allowance.reset - now))
                details = {"accountId": account.id, "limit": allowance.limit}
                raise refuse(
                    429,
                    "Velocity limit: 25 posts per hour",
                    "rate_limited",
                    retry_after=wait,
                    details=details,
                )

    def _is_due(self, document: Mapping[str, Any], post: ZernioPost) -> bool:
        """Tell whether the request publishes: `publishNow`, or a time that has passed."""
        if post.status != "scheduled":
            return False
        past = 0 < post.scheduled_for <= self._network.clock.now()
        return bool(document.get("publishNow")) or past

    def _waiting(self, post: ZernioPost) -> Response:
        words = "Draft saved successfully" if post.status == "draft" else "Post scheduled successfully"
        return json_response(201, {"message": words, "post": self.described(post)})

    def _published(self, call: NetworkCall, post: ZernioPost) -> Response:
        """Publish to every target; a fault may let some fail, or be tried again later."""
        targets = [self._sent(call, target) for target in post.targets]
        done = [target["status"] for target in targets]
        if set(done) == {"published"}:
            status = "published"
        elif "published" in done:
            status = "partial"
        else:
            status = "failed" if "failed" in done else "scheduled"
        post = replace(post, status=status, targets=targets)
        self._network.posts.put(post.id, post)
        if "published" in done:
            self._network.store.events.publish("post", f"zernio:{post.id}")
        if status == "published":
            return json_response(
                201, {"message": "Post published successfully", "post": self.described(post)}
            )
        results = [
            {"platform": item["platform"], "status": item["status"], "error": item.get("errorMessage", "")}
            for item in targets
        ]
        body = {
            "message": "Post created but publishing failed",
            "error": "All platforms failed" if status == "failed" else "Some platforms failed",
            "post": self.described(post),
            "platformResults": results,
        }
        # 207: the post exists, but its publication is incomplete (OpenAPI file, read 2026-11).
        return json_response(207, body)

    def _sent(self, call: NetworkCall, target: dict[str, Any]) -> dict[str, Any]:
        fault = call.strike("target-failed", "target-retried")
        if fault and fault.kind == "target-retried":
            return {**target, "status": "pending"}
        if fault:
            message = "The platform rejected the post."
            return {
                **target,
                "status": "failed",
                "errorMessage": message,
                "errorCategory": "platform_rejected",
                "errorSource": "platform",
            }
        # Post ids of X and LinkedIn have 19 digits (observed).
        identity = self._network.ids.digits(19)
        return {
            **target,
            "status": "published",
            "publishedAt": _iso(self._network.clock.now()),
            "platformPostId": identity,
            "platformPostUrl": f"https://{target['platform']}.example/mira/status/{identity}",
        }

    def _found(self, call: NetworkCall) -> ZernioPost:
        post = self._network.posts.get(call.names["id"])
        if post is None or post.deleted:
            raise refuse(404, "Post not found", "not_found")
        return post

    def _is_late(self, call: NetworkCall) -> bool:
        return any(fault.kind == "commit-later" for fault in call.struck)


def _check_media(item: Mapping[str, Any]) -> None:
    kind, url = item.get("type"), str(item["url"])
    extension = url.rpartition(".")[2].lower()
    if not url.startswith(("https://", "http://127.0.0.1", "http://localhost")):
        raise refuse(400, "Media URLs must be publicly reachable over HTTPS", param="mediaItems")
    others = {name for name, known in _EXTENSIONS.items() if extension in known}
    if others and kind in _EXTENSIONS and kind not in others:
        raise refuse(400, f"Media type {kind} contradicts the extension .{extension}", param="mediaItems")


def _fingerprint(account: ZernioAccount, text: str, media: list[dict[str, Any]]) -> str:
    return _digest([account.platform, account.id, text, [item["url"] for item in media]])


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
