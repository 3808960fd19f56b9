"""Statuses: create, show, edit, delete, and an account's timeline.

Idempotency as in `PostStatusService` and mastodon#21840, #30039: the key is looked up before the create and
written after it, lives 3,600 seconds, ignores the body, and is not looked at for scheduled statuses.
"""

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from publisher.sandbox.emulator import Endpoint, NetworkCall
from publisher.sandbox.mastodon import text as texts
from publisher.sandbox.mastodon.calls import flag, invalid, not_found, read_fields, text
from publisher.sandbox.mastodon.media import Media
from publisher.sandbox.mastodon.values import MastodonAccount, Status, StoredKey
from publisher.sandbox.messages import Response, json_response

if TYPE_CHECKING:
    from publisher.sandbox.mastodon.network import Mastodon

KEY_SECONDS = 3_600
# docs.joinmastodon.org, POST /api/v1/statuses, read 2026-07: at least five minutes ahead.
SOONEST = 300
"""How far ahead ``scheduled_at`` must be, in seconds."""

# docs.joinmastodon.org, Status, read 2026-07.
_VISIBILITIES = {"public", "unlisted", "private", "direct"}


class Statuses:
    """The status calls."""

    def __init__(self, network: "Mastodon") -> None:
        self._network = network
        self._media = Media(network)

    def endpoints(self) -> tuple[Endpoint, ...]:
        """Return the routes."""
        path = "/api/v1/statuses"
        return (
            Endpoint("POST", path, "mastodon.statuses", self.create),
            Endpoint("GET", f"{path}/{{id}}", "mastodon.status", self.show),
            Endpoint("GET", f"{path}/{{id}}/source", "mastodon.source", self.source),
            Endpoint("PUT", f"{path}/{{id}}", "mastodon.status", self.edit),
            Endpoint("DELETE", f"{path}/{{id}}", "mastodon.status", self.delete),
            Endpoint("GET", "/api/v1/accounts/{id}/statuses", "mastodon.timeline", self.timeline),
            Endpoint("GET", "/api/v1/scheduled_statuses", "mastodon.scheduled", self.scheduled),
        )

    def create(self, call: NetworkCall) -> Response:
        """Create a status."""
        network = self._network
        account = network.authorize(call, "write:statuses")
        fields = read_fields(call)
        # The limit counts requests, and so repetitions with a known key as well (inferred).
        network.spend("create", account.id)
        key = f"{account.id}:{call.request.header('idempotency-key')}"
        moment = self._scheduled_at(text(fields, "scheduled_at"))
        # mastodon#30039: the key is ignored for scheduled statuses.
        if call.request.header("idempotency-key") and not moment:
            stored = network.keys.get(key)
            earlier = network.statuses.get(stored.status) if stored else None
            # The body is not compared: a known key returns the earlier status (PostStatusService, read
            # 2026-11).
            if stored and stored.expires_at > network.clock.now() and earlier and not earlier.deleted:
                return json_response(200, self.described(earlier, call.request.base_url))
        status = self._checked(account, fields, moment)
        network.statuses.put(status.id, status)
        for name in status.media:
            item = network.attachments.get(name)
            if item:
                network.attachments.put(name, replace(item, status=status.id))
        call.committed = status.id
        network.store.events.publish("post", f"mastodon:{status.id}")
        # The key is written after the status, so overlapping requests can make two (mastodon#21840).
        if call.request.header("idempotency-key") and not moment and not call.strike("no-key"):
            network.keys.put(key, StoredKey(status.id, network.clock.now() + KEY_SECONDS))
        return json_response(200, self.described(status, call.request.base_url))

    def show(self, call: NetworkCall) -> Response:
        """Show a status; public and unlisted ones need no token."""
        return json_response(200, self.described(self._visible(call), call.request.base_url))

    def source(self, call: NetworkCall) -> Response:
        """Show the text as it was sent."""
        self._network.authorize(call, "read:statuses")
        status = self._visible(call)
        body = {"id": status.id, "text": status.text, "spoiler_text": status.spoiler_text}
        return json_response(200, body)

    def edit(self, call: NetworkCall) -> Response:
        """Edit a status."""
        status = self._own(call)
        account = self._network.accounts.get(status.account)
        assert account is not None, "statuses belong to accounts that exist"  # noqa: S101
        fields = {"visibility": status.visibility, "language": status.language, **read_fields(call)}
        edited = self._checked(account, fields, 0.0, status)
        self._network.statuses.put(status.id, edited)
        self._network.store.events.publish("update", f"mastodon:{status.id}")
        call.committed = status.id
        return json_response(200, self.described(edited, call.request.base_url))

    def delete(self, call: NetworkCall) -> Response:
        """Delete a status; the answer contains its source."""
        status = self._own(call)
        self._network.spend("delete", status.account)
        self._network.statuses.put(status.id, replace(status, deleted=True))
        self._network.store.events.publish("delete", f"mastodon:{status.id}")
        # With the source, clients offer to write the status again (docs.joinmastodon.org, read 2026-07).
        return json_response(200, {**self.described(status, call.request.base_url), "text": status.text})

    def timeline(self, call: NetworkCall) -> Response:
        """Show an account's statuses, newest first; a token of the account shows private ones as well."""
        asked = call.request.parameters
        if self._network.accounts.get(call.names["id"]) is None:
            raise not_found()
        own = self._network.owner(call.request) == call.names["id"]
        if call.request.header("authorization"):
            self._network.authorize(call, "read:statuses")
        found = sorted(
            (item for item in self._posted() if item.account == call.names["id"] and (own or _is_open(item))),
            key=lambda item: int(item.id),
            reverse=True,
        )
        for name, keep in (("since_id", int.__gt__), ("max_id", int.__lt__)):
            if asked.get(name, "").isdigit():
                found = [item for item in found if keep(int(item.id), int(asked[name]))]
        if asked.get("min_id", "").isdigit():
            found = [item for item in found if int(item.id) > int(asked["min_id"])]
        # docs.joinmastodon.org, GET accounts/:id/statuses, read 2026-07: 20 by default, at most 40.
        limit = min(int(asked["limit"]) if asked.get("limit", "").isdigit() else 20, 40)
        # ``min_id`` returns the page next to the id, ``since_id`` the newest page (docs.joinmastodon.org,
        # read 2026-07).
        page = found[-limit:] if "min_id" in asked else found[:limit]
        server = call.request.base_url
        return json_response(200, [self.described(item, server) for item in page])

    def scheduled(self, call: NetworkCall) -> Response:
        """Show the statuses that wait."""
        account = self._network.authorize(call, "read:statuses")
        now = self._network.clock.now()
        waiting = [
            item
            for item in self._network.statuses.all()
            if item.account == account.id and item.scheduled_at > now and not item.deleted
        ]
        return json_response(200, [self.described(item, call.request.base_url) for item in waiting])

    def posted(self) -> list[Status]:
        """Return the statuses that readers see, oldest first."""
        return [item for item in self._posted() if _is_open(item)]

    def described(self, status: Status, server: str) -> dict[str, Any]:
        """Return a status, or a scheduled one, as JSON."""
        files = [self._network.attachments.get(name) for name in status.media]
        media = [self._media.described(item, server) for item in files if item]
        if status.scheduled_at > self._network.clock.now():
            params = {"text": status.text, "visibility": status.visibility, "media_ids": status.media}
            moment = _iso(status.scheduled_at)
            return {"id": status.id, "scheduled_at": moment, "params": params, "media_attachments": media}
        account = self._network.accounts.get(status.account)
        assert account is not None, "statuses belong to accounts that exist"  # noqa: S101
        url = f"{server}/@{account.username}/{status.id}"
        tags = [{"name": name, "url": f"{server}/tags/{name}"} for name in texts.tags(status.text)]
        return {
            "id": status.id,
            "created_at": _iso(status.created_at),
            "edited_at": _iso(status.edited_at) if status.edited_at else None,
            "in_reply_to_id": status.in_reply_to_id or None,
            "in_reply_to_account_id": status.account if status.in_reply_to_id else None,
            "sensitive": status.sensitive,
            "spoiler_text": status.spoiler_text,
            "visibility": status.visibility,
            "language": status.language,
            "uri": f"{server}/users/{account.username}/statuses/{status.id}",
            "url": url,
            "content": texts.html(status.text, server),
            "account": self._network.account_json(account, server),
            "media_attachments": media,
            "mentions": [],
            "tags": tags,
            "emojis": [],
            "card": None,
            "poll": status.poll or None,
            "reblog": None,
            "application": {"name": "Sandbox app", "website": None},
            "replies_count": 0,
            "reblogs_count": 0,
            "favourites_count": 0,
        }

    def _checked(
        self, account: MastodonAccount, fields: dict[str, Any], moment: float, old: Status | None = None
    ) -> Status:
        """Return the status that the fields describe, after every validation."""
        network = self._network
        body, spoiler = text(fields, "status"), text(fields, "spoiler_text")
        ids = fields.get("media_ids") or []
        identity = old.id if old else network.snowflake()
        media = self._media.attach(account, [str(item) for item in ids], old.id if old else "")
        visibility = text(fields, "visibility") or "public"
        if visibility not in _VISIBILITIES:
            raise invalid("Visibility is not included in the list")
        # A status without text needs a file (docs.joinmastodon.org, POST /api/v1/statuses, read 2026-07).
        if not body.strip() and not media and not spoiler:
            raise invalid("Text can't be blank")
        limit = network.store.settings.mastodon_characters
        if texts.count(body, spoiler) > limit:
            raise invalid(f"Text character limit of {limit} exceeded")
        parent = text(fields, "in_reply_to_id")
        if parent:
            thread = network.statuses.get(parent)
            if thread is None or thread.deleted:
                raise not_found()
        poll = fields.get("poll")
        if isinstance(poll, dict) and media:
            # docs.joinmastodon.org, POST /api/v1/statuses, read 2026-07.
            raise invalid("Media attachments and polls cannot be combined")
        now = network.clock.now()
        return Status(
            id=identity,
            account=account.id,
            text=body,
            spoiler_text=spoiler,
            visibility=visibility,
            language=text(fields, "language") or "en",
            # A content warning makes a status sensitive (PostStatusService, read 2026-11).
            sensitive=flag(fields.get("sensitive")) or bool(spoiler),
            created_at=old.created_at if old else now,
            in_reply_to_id=old.in_reply_to_id if old else parent,
            media=[item.id for item in media],
            poll=dict(poll) if isinstance(poll, dict) else {},
            edited_at=now if old else 0.0,
            scheduled_at=moment,
        )

    def _scheduled_at(self, value: str) -> float:
        if not value:
            return 0.0
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            raise invalid("Scheduled at is invalid") from None
        seconds = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
        now = self._network.clock.now()
        if seconds <= now:
            return 0.0  # PostStatusService posts at once where the time lies in the past
        if seconds < now + SOONEST:
            raise invalid("Scheduled at The scheduled date must be in the future")
        return seconds

    def _posted(self) -> list[Status]:
        now = self._network.clock.now()
        return [
            item for item in self._network.statuses.all() if not item.deleted and item.scheduled_at <= now
        ]

    def _visible(self, call: NetworkCall) -> Status:
        status = self._network.statuses.get(call.names["id"])
        owner = self._network.owner(call.request)
        if status is None or status.deleted or not (_is_open(status) or owner == status.account):
            raise not_found()
        return status

    def _own(self, call: NetworkCall) -> Status:
        account = self._network.authorize(call, "write:statuses")
        status = self._network.statuses.get(call.names["id"])
        if status is None or status.deleted or status.account != account.id:
            raise not_found()
        return status


def _is_open(status: Status) -> bool:
    # docs.joinmastodon.org, Status: only these are visible without a token.
    return status.visibility in {"public", "unlisted"}


def _iso(seconds: float) -> str:
    text_ = datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")
    return re.sub(r"\+00:00$", "Z", text_)
