"""Decide which jobs are tried again: only those that certainly sent nothing or created nothing."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job

from publisher.errors import StateError, UsageError
from publisher.publishing.receipts import Outcome, Receipt

ATTEMPTS = 40
"""Tries after which a job is given up: 11 with doubling pauses, then hourly ones, so more than a day."""

_TAKEN_PAUSE = timedelta(seconds=30)
"""The longest pause while another run holds a post.

A claim ends five minutes after its holder's last sign of life. So a post waits at most 30 s longer than it
must.
"""


class Again(Exception):  # noqa: N818 - no error of the program's
    """The job may be tried again, not before ``at`` (None: after a pause that grows)."""

    def __init__(self, message: str, at: datetime | None = None) -> None:
        super().__init__(message)
        self.at = at


class Taken(Again):
    """Another run holds the post.

    The job is tried until that run has published it, or its claim has ended.
    """


class NotDone(Exception):  # noqa: N818
    """The job ended without success, and must not be tried again automatically."""


def judge(receipts: Iterable[Receipt]) -> None:
    """Raise `Again` or `NotDone` if the receipts of a job require it."""
    for receipt in receipts:
        reason = f"{receipt.key}: {receipt.outcome}: {receipt.message}"
        match receipt.outcome:
            case Outcome.DEFERRED:
                raise Again(reason, receipt.retry_at)
            case Outcome.TAKEN if receipt.urn is None:
                raise Taken(reason)
            case Outcome.FAILED if receipt.status in (0, 401) or receipt.status >= 500:
                raise Again(reason)  # no answer, no token, or a safe call that failed: nothing was created
            case Outcome.FAILED:
                raise NotDone(reason)
            case _:
                pass  # what is unknown is kept back by the state, for as long as it is: nothing to remember here


class Retry(BaseRetryStrategy):
    """The strategy that procrastinate asks after each exception of a job."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """Return when to try again, or None to give the job up."""
        now = datetime.now(UTC)
        if isinstance(exception, Taken):
            return RetryDecision(retry_at=now + min(pause(job.attempts), _TAKEN_PAUSE))
        if gives_up(job.attempts) or not isinstance(
            exception, Again | StateError | UsageError | ConnectorException
        ):
            return None
        stated = exception.at if isinstance(exception, Again) else None
        return RetryDecision(retry_at=stated or now + pause(job.attempts))


def gives_up(attempts: int) -> bool:
    """Return whether a job that has failed so many times before is not tried again."""
    return attempts >= ATTEMPTS


def pause(attempts: int) -> timedelta:
    """Return the pause before the next try: 2 s, 4 s, 8 s, … up to an hour."""
    return timedelta(seconds=min(2.0 ** (attempts + 1), 3600.0))
