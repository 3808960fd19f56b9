"""The intent protocol: write the intent, send once, record the outcome or keep it in doubt."""

from collections.abc import Callable
from shlex import quote

from publisher.errors import ApiError, Duplicate, OutcomeUnknown, StateError
from publisher.model.plan import Change
from publisher.model.state import Entry, Status
from publisher.networks.gateway import Created
from publisher.publishing.entries import published
from publisher.publishing.evidence import is_our_attempt
from publisher.publishing.receipts import Outcome, Receipt
from publisher.publishing.run_context import GHOST_WINDOW, RunContext
from publisher.state.edits import Edit, PostEdit, UploadEdit

STILL_PROCESSING = "MEDIA_ASSET_WAITING_UPLOAD"
"""LinkedIn's code for a post whose files are not ready yet."""


def send_once(
    change: Change,
    pending: Entry,
    call: Callable[[], Created],
    run: RunContext,
    *,
    before: Entry | None = None,
    also: tuple[Edit, ...] = (),
) -> Receipt:
    """Carry out one create under its intent; raises `ApiError` with the intent kept only where in doubt.

    ``before`` is the entry the intent replaces, ``also`` are edits of the same write.
    """
    run.session.write(PostEdit(change.key, before, pending), *also)
    outcome = Outcome.DONE
    try:
        created = call()
    except OutcomeUnknown:
        raise
    except Duplicate as error:
        adopted = _adopt(error, pending, before, run)
        if adopted is None:
            _release(change, pending, run, error)
            raise
        created, outcome = adopted, Outcome.ADOPTED
    except ApiError as error:
        _release(change, pending, run, error)
        raise
    _record(change, pending, created, run)
    return Receipt(
        change.key,
        change.action,
        outcome,
        change.author,
        created.urn,
        created.permalink,
    )


def _adopt(error: Duplicate, pending: Entry, before: Entry | None, run: RunContext) -> Created | None:
    """The post a duplicate answer names, where its own time proves that it is this attempt's.

    After a deletion of the same text LinkedIn is known to name URNs that don't exist, with fresh times; there
    the answer proves nothing, and the outcome is unknown.
    """
    assert pending.attempt is not None  # noqa: S101 - an intent has one
    if error.urn is None or not is_our_attempt(error.urn, pending.attempt.started_at, run.now()):
        return None
    if _recently_deleted(pending, before, run):
        raise OutcomeUnknown(
            f"{error.message} The same text was deleted recently, so {error.urn} may not exist.",
            "Look at the author's page, then `publisher state resolve`.",
            status=error.status,
            code=error.code,
            request_id=error.request_id,
        )
    return Created(error.urn, run.permalink(error.urn))


def _recently_deleted(pending: Entry, before: Entry | None, run: RunContext) -> bool:
    def same(entry: Entry) -> bool:
        return (entry.author, entry.text_digest) == (pending.author, pending.text_digest)

    since = run.now() - GHOST_WINDOW
    return (before is not None and same(before)) or any(
        entry.status is Status.DELETED and same(entry) and (entry.deleted_at or since) >= since
        for entry in run.session.state.posts.values()
    )


def _release(change: Change, pending: Entry, run: RunContext, error: ApiError) -> None:
    """Nothing was created: the key is free again, and so are assets LinkedIn may have refused.

    Assets that it is still working on stay, since sent anew they would be worked on from the start; where that was
    so in the last run already, they may never have arrived.
    """
    edits: list[Edit] = [PostEdit(change.key, pending, None)]
    before = run.session.state.failures.get(change.key)
    if error.code != STILL_PROCESSING or (before is not None and before.code == STILL_PROCESSING):
        edits.append(UploadEdit(change.key, ()))
    run.session.write(*edits)


def _record(change: Change, pending: Entry, created: Created, run: RunContext) -> None:
    entry = published(pending, created, run.now())
    try:
        run.session.write(PostEdit(change.key, pending, entry), UploadEdit(change.key, ()))
    except StateError as error:
        # the post is live and its URN must reach a human: the intent stays in the state
        raise OutcomeUnknown(
            f"Published as {created.urn}, but that could not be recorded: {error.message}",
            f"Once it can: `publisher state resolve {quote(change.key)} --published {created.urn}`.",
        ) from error
