"""Settle creates and deletes with an unknown outcome on other networks, before a run plans.

A create that was frozen can be looked for. Within the network's safe time it can be sent again with the same
key and the same bytes (`publisher.networks.gateway.next_step`). LinkedIn allows neither, so there a person
decides.
"""

from collections.abc import Container
from dataclasses import replace

from publisher.errors import ApiError, Duplicate, OutcomeUnknown, Rejected
from publisher.model.plan import Action, Change
from publisher.model.state import Attempt, Entry, Status, split_name
from publisher.networks.gateway import CopyGateway, Created, Frozen, Step, next_step
from publisher.planning.doubt import is_in_flight
from publisher.publishing.entries import deleted, old_one_is_gone
from publisher.publishing.intent import finish, keep_in_doubt, record_create, release, renew_intent
from publisher.publishing.receipts import Outcome, Receipt
from publisher.publishing.run_context import RunContext
from publisher.publishing.steps import forget_comment
from publisher.state.edits import PostEdit

_ACTIONS = {
    "create": Action.CREATE,
    "comment": Action.CREATE,
    "replace": Action.REPLACE,
    "delete": Action.DELETE,
}
"""By intention. An edit is not here: the plan sends it again."""


def is_open(entry: Entry) -> bool:
    """Return whether an entry is an intent that its network may settle."""
    attempt = entry.attempt
    return entry.network != "linkedin" and entry.status is Status.PENDING and attempt is not None


def settle_pending(
    run: RunContext, wanted: Container[tuple[str, str]], names: frozenset[str] = frozenset()
) -> tuple[Receipt, ...]:
    """Settle the intents on other networks that are over; ``names`` narrows them.

    ``wanted`` has (document's key, network) of the posts that are due. Any other create is looked for, and
    never sent again: somebody has withdrawn it. While publishing is paused, nothing is sent at all.

    Return a receipt for each intent that is settled, and for each one whose network could not be asked. Leave
    intents that a person must settle as they are.
    """
    receipts: list[Receipt] = []
    for name, entry in sorted(run.session.state.posts.items()):
        if not is_open(entry) or is_in_flight(entry, run.now()) or (names and name not in names):
            continue
        if run.stop() or not run.claim(name):
            continue
        change = _change(name, entry)
        try:
            receipt = _settle(change, entry, run, (split_name(name).key, entry.network) in wanted)
        except ApiError as error:
            receipt = _still_unknown(change, error)
        if receipt is not None:
            run.observer.finished(receipt)
            receipts.append(receipt)
    return tuple(receipts)


def _settle(change: Change, entry: Entry, run: RunContext, wanted: bool) -> Receipt | None:
    attempt = entry.attempt
    if attempt is None or attempt.action not in _ACTIONS:
        return None
    # A delete needs no look: sent twice, it changes nothing more. A create is looked for first, because a
    # repetition is safe only within the network's time (Mastodon keeps an Idempotency-Key for an hour: its
    # documentation, POST /api/v1/statuses).
    if attempt.action == "delete":
        if run.paused:
            return None
        gateway = run.copies.holder(entry.network, entry.author)
        return _delete_again(change, entry, gateway, run)
    if attempt.token is None or attempt.record is None:
        return None
    gateway = run.copies.holder(entry.network, entry.author)
    frozen = Frozen(attempt.token, attempt.record)
    found = gateway.find(frozen, attempt.started_at)
    if isinstance(found, Created):
        return record_create(change, entry, found, Outcome.ADOPTED, run)
    match next_step(gateway.traits, found, run.now() - attempt.started_at):
        case Step.REPEAT if wanted and not run.paused:
            return _repeat(change, entry, frozen, gateway, run)
        case Step.WAIT:
            _wait(change, entry, attempt, gateway, run)
    return None


def _wait(change: Change, entry: Entry, attempt: Attempt, gateway: CopyGateway, run: RunContext) -> None:
    """Count the intent as in flight until the network can be asked again."""
    until = attempt.started_at + gateway.traits.settle_after
    waiting = entry._replace(attempt=replace(attempt, expires_at=until))
    run.session.write(PostEdit(change.key, entry, waiting))


def _repeat(change: Change, entry: Entry, frozen: Frozen, gateway: CopyGateway, run: RunContext) -> Receipt:
    """Send the frozen create again, after the delete of what it replaces."""
    lifetime = gateway.traits.lifetime
    pending = renew_intent(change, entry, lifetime, run)
    try:
        if pending.urn is not None:
            with run.fence.armed(change.key, pending, run.now()):
                gateway.delete(pending.urn)
            gone = old_one_is_gone(pending, run.now())
            run.session.write(PostEdit(change.key, pending, gone), *forget_comment(change.key, run))
            pending = gone
        with run.fence.armed(change.key, pending, run.now()):
            created = gateway.create(frozen)
    except Rejected as error:
        # where the key is not atomic, the first request may have used up what this one needs, such as its
        # files
        if not gateway.traits.atomic or isinstance(error, Duplicate) or pending.urn is not None:
            keep_in_doubt(change, pending, run)
            raise
        release(change, pending, run, error)
        return _refused(change, error)
    except ApiError:
        keep_in_doubt(change, pending, run)
        raise
    return record_create(change, pending, created, Outcome.DONE, run)


def _delete_again(change: Change, entry: Entry, gateway: CopyGateway, run: RunContext) -> Receipt | None:
    """Send a delete again. A post that is already gone is not an error."""
    old = entry.before
    if old is None or old.urn is None:
        return None
    pending = renew_intent(change, entry, gateway.traits.lifetime, run)
    try:
        with run.fence.armed(change.key, pending, run.now()):
            gateway.delete(old.urn)
    except ApiError:
        keep_in_doubt(change, pending, run)
        raise
    finish(change, pending, deleted(old, run.now()), run, *forget_comment(change.key, run))
    return Receipt(change.key, Action.DELETE, Outcome.DONE, entry.author, old.urn, old.permalink)


def _change(name: str, entry: Entry) -> Change:
    """Return the plan's line that an intent was written for, as far as it is known."""
    action = _ACTIONS.get(entry.attempt.action if entry.attempt else "", Action.UPDATE)
    return Change(
        key=name,
        action=action,
        reason="its outcome was unknown",
        source=entry.source,
        author=entry.author,
        digest=entry.digest,
        urn=entry.urn,
        permalink=entry.permalink,
        network=entry.network,
    )


def _refused(change: Change, error: ApiError) -> Receipt:
    return Receipt(
        change.key,
        change.action,
        Outcome.FAILED,
        change.author,
        message=error.message,
        remedy=error.remedy,
        status=error.status,
        code=error.code,
    )


def _still_unknown(change: Change, error: ApiError) -> Receipt:
    message = (
        error.message if isinstance(error, OutcomeUnknown) else f"Its outcome is unknown: {error.message}"
    )
    return replace(_refused(change, error), outcome=Outcome.UNKNOWN, message=message)
