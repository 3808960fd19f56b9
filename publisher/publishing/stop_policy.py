"""When the rest of a run must not go on, for one author or for everyone: a value, replaced as errors come."""

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
"""After that many creates in doubt in a row LinkedIn is not answering, and more would be in doubt too."""


@dataclass(frozen=True, slots=True)
class StopPolicy:
    """Why changes are not carried out any more: by author URN, and for all of them."""

    authors: dict[str, tuple[Outcome, str]] = field(default_factory=dict)
    everyone: tuple[Outcome, str] | None = None
    unknown_in_a_row: int = 0

    def receipt(self, change: Change) -> Receipt | None:
        """The receipt of a change that is held back, or None where it may go on."""
        halt = self.everyone or self.authors.get(change.author)
        if halt is None:
            return None
        outcome, message = halt
        return Receipt(change.key, change.action, outcome, change.author, change.urn, message=message)

    def after_success(self) -> "StopPolicy":
        """LinkedIn answers."""
        return replace(self, unknown_in_a_row=0)

    def after_state(self, error: StateError) -> "StopPolicy":
        """What is not written down must not be sent."""
        return replace(self, everyone=(Outcome.SKIPPED, f"Not tried: {error.message}"))

    def after(self, error: ApiError, author: str) -> "StopPolicy":
        """What an error means for the changes that follow."""
        match error:
            case Unrecorded():
                return replace(self, everyone=(Outcome.SKIPPED, f"Not tried: {error.message}"))
            case OutcomeUnknown():
                count = self.unknown_in_a_row + 1
                stop = (Outcome.SKIPPED, f"Not tried: the outcome of {count} creates in a row is unknown.")
                return replace(
                    self,
                    unknown_in_a_row=count,
                    everyone=stop if count >= MAX_UNKNOWN_IN_A_ROW else self.everyone,
                )
            case VersionInactive():
                return replace(self, everyone=(Outcome.SKIPPED, f"Not tried: {error.message}"))
            case Unauthorized():
                halt = (Outcome.SKIPPED, "Not tried: the author's token was refused.")
                return replace(self, authors=self.authors | {author: halt})
            case RateLimited():
                halt = (
                    Outcome.DEFERRED,
                    f"Not tried: requests are limited until {error.retry_at.isoformat()}.",
                )
                if error.scope == "application":
                    return replace(self, everyone=halt)
                return replace(self, authors=self.authors | {author: halt})
            case _:
                return self.after_success()
