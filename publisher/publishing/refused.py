"""Find posts that were refused because of their author or app. A person can still post these by hand."""

from collections.abc import Sequence

from publisher.model.plan import Action, Change, Plan
from publisher.publishing.receipts import Outcome, Receipt


def refused(plan: Plan, receipts: Sequence[Receipt]) -> tuple[tuple[Change, Receipt], ...]:
    """Return each create that was refused for its author or app, or skipped because of that, with its receipt.

    None of them is live: a refusal creates nothing, and what was not tried was never sent.
    """
    changes = {change.key: change for change in plan.changes if change.action is Action.CREATE}
    authors = {receipt.author for receipt in receipts if receipt.refused}
    return tuple(
        (changes[receipt.key], receipt)
        for receipt in receipts
        if receipt.key in changes
        and (receipt.refused or (receipt.outcome is Outcome.SKIPPED and receipt.author in authors))
    )
