"""Describe one account as it is opened: its identity, its secret, and the storage of its session."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from publisher.model.post import Author
from publisher.networks.wire import WireRuntime


class SessionStore(Protocol):
    """Keeps an account's session where secrets are kept."""

    def load(self) -> str | None:
        """Return what was saved."""

    def save(self, text: str) -> None:
        """Save a session."""


class MemoryStore:
    """Keeps a session for one run."""

    def __init__(self) -> None:
        self._text: str | None = None

    def load(self) -> str | None:
        """Return what was saved."""
        return self._text

    def save(self, text: str) -> None:
        """Save a session."""
        self._text = text


@dataclass(frozen=True, slots=True)
class Account:
    """What a network's gateway is opened with.

    ``secret`` is an app password, token or key. ``bound`` says that `auth login` stored it for exactly the
    address that it is sent to. ``sessions`` keeps a session between runs, for networks that limit logins.
    """

    author: Author
    secret: str = field(repr=False)
    environ: Mapping[str, str] = field(repr=False)
    bound: bool = False
    sessions: SessionStore = field(default_factory=MemoryStore)
    runtime: WireRuntime = field(default_factory=WireRuntime)
