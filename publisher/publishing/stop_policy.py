"""Decide from a run's errors whether it may go on, for one author, for one network or for all."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from publisher.errors import (
    ApiError,
    OutcomeUnknown,
    RateLimited,
    StateError,
    Unauthorized,
    Unrecorded,
    VersionInactive,
)
from publisher.model.plan import Change
from publisher.publishing.receipts import Outcome, Receipt

MAX_UNKNOWN_IN_A_ROW = 3
"""After this many creates in doubt in a row, a network is not answering.

A person settles each create in doubt on LinkedIn, so a run must not add more of them.
"""

Halt = tuple[Outcome, str]


@dataclass(frozen=True, slots=True)
class StopPolicy:
    """Why changes are not carried out any more: by author, by network, and for all of them.

    ``unknown_in_a_row`` counts by network.
    """

    authors: Mapping[str, Halt] = field(default_factory=dict)
    networks: Mapping[str, Halt] = field(default_factory=dict)
    everyone: Halt | None = None
    unknown_in_a_row: Mapping[str, int] = field(default_factory=dict)

    def receipt(self, change: Change) -> Receipt | None:
        """Return the receipt of a change that is held back, or None if it may go on."""
        halt = self.everyone or self.networks.get(change.network) or self.authors.get(change.author)
        if halt is None:
            return None
        outcome, message = halt
        return Receipt(change.key, change.action, outcome, change.author, change.urn, message=message)

    def after_success(self, change: Change) -> "StopPolicy":
        """Count from zero again, because the network answers."""
        return replace(self, unknown_in_a_row={**self.unknown_in_a_row, change.network: 0})

    def after_state(self, error: StateError) -> "StopPolicy":
        """Stop everything, because nothing may be sent that can't be recorded."""
        return replace(self, everyone=(Outcome.SKIPPED, f"Not tried: {error.message}"))

    def after(self, error: ApiError, change: Change) -> "StopPolicy":
        """Return the policy for the changes after an error."""
        match error:
            case Unrecorded():
                return replace(self, everyone=(Outcome.SKIPPED, f"Not tried: {error.message}"))
            case OutcomeUnknown():
                return self._after_unknown(change.network)
            case VersionInactive():  # every request of the network carries the same version
                return self._stop_network(change.network, (Outcome.SKIPPED, f"Not tried: {error.message}"))
            case Unauthorized():
                why = (
                    "there is no token for this author"
                    if error.code == "NO_TOKEN"
                    else "the author's token was refused"
                )
                halt = (Outcome.SKIPPED, f"Not tried: {why}.")
                return replace(self, authors={**self.authors, change.author: halt})
            case RateLimited():
                until = error.retry_at.isoformat()
                halt = (Outcome.DEFERRED, f"Not tried: requests are limited until {until}.")
                if error.scope == "application":
                    return self._stop_network(change.network, halt)
                return replace(self, authors={**self.authors, change.author: halt})
            case _:  # a refusal is an answer, too
                return self.after_success(change)

    def _after_unknown(self, network: str) -> "StopPolicy":
        count = self.unknown_in_a_row.get(network, 0) + 1
        counted = replace(self, unknown_in_a_row={**self.unknown_in_a_row, network: count})
        if count < MAX_UNKNOWN_IN_A_ROW:
            return counted
        message = f"Not tried: the outcome of {count} creates in a row is unknown."
        return counted._stop_network(network, (Outcome.SKIPPED, message))

    def _stop_network(self, network: str, halt: Halt) -> "StopPolicy":
        return replace(self, networks={**self.networks, network: halt})
