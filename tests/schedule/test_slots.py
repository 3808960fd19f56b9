"""Slots: deterministic, independent of order, stable when posts come and go, and never shared by one author's posts."""

import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise, takewhile
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.model.config import Config, Limits, Slot
from publisher.model.plan import Action
from publisher.model.post import Author, Post
from publisher.model.state import Attempt, State, Status
from publisher.planning.options import PlanOptions
from publisher.planning.plan import make_plan
from publisher.planning.schedule import HORIZON, assign_slots, slot_edits, slot_times
from publisher.state.edits import PostEdit, SlotEdit, apply_edits
from tests.support.posts import ME, NOW, make_entry, make_post

BERLIN = ZoneInfo("Europe/Berlin")
WEEKLY = (Slot(1, "09:30", "Europe/Berlin"), Slot(3, "17:00", "Europe/Berlin"))
CONFIG = Config(timezone="Europe/Berlin", slots=WEEKLY)
ACME = Author("urn:li:organization:4711", "acme")

KEYS = st.from_regex(r"[a-z]{1,3}", fullmatch=True)
HOURS = st.integers(-400, 400).map(lambda hours: NOW + timedelta(hours=hours))
WAITING = st.builds(make_post, KEYS, author=st.sampled_from([ME, ACME]), slot=st.just(True))
TIMED = st.builds(make_post, KEYS, author=st.sampled_from([ME, ACME]), publish_at=HOURS, draft=st.booleans())
PROJECTS = st.lists(WAITING | TIMED, max_size=10, unique_by=lambda post: post.key)
ZONES = st.sampled_from(["Europe/Berlin", "America/New_York", "UTC", "Australia/Lord_Howe", "Asia/Kathmandu"])
CLOCKS = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.integers(0, 59))
CONFIGS = st.builds(
    Config,
    slots=st.lists(st.builds(Slot, st.integers(0, 6), CLOCKS, ZONES), min_size=1, max_size=4).map(tuple),
    limits=st.builds(Limits, spacing=st.sampled_from([timedelta(0), timedelta(hours=5), timedelta(days=9)])),
)
KEPT = st.dictionaries(KEYS, HOURS, max_size=5)


def waiting(*keys: str, author: Author = ME) -> list[Post]:
    return [make_post(key, slot=True, author=author) for key in keys]


def recorded(posts: list[Post], state: State, config: Config, now: datetime) -> State:
    return apply_edits(state, slot_edits(posts, state, config, now))


def berlin(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


def test_waiting_posts_take_the_next_slots_in_the_order_of_their_keys() -> None:
    posts = [*waiting("c", "a", "b"), *waiting("page", author=ACME)]
    assert assign_slots(posts, State(), CONFIG, NOW) == {
        "a": berlin("2026-11-24T09:30"),
        "b": berlin("2026-11-26T17:00"),
        "c": berlin("2026-12-01T09:30"),
        "page": berlin("2026-11-24T09:30"),
    }


def test_what_is_assigned_stays_and_what_comes_later_goes_behind() -> None:
    state = recorded(waiting("b", "c"), State(), CONFIG, NOW)
    later = recorded(waiting("a", "b", "c"), state, CONFIG, NOW + timedelta(minutes=5))
    assert {key: later.slots[key] for key in "bc"} == state.slots
    assert later.slots["a"] == berlin("2026-12-01T09:30")


def test_a_slot_that_was_missed_is_kept_until_the_post_is_out() -> None:
    state = recorded(waiting("a"), State(), CONFIG, NOW)
    at = state.slots["a"]
    for later, action in (
        (at, Action.CREATE),
        (at + timedelta(hours=2), Action.CREATE),
        (at + timedelta(days=9), Action.LATE),
    ):
        (change,) = make_plan(waiting("a"), state, CONFIG, later, PlanOptions()).changes
        assert (change.action, change.publish_at) == (action, at)
        assert slot_edits(waiting("a"), state, CONFIG, later) == ()


def test_a_slot_is_given_back_when_its_post_is_gone_a_draft_or_has_a_time() -> None:
    state = recorded(waiting("a", "b", "c"), State(), CONFIG, NOW)
    posts = [make_post("a", draft=True, slot=True), make_post("b", publish_at=NOW + timedelta(days=1))]
    assert slot_edits(posts, state, CONFIG, NOW) == tuple(SlotEdit(key, None) for key in "abc")


def test_a_renamed_post_that_waits_gives_back_the_old_slot_and_takes_it_again() -> None:
    state = recorded(waiting("a"), State(), CONFIG, NOW)
    assert recorded(waiting("z"), state, CONFIG, NOW).slots == {"z": state.slots["a"]}


def test_publishing_gives_the_slot_back_and_doubt_keeps_it() -> None:
    (post,) = waiting("a")
    state = recorded([post], State(), CONFIG, NOW)
    pending = make_entry(
        post, status=Status.PENDING, urn=None, published_at=None, attempt=Attempt("a", NOW, post.digest)
    )
    state = apply_edits(state, [PostEdit("a", None, pending)])
    assert "a" in state.slots
    assert slot_edits([post], state, CONFIG, NOW) == ()
    assert apply_edits(state, [PostEdit("a", pending, make_entry(post))]).slots == {}


def test_a_live_post_under_a_new_key_takes_no_slot() -> None:
    old = make_post("old", "The same text.")
    new = make_post("new", "The same text.", slot=True)
    state = State({"old": make_entry(old)})
    (change,) = make_plan([new], state, CONFIG, NOW, PlanOptions()).changes
    assert change.action is Action.MOVE
    assert slot_edits([new], state, CONFIG, NOW) == ()


def test_a_time_that_an_author_chose_is_no_free_slot() -> None:
    chosen = make_post("a", publish_at=datetime(2026, 11, 24, 8, 30, tzinfo=UTC))
    assert assign_slots([chosen, *waiting("b")], State(), CONFIG, NOW) == {"b": berlin("2026-11-26T17:00")}


def test_slots_too_close_to_another_post_are_left_free() -> None:
    config = replace(CONFIG, limits=Limits(spacing=timedelta(days=3)))
    live = make_post("live")
    state = State({"live": make_entry(live, published_at=datetime(2026, 11, 22, tzinfo=UTC))})
    assert assign_slots([live, *waiting("a", "b")], state, config, NOW) == {
        "a": berlin("2026-11-26T17:00"),
        "b": berlin("2026-12-01T09:30"),
    }


def test_merged_states_that_share_a_slot_are_set_right() -> None:
    at = berlin("2026-11-24T09:30")
    slots = recorded(waiting("a", "b"), State(slots={"a": at, "b": at}), CONFIG, NOW).slots
    assert slots == {"a": at, "b": berlin("2026-11-26T17:00")}


def test_without_slots_a_post_waits_and_the_plan_says_why() -> None:
    (change,) = make_plan(waiting("a"), State(), Config(), NOW, PlanOptions()).changes
    assert (change.action, change.publish_at) == (Action.SCHEDULED, None)
    assert "`slots` is not set" in change.reason


def test_a_slot_that_never_comes_free_is_not_looked_for_without_end() -> None:
    config = replace(CONFIG, limits=Limits(spacing=timedelta(days=40_000)))
    assert list(assign_slots(waiting("a", "b"), State(), config, NOW)) == ["a"]


@pytest.mark.parametrize(
    ("slot", "after", "expected"),
    [
        # 02:30 does not exist on 2027-03-28: clocks go from 02:00 to 03:00
        (Slot(6, "02:30", "Europe/Berlin"), "2027-03-27T12:00:00+00:00", "2027-03-28T03:30:00+02:00"),
        # 02:30 comes twice on 2027-10-31: the first one is meant
        (Slot(6, "02:30", "Europe/Berlin"), "2027-10-30T12:00:00+00:00", "2027-10-31T02:30:00+02:00"),
        # between the two 02:30s, and after both
        (Slot(6, "02:30", "Europe/Berlin"), "2027-10-31T01:00:00+00:00", "2027-11-07T02:30:00+01:00"),
        # a zone whose clocks move by half an hour
        (Slot(6, "02:15", "Australia/Lord_Howe"), "2027-10-02T00:00:00+00:00", "2027-10-03T02:45:00+11:00"),
    ],
)
def test_summer_time(slot: Slot, after: str, expected: str) -> None:
    found = next(slot_times([slot], datetime.fromisoformat(after)))
    assert found == datetime.fromisoformat(expected)


def test_the_wall_clock_stays_the_same_through_the_year() -> None:
    shown = {at.astimezone(BERLIN).strftime("%a %H:%M") for at in islice(slot_times(WEEKLY[:1], NOW), 60)}
    assert shown == {"Tue 09:30"}


@given(CONFIGS, HOURS)
@settings(deadline=None, max_examples=50)
def test_every_slot_comes_once_a_week_later_than_now_in_order(config: Config, now: datetime) -> None:
    found = list(islice(slot_times(config.slots, now), 200))
    assert all(now < at <= now + HORIZON for at in found)
    assert found == sorted(set(found))
    for slot in config.slots:
        own = list(islice(slot_times([slot], now), 55))
        steps = {b - a for a, b in pairwise(own)}
        assert all(abs(step - timedelta(days=7)) <= timedelta(hours=1) for step in steps)


@given(PROJECTS, KEPT, CONFIGS, st.integers())
@settings(deadline=None, max_examples=50)
def test_the_assignment_does_not_depend_on_the_order(
    posts: list[Post], kept: dict[str, datetime], config: Config, seed: int
) -> None:
    state = State(slots=kept)
    first = assign_slots(posts, state, config, NOW)
    random.Random(seed).shuffle(posts)
    assert assign_slots(posts, state, config, NOW) == first


@given(PROJECTS, KEPT, CONFIGS)
@settings(deadline=None, max_examples=50)
def test_no_two_posts_of_an_author_share_a_slot_and_new_ones_lie_ahead(
    posts: list[Post], kept: dict[str, datetime], config: Config
) -> None:
    assigned = assign_slots(posts, State(slots=kept), config, NOW)
    authors = {post.key: post.author.urn for post in posts}
    assert max(Counter((authors[key], at) for key, at in assigned.items()).values(), default=1) == 1
    end = max(assigned.values(), default=NOW)
    times = set(takewhile(lambda at: at <= end, slot_times(config.slots, NOW)))
    for key, at in assigned.items():
        assert at == kept.get(key) or (at > NOW and at in times)
    assert assigned.keys() == {post.key for post in posts if post.slot}


@given(PROJECTS, WAITING | TIMED, CONFIGS, st.integers(0, 300))
@settings(deadline=None, max_examples=50)
def test_a_post_that_is_added_later_moves_no_other(
    posts: list[Post], added: Post, config: Config, hours: int
) -> None:
    state = recorded(posts, State(), config, NOW)
    grown = [post for post in posts if post.key != added.key] + [added]
    later = recorded(grown, state, config, NOW + timedelta(hours=hours))
    assert {k: at for k, at in later.slots.items() if k != added.key} == {
        key: at for key, at in state.slots.items() if key != added.key
    }


@given(PROJECTS, KEPT, CONFIGS)
@settings(deadline=None, max_examples=50)
def test_recording_settles_it(posts: list[Post], kept: dict[str, datetime], config: Config) -> None:
    state = State(slots=kept)
    before = make_plan(posts, state, config, NOW, PlanOptions(details=False))
    after = recorded(posts, state, config, NOW)
    assert slot_edits(posts, after, config, NOW) == ()
    assert make_plan(posts, after, config, NOW, PlanOptions(details=False)) == before
