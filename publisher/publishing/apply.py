"""Carry out the acting changes of a plan, one after the other, and return a receipt for each."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta

from publisher.errors import (
    ApiError,
    Forbidden,
    OutcomeUnknown,
    RateLimited,
    StateConflict,
    StateError,
    Unauthorized,
    Unrecorded,
    VersionInactive,
)
from publisher.model.plan import Change, Plan
from publisher.model.state import COMMENT_SUFFIX, Entry, Event
from publisher.planning.budget import DEFERRED_APP
from publisher.planning.doubt import how_to_settle
from publisher.publishing.budget import BUDGET_USED_UP
from publisher.publishing.failures import failure_of
from publisher.publishing.intent import record_late
from publisher.publishing.receipts import Outcome, Receipt
from publisher.publishing.run_context import RunContext
from publisher.publishing.steps import carry_out
from publisher.publishing.stop_policy import StopPolicy
from publisher.publishing.uploads import Uploads
from publisher.state.edits import AuditEdit, DeferEdit, FailureEdit


def apply_plan(plan: Plan, run: RunContext) -> tuple[Receipt, ...]:
    """Carry out the plan. Return exactly one receipt for each acting change.

    Raise `publisher.errors.StateError` if the state can't be written before anything was sent. If that
    happens later, stop, and return receipts that say what was sent until then.
    """
    with Uploads(plan.acting, run) as uploads:
        return _apply(plan.acting, run, uploads)


def _apply(changes: Sequence[Change], run: RunContext, uploads: Uploads) -> tuple[Receipt, ...]:
    receipts: list[Receipt] = []
    stops = StopPolicy()
    for change in changes:
        if run.stop():
            receipt: Receipt | None = _skipped(change, "Not tried: interrupted.")
        elif any(before.outcome is Outcome.TAKEN and _is_comment_of(change, before) for before in receipts):
            receipt = _taken(change, run)  # the run that publishes the post also publishes its comment
        else:
            uploads.prepare(change, stops)
            receipt = stops.receipt(change)
        if receipt is None:
            run.observer.started(change)
            try:
                receipt, stops = _attempt(change, stops, run, uploads)
            except StateError as error:
                # once something was sent, the receipts must reach the user, so the error becomes one of them
                if not any(before.outcome in _SENT for before in receipts):
                    raise
                receipt, stops = _unkept(change, error), stops.after_state(error)
        run.observer.finished(receipt)
        receipts.append(receipt)
    # what kept the state from being written may have passed; a URN that is recorded now needs no person
    recorded = record_late(run)
    return tuple(_recorded(receipt, recorded.get(receipt.key)) for receipt in receipts)


def _recorded(receipt: Receipt, entry: Entry | None) -> Receipt:
    """Return the receipt of a change, corrected if its record was written late."""
    if entry is None:
        return receipt
    return Receipt(receipt.key, receipt.action, Outcome.DONE, receipt.author, entry.urn, entry.permalink)


_SENT = (Outcome.DONE, Outcome.ADOPTED, Outcome.UNKNOWN)


def _attempt(
    change: Change, stops: StopPolicy, run: RunContext, uploads: Uploads
) -> tuple[Receipt, StopPolicy]:
    try:
        if not run.claim(change.key):
            return _taken(change, run), stops
        if run.paused:
            return _skipped(change, "Not tried: publishing was paused."), stops
        return carry_out(change, run, uploads), stops.after_success(change)
    except ApiError as error:
        if isinstance(error, RateLimited):
            _defer(change, run, error)
        failure = failure_of(error, run.now())
        if not isinstance(error, OutcomeUnknown):  # that one has left its intent, which says more
            run.session.write(FailureEdit(change.key, failure))
        else:
            detail = f"{failure.code} {failure.message}".strip()
            with suppress(StateError):  # what must not be lost is on its way to the user
                run.session.write(AuditEdit(Event(run.now(), "unknown", change.key, detail)))
        return _refused(change, error, run), stops.after(error, change)
    except StateConflict:
        return _taken(change, run), stops  # another run was faster; what it does is in the state now


def _defer(change: Change, run: RunContext, error: RateLimited) -> None:
    owner = run.limited(change, error)
    if error.code == BUDGET_USED_UP:
        return  # our own count says so again in each run
    if COMMENT_SUFFIX in change.key and error.retry_at - run.now() <= timedelta(minutes=1):
        return  # comments are throttled by the minute, posts are not
    with suppress(StateError):  # then the next run asks once more
        run.session.write(DeferEdit(owner or DEFERRED_APP, error.retry_at))


def _is_comment_of(change: Change, post: Receipt) -> bool:
    return change.key == post.key + COMMENT_SUFFIX


def _taken(change: Change, run: RunContext) -> Receipt:
    entry = run.session.state.posts.get(change.key)
    if entry is None or entry.urn is None:
        return Receipt(
            change.key, change.action, Outcome.TAKEN, change.author, message="Another run is working on it."
        )
    message = f"Another run published it: {entry.urn}."
    return Receipt(
        change.key, change.action, Outcome.TAKEN, change.author, entry.urn, entry.permalink, message
    )


def _refused(change: Change, error: ApiError, run: RunContext) -> Receipt:
    outcome, remedy = Outcome.FAILED, error.remedy
    entry = run.session.state.posts.get(change.key)
    settles_itself = entry is not None and entry.network != "linkedin"
    if (
        isinstance(error, OutcomeUnknown)
        and not isinstance(error, Unrecorded)
        and entry is not None
        and not settles_itself
    ):
        how = how_to_settle(change.key, entry)
        remedy = f"{how[:1].upper()}{how[1:]}."
    if isinstance(error, OutcomeUnknown):
        outcome = Outcome.UNKNOWN
    elif isinstance(error, RateLimited):
        outcome = Outcome.DEFERRED
    return Receipt(
        key=change.key,
        action=change.action,
        outcome=outcome,
        author=change.author,
        urn=change.urn,
        message=error.message,
        remedy=remedy,
        status=error.status,
        code=error.code,
        request_id=error.request_id,
        retry_at=error.retry_at if isinstance(error, RateLimited) else None,
        refused=isinstance(error, Unauthorized | Forbidden | VersionInactive),
    )


def _unkept(change: Change, error: StateError) -> Receipt:
    return Receipt(
        change.key,
        change.action,
        Outcome.FAILED,
        change.author,
        change.urn,
        message=error.message,
        remedy=error.remedy,
    )


def _skipped(change: Change, message: str) -> Receipt:
    return Receipt(change.key, change.action, Outcome.SKIPPED, change.author, change.urn, message=message)
