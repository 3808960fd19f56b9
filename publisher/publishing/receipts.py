"""Receipts: what publishing did with each change, as data."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from publisher.model.plan import Action


class Outcome(StrEnum):
    """How a change ended. Only DONE and ADOPTED are success; a skip is not.

    TAKEN: another run works on it, or has done it since the plan was made; its own receipt says how it ended.
    """

    DONE = "done"
    ADOPTED = "adopted"
    FAILED = "failed"
    UNKNOWN = "unknown"
    SKIPPED = "skipped"
    DEFERRED = "deferred"
    TAKEN = "taken"


@dataclass(frozen=True, slots=True)
class Receipt:
    """One change's end. ``message`` is LinkedIn's reason, ``remedy`` what to do, ``status`` the HTTP status.

    ``retry_at`` is from when on a deferred change may be tried again; aware, UTC. ``refused`` tells that the
    token, the app or the API version was refused, not the post: a person could still post it by hand.
    """

    key: str
    action: Action
    outcome: Outcome
    author: str = ""
    urn: str | None = None
    permalink: str | None = None
    message: str = ""
    remedy: str = ""
    status: int = 0
    code: str = ""
    request_id: str = ""
    retry_at: datetime | None = None
    refused: bool = False


def failed(receipt: Receipt) -> bool:
    """Return whether a receipt makes the run's exit code 1."""
    return receipt.outcome in (Outcome.FAILED, Outcome.SKIPPED, Outcome.DEFERRED)
