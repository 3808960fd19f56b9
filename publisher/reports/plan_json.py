"""Plans as JSON (``schemas/plan.schema.json``): written for machines and saved plans, read back for
publishing.
"""

import json
from typing import Any

from publisher.errors import UsageError
from publisher.model.plan import ACTING, Action, Change, Plan, SavedPlan

FORMAT_VERSION = 1


def plan_to_json(plan: Plan) -> dict[str, Any]:
    """Return the plan as a JSON document; facts that are not known are left out."""
    return {
        "format_version": FORMAT_VERSION,
        "api": plan.api,
        "state_digest": plan.state_digest,
        "content_digest": plan.content_digest,
        "changes": [_change(change) for change in plan.changes],
        "summary": plan.summary,
        **({"refusal": plan.refusal} if plan.refusal else {}),
    }


def encode_plan(plan: Plan) -> str:
    """Return the document's text. The same plan gives the same text."""
    # Readable letters instead of escapes: a saved plan is reviewed by people.
    return json.dumps(plan_to_json(plan), indent=2, ensure_ascii=False) + "\n"


def decode_plan(text: str, name: str) -> SavedPlan:
    """Read a saved plan. Raise `UsageError` where ``name`` is not one, or is of a newer version."""
    try:
        document = json.loads(text)
        version = document["format_version"]
        # Checked before anything else is read: a plan of another version may use the same names with other
        # meanings.
        if version != FORMAT_VERSION:
            raise UsageError(
                f"{name} is a plan of format version {version}; this publisher knows {FORMAT_VERSION}.",
                "Make the plan again with this version.",
            )
        return SavedPlan(
            document["api"],
            document["state_digest"],
            document["content_digest"],
            tuple(
                (change.get("name", change["key"]), Action(change["action"]), change["digest"])
                for change in document["changes"]
                # Only what would be carried out is compared again; what waits may change meanwhile.
                if change["action"] in ACTING
            ),
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        raise UsageError(f"{name} is not a saved plan.", "`publisher plan --out FILE` makes one.") from None


def _change(change: Change) -> dict[str, Any]:
    document: dict[str, Any] = {
        "key": change.document + (f"#{change.part}" if change.part else ""),
        "name": change.key,
        "action": change.action.value,
        "reason": change.reason,
        "source": change.source,
        "author": change.author,
        "network": change.network,
        "digest": change.digest,
        "publish_at": change.publish_at.isoformat() if change.publish_at else None,
        "urn": change.urn,
        "permalink": change.permalink,
        "moved_from": change.moved_from,
        "diff": change.diff,
        "payload": change.payload,
    }
    return {name: value for name, value in document.items() if value is not None}
