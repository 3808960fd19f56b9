"""What counts as starvation, as values."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from publisher.model.config import Config, Late, Slot
from publisher.model.post import Post
from publisher.model.state import Attempt, Failure, State, Status
from publisher.planning.options import PlanOptions
from publisher.planning.plan import make_plan
from publisher.planning.status import Health, ProblemKind, judge
from publisher.reports.status import status_code, status_json, status_markdown, status_text
from tests.support.posts import NOW, make_entry, make_post, make_state

HOUR = timedelta(hours=1)
FAILURE = Failure(NOW - HOUR, "EXPIRED_ACCESS_TOKEN", "The token expired.")


def stand(
    posts: list[Post],
    state: State = State(),  # noqa: B008
    config: Config = Config(),  # noqa: B008
    max_age: timedelta = 2 * HOUR,
    since: dict[str, datetime] | None = None,
) -> Health:
    plan = make_plan(posts, state, config, NOW, PlanOptions())
    return judge(plan, state, config, NOW, max_age, since or {})


def troubles(standing: Health) -> dict[str, ProblemKind]:
    return {problem.key: problem.trouble for problem in standing.problems}


@pytest.mark.parametrize(
    ("hours", "found"),
    [(-1, {}), (1, {}), (2, {}), (3, {"a": ProblemKind.NOT_RUN}), (30, {"a": ProblemKind.HELD})],
)
def test_a_post_is_overdue_after_the_age(hours: int, found: dict[str, ProblemKind]) -> None:
    """After the grace (24 hours) it is held back; before, no run has tried."""
    standing = stand([make_post("a", publish_at=NOW - hours * HOUR)])
    assert troubles(standing) == found
    assert status_code(standing) == bool(found)
    if found:
        assert standing.problems[0].since == NOW - hours * HOUR


def test_a_post_without_a_time_is_due_since_it_is_there() -> None:
    posts = [make_post("old"), make_post("new"), make_post("unheard")]
    standing = stand(posts, since={"old": NOW - 3 * HOUR, "new": NOW - HOUR})
    assert troubles(standing) == {"old": ProblemKind.NOT_RUN}


def test_what_is_meant_to_wait_is_no_trouble() -> None:
    gone = make_post("gone")
    state = State({"gone": make_entry(gone, status=Status.DELETED, deleted_at=NOW - 100 * HOUR)})
    posts = [make_post("draft", draft=True), make_post("later", publish_at=NOW + HOUR), gone]
    standing = stand(posts, state, since=dict.fromkeys(("draft", "later", "gone"), NOW - 100 * HOUR))
    assert standing.problems == ()
    assert standing.next == ("later", NOW + HOUR)


def test_skipping_what_is_late_is_a_policy_and_no_trouble() -> None:
    late = make_post("a", publish_at=NOW - 30 * HOUR)
    assert troubles(stand([late])) == {"a": ProblemKind.HELD}
    assert stand([late], config=Config(late=Late(policy="skip"))).problems == ()


def test_a_post_that_no_run_has_given_a_slot_starves() -> None:
    """The plan always shows it as scheduled, at a slot to come."""
    slots = Config(slots=(Slot(1, "09:30", "UTC"),))
    posts, since = [make_post("a", slot=True)], {"a": NOW - 3 * HOUR}
    standing = stand(posts, config=slots, since=since)
    assert troubles(standing) == {"a": ProblemKind.NOT_RUN}
    assert "slot" in standing.problems[0].message
    assert stand(posts, config=slots, since={"a": NOW - HOUR}).problems == ()
    assert stand(posts, State(slots={"a": NOW + 24 * HOUR}), slots, since=since).problems == ()
    assert troubles(stand(posts, since=since)) == {"a": ProblemKind.HELD}, "there are no slots to wait for"
    live = make_post("a", slot=True)
    assert stand([live], make_state(live), slots, since=since).problems == ()


def test_what_is_blocked_starves_too() -> None:
    same = [make_post("a", "Same."), make_post("b", "Same.")]
    standing = stand(same, make_state(same[0]), since={"b": NOW - 3 * HOUR})
    assert troubles(standing) == {"b": ProblemKind.HELD}
    assert "same author and content" in standing.problems[0].message


def test_a_failure_is_told_at_once_while_its_post_is_to_be_published() -> None:
    post = make_post("a")
    state = replace(make_state(), failures={"a": FAILURE, "removed": FAILURE})
    standing = stand([post], state)
    assert troubles(standing) == {"a": ProblemKind.FAILED}
    assert "The token expired. (EXPIRED_ACCESS_TOKEN)" in standing.problems[0].message
    assert stand([replace(post, draft=True)], state).problems == ()
    assert stand([post], replace(make_state(post), failures={"a": FAILURE})).problems == ()


def test_an_intent_is_told_at_once_even_without_its_post() -> None:
    attempt = Attempt("x", NOW - HOUR, "sha256:0")
    entry = make_entry(make_post("a"), status=Status.PENDING, attempt=attempt, urn=None, published_at=None)
    standing = stand([], State({"a": entry}))
    assert troubles(standing) == {"a": ProblemKind.UNKNOWN}
    assert status_code(standing) == 3
    assert (
        judge(None, State({"a": entry}), Config(), NOW, HOUR, {}).problems[0].trouble is ProblemKind.UNKNOWN
    )


def test_invalid_content_is_trouble() -> None:
    standing = judge(None, State(), Config(), NOW, HOUR, {})
    assert troubles(standing) == {"": ProblemKind.INVALID}
    assert status_code(standing) == 1


def test_the_reports() -> None:
    live = make_post("live")
    standing = stand(
        [live, make_post("a", publish_at=NOW - 3 * HOUR), make_post("z", publish_at=NOW + HOUR)],
        make_state(live),
    )
    assert status_text(standing) == (
        "not-run  a  It is due, and no run has tried to publish it. (since 2026-11-23 09:00+00:00)\n"
        "         Check that the schedule still runs; `publisher publish` publishes it now.\n"
        "Last published: live, 2026-11-01 09:00+00:00\n"
        "Next: z, 2026-11-23 13:00+00:00\n"
        "1 problem.\n"
    )
    document = status_json(standing)
    assert document["exit_code"] == 1
    assert document["problems"][0]["trouble"] == "not-run"
    assert document["last"] == {"key": "live", "published_at": "2026-11-01T09:00:00+00:00"}
    assert document["next"]["key"] == "z"
    assert "| <code>a</code> | not-run |" in status_markdown(standing)
    assert status_text(stand([])) == "Nothing is overdue, failed or in doubt.\n"
