"""Instants, numbers and choices at the edges of planning's rules."""

import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from publisher.model.config import Config, Limits, Slot
from publisher.model.plan import Action, Change, Plan, SavedPlan
from publisher.model.post import Author, Media, MediaKind, Post, Text
from publisher.model.state import COMMENT_SUFFIX, Attempt, Entry, Held, Pause, State, Status, UploadedMedia
from publisher.planning.budget import APP, cost, usage_of_state
from publisher.planning.diff import text_diff
from publisher.planning.doubt import how_to_settle, is_in_flight, may_be_repeated, pending_reason
from publisher.planning.options import PlanOptions
from publisher.planning.plan import due_after, make_plan
from publisher.planning.same_post import GHOST_WINDOW
from publisher.planning.saved import options_of
from publisher.planning.schedule import due_changes, keep_spacing, posted_times, slot_times, zone_of
from tests.support.posts import ME, NOW, make_entry, make_post

SECOND = timedelta(seconds=1)
IMAGE = Media("content/a.png", MediaKind.IMAGE, "image/png", 100, "0" * 64)
POST = make_post("a")


def intent(*, expires_at: datetime | None = None, action: Any = "create", **fields: Any) -> Entry:
    attempt = Attempt("i", NOW - timedelta(hours=1), POST.digest, expires_at, action)
    empty = {"urn": None, "permalink": None, "published_at": None}
    return make_entry(POST, **{"status": Status.PENDING, "attempt": attempt, **empty, **fields})


def plan(*posts: Post, state: State | None = None, config: Config | None = None, now: datetime = NOW) -> Plan:
    return make_plan(posts, state or State(), config or Config(), now, PlanOptions())


def test_an_intent_is_in_flight_until_the_instant_at_which_it_expires() -> None:
    entry = intent(expires_at=NOW)
    assert is_in_flight(entry, NOW - SECOND)
    assert not is_in_flight(entry, NOW)
    assert not is_in_flight(intent(), NOW)
    assert pending_reason("a", entry, NOW - SECOND)[0] is Action.NONE
    assert pending_reason("a", entry, NOW)[0] is Action.UNKNOWN


def test_only_a_finished_intent_of_the_same_action_is_repeated() -> None:
    assert may_be_repeated(intent(action="update", expires_at=NOW), "update", NOW)
    assert not may_be_repeated(intent(action="update", expires_at=NOW), "update", NOW - SECOND)
    assert not may_be_repeated(intent(action="create", expires_at=NOW), "update", NOW)
    assert not may_be_repeated(intent()._replace(attempt=None), "create", NOW)


def test_the_page_to_look_at_is_the_post_s_own_where_it_had_one() -> None:
    page = "https://www.linkedin.com/feed/update/urn:li:share:1/"
    for action in ("update", "delete"):
        assert page in how_to_settle("a", intent(action=action, permalink=page))
    assert page not in how_to_settle("a", intent(action="create", permalink=page))
    assert "None" not in how_to_settle("a", intent(action="delete"))
    assert "state resolve a" in how_to_settle("a", intent()._replace(attempt=None))


def test_an_update_in_doubt_is_repeated_only_where_edits_are_made() -> None:
    before = make_entry(POST)
    entry = intent(action="update", before=before, urn=before.urn, expires_at=NOW)._replace(api="posts")
    edited = make_post("a", "Edited.")
    state = State({"a": entry._replace(before=before._replace(api="posts"))})

    def action(**config: Any) -> Action:
        (line,) = plan(edited, state=state, config=Config(**config)).changes
        return line.action

    assert action(api="posts", on_change="update") is Action.UPDATE
    assert action(api="posts", on_change="hold") is Action.UNKNOWN
    assert action(api="ugcPosts", on_change="update") is Action.UNKNOWN
    flying = State({"a": intent(action="update", before=before, urn=before.urn, expires_at=NOW + SECOND)})
    assert (
        plan(edited, state=flying, config=Config(api="posts", on_change="update")).changes[0].action
        is Action.NONE
    )


def test_a_post_costs_a_request_and_three_for_each_file_and_one_for_its_comment() -> None:
    assert cost(POST) == 1
    assert cost(make_post(media=(IMAGE, IMAGE))) == 7
    assert cost(make_post(media=(IMAGE,), first_comment=Text("x"))) == 5


def test_the_state_knows_what_was_used_today() -> None:
    midnight = NOW.replace(hour=0)
    files = (UploadedMedia("s", "u"), UploadedMedia("t", "v"))
    state = State(
        {
            "today": make_entry(POST, published_at=midnight, media=files),
            "yesterday": make_entry(POST, published_at=midnight - SECOND),
            "elsewhere": make_entry(POST, published_at=NOW, network="bluesky"),
        },
        deferred={"app": NOW + SECOND, "other": NOW, "wrong": NOW + timedelta(days=400)},
    )
    usage = usage_of_state(state, Config(authors={"me": ME}), NOW)
    assert usage.requests[APP] == 7
    assert sorted(usage.requests.values()) == [7, 7]
    assert dict(usage.closed) == {APP: NOW + SECOND}


def test_a_diff_shows_two_lines_around_what_changed() -> None:
    before = "\n".join("abcdefgh")
    assert text_diff(before, before.replace("d", "D")) == "@@ -2,5 +2,5 @@\n b\n c\n-d\n+D\n e\n f"
    assert text_diff(None, "a") is None
    assert text_diff("a", "a") is None


def test_what_is_due_after_a_time_is_the_author_s_own_and_later() -> None:
    other = Author("urn:li:person:other", "o")

    def line(key: str, at: datetime | None, action: Action = Action.SCHEDULED, author: Author = ME) -> Change:
        return Change(key, action, "", "", author.urn, "", publish_at=at)

    changes = (
        line("then", NOW),
        line("later", NOW + SECOND),
        line("timeless", None),
        line("late", NOW + SECOND, Action.LATE),
        line("other", NOW + SECOND, author=other),
    )
    assert due_after(Plan("ugcPosts", "", "", changes), ME.urn, NOW) == ("later",)


@pytest.mark.parametrize(
    ("actions", "prune", "replaces"),
    [((), False, False), ((Action.DELETE,), True, False), ((Action.REPLACE, Action.CREATE), False, True)],
)
def test_a_saved_plan_permits_what_it_says(actions: tuple[Action, ...], prune: bool, replaces: bool) -> None:
    saved = SavedPlan("ugcPosts", "", "", tuple((action.value, action, "d") for action in actions))
    options = options_of(saved)
    assert (options.prune, options.allow_replace, options.budget) == (prune, replaces, False)
    assert (options.max_creates, options.max_deletes) == (sys.maxsize, sys.maxsize)


def test_a_deleted_text_is_free_at_the_end_of_the_window() -> None:
    def action(ago: timedelta) -> Action:
        state = State(
            {"old": make_entry(make_post("old", "Same."), status=Status.DELETED, deleted_at=NOW - ago)}
        )
        line = next(line for line in plan(make_post("a", "Same."), state=state).changes if line.key == "a")
        return line.action

    assert action(GHOST_WINDOW - SECOND) is Action.BLOCKED
    assert action(GHOST_WINDOW) is Action.CREATE
    state = State({"old": make_entry(make_post("old", "Same."), status=Status.DELETED, deleted_at=NOW)})
    (line,) = (line for line in plan(make_post("a", "Same."), state=state).changes if line.key == "a")
    assert "2026-11-25" in line.reason


def test_a_held_duplicate_names_what_the_answer_named() -> None:
    def reason(urn: str | None) -> str:
        (line,) = plan(POST, state=State(held={"a": Held(POST.digest, NOW, urn)})).changes
        assert line.action is Action.BLOCKED
        return line.reason

    assert "duplicate of urn:li:share:9 at" in reason("urn:li:share:9")
    assert "state import a urn:li:share:9`" in reason("urn:li:share:9")
    assert "duplicate at" in reason(None)
    assert "state import a URN`" in reason(None)


def test_a_post_that_was_published_long_ago_is_not_taken_for_a_new_one() -> None:
    old = make_post("old", "The quick brown fox jumps over the lazy dog today.")
    new = make_post("new", "The quick brown fox jumps over the lazy dog, today!")

    def action(ago: timedelta) -> Action:
        state = State({"old": make_entry(old, published_at=NOW - ago)})
        return next(line.action for line in plan(new, state=state).changes if line.key == "new")

    assert action(timedelta(hours=1)) is Action.BLOCKED
    assert action(timedelta(days=400)) is Action.CREATE


def test_a_pause_says_until_when() -> None:
    until = NOW + timedelta(minutes=90, seconds=30)
    refusal = plan(POST, state=State(pause=Pause(NOW, until))).refusal
    assert "2026-11-23T13:30" in refusal
    assert "13:30:30" not in refusal
    assert plan(POST, state=State(pause=Pause(NOW, NOW))).refusal == ""
    assert plan(POST, state=State(pause=Pause(NOW))).refusal


def test_what_is_in_doubt_is_not_pruned() -> None:
    entry = intent(expires_at=NOW)
    (line,) = make_plan((), State({"a": entry}), Config(), NOW, PlanOptions(prune=True)).changes
    assert (line.action, line.in_flight) == (Action.UNKNOWN, False)
    (line,) = make_plan((), State({"a": entry}), Config(), NOW - SECOND, PlanOptions(prune=True)).changes
    assert (line.action, line.in_flight) == (Action.NONE, True)


def test_what_another_run_works_on_is_not_blocked_by_it() -> None:
    twin = make_post("b", POST.text.plain)
    posts = (POST, twin)
    free = {line.key: line.action for line in plan(*posts).changes}
    assert free == {"a": Action.CREATE, "b": Action.BLOCKED}
    claimed = plan(*posts, state=State(claimed=frozenset({"b"}))).changes
    assert {line.key: line.action for line in claimed} == {"a": Action.CREATE, "b": Action.NONE}
    assert "run" in next(line.reason for line in claimed if line.key == "b")


def test_times_of_posts_are_sorted_and_none_is_a_comment_or_in_the_future() -> None:
    state = State(
        {
            "b": make_entry(POST, published_at=NOW),
            "a": make_entry(POST, published_at=NOW - timedelta(days=1)),
            "a" + COMMENT_SUFFIX: make_entry(POST, published_at=NOW - timedelta(hours=2)),
            "s": make_entry(POST, status=Status.STAMPED, published_at=NOW - timedelta(hours=3)),
            "n": make_entry(POST, published_at=None),
            "p": intent(),
            "q": intent()._replace(attempt=None),
            "f": make_entry(POST, published_at=NOW + timedelta(days=1)),
        }
    )
    expected = [NOW - timedelta(days=1), NOW - timedelta(hours=1), NOW]
    assert posted_times(state, NOW) == {ME.urn: expected}


def test_a_post_is_due_at_its_instant() -> None:
    def due(at: datetime, now: datetime) -> list[str]:
        return [line.key for line, _ in due_changes(plan(make_post("a", publish_at=at), now=now), now)]

    assert due(NOW, NOW) == ["a"]
    assert due(NOW + SECOND, NOW) == []
    line = Change("a", Action.SCHEDULED, "", "", ME.urn, "", post=make_post("a", publish_at=NOW))
    held = Plan("ugcPosts", "", "", (line,))
    assert [change.key for change, _ in due_changes(held, NOW)] == ["a"]
    assert list(due_changes(held, NOW - SECOND)) == []


def test_what_is_live_is_not_due_unless_its_outcome_is_unknown() -> None:
    def line(action: Action) -> Change:
        return Change("a", action, "", "", ME.urn, "", urn="urn:li:share:1", post=POST)

    assert list(due_changes(Plan("ugcPosts", "", "", (line(Action.BLOCKED),)), NOW)) == []
    assert len(list(due_changes(Plan("ugcPosts", "", "", (line(Action.UNKNOWN),)), NOW))) == 1


def test_spacing_ends_at_its_instant_and_is_told_in_its_largest_unit() -> None:
    state = State({"old": make_entry(make_post("old"), published_at=NOW - timedelta(hours=1))})
    create = Change("a", Action.CREATE, "", "", ME.urn, "", post=POST)

    def spaced(spacing: timedelta) -> Change:
        (line,) = keep_spacing([create], state, Config(limits=Limits(spacing=spacing)), NOW)
        return line

    assert spaced(timedelta(hours=1)).action is Action.CREATE
    for spacing, words in (
        (timedelta(minutes=61), "61 min"),
        (timedelta(hours=2), "2 h"),
        (timedelta(days=2), "2 d"),
        (timedelta(seconds=3_601), "3601 s"),
    ):
        line = spaced(spacing)
        assert (line.action, line.publish_at) == (Action.SCHEDULED, NOW - timedelta(hours=1) + spacing)
        assert f"keeps {words} between" in line.reason


def test_a_slot_at_this_instant_is_over() -> None:
    slot = Slot(NOW.weekday(), "12:00", "UTC")
    assert next(iter(slot_times((slot,), NOW))) == NOW + timedelta(weeks=1)
    assert next(iter(slot_times((slot,), NOW - SECOND))) == NOW
    west = Slot(NOW.weekday(), "23:30", "Pacific/Honolulu")
    assert next(iter(slot_times((west,), NOW))) == datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
    east = Slot((NOW.weekday() + 1) % 7, "00:30", "Pacific/Kiritimati")
    assert next(iter(slot_times((east,), datetime(2026, 11, 23, 10, tzinfo=UTC)))) == datetime(
        2026, 11, 23, 10, 30, tzinfo=UTC
    )


def test_times_are_shown_in_the_project_s_zone_else_in_the_first_slot_s() -> None:
    slot = Slot(0, "09:00", "Asia/Tokyo")
    assert str(zone_of(Config(timezone="Europe/Berlin", slots=(slot,)))) == "Europe/Berlin"
    assert str(zone_of(Config(slots=(slot,)))) == "Asia/Tokyo"
    assert zone_of(Config()) is UTC


def test_a_comment_waits_for_its_post() -> None:
    post = replace(make_post("a", first_comment=Text("More.")), publish_at=NOW + SECOND)
    assert {line.key: line.action for line in plan(post).changes}["a"] is Action.SCHEDULED
    live = State({"a": make_entry(make_post("a", first_comment=Text("More.")))})
    lines = {line.key: line for line in plan(make_post("a", first_comment=Text("More.")), state=live).changes}
    assert lines["a" + COMMENT_SUFFIX].action is Action.CREATE
