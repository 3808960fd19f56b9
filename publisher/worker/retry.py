"""Which jobs are tried again: those of which it is certain that nothing was sent, or nothing was created."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job

from publisher.errors import StateError, UsageError
from publisher.publishing.receipts import Outcome, Receipt

ATTEMPTS = 40
"""After so many tries, a day or more, a job is given up."""


class Again(Exception):  # noqa: N818 - no error of the program's
    """The job may be tried again, not before ``at`` (None: after a pause that grows)."""

    def __init__(self, message: str, at: datetime | None = None) -> None:
        super().__init__(message)
        self.at = at


class NotDone(Exception):  # noqa: N818
    """The job is over and did not do what it was to do; trying it again by itself would be wrong."""


def judge(receipts: Iterable[Receipt]) -> None:
    """Raise `Again` or `NotDone` where the receipts of a job call for it."""
    for receipt in receipts:
        reason = f"{receipt.key}: {receipt.outcome}: {receipt.message}"
        match receipt.outcome:
            case Outcome.DEFERRED:
                raise Again(reason, receipt.retry_at)
            case Outcome.FAILED if receipt.status in (0, 401) or receipt.status >= 500:
                raise Again(reason)  # no answer, no token, or a safe call that failed: nothing was created
            case Outcome.FAILED:
                raise NotDone(reason)
            case _:
                pass  # what is unknown is kept back by the state, for as long as it is: nothing to remember here


class Retry(BaseRetryStrategy):
    """procrastinate asks it after each exception of a job."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """When to try again; None gives the job up."""
        if job.attempts >= ATTEMPTS or not isinstance(
            exception, Again | StateError | UsageError | ConnectorException
        ):
            return None
        stated = exception.at if isinstance(exception, Again) else None
        return RetryDecision(retry_at=stated or datetime.now(UTC) + pause(job.attempts))


def pause(attempts: int) -> timedelta:
    """2 s, 4 s, 8 s, … up to an hour."""
    return timedelta(seconds=min(2.0 ** (attempts + 1), 3600.0))
