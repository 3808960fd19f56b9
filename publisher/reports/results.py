"""What a run did, for people and machines."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from publisher.errors import EXIT_FAILED, EXIT_OK, EXIT_UNKNOWN
from publisher.model.plan import ACTING, Action, Plan
from publisher.publishing.receipts import Outcome, Receipt, failed
from publisher.reports.plan_text import HELD
from publisher.reports.style import Paint, plain

_DONE_WORD = {
    Action.CREATE: "published",
    Action.REPLACE: "replaced",
    Action.UPDATE: "updated",
    Action.MOVE: "moved",
    Action.DELETE: "deleted",
}

_OUTCOME_STYLE = {
    Outcome.DONE: "green",
    Outcome.ADOPTED: "green",
    Outcome.FAILED: "red",
    Outcome.UNKNOWN: "red",
    Outcome.SKIPPED: "yellow",
    Outcome.DEFERRED: "yellow",
    Outcome.TAKEN: "dim",
}


def exit_code(plan: Plan, receipts: Sequence[Receipt]) -> int:
    """Return 3 if an outcome is unknown, 1 if something failed or was refused, and 0 otherwise."""
    actions = {change.action for change in plan.changes}
    # Before failures: a script that retries a failure must not retry what may be live.
    if Action.UNKNOWN in actions or any(r.outcome is Outcome.UNKNOWN for r in receipts):
        return EXIT_UNKNOWN
    if (
        (plan.refusal and plan.acting)
        or Action.BLOCKED in actions
        or any(failed(receipt) for receipt in receipts)
    ):
        return EXIT_FAILED
    return EXIT_OK


def receipt_text(receipt: Receipt, *, paint: Paint = plain) -> str:
    """Return one change's line: what happened, the key, the URN and permalink, or the reason and remedy."""
    done = receipt.outcome in (Outcome.DONE, Outcome.ADOPTED)
    word = _DONE_WORD[receipt.action] if done else receipt.outcome.value
    line = f"{paint(f'{word:<10}', _OUTCOME_STYLE[receipt.outcome])} {paint(receipt.key, 'bold')}"
    if done:
        return "  ".join(part for part in (line, receipt.urn, receipt.permalink) if part)
    facts = " ".join(str(fact) for fact in (receipt.status or "", receipt.code, receipt.request_id) if fact)
    lines = [f"{line}  {receipt.message}" + (f" ({facts})" if facts else "")]
    if receipt.remedy:
        lines.append(f"           {receipt.remedy}")
    return "\n".join(lines)


def closing_text(plan: Plan, receipts: Sequence[Receipt]) -> str:
    """Return the run's last line. A skip is not called a success."""
    if plan.refusal and plan.acting:
        return f"Refused: {plan.refusal}."
    held = [change for change in plan.changes if change.action in HELD]
    if not receipts and not held:
        return "Nothing to do." if plan.changes else "No posts in content/."
    if not receipts:
        counted = Counter(change.action.value for change in held)
        return f"Nothing was published: {', '.join(f'{n} {word}' for word, n in sorted(counted.items()))}."
    counts: dict[str, int] = {}
    for receipt in receipts:
        done = receipt.outcome in (Outcome.DONE, Outcome.ADOPTED)
        word = _DONE_WORD[receipt.action] if done else receipt.outcome.value
        counts[word] = counts.get(word, 0) + 1
    blocked = sum(change.action is Action.BLOCKED for change in plan.changes)
    if blocked:
        counts["blocked"] = blocked
    return ", ".join(f"{count} {word}" for word, count in counts.items()) + "."


def results_json(plan: Plan, receipts: Sequence[Receipt]) -> dict[str, Any]:
    """Return the run as a JSON document: every receipt, and every change that was not carried out with its
    reason.
    """
    return {
        "format_version": 1,
        "exit_code": exit_code(plan, receipts),
        "results": [_receipt_json(receipt) for receipt in receipts],
        "not_done": [
            {"key": c.key, "action": c.action.value, "reason": c.reason}
            for c in plan.changes
            if c.action not in ACTING and c.action is not Action.NONE
        ],
        "summary": plan.summary,
        **({"refusal": plan.refusal} if plan.refusal else {}),
    }


def _receipt_json(receipt: Receipt) -> dict[str, Any]:
    document = {
        "key": receipt.key,
        "action": receipt.action.value,
        "outcome": receipt.outcome.value,
        "author": receipt.author,
        "urn": receipt.urn,
        "permalink": receipt.permalink,
        "message": receipt.message,
        "remedy": receipt.remedy,
        "status": receipt.status,
        "code": receipt.code,
        "request_id": receipt.request_id,
        "retry_at": receipt.retry_at.isoformat(timespec="seconds") if receipt.retry_at else None,
    }
    # Empty values are left out, so that a script tests for a field instead of for null and "".
    return {name: value for name, value in document.items() if value or name == "key"}
