"""Budgets in plans: what fits today is planned, the rest is held back and says when it goes."""

import re
from collections.abc import ValuesView
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.model.config import Config, Limits
from publisher.model.plan import Action, Change
from publisher.model.post import Author
from publisher.model.state import State
from publisher.model.usage import APP, Usage
from publisher.planning.budget import budget_owner, usage_of_state
from publisher.planning.options import PlanOptions
from publisher.planning.plan import make_plan
from tests.support.posts import ME, NOW, make_entry, make_post

OTHER = Author("urn:li:person:Other_1", "other")
ALL = PlanOptions(max_creates=10_000)


def config(member: int, app: int = 1_000) -> Config:
    return Config(
        limits=Limits(requests_per_member=member, requests_per_app=app), authors={"me": ME, "other": OTHER}
    )


def plan(count: int, limits: Config, usage: Usage | None = None, author: Author = ME) -> list[Change]:
    posts = [make_post(f"p{number:03}", author=author) for number in range(count)]
    return list(make_plan(posts, State(usage=usage), limits, NOW, ALL).changes)


def days(changes: list[Change]) -> list[str]:
    return ["today" if c.action is Action.CREATE else re.findall(r"from (\S+)", c.reason)[0] for c in changes]


def test_many_pages_are_looked_up_once_each() -> None:
    class Counted(dict[str, Author]):
        looked = 0

        def values(self) -> ValuesView[Author]:
            Counted.looked += 1
            return super().values()

    pages = [Author(f"urn:li:organization:{number}", f"p{number}", "PAGES") for number in range(5)]
    many = Config(
        authors=Counted({page.alias: page for page in pages}), limits=Limits(requests_per_member=30)
    )
    posts = [make_post(f"k{number}", author=pages[number % 5]) for number in range(40)]
    changes = make_plan(posts, State(), many, NOW, ALL).changes
    assert sum(line.action is Action.CREATE for line in changes) == 30
    assert Counted.looked <= 2 * len(pages)


def test_what_does_not_fit_says_when_it_goes() -> None:
    changes = plan(7, config(member=3), Usage({ME.urn: 1, APP: 1}))
    assert days(changes) == ["today"] * 2 + ["2026-11-24"] * 3 + ["2026-11-25"] * 2
    assert changes[2].action is Action.BLOCKED
    assert changes[2].reason == (
        "today's 3 requests of the member are used up by then; it can go from 2026-11-24 00:00 UTC on"
    )


def test_the_app_s_budget_holds_for_all_members() -> None:
    changes = plan(3, config(member=100, app=2), Usage({OTHER.urn: 1, APP: 1}))
    assert days(changes) == ["today", "2026-11-24", "2026-11-24"]
    assert "of the app" in changes[1].reason


def test_a_member_whom_linkedin_has_limited_waits_until_the_time_it_gave() -> None:
    until = NOW + timedelta(minutes=30)
    changes = plan(1, config(member=100), Usage(closed={ME.urn: until}))
    assert changes[0].reason == (
        "LinkedIn has limited the member until 2026-11-23 12:30 UTC; it can go from 2026-11-23 12:30 UTC on"
    )
    assert days(plan(1, config(member=100), Usage(closed={ME.urn: until}), OTHER)) == ["today"]
    assert days(plan(1, config(member=100), Usage(closed={ME.urn: NOW}))) == ["today"]


def test_a_post_that_no_day_has_room_for_goes_on_a_day_of_its_own() -> None:
    assert days(plan(2, config(member=0))) == ["2026-11-24", "2026-11-25"]


def test_pages_count_against_the_member_whose_token_they_use() -> None:
    page = Author("urn:li:organization:1", "page", ME.token_env)
    alone = Author("urn:li:organization:2", "alone", "ALONE_TOKEN")
    settings = replace(config(3), authors={"me": ME, "page": page, "alone": alone})
    assert budget_owner(page, settings) == ME.urn
    assert budget_owner(alone, settings) == "token:ALONE_TOKEN"
    assert budget_owner(OTHER, settings) == OTHER.urn


def test_a_state_without_counts_tells_at_least_what_was_published_today() -> None:
    def entry(key: str, at: datetime) -> object:
        return make_entry(make_post(key), published_at=at)

    state = State({"a": entry("a", NOW), "b": entry("b", NOW - timedelta(days=1))})  # type: ignore[dict-item]
    assert usage_of_state(state, config(3), NOW) == Usage({ME.urn: 1, APP: 1})


@given(count=st.integers(0, 30), member=st.integers(1, 6), app=st.integers(1, 12), used=st.integers(0, 12))
@settings(deadline=None, max_examples=50)
def test_no_day_ever_gets_more_than_it_has_and_no_post_overtakes(
    count: int, member: int, app: int, used: int
) -> None:
    posts = [make_post(f"p{n:03}", author=(ME, OTHER)[n % 2]) for n in range(count)]
    state = State(usage=Usage({APP: used, ME.urn: used}))
    changes = list(make_plan(posts, state, config(member, app), NOW, ALL).changes)
    for author in (ME, OTHER):
        own = days([change for change in changes if change.author == author.urn])
        when = ["2026-11-23" if day == "today" else day for day in own]
        assert when == sorted(when)
        for day in set(when):
            spent = when.count(day) + (used if (day, author) == ("2026-11-23", ME) else 0)
            assert spent <= member
    everyone = days(changes)
    for day in set(everyone):
        assert everyone.count(day) + (used if day == "today" else 0) <= app


@pytest.mark.parametrize("budget", [True, False])
def test_a_run_that_is_held_to_a_saved_plan_is_not_planned_by_budget(budget: bool) -> None:
    changes = make_plan([make_post()], State(), config(0), NOW, replace(ALL, budget=budget)).changes
    assert (changes[0].action is Action.CREATE) is not budget
