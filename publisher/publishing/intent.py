"""The intent protocol: write the intent, send once, record the outcome or keep it in doubt."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from shlex import quote
from typing import TypeVar

from publisher.errors import (
    ApiError,
    Duplicate,
    OutcomeUnknown,
    Rejected,
    StateConflict,
    StateError,
    Unrecorded,
)
from publisher.model.plan import Change
from publisher.model.state import Attempt, Entry, Held, Intention
from publisher.networks.gateway import Created
from publisher.publishing.draft import Draft
from publisher.publishing.entries import published, restored
from publisher.publishing.evidence import is_our_attempt, may_be_adopted, may_be_ghost
from publisher.publishing.fence import LIFETIME
from publisher.publishing.receipts import Outcome, Receipt
from publisher.publishing.run_context import RunContext
from publisher.state.edits import Edit, HeldEdit, PostEdit, UploadEdit
from publisher.state.store import SharedSession

STILL_PROCESSING = "MEDIA_ASSET_WAITING_UPLOAD"
"""LinkedIn's code for a post with files that are not ready yet."""

T = TypeVar("T")


def new_attempt(change: Change, run: RunContext, action: Intention, draft: Draft | None = None) -> Attempt:
    """Begin an attempt: it is in flight for the network's lifetime of a request."""
    now = run.now()
    frozen = draft.frozen if draft else None
    until = now + (draft.lifetime if draft else LIFETIME)
    token, record = frozen if frozen else (None, None)
    return Attempt(run.new_id(), now, change.digest, until, action, token, record)


def write_intent(change: Change, pending: Entry, before: Entry | None, run: RunContext) -> None:
    """Make the intent durable. Nothing may be sent before."""
    run.session.verify()  # a state that was lost or set back during the run must not lead to a create
    attempt = _attempt_of(pending)
    # the mark first: a kill between the two leaves a mark without an intent, which nobody reads
    run.fence.marks.prepare(attempt.id)
    try:
        run.session.write(PostEdit(change.key, before, pending))
    except StateError:
        run.fence.marks.clear(attempt.id)
        raise


def renew_intent(change: Change, entry: Entry, lifetime: timedelta, run: RunContext) -> Entry:
    """Make durable that the request of an intent is about to be sent again. Its start does not change."""
    run.session.verify()
    attempt = _attempt_of(entry)
    renewed = entry._replace(attempt=replace(attempt, expires_at=run.now() + lifetime))
    run.session.write(PostEdit(change.key, entry, renewed))
    run.fence.marks.resume(attempt.id)
    return renewed


def send(change: Change, pending: Entry, call: Callable[[], T], run: RunContext) -> T:
    """Send a request under its intent.

    If the request had no effect, restore the entry and raise `ApiError`. If the outcome is unknown, keep the
    intent and raise `OutcomeUnknown`. If the answer says duplicate, keep the intent and raise `Duplicate` for
    the caller.
    """
    try:
        with run.fence.armed(change.key, pending):
            return call()
    except OutcomeUnknown:
        keep_in_doubt(change, pending, run)
        raise
    except Duplicate:
        raise
    except ApiError as error:
        release(change, pending, run, error)
        raise


def send_create(change: Change, pending: Entry, call: Callable[[], Created], run: RunContext) -> Receipt:
    """Carry out a create under its intent, and record its outcome."""
    outcome = Outcome.DONE
    try:
        created = send(change, pending, call, run)
    except Duplicate as error:
        created, outcome = _judge_duplicate(change, pending, run, error), Outcome.ADOPTED
    return record_create(change, pending, created, outcome, run)


def record_create(
    change: Change, pending: Entry, created: Created, outcome: Outcome, run: RunContext
) -> Receipt:
    """Record the post that a create made. Raise `Unrecorded` if the state can't be written."""
    created = created._replace(permalink=run.link(change.network, created))
    attempt = _attempt_of(pending)
    # the mark keeps the URN for the next run if this process ends before the state has it
    run.fence.marks.created(attempt.id, created.urn, created.permalink)
    entry = published(pending, created, run.now())
    try:
        _record(change.key, pending, entry, run)
    except StateError as error:
        run.unrecorded[change.key] = (pending, entry)
        # the post is live and its URN must reach a human: the intent stays in the state
        raise Unrecorded(
            f"Published as {created.urn}, but that could not be recorded: {error.message}",
            f"When that is fixed: `publisher state resolve {quote(change.key)} --published {created.urn}`.",
        ) from error
    return Receipt(change.key, change.action, outcome, change.author, created.urn, created.permalink)


def finish(change: Change, pending: Entry, entry: Entry, run: RunContext, *also: Edit) -> None:
    """Record the outcome of an edit or a delete. Raise `Unrecorded` if the state can't be written."""
    try:
        run.session.write(PostEdit(change.key, pending, entry), *also)
    except StateError as error:
        raise Unrecorded(
            f"{change.action.value.capitalize()}d, but that could not be recorded: {error.message}",
            f"When that is fixed: `publisher state resolve {quote(change.key)} …`.",
        ) from error
    run.fence.marks.clear(_attempt_of(pending).id)


def record_late(run: RunContext) -> dict[str, Entry]:
    """Try once more to record what could not be recorded. Return what is recorded now."""
    done = {}
    for key, (pending, entry) in run.unrecorded.items():
        with suppress(StateError):
            _record(key, pending, entry, run)
            done[key] = entry
    for key in done:
        del run.unrecorded[key]
    return done


def release(change: Change, pending: Entry, run: RunContext, error: ApiError, *also: Edit) -> None:
    """Give a key its earlier entry after a request without effect.

    Forget its assets, which may have been refused.

    Keep assets that LinkedIn is still processing, because a new upload would be processed from the start.
    Forget them if they were already in processing in the last run, because then they may never have arrived.
    """
    edits: list[Edit] = [PostEdit(change.key, pending, restored(pending)), *also]
    before = run.session.state.failures.get(change.key)
    if error.code != STILL_PROCESSING or (before is not None and before.code == STILL_PROCESSING):
        edits.append(UploadEdit(change.key, ()))
    run.session.write(*edits)
    run.fence.marks.clear(_attempt_of(pending).id)


def keep_in_doubt(change: Change, pending: Entry, run: RunContext) -> None:
    """Record that a request is over and its outcome unknown, so that it is no longer in flight."""
    attempt = replace(_attempt_of(pending), expires_at=run.now())
    with suppress(StateError):  # the intent is there already, and the receipt must reach the user
        run.session.write(PostEdit(change.key, pending, pending._replace(attempt=attempt)))
        run.fence.marks.clear(attempt.id)


def _judge_duplicate(change: Change, pending: Entry, run: RunContext, error: Duplicate) -> Created:
    """Return the post that a duplicate answer names, if it can only be this attempt's.

    Raise `OutcomeUnknown` if it may be a ghost of deleted content. Otherwise hold the key and raise
    `Rejected`.
    """
    now, state, attempt = run.now(), run.session.state, _attempt_of(pending)
    if error.urn is not None and is_our_attempt(error.urn, attempt.started_at, now):
        if attempt.action != "comment" and may_be_ghost(pending, state, now):
            keep_in_doubt(change, pending, run)
            raise OutcomeUnknown(
                f"{error.message} The same content was deleted recently, so {error.urn} may not exist.",
                status=error.status,
                code=error.code,
                request_id=error.request_id,
            ) from error
        # a state that others share shows this run only a part of what they do
        alone = not isinstance(run.session, SharedSession)
        if alone and may_be_adopted(error.urn, change.key, pending, state):
            return Created(error.urn, run.permalink(error.urn))
    # Held until it changes. The documented window is 10 minutes ("UGC Post API", Microsoft Learn), but an
    # hourly job got the same refusal each time (Linkedin-RSS#5), so a later attempt of ours would prove
    # nothing.
    held = Held(change.digest, now, error.urn, error.message[:300])
    release(change, pending, run, error, HeldEdit(change.key, held))
    raise Rejected(
        f"{error.message} It isn't sent again unchanged.",
        f"Change it; or, if that is this post, `publisher state import {quote(change.key)} {error.urn or 'URN'}`; or "
        f"`publisher state rm {quote(change.key)}` to send it again.",
        status=error.status,
        code=error.code,
        request_id=error.request_id,
    ) from error


def _record(key: str, pending: Entry, entry: Entry, run: RunContext) -> None:
    try:
        run.session.write(PostEdit(key, pending, entry), UploadEdit(key, ()))
    except StateConflict:
        # somebody settled the intent as absent, or the file was set back: the post is live all the same
        if run.session.state.posts.get(key) is not None:
            raise
        run.session.write(PostEdit(key, None, entry), UploadEdit(key, ()))
    run.fence.marks.clear(_attempt_of(pending).id)


def _attempt_of(pending: Entry) -> Attempt:
    if pending.attempt is None:
        raise ValueError("an intent has an attempt")
    return pending.attempt
