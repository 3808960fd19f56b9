"""Refuse a run as a whole if it would create or delete more than its limits allow. Pure."""

from collections.abc import Iterable
from datetime import datetime

from publisher.model.config import Config
from publisher.model.plan import Action, Change
from publisher.model.state import State
from publisher.planning.options import PlanOptions


def refusal_of(
    changes: Iterable[Change], state: State, config: Config, now: datetime, options: PlanOptions
) -> str:
    """Return why the run is refused and how to go on; empty if it is not."""
    pause = state.pause
    if pause is not None and (pause.until is None or pause.until > now):
        until = f" until {pause.until.isoformat(timespec='minutes')}" if pause.until else ""
        why = f" ({pause.reason})" if pause.reason else ""
        return f"publishing is paused{until}{why}; `publisher resume` ends the pause"
    changes = list(changes)
    creates = {c.document for c in changes if _is_counted_create(c, config, now)}
    limit = config.limits.creates_per_run if options.max_creates is None else options.max_creates
    if len(creates) > limit:
        return (
            f"the run would create {len(creates)} posts, more than the {limit} of limits.creates_per_run; nothing is "
            f"published. If all are meant, `publisher publish --max-creates {len(creates)}`; "
            "if they were published before, `publisher state stamp`"
        )
    deletes = {
        c.document for c in changes if c.action is Action.REPLACE or (c.action is Action.DELETE and c.urn)
    }
    limit = config.limits.deletes_per_run if options.max_deletes is None else options.max_deletes
    if len(deletes) > limit:
        return (
            f"the run would delete {len(deletes)} live posts, more than the {limit} of limits.deletes_per_run; nothing "
            f"is published or deleted. If all are meant, add `--max-deletes {len(deletes)}`"
        )
    return ""


def _is_counted_create(change: Change, config: Config, now: datetime) -> bool:
    """Return whether a create counts towards the limit.

    A post with a time within ``late.grace`` does not count, because its time was reviewed with it. The limit
    is meant for a backlog that becomes due at once.
    """
    if change.action is not Action.CREATE or change.part:
        return False
    return change.publish_at is None or not now - config.late.grace <= change.publish_at <= now
