"""Sessions: log in with an app password, keep the tokens, refresh them.

A server allows 30 logins in five minutes and 300 a day per account (docs.bsky.app, rate limits, 2026-07), so
a session is kept and refreshed. The server's answer names the account's PDS in the DID document.
"""

import base64
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from publisher.errors import Unauthorized, Unavailable
from publisher.networks.account import SessionStore
from publisher.networks.bluesky.xrpc import failure, xrpc
from publisher.networks.hosts import Origin, origin
from publisher.networks.wire import Wire

# The entryway of accounts that Bluesky hosts (docs.bsky.app, read 2026-07).
DEFAULT_SERVICE = "https://bsky.social"
# A token must not end between two calls of one post. Access tokens live two hours.
_EARLY = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class BlueskySession:
    """The tokens of an account; ``pds`` is the server that holds it."""

    did: str
    handle: str
    service: str
    pds: str
    access: str
    refresh: str

    def expires_soon(self, now: datetime) -> bool:
        """Return whether the access token ends within five minutes, or cannot be read."""
        return _expiry(self.access) <= (now + _EARLY).timestamp()


class Sessions:
    """The session of one account. ``identifier`` is a handle or DID, ``password`` an app password."""

    def __init__(
        self, wire: Wire, identifier: str, password: str, store: SessionStore, service: str = DEFAULT_SERVICE
    ) -> None:
        self._wire = wire
        self._identifier = identifier
        self._password = password
        self._store = store
        self._service = service.rstrip("/")
        self._current: BlueskySession | None = None
        self._named: set[Origin | None] = set()

    @property
    def service(self) -> str:
        """Return the address that logins go to."""
        return self._service

    def trusts(self, url: str) -> bool:
        """Return whether the service named this host as the account's PDS, in a session of ours."""
        found = origin(url)
        return found is not None and found in self._named

    def current(self) -> BlueskySession:
        """Return a session that is valid for some minutes: the kept one, refreshed, or a new one."""
        found = self._current or self._kept()
        if found is None:
            return self._keep(self._login())
        if found.expires_soon(self._wire.runtime.now()):
            return self.renew(found)
        return self._use(found)

    def renew(self, old: BlueskySession) -> BlueskySession:
        """Return a new session in place of one whose access token is no longer accepted."""
        request = xrpc(self._service, "com.atproto.server.refreshSession", token=old.refresh)
        answer = self._wire.safe(request)
        if answer.status == 200:
            return self._keep(self._read(answer.document))
        # a refresh token that is used, revoked or expired is refused: log in again
        if answer.status in {400, 401}:
            return self._keep(self._login())
        raise failure(answer, self._wire.runtime.now())

    def _login(self) -> BlueskySession:
        body = {"identifier": self._identifier, "password": self._password}
        request = xrpc(self._service, "com.atproto.server.createSession", body)
        answer = self._wire.safe(request, secret=True)
        if answer.status == 401:
            raise Unauthorized(
                f"Bluesky does not accept the app password of {self._identifier}.",
                "Make one at https://bsky.app/settings/app-passwords, then `publisher auth login`.",
                status=401,
            )
        if answer.status != 200:
            raise failure(answer, self._wire.runtime.now())
        return self._read(answer.document)

    def _read(self, document: Mapping[str, Any]) -> BlueskySession:
        names = ("did", "handle", "accessJwt", "refreshJwt")
        did, handle, access, refresh = (document.get(name) for name in names)
        if not all(isinstance(item, str) and item for item in (did, handle, access, refresh)):
            raise Unavailable(
                f"{self._service} answered a login without a session.", "Is it a Bluesky service?"
            )
        pds = _pds(document.get("didDoc")) or self._service
        return BlueskySession(str(did), str(handle), self._service, pds, str(access), str(refresh))

    def _kept(self) -> BlueskySession | None:
        """Return the saved session, if it is one of this account at this service."""
        try:
            found = BlueskySession(**json.loads(self._store.load() or ""))
        except (ValueError, TypeError):
            return None
        known = {found.did, found.handle}
        return found if found.service == self._service and self._identifier in known else None

    def _keep(self, session: BlueskySession) -> BlueskySession:
        if self._identifier.startswith("did:") and session.did != self._identifier:
            raise Unauthorized(
                f"The app password is that of {session.did}.", "Check `handle` in publisher.yaml."
            )
        self._store.save(json.dumps(asdict(session)))
        return self._use(session)

    def _use(self, session: BlueskySession) -> BlueskySession:
        self._current = session
        self._named.add(origin(session.pds))
        return session


def _pds(document: Any) -> str:
    """Return the address of the PDS in a DID document."""
    services = document.get("service") if isinstance(document, dict) else None
    for item in services if isinstance(services, list) else ():
        if isinstance(item, dict) and str(item.get("id", "")).endswith("#atproto_pds"):
            return str(item.get("serviceEndpoint", "")).rstrip("/")
    return ""


def _expiry(token: str) -> float:
    """Return the epoch second at which a token ends, or 0 if it cannot be read."""
    part = token.split(".")[1] if token.count(".") == 2 else ""
    try:
        claims = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
        return float(claims["exp"])
    except (ValueError, TypeError, KeyError):
        return 0.0
