"""The gateway to one account at Zernio: presigned uploads, posts with a key, the look-up by tag."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode

from publisher.errors import ApiError, Duplicate, Forbidden, OutcomeUnknown, Rejected, Unavailable
from publisher.model.post import Media, Post
from publisher.networks.backoff import retry_after
from publisher.networks.card_text import text_with_card
from publisher.networks.gateway import Created, Frozen, Missing, Traits
from publisher.networks.hosts import origin
from publisher.networks.messages import Answer, Request
from publisher.networks.wire import Wire, body, refused, unknown
from publisher.networks.zernio.encoder import encode_post, media_item
from publisher.networks.zernio.limits import platform_traits

# The base of every path (OpenAPI file of `zernio-sdk` 1.4.1385, read 2026-11).
API = "https://zernio.com/api"


class ZernioGateway:
    """One connected account: its platform's name and its id."""

    def __init__(self, wire: Wire, token: str, platform: str, account: str, api: str = API) -> None:
        self._wire = wire
        self._token = token
        self._platform = platform
        self._account = account
        self._api = api.rstrip("/")

    @property
    def traits(self) -> Traits:
        """Return what the platform can do."""
        return platform_traits(self._platform)

    @property
    def identity(self) -> str:
        """Return the account's id, if the key can post to it. Raise `Forbidden` if not."""
        if not any(item.get("_id") == self._account for item in self.accounts()):
            raise Forbidden(
                f"The key of Zernio has no account {self._account}.",
                "`publisher auth login --author ALIAS` lists the accounts that it has.",
                status=403,
            )
        return self._account

    def accounts(self) -> list[Mapping[str, Any]]:
        """Return the accounts that the key can post to."""
        found = self._read("/v1/accounts").get("accounts")
        if not isinstance(found, list):
            raise Unavailable("Zernio listed no accounts.", "Try again later.")
        return [item for item in found if isinstance(item, dict)]

    def freeze(self, post: Post, now: datetime, files: Mapping[str, bytes], parent: str = "") -> Frozen:
        """Upload the files and return the body with its key."""
        if parent:
            raise Rejected("Zernio takes a thread in one post only.", "Publish the parts as one post.")
        identity = "\n".join(("publisher", self._account, post.key, now.isoformat()))
        token = hashlib.sha256(identity.encode()).hexdigest()
        media = [self._upload(item, files[item.sha256]) for item in post.media]
        tags = [_tag(token)] if self.traits.readable else []
        document = encode_post(post, self._platform, self._account, media, token, tags)
        return Frozen(token, json.dumps(document, ensure_ascii=False, separators=(",", ":")))

    def create(self, frozen: Frozen) -> Created:
        """Publish. 207 is a 2xx, too, so the post's own status decides."""
        headers = {"Content-Type": "application/json", "Idempotency-Key": frozen.token}
        request = Request("POST", f"{self._api}/v1/posts", headers, body(frozen.record.encode()), self._token)
        answer = self._wire.once(request)
        if answer.status == 409:
            raise self._conflict(answer)
        # 202: a first request with the same id is still being saved (OpenAPI file, read 2026-11).
        if answer.status == 202:
            raise unknown("Zernio is still saving the post", answer)
        post = answer.document.get("post")
        if answer.status in {200, 201, 207} and isinstance(post, dict):
            return self._outcome(post, answer)
        if 200 <= answer.status < 300:
            raise unknown("The answer named no post", answer)
        raise self._failure(answer)

    def find(self, frozen: Frozen, since: datetime) -> Created | Missing:  # noqa: ARG002 - the tag says it all
        """Look for the post by its tag. A post that is there, but not published, is uncertain."""
        if not self.traits.readable:
            return Missing.UNCERTAIN
        asked = urlencode({"tags": _tag(frozen.token), "limit": "10"})
        posts = self._read(f"/v1/posts?{asked}").get("posts")
        if not isinstance(posts, list):
            raise Unavailable("Zernio listed no posts.", "Try again later.")
        ours = [item for item in posts if _metadata(item).get("publisher") == frozen.token]
        for post in ours:
            if found := self._live(post):
                return found
        return Missing.UNCERTAIN if ours else Missing.ABSENT

    def delete(self, uri: str) -> None:
        """Take a post off the platform; one that is off already is not an error."""
        post = self._read(f"/v1/posts/{quote(uri, safe='')}").get("post")
        target = self._target(post)
        if target.get("status") == "cancelled":
            return
        document = {"platform": self._platform, "accountId": self._account}
        answer = self._wire.write(self._post(f"/v1/posts/{quote(uri, safe='')}/unpublish", document))
        if answer.status != 200 or answer.document.get("success") is not True:
            raise self._failure(answer)

    def update(self, uri: str, post: Post) -> None:
        """Edit the text of a published post, on platforms that allow it."""
        if not self.traits.editable:
            raise Rejected(f"{self._platform} cannot edit posts through Zernio.", "Set `on_change: hold`.")
        content = text_with_card(post)
        document = {"platform": self._platform, "accountId": self._account, "content": content}
        answer = self._wire.write(self._post(f"/v1/posts/{quote(uri, safe='')}/edit", document))
        if answer.status != 200:
            raise self._failure(answer)

    def _outcome(self, post: Mapping[str, Any], answer: Answer) -> Created:
        """Return what was published, or raise: failed for good, or still being tried."""
        if found := self._live(post):
            return found
        target = self._target(post)
        if target.get("status") == "failed" or post.get("status") == "failed":
            reason = str(target.get("errorMessage") or "the platform refused it")
            raise Rejected(
                f"{self._platform}: {reason}",
                "Zernio does not try it again; see the post there.",
                status=answer.status,
                code=str(target.get("errorCategory") or ""),
            )
        raise unknown(f"Zernio has the post with status {post.get('status')}", answer)

    def _live(self, post: Any) -> Created | None:
        target = self._target(post)
        identity = post.get("_id") if isinstance(post, dict) else None
        if target.get("status") != "published" or not isinstance(identity, str):
            return None
        there = target.get("platformPostId")
        ids = {"platform_id": there} if isinstance(there, str) and there else {}
        return Created(identity, str(target.get("platformPostUrl") or ""), ids)

    def _target(self, post: Any) -> Mapping[str, Any]:
        """Return the entry of our account in a post; the account is an id or an object."""
        for item in post.get("platforms") or () if isinstance(post, dict) else ():
            account = item.get("accountId") if isinstance(item, dict) else None
            if self._account in {account if isinstance(account, str) else (account or {}).get("_id")}:
                return item  # type: ignore[no-any-return]
        return {}

    def _conflict(self, answer: Answer) -> OutcomeUnknown | Duplicate:
        """Return the error of a 409: the same key is still running, or the same content is there already."""
        if answer.document.get("code") == "idempotency_conflict":
            return unknown("Zernio is still processing the same request", answer)
        details = answer.document.get("details")
        existing = details.get("existingPostId") if isinstance(details, dict) else None
        return Duplicate(
            f"{self._platform} has the same content since less than 24 hours ago: {existing or 'no id was given'}.",
            "Change the text, or adopt the post with `publisher state import`.",
            urn=existing if isinstance(existing, str) else None,
            status=409,
            code="duplicate_content",
        )

    def _upload(self, media: Media, content: bytes) -> dict[str, str]:
        name = media.path.rpartition("/")[2]
        asked = {"filename": name, "contentType": media.mime_type, "size": len(content)}
        answer = self._wire.safe(self._post("/v1/media/presign", asked))
        upload, public = (answer.document.get(key) for key in ("uploadUrl", "publicUrl"))
        if answer.status != 200 or not isinstance(upload, str) or not isinstance(public, str):
            raise self._failure(answer)
        found, own = origin(upload), origin(self._api)
        if found is None or (found[0] != "https" and own and own[0] == "https"):
            raise Unavailable("Zernio named an upload address that is not https.", "Try again later.")
        # the address is the credential: no key goes with it
        done = self._wire.safe(Request("PUT", upload, {"Content-Type": media.mime_type}, body(content)))
        if not 200 <= done.status < 300:
            raise Unavailable(
                f"The upload of {media.path} was answered with {done.status}.", "Try again later."
            )
        return media_item(media, public)

    def _read(self, path: str) -> Mapping[str, Any]:
        answer = self._wire.safe(Request("GET", self._api + path, {}, None, self._token))
        if answer.status != 200:
            raise self._failure(answer)
        return answer.document

    def _post(self, path: str, document: Mapping[str, Any]) -> Request:
        content = json.dumps(document, ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json"}
        return Request("POST", self._api + path, headers, body(content), self._token)

    def _failure(self, answer: Answer) -> ApiError:
        now = self._wire.runtime.now()
        wait = retry_after(answer.headers.get("retry-after"), now)
        code = str(answer.document.get("code", ""))
        message = f"Zernio: {answer.document.get('error', '')}"
        return refused(answer, message, code, now + timedelta(seconds=3_600 if wait is None else wait))


def _tag(token: str) -> str:
    """Return the tag by which a post is found."""
    # The service compares whole tags (OpenAPI file, read 2026-11), and 24 characters of the key are unique.
    return f"publisher-{token[:24]}"


def _metadata(post: Any) -> Mapping[str, Any]:
    found = post.get("metadata") if isinstance(post, dict) else None
    return found if isinstance(found, dict) else {}
