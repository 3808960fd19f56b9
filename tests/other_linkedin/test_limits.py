"""Limits in every form: nothing was created, and it is said from when on to try again."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from tests.other_linkedin.conftest import Open
from tests.other_linkedin.promises import CREATE, assert_published, creates
from tests.support.otherlinkedin.answers import json_answer

BOTH = ["ugcPosts", "posts"]


def tomorrow() -> datetime:
    return datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)


def later(**given: int) -> datetime:
    return datetime.now(UTC) + timedelta(**given)


LIMITS: dict[str, tuple[dict[str, Any], Callable[[], str | None], Callable[[], datetime]]] = {
    "seconds": ({"message": "Too many"}, lambda: "7200", lambda: later(seconds=7200)),
    "date": ({}, lambda: format_datetime(later(hours=3), usegmt=True), lambda: later(hours=3)),
    "none": ({"serviceErrorCode": 101, "status": 429}, lambda: None, tomorrow),
    "words": ({"message": "Resource level throttle MEMBER DAY limit"}, lambda: "soon", tomorrow),
    "broken-date": ({}, lambda: "Mon, 99 Foo 2026 99:99:99 GMT", tomorrow),
    "fraction": ({}, lambda: "1.5", tomorrow),
    "negative": ({}, lambda: "-5", tomorrow),
    "past-date": ({}, lambda: format_datetime(later(hours=-3), usegmt=True), lambda: later()),
    "huge": ({}, lambda: "9" * 300, lambda: later(seconds=10**9)),
    "far-date": (
        {},
        lambda: "Fri, 31 Dec 9999 23:59:59 GMT",
        lambda: datetime(9999, 12, 31, 23, 59, tzinfo=UTC),
    ),
}


@pytest.mark.parametrize("api", BOTH)
@pytest.mark.parametrize("form", LIMITS)
def test_a_limit_says_until_when(open_project: Open, api: str, form: str) -> None:
    project = open_project(api)
    for key in ("hello", "later"):
        project.write(key)
    document, stated, expected = LIMITS[form]
    value = stated()
    answer = json_answer(429, document)
    project.linkedin.plan(CREATE[api], answer.having(("Retry-After", value)) if value else answer)
    result = project.run("publish", "--format", "json")
    assert (result.code, project.linkedin.created(), project.state) == (1, [], {}), result.text
    told = next(line["retry_at"] for line in json.loads(result.out)["results"] if line.get("retry_at"))
    assert abs((datetime.fromisoformat(told) - expected()).total_seconds()) < 120
    assert creates(project) == 1, "the second post of the author is not tried"


@pytest.mark.parametrize("api", BOTH)
def test_a_quota_that_runs_out_between_two_posts(open_project: Open, api: str) -> None:
    project = open_project(api, member_quota=2)
    for key in "abc":
        project.write(key)
    result = project.run("publish")
    assert (result.code, len(project.linkedin.created())) == (1, 2), result.text
    project.linkedin.world.calls.clear()
    before = len(project.linkedin.requests)
    later = project.run("publish")  # not before the next UTC midnight, whatever LinkedIn would say
    assert (later.code, "it can go from" in later.text, len(project.linkedin.requests)) == (1, True, before)
    project.forget_limits()
    assert project.run("publish").code == 0
    assert_published(project, *"abc")


def test_a_short_wait_of_a_safe_call_is_honoured(open_project: Open, naps: list[float]) -> None:
    project = open_project()
    project.write("hello", media={"path": project.file("a.png"), "alt": "A"})
    project.linkedin.plan("assets.ACTION", json_answer(429, {}).having(("Retry-After", "7")))
    assert project.run("publish").code == 0
    assert 7 in naps
    assert_published(project, "hello")
