"""``limits.spacing``: the least time between two posts of one author, and what counts as late under it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.model.config import Config, Late, Limits, Slot
from publisher.model.plan import Action, Plan
from publisher.model.post import Author, Post
from publisher.model.state import Attempt, State, Status
from publisher.planning.options import PlanOptions
from publisher.planning.plan import make_plan
from publisher.planning.schedule import assign_slots, due_changes, lateness
from tests.support.posts import NOW, make_entry, make_post

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ACME = Author("urn:li:organization:4711", "acme")
CONFIG = Config(limits=Limits(spacing=2 * HOUR))


def plan(
    *posts: Post, state: State | None = None, config: Config = CONFIG, now: datetime = NOW, **options: object
) -> Plan:
    return make_plan(posts, state or State(), config, now, PlanOptions(**options))  # type: ignore[arg-type]


def actions(made: Plan) -> dict[str, tuple[Action, datetime | None]]:
    return {line.key: (line.action, line.publish_at) for line in made.changes}


def live(key: str, at: datetime, **fields: object) -> tuple[Post, State]:
    post = make_post(key, **fields)
    return post, State({key: make_entry(post, published_at=at)})


def test_posts_of_one_author_go_one_after_the_other() -> None:
    made = plan(make_post("a"), make_post("b"), make_post("c"), make_post("page", author=ACME))
    assert actions(made) == {
        "a": (Action.CREATE, None),
        "b": (Action.SCHEDULED, NOW + 2 * HOUR),
        "c": (Action.SCHEDULED, NOW + 4 * HOUR),
        "page": (Action.CREATE, None),
    }
    (reason,) = {line.reason for line in made.changes if line.key == "b"}
    assert reason == "can go 2026-11-23T14:00+00:00: limits.spacing keeps 2 h between posts of one author"


def test_the_last_post_counts_even_where_its_outcome_is_in_doubt() -> None:
    post, state = live("live", NOW - HOUR)
    assert actions(plan(post, make_post("new"), state=state))["new"] == (Action.SCHEDULED, NOW + HOUR)
    assert actions(plan(post, make_post("new"), state=state, now=NOW + HOUR))["new"][0] is Action.CREATE
    attempt = Attempt("a", NOW - HOUR, post.digest)
    doubtful = make_entry(post, status=Status.PENDING, published_at=None, urn=None, attempt=attempt)
    assert actions(plan(post, make_post("new"), state=State({"live": doubtful})))["new"] == (
        Action.SCHEDULED,
        NOW + HOUR,
    )


def test_who_was_due_first_goes_first_and_a_key_alone_can_go() -> None:
    early, late = make_post("z", publish_at=NOW - 2 * HOUR), make_post("a", publish_at=NOW - HOUR)
    assert actions(plan(early, late)) == {
        "z": (Action.CREATE, NOW - 2 * HOUR),
        "a": (Action.SCHEDULED, NOW + 2 * HOUR),
    }
    assert actions(plan(early, late, keys=frozenset({"a"}))) == {"a": (Action.CREATE, NOW - HOUR)}


def test_what_is_kept_back_does_not_use_up_the_limit_of_a_run() -> None:
    config = replace(CONFIG, limits=Limits(creates_per_run=2, spacing=2 * HOUR))
    made = plan(make_post("a"), make_post("b"), make_post("z", author=ACME), config=config)
    assert made.summary == {"create": 2, "scheduled": 1}


def test_waiting_for_others_is_not_being_late() -> None:
    """Three posts due at once, a day apart by spacing, with a grace of a day: each goes on its day."""
    config = Config(limits=Limits(spacing=DAY), late=Late(grace=DAY))
    posts = [make_post(key, publish_at=NOW) for key in "abc"]
    state, now = State(), NOW
    for key in "abc":
        made = plan(*posts, state=state, config=config, now=now)
        assert [line.key for line in made.acting] == [key]
        entry = make_entry(posts["abc".index(key)], published_at=now)
        state, now = State({**state.posts, key: entry}), now + DAY + timedelta(seconds=30)


def test_a_post_that_was_forgotten_is_late_in_spite_of_a_recent_one() -> None:
    config = Config(limits=Limits(spacing=DAY))
    post, state = live("live", NOW - DAY)
    forgotten = make_post("old", publish_at=NOW - 10 * DAY)
    assert actions(plan(post, forgotten, state=state, config=config))["old"][0] is Action.LATE


@given(st.lists(st.integers(-300, 50)), st.integers(0, 200), st.integers(0, 40))
@settings(deadline=None)
def test_lateness_counts_each_free_hour_once(posted: list[int], due: int, spacing: int) -> None:
    times = sorted(NOW + timedelta(hours=hour) for hour in posted)
    at, width = NOW - timedelta(hours=due), timedelta(hours=spacing)
    hours = [at + timedelta(hours=n) for n in range(due)]
    free = [hour for hour in hours if not any(other <= hour < other + width for other in times)]
    assert lateness(at, NOW, times, width) == timedelta(hours=len(free))


def test_what_is_due_and_not_published() -> None:
    published, state = live("live", NOW - HOUR)
    posts = [
        published,
        make_post("now"),
        make_post("later", publish_at=NOW + DAY),
        make_post("late", publish_at=NOW - 9 * DAY),
        make_post("waiting", slot=True),
        make_post("draft", draft=True),
        make_post("doubt"),
        make_post("page", author=ACME, publish_at=NOW - HOUR),
    ]
    attempt = Attempt("a", datetime(2026, 11, 20, tzinfo=UTC), "sha256:")
    doubtful = make_entry(posts[-2], status=Status.PENDING, urn=None, published_at=None, attempt=attempt)
    made = plan(*posts, state=State({**state.posts, "doubt": doubtful}))
    assert {line.key: (line.action, at) for line, at in due_changes(made, NOW)} == {
        "now": (Action.SCHEDULED, None),
        "late": (Action.LATE, NOW - 9 * DAY),
        "doubt": (Action.UNKNOWN, None),
        "page": (Action.CREATE, NOW - HOUR),
    }


def test_a_time_that_a_wrong_clock_wrote_does_not_hold_every_post() -> None:
    live = make_post("live")
    state = State({"live": make_entry(live, published_at=NOW + timedelta(days=3650))})
    config = Config(limits=Limits(spacing=timedelta(hours=2)))
    made = make_plan([live, make_post("next")], state, config, NOW, PlanOptions())
    assert {c.key: c.action for c in made.changes}["next"] is Action.CREATE


def test_a_slot_that_a_wrong_clock_assigned_is_assigned_anew() -> None:
    post = make_post("next", slot=True)
    config = Config(slots=(Slot(0, "09:00", "UTC"),))
    state = State(slots={"next": NOW + timedelta(days=3650)})
    (at,) = assign_slots([post], state, config, NOW).values()
    assert at <= NOW + timedelta(weeks=1)
    kept = State(slots={"next": NOW + timedelta(weeks=2)})
    assert assign_slots([post], kept, config, NOW)["next"] == kept.slots["next"]
