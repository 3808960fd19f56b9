"""The context of a run: everything that its steps need."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from publisher.errors import RateLimited
from publisher.model.config import Config
from publisher.model.plan import Change
from publisher.model.post import Author, Media
from publisher.model.state import Entry
from publisher.networks.gateway import Created, Gateway
from publisher.publishing.copies import Copies
from publisher.publishing.fence import Fence
from publisher.publishing.receipts import Receipt
from publisher.state.store import Session

AHEAD = 3
"""Posts whose files may be uploaded before their turn: enough to fill a line, few enough to waste little."""


class Observer:
    """Receive the progress of a run, and ignore it. Reports override the methods that they need."""

    def started(self, change: Change) -> None:
        """A change is about to be carried out."""

    def upload(self, media: Media, sent: int, total: int) -> None:
        """``sent`` of ``total`` bytes of a file have left."""

    def finished(self, receipt: Receipt) -> None:
        """A change has ended, whatever its outcome."""


@dataclass(frozen=True, slots=True)
class RunContext:
    """The state's session, the gateways, and the world as arguments.

    ``gateway`` is LinkedIn's, ``copies`` opens those of other networks, ``read`` returns a file's bytes,
    ``link`` the link of a post on a network (a rehearsal has links of its own). ``now`` gives the aware time,
    ``new_id`` a fresh attempt id, ``permalink`` the link of a URN; ``stop`` is asked between changes whether
    the user wants to end. ``claim`` says whether this run may work on a key, where several runs share the
    state; ``limited`` is told of each 429 and returns whose requests are limited. ``fence`` guards each
    write. ``unrecorded`` has the intents and records of what worked and could not be recorded yet. ``ahead``
    is the number of posts with files that may be uploaded before their turn.
    """

    session: Session
    gateway: Gateway
    copies: Copies
    read: Callable[[Media], bytes]
    config: Config
    now: Callable[[], datetime]
    new_id: Callable[[], str]
    permalink: Callable[[str], str]
    fence: Fence
    link: Callable[[str, Created], str] = lambda network, created: created.permalink  # noqa: ARG005
    stop: Callable[[], bool] = lambda: False
    observer: Observer = Observer()  # noqa: RUF009 - it has no state
    limited: Callable[[Change, RateLimited], str] = lambda change, error: ""  # noqa: ARG005
    claim: Callable[[str], bool] = lambda key: True  # noqa: ARG005 - a run that is alone may work on everything
    ahead: int = AHEAD
    unrecorded: dict[str, tuple[Entry, Entry]] = field(default_factory=dict)

    def author(self, urn: str) -> Author:
        """Return the configured author of a URN, or an author with nothing but the URN."""
        return next((a for a in self.config.authors.values() if a.urn == urn), Author(urn))

    @property
    def paused(self) -> bool:
        """Whether publishing is paused for all runs that share the state."""
        pause = self.session.state.pause
        return pause is not None and (pause.until is None or pause.until > self.now())
