"""The sandbox as one object: start it, point a client at its ``url``, ask it what arrived."""

import threading
from dataclasses import fields
from datetime import datetime
from types import TracebackType
from typing import Any, Self

from publisher.sandbox.clock import Clock
from publisher.sandbox.connection import Server
from publisher.sandbox.faults import Fault, read_fault
from publisher.sandbox.pages import Pages
from publisher.sandbox.service import Service
from publisher.sandbox.settings import Settings
from publisher.sandbox.setup import CLIENT_ID, populate
from publisher.sandbox.values import Member, Organization, Post
from publisher.sandbox.world import BEGINNING, World


class Sandbox:
    """A running LinkedIn on loopback; a context manager.

    ``port`` 0 takes a free one. ``now`` is where the clock begins (else real time), ``frozen`` keeps it there.
    ``settings`` are the fields of ``Settings``, such as ``member_quota=None`` or ``duplicate_window=86400``.
    """

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        now: datetime | None = None,
        frozen: bool = False,
        settings: Settings | None = None,
        **named: Any,
    ) -> None:
        unknown = set(named) - {item.name for item in fields(Settings)}
        if unknown:
            raise TypeError(f"unknown settings: {', '.join(sorted(unknown))}")
        self.clock = Clock(now.timestamp() if now else None, frozen=frozen)
        self.world = World(settings or Settings(**named), self.clock)
        self._member_token, self._community_token = populate(self.world)
        self.world.snapshots[BEGINNING] = self.world.snapshot()
        self.service = Service(self.world)
        self._server = Server((host, port), self.service.answer, Pages(self.world))
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), name="sandbox", daemon=True
        )

    @property
    def url(self) -> str:
        """One base URL for the API, OAuth, uploads and the feed; without a slash at the end."""
        return f"http://{self._server.server_name}:{self._server.server_port}"

    @property
    def member(self) -> Member:
        """The first member."""
        return self.world.members.all()[0]

    @property
    def organization(self) -> Organization:
        """The first page; the first member is its administrator."""
        return self.world.organizations.all()[0]

    def token(
        self,
        member: str | None = None,
        scopes: tuple[str, ...] | None = None,
        app: str = CLIENT_ID,
        expires_in: float | None = None,
    ) -> str:
        """An access token: without arguments the first member's self-serve one, else a new one."""
        if (member, scopes, app, expires_in) == (None, None, CLIENT_ID, None):
            return self._member_token.value
        known = self.world.apps.get(app)
        if known is None:
            raise KeyError(app)
        return self.world.issue_token(
            member or self.member.urn, app, known.scopes if scopes is None else scopes, expires_in
        ).value

    def organization_token(self) -> str:
        """A token with the Community Management scopes, of the page's administrator."""
        return self._community_token.value

    def posts(self) -> list[Post]:
        """The posts that readers see, newest first."""
        return self.world.posts_newest_first()

    def requests(self, **wanted: Any) -> list[dict[str, Any]]:
        """What arrived, oldest first, as ``/_sandbox/requests`` shows it; such as ``resource="ugcPosts"``."""
        return [exchange.document() for exchange in self.world.record.exchanges(**wanted)]

    def fault(self, kind: str, **named: Any) -> Fault:
        """Let something go wrong; see ``faults.KINDS``."""
        fault = read_fault({"kind": kind, **named})
        self.world.faults.add(fault)
        return fault

    def reset(self) -> None:
        """Back to the beginning: no posts, no faults, an empty record; the tokens stay valid."""
        self.world.restore(self.world.snapshots[BEGINNING])

    def start(self) -> Self:
        """Answer requests, in a thread."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """End every connection and the thread."""
        self.world.events.close()
        self._server.stop()
        self._thread.join()
        self.world.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
