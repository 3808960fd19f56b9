"""The calendar of scheduled posts."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from publisher.preview.months import MOST_MONTHS, months


def at(month: int, day: int, hour: int = 12) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


def test_each_post_stands_on_its_day_in_the_project_s_zone() -> None:
    late = at(11, 30, 23)  # half past midnight in Berlin: the first of December
    (found,) = months([(late, "b", "#b"), (at(12, 1, 8), "a", "#a")], ZoneInfo("Europe/Berlin"))
    assert found.name == "December 2026"
    days = {day.number: day.posts for week in found.weeks for day in week}
    assert days[1] == (("b", "#b"), ("a", "#a")), "in the order of their times"
    assert sorted(number for number in days if number) == list(range(1, 32))
    assert [len(week) for week in found.weeks] == [7] * len(found.weeks)
    assert [day.number for day in found.weeks[0]] == [0, 1, 2, 3, 4, 5, 6], "1 December 2026 is a Tuesday"


def test_months_without_posts_are_left_out_and_far_ones_wait() -> None:
    found = months([(at(month, 5), f"p{month}", "#x") for month in (2, 5, 9, 11)], UTC)
    assert [month.name for month in found] == ["February 2026", "May 2026", "September 2026"]
    assert len(found) == MOST_MONTHS
    assert months([], UTC) == ()
