"""The sandbox as one object: start it, point a client at its ``url``, ask it what arrived."""

import threading
from collections.abc import Iterable
from dataclasses import fields, replace
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from publisher.sandbox import tls as certificates
from publisher.sandbox.addresses import LINKEDIN_HOSTS, Addresses
from publisher.sandbox.bluesky.network import Bluesky
from publisher.sandbox.clock import Clock
from publisher.sandbox.database import Database
from publisher.sandbox.defaults import CLIENT_ID, COMMUNITY_ID, populate
from publisher.sandbox.expectations import expect_post
from publisher.sandbox.faults import Fault, read_fault
from publisher.sandbox.http_server import Server
from publisher.sandbox.mastodon.network import Mastodon
from publisher.sandbox.router import Router
from publisher.sandbox.settings import Settings
from publisher.sandbox.store import BEGINNING, Store
from publisher.sandbox.values import Member, Organization, Post
from publisher.sandbox.zernio.network import Zernio


class Sandbox:
    """A running LinkedIn on loopback; a context manager.

    ``port`` 0 takes a free one. ``now`` is where the clock begins (a datetime, ISO 8601 text or epoch
    seconds; else real time), ``frozen`` keeps it there. ``db`` is a file that outlives the sandbox: posts,
    members and tokens are there again at the next start.

    ``tls`` answers HTTPS on the same port, with a certificate of an authority of its own (``ca_file``), which
    is kept in ``tls_folder``. ``proxy`` also takes CONNECT for api.linkedin.com and www.linkedin.com.
    ``public_url``, ``trust_forwarded`` and ``allowed_hosts`` are for servers behind another one; see
    ``Addresses``.

    ``named`` are fields of ``Settings``, such as ``member_quota=None`` or ``duplicate_window=86400``.
    """

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        # Tests run in parallel, so the system chooses a free port.
        port: int = 0,
        now: datetime | str | float | None = None,
        frozen: bool = False,
        db: Path | str | None = None,
        tls: bool = False,
        tls_folder: Path | str | None = None,
        proxy: bool = False,
        public_url: str = "",
        trust_forwarded: bool = False,
        allowed_hosts: Iterable[str] = (),
        **named: Any,
    ) -> None:
        unknown = set(named) - {item.name for item in fields(Settings)}
        if unknown:
            raise TypeError(f"unknown settings: {', '.join(sorted(unknown))}")
        addresses = Addresses(public_url, trust_forwarded, tuple(allowed_hosts))
        self._scheme = "https" if tls else "http"
        self._tls_folder = Path(tls_folder) if tls_folder else certificates.default_folder()
        context = None
        if tls or proxy:
            # The proxy answers under LinkedIn's names, so the certificate must have them.
            names = ("localhost", "127.0.0.1", "::1", host, *LINKEDIN_HOSTS, *addresses.allowed_hosts)
            context = certificates.server_context(self._tls_folder, names)
        self.clock = Clock(read_moment(now), frozen=frozen)
        self._database = Database(Path(db)) if db else None
        self.store = Store(Settings(**named), self.clock, self._database)
        if not self.store.members:
            populate(self.store)
        router = Router(self.store)
        self.zernio = next(network for network in router.networks if isinstance(network, Zernio))
        self.mastodon = next(network for network in router.networks if isinstance(network, Mastodon))
        self.bluesky = next(network for network in router.networks if isinstance(network, Bluesky))
        self.store.snapshots[BEGINNING] = _empty_of_content(self.store)
        try:
            self._server = Server((host, port), router.answer, addresses, context, proxy=proxy)
        except OSError:
            # the port is taken: let go of the file, which another start may want at once
            if self._database:
                self._database.close()
            raise
        serve = self._server.serve_forever
        # The poll interval in seconds: ``stop`` returns soon, and an idle server costs little.
        self._thread = threading.Thread(target=serve, args=(0.05,), name="sandbox", daemon=True)

    @property
    def url(self) -> str:
        """Return one base URL for the API, OAuth, uploads and the feed; without a slash at the end."""
        public = self._server.addresses.public_url.rstrip("/")
        return public or self._server.local_url(self._scheme)

    @property
    def ca_file(self) -> Path:
        """Return the certificate that clients must trust for ``tls`` and ``proxy``."""
        return self._tls_folder / "ca.pem"

    @property
    def proxy_url(self) -> str:
        """Return the value for ``HTTPS_PROXY``."""
        return self._server.local_url("http")

    @property
    def member(self) -> Member:
        """Return the first member."""
        return self.store.members.all()[0]

    @property
    def member_urn(self) -> str:
        """Return the first member's URN."""
        return self.member.urn

    @property
    def organization(self) -> Organization:
        """Return the first page; the first member is its administrator."""
        return self.store.organizations.all()[0]

    def token(
        self,
        member: str | None = None,
        scopes: Iterable[str] | None = None,
        app: str = CLIENT_ID,
        expires_in: float | None = None,
    ) -> str:
        """Return an access token: the first member's self-serve one without arguments, else a new one."""
        owner = member or self.member_urn
        # asking twice gives the same token: tests and shells may call this as often as they like
        if scopes is None and expires_in is None:
            living = self._living_token(owner, app)
            if living:
                return living
        known = self.store.apps.get(app)
        if known is None:
            raise KeyError(app)
        wanted = known.scopes if scopes is None else tuple(scopes)
        return self.store.issue_token(owner, app, wanted, expires_in).value

    def _living_token(self, member: str, app: str) -> str:
        """Return a token given before that still answers."""
        now = self.clock.now()
        given = (
            token for token in self.store.tokens.all() if (token.member, token.client_id) == (member, app)
        )
        alive = (token.value for token in given if not token.revoked and token.expires_at > now)
        return next(alive, "")

    def organization_token(self) -> str:
        """Return a token with the Community Management scopes, of the page's administrator."""
        return self.token(app=COMMUNITY_ID)

    def token_for(self, author: str) -> str:
        """Return a token that may post as ``author``. Make an unknown person or page first."""
        kind, _, identity = author.removeprefix("urn:li:").partition(":")
        if kind == "person":
            if self.store.member(author) is None:
                self.store.add_member(id=identity)
            return self.token(author)
        page = self.store.organization(author) or self.store.add_organization(id=identity)
        if self.member_urn not in page.roles:
            roles = {**page.roles, self.member_urn: "ADMINISTRATOR"}
            self.store.organizations.put(author, replace(page, roles=roles))
        return self.organization_token()

    @property
    def places(self) -> dict[str, str]:
        """Environment variables that lead clients of the other networks here."""
        return {
            "PUBLISHER_BLUESKY_SERVICE": self.url,
            "PUBLISHER_MASTODON_SERVER": self.url,
            "PUBLISHER_ZERNIO_API_URL": f"{self.url}/zernio/api",
        }

    def secret_for(self, network: str, name: str, identity: str = "", platform: str = "") -> str:
        """Return a secret that may post as an account of another network.

        An account that is not there yet is made.

        ``name`` is a handle on Bluesky and an account's name on Mastodon. ``identity`` is a DID, or an
        account's id at Zernio, whose ``platform`` belongs to it.
        """
        if network == "bluesky":
            return self.bluesky.password_of(name, identity)
        if network == "mastodon":
            return self.mastodon.token_of(name)
        return self.zernio.key_of(identity, platform)

    def posts(self) -> list[Post]:
        """Return the posts that readers see, newest first."""
        return self.store.posts_newest_first()

    def expect_post(self, **wanted: Any) -> Post:
        """Return the one post that has all that is ``wanted``, such as ``text="Hello"``; see ``expect_post``.

        Raise AssertionError, which says what is there instead and what was refused.
        """
        return expect_post(self.store, **wanted)

    def requests(self, **wanted: Any) -> list[dict[str, Any]]:
        """Return the requests that match, oldest first, as ``/_sandbox/requests`` shows them."""
        return [entry.document() for entry in self.store.request_log.entries(**wanted)]

    def fault(self, kind: str, **named: Any) -> Fault:
        """Let something go wrong; see ``faults.KINDS``."""
        fault = read_fault({"kind": kind, **named})
        self.store.faults.add(fault)
        return fault

    def reset(self) -> None:
        """Remove posts, media, comments, faults and the request log. People, apps and tokens stay."""
        self.store.reset()

    def start(self) -> Self:
        """Answer requests in a thread."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """End every connection and the thread."""
        # Open streams would keep their connections, and the server would wait for them.
        self.store.events.close()
        self._server.stop()
        self._thread.join()
        self.store.close()
        if self._database:
            self._database.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def read_moment(now: datetime | str | float | None) -> float | None:
    """Return epoch seconds; a time without an offset is UTC. Raise ValueError."""
    if isinstance(now, str):
        now = datetime.fromisoformat(now)
    if isinstance(now, datetime):
        # Without an offset, the result must not depend on the machine's time zone.
        return (now if now.tzinfo else now.replace(tzinfo=UTC)).timestamp()
    return now


def _empty_of_content(store: Store) -> dict[str, dict[str, Any]]:
    """Return the state after a reset: the people, apps and tokens, without anything they made."""
    return {name: content for name, content in store.snapshot().items() if name in store.staying}
