"""A saved plan is carried out only while it still describes the project."""

from dataclasses import replace
from datetime import timedelta

import pytest

from publisher.errors import StalePlanError, UsageError
from publisher.model.config import Config, LinkedIn
from publisher.model.plan import Plan
from publisher.model.post import Post
from publisher.model.state import State
from publisher.planning.options import PlanOptions
from publisher.planning.plan import make_plan
from publisher.planning.saved import hold_to, options_of
from publisher.reports.plan_json import decode_plan, encode_plan
from tests.support.posts import NOW, make_post, make_state

POST = make_post()


def plan(*posts: Post, state: State | None = None, config: Config | None = None, now: object = NOW) -> Plan:
    return make_plan(posts, state or State(), config or Config(), now, PlanOptions())  # type: ignore[arg-type]


def test_an_unchanged_project_is_held_to_its_plan() -> None:
    saved = decode_plan(encode_plan(plan(POST)), "p")
    assert hold_to(saved, plan(POST)).acting == plan(POST).acting


@pytest.mark.parametrize(
    ("now", "why"),
    [
        (plan(make_post(text="edited")), "content"),
        (plan(POST, make_post("second")), "content"),
        (plan(POST, config=Config(api="posts")), "API"),
        (plan(POST, config=Config(linkedin=LinkedIn(api_url="http://127.0.0.1:1"))), "configuration"),
        (plan(POST, state=make_state(make_post("other"))), "state"),
    ],
)
def test_anything_that_changed_makes_it_stale(now: Plan, why: str) -> None:
    saved = decode_plan(encode_plan(plan(POST)), "p")
    with pytest.raises(StalePlanError, match=why):
        hold_to(saved, now)


def test_a_post_that_became_late_makes_it_stale() -> None:
    due = make_post(publish_at=NOW)
    saved = decode_plan(encode_plan(plan(due)), "p")
    with pytest.raises(StalePlanError, match="hello"):
        hold_to(saved, plan(due, now=NOW + timedelta(days=3)))


def test_what_became_due_since_is_not_carried_out() -> None:
    later = make_post("later", publish_at=NOW + timedelta(hours=1))
    saved = decode_plan(encode_plan(plan(POST, later)), "p")
    held = hold_to(saved, plan(POST, later, now=NOW + timedelta(hours=2)))
    assert [change.key for change in held.acting] == ["hello"]


def test_a_saved_plan_may_do_only_what_it_says() -> None:
    saved = decode_plan(encode_plan(plan(POST)), "p")
    assert not options_of(saved).prune
    assert not options_of(saved).allow_replace


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"format_version": 1}', "\x00", '"x"'])
def test_something_else_is_not_a_plan(text: str) -> None:
    with pytest.raises(UsageError, match=r"p\.json is not a saved plan"):
        decode_plan(text, "p.json")


def test_a_newer_plan_is_refused_by_version() -> None:
    newer = encode_plan(replace(plan(POST))).replace('"format_version": 1', '"format_version": 2')
    with pytest.raises(UsageError, match="version 2"):
        decode_plan(newer, "p.json")
