"""The groups of a preview, by what happens to a post next."""

from dataclasses import dataclass

from publisher.feedview.values import Tone
from publisher.model.plan import Action


@dataclass(frozen=True, slots=True)
class Group:
    """A section of the preview: its id, title, one line of explanation, and the actions it gathers."""

    id: str
    title: str
    lead: str
    actions: tuple[Action, ...] = ()


PROBLEMS = Group(
    "problems", "Problems", "These files have errors. Nothing is published until they are fixed."
)

# In the order of urgency: what stops a run or waits for a person comes before what needs nobody.
GROUPS = (
    PROBLEMS,
    Group(
        "held",
        "Needs a decision",
        "These wait until someone decides.",
        (Action.UNKNOWN, Action.LATE, Action.BLOCKED),
    ),
    Group("new", "New", "The next publish creates these.", (Action.CREATE,)),
    Group(
        "changed",
        "Changed",
        "Live, but the file has changed.",
        (Action.CHANGED, Action.UPDATE, Action.REPLACE, Action.MOVE),
    ),
    Group("scheduled", "Scheduled", "Published by the first run after their time.", (Action.SCHEDULED,)),
    Group("drafts", "Drafts", "Not published.", (Action.DRAFT,)),
    Group("live", "Live", "Published and unchanged.", (Action.NONE,)),
    Group("gone", "Gone", "Published, but the file no longer exists.", (Action.ORPHAN, Action.DELETE)),
)

GROUP_OF = {action: group for group in GROUPS for action in group.actions}

BADGES: dict[Action, tuple[str, Tone]] = {
    Action.CREATE: ("New", "good"),
    Action.NONE: ("Live", "neutral"),
    Action.CHANGED: ("Changed", "warning"),
    Action.UPDATE: ("Update", "warning"),
    Action.REPLACE: ("Replace", "danger"),
    Action.MOVE: ("Renamed", "info"),
    Action.ORPHAN: ("Source gone", "warning"),
    Action.DELETE: ("Delete", "danger"),
    Action.SCHEDULED: ("Scheduled", "info"),
    Action.DRAFT: ("Draft", "neutral"),
    Action.LATE: ("Late", "warning"),
    Action.UNKNOWN: ("Outcome unknown", "danger"),
    Action.BLOCKED: ("Blocked", "danger"),
}
"""The word and tone of each action."""
