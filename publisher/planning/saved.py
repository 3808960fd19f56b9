"""Hold a run to a saved plan. Refuse it if anything that the plan was made from has changed."""

import sys
from dataclasses import replace

from publisher.errors import StalePlanError
from publisher.model.plan import ACTING, Action, Plan, SavedPlan
from publisher.planning.options import PlanOptions


def options_of(saved: SavedPlan) -> PlanOptions:
    """Return the permissions a saved plan uses; its number of creates was bounded when it was made."""
    # no budget either: a saved plan is carried out as it was reviewed, or refused
    actions = {action for _, action, _ in saved.acting}
    return PlanOptions(
        prune=Action.DELETE in actions,
        allow_replace=Action.REPLACE in actions,
        max_creates=sys.maxsize,
        max_deletes=sys.maxsize,
        budget=False,
    )


def hold_to(saved: SavedPlan, plan: Plan) -> Plan:
    """Return the part of ``plan`` (made just now) that ``saved`` has.

    Raise `StalePlanError` with what changed.
    """
    for changed, what in (
        (saved.api != plan.api, "the configured API"),
        (saved.content_digest != plan.content_digest, "the content or the configuration"),
        (saved.state_digest != plan.state_digest, "the state"),
    ):
        if changed:
            raise _stale(f"{what} changed since")
    now = {change.key: change for change in plan.acting}
    for key, action, digest in saved.acting:
        change = now.get(key)
        if change is None or (change.action, change.digest) != (action, digest):
            raise _stale(f"{key!r} has a different action now than {action.value}")
    keys = {key for key, _, _ in saved.acting}
    kept = tuple(change for change in plan.changes if change.key in keys or change.action not in ACTING)
    return replace(plan, changes=kept)


def _stale(why: str) -> StalePlanError:
    return StalePlanError(
        f"The saved plan is stale: {why}.", "Make it again with `publisher plan --out FILE`."
    )
