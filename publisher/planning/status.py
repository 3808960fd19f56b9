"""Whether publishing works: what should have happened by now and did not. Pure."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from publisher.model.config import Config
from publisher.model.plan import ACTING, Action, Change, Plan
from publisher.model.state import State, Status, split_name
from publisher.planning.doubt import how_to_settle, is_in_flight


class ProblemKind(StrEnum):
    """What is wrong with a key, or with the project."""

    UNKNOWN = "unknown"
    FAILED = "failed"
    HELD = "held"
    NOT_RUN = "not-run"
    AGE_UNKNOWN = "age-unknown"
    INVALID = "invalid"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that needs a person. ``since`` is when it began (aware), None if that isn't known.

    ``key`` is empty if the whole project is meant.
    """

    trouble: ProblemKind
    key: str
    since: datetime | None
    message: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Health:
    """All problems, the next post that is scheduled, and the last one that was published: (key, aware time)."""

    problems: tuple[Problem, ...]
    next: tuple[str, datetime] | None = None
    last: tuple[str, datetime] | None = None


def judge(
    plan: Plan | None,
    state: State,
    config: Config,
    now: datetime,
    max_age: timedelta,
    due_since: Mapping[str, datetime],
    cut_off: Collection[str] = (),
) -> Health:
    """Return where publishing stands at ``now``.

    ``plan`` was made then, or is None if the content is invalid.

    ``due_since`` tells for the keys of `timeless` since when they could have been published. A post counts as
    overdue once it has been due for longer than ``max_age``. One whose age isn't known does not, except the
    keys of ``cut_off``: a shallow clone hides their age.
    """
    problems = [*_unknown(state, now)]
    following = None
    if plan is None:
        message = "The content has errors, so nothing can be published."
        problems.append(Problem(ProblemKind.INVALID, "", None, message, "`publisher validate` shows them."))
    else:
        problems += _overdue(plan, state, config, now, max_age, due_since, cut_off)
        planned = [
            (c.publish_at, c.key) for c in plan.changes if c.action is Action.SCHEDULED and c.publish_at
        ]
        following = min(planned, default=None)
    done = [
        (e.published_at, key) for key, e in state.posts.items() if e.published_at and not split_name(key).part
    ]
    latest = max(done, default=None)
    return Health(tuple(problems), following and following[::-1], latest and latest[::-1])


def due(plan: Plan, state: State, config: Config) -> Iterator[Change]:
    """Yield the changes that should have been carried out by now, whether or not a run would do so."""
    for change in plan.changes:
        entry = state.posts.get(change.key)
        deleted = entry is not None and entry.status is Status.DELETED
        skipped = change.action is Action.LATE and config.late.policy == "skip"
        if (
            change.action in ACTING
            or (change.action in (Action.LATE, Action.BLOCKED) and not deleted and not skipped)
            or _without_slot(change, state)
        ):
            yield change


def timeless(plan: Plan, state: State, config: Config) -> Mapping[str, str]:
    """Return key -> source of what is `due` and has no time that says since when."""
    return {
        change.key: change.source
        for change in due(plan, state, config)
        if change.publish_at is None or _without_slot(change, state)
    }


def _without_slot(change: Change, state: State) -> bool:
    """Return whether a post waits for a slot that every run gives, so that none has run since it is there.

    The plan shows a slot all the same: the next one, which without a run stays the next one forever.
    """
    post = change.post
    waits = change.action is Action.SCHEDULED and post is not None and post.slot and not change.urn
    return bool(waits) and not change.part and change.key not in state.slots


def _unknown(state: State, now: datetime) -> Iterator[Problem]:
    for key, entry in sorted(state.posts.items()):
        if entry.status is Status.PENDING and not is_in_flight(entry, now):
            how = how_to_settle(key, entry)
            yield Problem(
                ProblemKind.UNKNOWN,
                key,
                entry.attempt.started_at if entry.attempt else None,
                "Something was sent and its outcome is unknown.",
                f"{how[:1].upper()}{how[1:]}.",
            )


def _overdue(
    plan: Plan,
    state: State,
    config: Config,
    now: datetime,
    max_age: timedelta,
    due_since: Mapping[str, datetime],
    cut_off: Collection[str],
) -> Iterator[Problem]:
    for change in due(plan, state, config):
        unserved = _without_slot(change, state)
        since = due_since.get(change.key) if unserved else change.publish_at or due_since.get(change.key)
        failure = state.failures.get(change.key)
        if failure is not None:
            said = f"The last run failed: {failure.message}" + (f" ({failure.code})" if failure.code else "")
            yield Problem(
                ProblemKind.FAILED, change.key, failure.at, said, "`publisher doctor` looks for the cause."
            )
        elif since is None or now - since <= max_age:
            if change.key in cut_off and since == due_since.get(change.key):
                yield _age_unknown(change)
        elif change.action in ACTING or (unserved and change.publish_at):
            waits = "It waits for a slot, and no run has assigned one."
            message = waits if unserved else "It is due, and no run has tried to publish it."
            remedy = "Check that the schedule still runs; `publisher publish` publishes it now."
            yield Problem(ProblemKind.NOT_RUN, change.key, since, message, remedy)
        else:
            message = f"It is held back: {change.reason}."
            yield Problem(
                ProblemKind.HELD, change.key, since, message, "Settle it, or make the post a draft."
            )


def _age_unknown(change: Change) -> Problem:
    return Problem(
        ProblemKind.AGE_UNKNOWN,
        change.key,
        None,
        "It is due, and this shallow clone does not say since when.",
        "Fetch the history: `fetch-depth: 0` for actions/checkout, or `git fetch --unshallow`.",
    )
