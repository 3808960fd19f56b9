"""Plan in, receipts out: carries out the acting changes of a plan, one after the other."""

from collections.abc import Sequence
from contextlib import suppress

from publisher.errors import (
    ApiError,
    Forbidden,
    OutcomeUnknown,
    RateLimited,
    StateConflict,
    StateError,
    Unauthorized,
    VersionInactive,
)
from publisher.model.plan import Change, Plan
from publisher.model.state import COMMENT_SUFFIX, Event
from publisher.publishing.failures import failure_of
from publisher.publishing.receipts import Outcome, Receipt
from publisher.publishing.run_context import RunContext
from publisher.publishing.steps import carry_out
from publisher.publishing.stop_policy import StopPolicy
from publisher.publishing.uploads import Uploads
from publisher.state.edits import AuditEdit, FailureEdit


def apply_plan(plan: Plan, run: RunContext) -> tuple[Receipt, ...]:
    """Carry out what the plan says; every acting change gets exactly one receipt.

    Raises `publisher.errors.StateError` where the state can't be written before anything was sent. Where that happens
    later, nothing follows either, and the receipts say what was sent until then.
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
            receipt = _taken(change, run)  # who has the post comments on it
        else:
            uploads.prepare(change, stops)
            receipt = stops.receipt(change)
        if receipt is None:
            run.observer.started(change)
            try:
                receipt, stops = _attempt(change, stops, run, uploads)
            except StateError as error:
                if not any(before.outcome in _SENT for before in receipts):
                    raise
                receipt, stops = _unkept(change, error), stops.after_state(error)
        run.observer.finished(receipt)
        receipts.append(receipt)
    return tuple(receipts)


_SENT = (Outcome.DONE, Outcome.ADOPTED, Outcome.UNKNOWN)


def _attempt(
    change: Change, stops: StopPolicy, run: RunContext, uploads: Uploads
) -> tuple[Receipt, StopPolicy]:
    try:
        if not run.claim(change.key):
            return _taken(change, run), stops
        return carry_out(change, run, uploads), stops.after_success()
    except ApiError as error:
        if isinstance(error, RateLimited):
            run.limited(change, error)
        failure = failure_of(error, run.now())
        if not isinstance(error, OutcomeUnknown):  # that one has left its intent, which says more
            run.session.write(FailureEdit(change.key, failure))
        else:
            detail = f"{failure.code} {failure.message}".strip()
            with suppress(StateError):  # what must not be lost is on its way to the user
                run.session.write(AuditEdit(Event(run.now(), "unknown", change.key, detail)))
        return _refused(change, error), stops.after(error, change.author)
    except StateConflict:
        return _taken(change, run), stops  # another run was faster; what it does is in the state now


def _is_comment_of(change: Change, post: Receipt) -> bool:
    return change.key == post.key + COMMENT_SUFFIX


def _taken(change: Change, run: RunContext) -> Receipt:
    entry = run.session.state.posts.get(change.key)
    if entry is None or entry.urn is None:
        return Receipt(
            change.key, change.action, Outcome.TAKEN, change.author, message="Another run works on it."
        )
    message = f"Another run was faster: it is {entry.urn}."
    return Receipt(
        change.key, change.action, Outcome.TAKEN, change.author, entry.urn, entry.permalink, message
    )


def _refused(change: Change, error: ApiError) -> Receipt:
    outcome = Outcome.FAILED
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
        remedy=error.remedy,
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
