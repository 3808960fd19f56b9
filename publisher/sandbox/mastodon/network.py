"""The emulated Mastodon server as one object: accounts, tokens, limits, and the calls of its parts."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from publisher.sandbox.emulator import Emulator, Endpoint, NetworkCall, Values
from publisher.sandbox.mastodon import text
from publisher.sandbox.mastodon.calls import refuse
from publisher.sandbox.mastodon.media import Media
from publisher.sandbox.mastodon.oauth import OAuth
from publisher.sandbox.mastodon.statuses import Statuses
from publisher.sandbox.mastodon.values import (
    Attachment,
    MastodonAccount,
    MastodonApp,
    MastodonToken,
    Status,
    StoredKey,
)
from publisher.sandbox.messages import ApiError, Request, Response, json_response
from publisher.sandbox.store import Store
from publisher.sandbox.values import Member, Post, StoredMedia
from publisher.sandbox.windows import Allowance, FixedWindow

TOKEN = "sandbox-mastodon-token"  # noqa: S105 - published on purpose: the sandbox guards nothing
ACCOUNT = "mira"
SCOPES = ["read", "write"]
# Clients derive the server's features from its version. 4.5 introduced quote policies.
VERSION = "4.5.2"


class Mastodon(Emulator):
    """One Mastodon server with one account."""

    name = "mastodon"
    slash = True  # Rails ignores it, and Mastodon.py sends it

    def __init__(self, store: Store) -> None:
        self.store, self.clock = store, store.clock
        self.accounts = Values(store, "mastodon.accounts", MastodonAccount, stays=True)
        self.tokens = Values(store, "mastodon.tokens", MastodonToken, stays=True)
        self.apps = Values(store, "mastodon.apps", MastodonApp, stays=True)
        self.statuses = Values(store, "mastodon.statuses", Status)
        self.attachments = Values(store, "mastodon.media", Attachment)
        self.keys = Values(store, "mastodon.keys", StoredKey)
        self.posting = Statuses(self)
        self._parts = (OAuth(self), self.posting, Media(self))
        # RateLimiter and rack_attack.rb: all requests, uploads, deletes, statuses; windows begin at multiples
        self.windows = {
            "all": FixedWindow(300, 300, aligned=True),
            "mastodon.media": FixedWindow(30, 1_800, aligned=True),
            "delete": FixedWindow(30, 1_800, aligned=True),
            "create": FixedWindow(300, 10_800, aligned=True),
        }
        self._last_id = 0
        super().__init__(store)
        if not len(self.accounts):
            self.populate()

    def endpoints(self) -> Iterable[Endpoint]:
        """Return the routes."""
        for part in self._parts:
            yield from part.endpoints()
        yield Endpoint("GET", "/api/v2/instance", "mastodon.instance", self._instance)
        yield Endpoint("GET", "/api/v1/instance", "mastodon.instance", self._instance_v1)
        accounts = "/api/v1/accounts"
        yield Endpoint("GET", f"{accounts}/verify_credentials", "mastodon.credentials", self._credentials)
        yield Endpoint("GET", f"{accounts}/lookup", "mastodon.lookup", self._lookup)
        yield Endpoint("GET", f"{accounts}/{{id}}", "mastodon.account", self._account)

    def populate(self) -> None:
        """Make the first account and its token."""
        account = MastodonAccount(self.snowflake(), ACCOUNT, "Mira Example", self.clock.now())
        self.accounts.put(account.id, account)
        self.tokens.put(TOKEN, MastodonToken(TOKEN, account.id, "sandbox-app", SCOPES, self.clock.now()))

    def token_of(self, name: str) -> str:
        """Return a token of an account, which is made if it is not there."""
        with self.lock:
            account = next((item for item in self.accounts.all() if item.username == name), None)
            if account is None:
                account = MastodonAccount(self.snowflake(), name, name, self.clock.now())
                self.accounts.put(account.id, account)
            own = (token for token in self.tokens.all() if token.account == account.id)
            known = next((token for token in own if not token.revoked and not token.code), None)
            if known is None:
                value = self.ids.text(43)
                known = MastodonToken(value, account.id, "sandbox-app", SCOPES, self.clock.now())
                self.tokens.put(value, known)
            return known.value

    def snowflake(self) -> str:
        """Return a new id: epoch milliseconds shifted left by 16 bits, plus a tail that keeps ids apart."""
        with self.lock:
            # Milliseconds stand above 16 bits (Mastodon::Snowflake, read in public code, 2026-11).
            self._last_id = max(self.clock.milliseconds() << 16, self._last_id + 1)
            return str(self._last_id)

    def authorize(self, call: NetworkCall, scope: str) -> MastodonAccount:
        """Return the account whose token the request carries, if the token has the scope."""
        value = call.request.header("authorization").partition(" ")[2].strip()
        token = self.tokens.get(value)
        if token and (call.strike("revoke-token") or call.strike("expire-token")):
            token = self.tokens.put(value, replace(token, revoked=True))
        if token is None or token.revoked or token.code:
            raise refuse(
                401, "The access token is invalid" if value else "This method requires an authenticated user"
            )
        if not {scope, scope.partition(":")[0]} & set(token.scopes):
            raise refuse(403, "This action is outside the authorized scopes")
        call.account = token.account
        account = self.accounts.get(token.account)
        assert account is not None, "tokens are made for accounts that exist"  # noqa: S101
        for name in ("all", call.endpoint.resource):
            self.spend(name, account.id)
        return account

    def spend(self, name: str, account: str) -> None:
        """Count a request against one of the limits."""
        window = self.windows.get(name)
        if window and (allowance := window.spend(account, self.clock.now())).exceeded:
            raise_throttled(allowance)

    def owner(self, request: Request) -> str:
        """Return the account of the request's token."""
        token = self.tokens.get(request.header("authorization").partition(" ")[2].strip())
        return token.account if token else ""

    def said(self, document: dict[str, Any]) -> str:
        """Return the text of a status."""
        found = document.get("status", "")
        return found if isinstance(found, str) else ""

    def feed_posts(self) -> list[Post]:
        """Return the public and unlisted statuses."""
        return [
            Post(
                urn=f"mastodon:{item.id}",
                activity=f"mastodon:{item.id}",
                author=f"mastodon:{item.account}",
                api="mastodon",
                text="\n\n".join(part for part in (item.spoiler_text, item.text) if part),
                sent_text=item.text,
                visibility="PUBLIC",
                created_at=int(max(item.created_at, item.scheduled_at) * 1000),
                content={"media": [{"urn": f"mastodon:{name}", **self._shown(name)} for name in item.media]},
                edited_at=int(item.edited_at * 1000) or None,
            )
            for item in self.posting.posted()
        ]

    def _shown(self, name: str) -> dict[str, str]:
        found = self.attachments.get(name)
        return {"alt": found.description if found else "", "title": ""}

    def feed_author(self, urn: str) -> Member | None:
        """Return an account."""
        account = self.accounts.get(urn.removeprefix("mastodon:"))
        return Member(urn, account.display_name, "", headline=f"@{account.username}") if account else None

    def feed_media(self, urn: str) -> StoredMedia | None:
        """Return an attachment."""
        item = self.attachments.get(urn.removeprefix("mastodon:")) if urn.startswith("mastodon:") else None
        kind = "video" if item and item.kind == "video" else "image"
        return self.feed_file(urn, kind, item.mime_type, item.file) if item else None

    def throttled(self, _call: NetworkCall) -> Response:
        """Return the 429 of posting."""
        # Aligned windows: a window of three hours begins at a multiple of 10,800 seconds.
        reset = self.clock.now() // 10_800 * 10_800 + 10_800
        return _throttled(Allowance(300, 0, reset, 10_800))

    def clear(self) -> None:
        """Forget counted requests."""
        super().clear()
        for window in self.windows.values():
            window.clear()

    def account_json(self, account: MastodonAccount, server: str) -> dict[str, Any]:
        """Return an account as JSON."""
        return {
            "id": account.id,
            "username": account.username,
            "acct": account.username,
            "display_name": account.display_name,
            "url": f"{server}/@{account.username}",
            "created_at": iso(account.created_at),
            "note": "",
            "bot": False,
            "locked": False,
            "avatar": "",
            "header": "",
            "fields": [],
            "emojis": [],
            "followers_count": 0,
            "following_count": 0,
            "statuses_count": sum(not item.deleted for item in self.statuses.all()),
        }

    def _credentials(self, call: NetworkCall) -> Response:
        account = self.authorize(call, "read:accounts")
        source = {"privacy": "public", "sensitive": False, "language": "en", "note": "", "fields": []}
        return json_response(200, {**self.account_json(account, call.request.base_url), "source": source})

    def _account(self, call: NetworkCall) -> Response:
        account = self.accounts.get(call.names["id"])
        if account is None:
            raise refuse(404, "Record not found")
        return json_response(200, self.account_json(account, call.request.base_url))

    def _lookup(self, call: NetworkCall) -> Response:
        wanted = call.request.parameters.get("acct", "").lstrip("@").partition("@")[0]
        account = next((item for item in self.accounts.all() if item.username == wanted), None)
        if account is None:
            raise refuse(404, "Record not found")
        return json_response(200, self.account_json(account, call.request.base_url))

    def _configuration(self) -> dict[str, Any]:
        settings = self.store.settings
        return {
            "statuses": {
                "max_characters": settings.mastodon_characters,
                "max_media_attachments": 4,
                "characters_reserved_per_url": text.URL_LENGTH,
            },
            "media_attachments": {
                "supported_mime_types": sorted(Media.kinds),
                "description_limit": 1_500,
                "image_size_limit": 16_777_216,
                # 7,680 by 4,320 pixels.
                "image_matrix_limit": 33_177_600,
                "video_size_limit": 103_809_024,
                "video_frame_rate_limit": 120,
                "video_matrix_limit": 8_294_400,
            },
            "polls": {
                "max_options": 4,
                # Polls: 50 characters for an option, at least five minutes (docs.joinmastodon.org,
                # Instance, read 2026-07).
                "max_characters_per_option": 50,
                "min_expiration": 300,
                "max_expiration": 2_629_746,
            },
        }

    def _instance(self, call: NetworkCall) -> Response:
        host = call.request.base_url.partition("//")[2]
        body = {
            "domain": host,
            "title": "Sandbox",
            "version": VERSION,
            "source_url": "https://github.com/mastodon/mastodon",
            "description": "",
            "usage": {"users": {"active_month": 1}},
            "languages": ["en"],
            "configuration": self._configuration(),
            "registrations": {"enabled": False, "approval_required": False, "message": None},
            "api_versions": {"mastodon": 7},
            "rules": [],
        }
        return json_response(200, body)

    def _instance_v1(self, call: NetworkCall) -> Response:
        host = call.request.base_url.partition("//")[2]
        body = {
            "uri": host,
            "title": "Sandbox",
            "short_description": "",
            "description": "",
            "email": "admin@example.com",
            "version": VERSION,
            "urls": {},
            "stats": {"user_count": 1, "status_count": 0, "domain_count": 0},
            "languages": ["en"],
            "registrations": False,
            "configuration": self._configuration(),
            "rules": [],
        }
        return json_response(200, body)


def iso(seconds: float) -> str:
    """Return a time as Mastodon writes it: milliseconds and ``Z``."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _throttled(allowance: Allowance) -> Response:
    headers = {
        "x-ratelimit-limit": str(allowance.limit),
        "x-ratelimit-remaining": str(allowance.remaining),
        "x-ratelimit-reset": iso(allowance.reset),
    }
    return json_response(429, {"error": "Too many requests"}, headers)


def raise_throttled(allowance: Allowance) -> None:
    """Refuse with 429; ``X-RateLimit-Reset`` is an ISO time, not a number."""
    raise ApiError(_throttled(allowance))
