"""Times as authors write them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.content.times import TimeProblem, parse_publish_at
from publisher.settings.durations import parse_duration

BERLIN = "Europe/Berlin"


@pytest.mark.parametrize(
    ("text", "zone", "utc"),
    [
        ("2026-12-01T09:00:00+01:00", None, "2026-12-01T08:00:00"),
        ("2026-12-01T09:00Z", None, "2026-12-01T09:00:00"),
        ("2026-12-01t09:00z", None, "2026-12-01T09:00:00"),
        ("2026-12-01 09:00 +0530", None, "2026-12-01T03:30:00"),
        ("2026-12-01 09:00:30.5-08:00", BERLIN, "2026-12-01T17:00:30.500000"),
        ("2026-12-01T09:00", BERLIN, "2026-12-01T08:00:00"),
        ("2026-07-01 09:00", BERLIN, "2026-07-01T07:00:00"),
        ("2026-07-01 09:00", "Asia/Kathmandu", "2026-07-01T03:15:00"),
        ("2028-02-29T00:00Z", None, "2028-02-29T00:00:00"),
    ],
)
def test_what_is_meant(text: str, zone: str | None, utc: str) -> None:
    at = parse_publish_at(text, zone)
    assert isinstance(at, datetime)
    assert at.astimezone(UTC).replace(tzinfo=None).isoformat() == utc


@pytest.mark.parametrize(
    ("text", "zone", "code"),
    [
        ("2026-12-01", BERLIN, "time-invalid"), ("tomorrow", BERLIN, "time-invalid"), ("09:00", BERLIN, "time-invalid"),
        ("2026-12-01T09", BERLIN, "time-invalid"), ("2026-13-01T09:00", BERLIN, "time-invalid"),
        ("2027-02-29T09:00Z", None, "time-invalid"), ("2026-12-01T24:00Z", None, "time-invalid"),
        ("2026-12-01T09:00+24:00", None, "time-invalid"), ("٢٠٢٦-12-01T09:00Z", None, "time-invalid"),
        ("0001-01-01T00:00+14:00", None, "time-invalid"), ("9999-12-31T23:59-12:00", None, "time-invalid"),
        ("0001-01-01T00:00", "Asia/Tokyo", "time-invalid"), ("2026-12-01T09:00\n+01:00", None, "time-invalid"),
        ("2026-12-01T09:00 Europe/Berlin", None, "time-invalid"), ("x" * 5000, None, "time-invalid"),
        ("2026-12-01T09:00", None, "time-without-zone"),
        ("2027-03-28T02:00", BERLIN, "time-gap"), ("2027-03-28T02:59:59", BERLIN, "time-gap"),
        ("2027-10-31T02:00", BERLIN, "time-fold"), ("2027-10-31T02:59", BERLIN, "time-fold"),
        ("2026-10-04T02:15", "Australia/Lord_Howe", "time-gap"), ("2011-12-30T12:00", "Pacific/Apia", "time-gap"),
    ],
)  # fmt: skip
def test_what_is_not_guessed(text: str, zone: str | None, code: str) -> None:
    problem = parse_publish_at(text, zone)
    assert isinstance(problem, TimeProblem)
    assert problem.code == code
    assert problem.remedy
    assert len(problem.message) < 200


@pytest.mark.parametrize(
    "text", ["2027-03-28T01:59", "2027-03-28T03:00", "2027-10-31T01:59", "2027-10-31T03:00"]
)
def test_the_edges_of_gap_and_fold_are_fine(text: str) -> None:
    assert isinstance(parse_publish_at(text, BERLIN), datetime)


def test_the_remedy_for_a_fold_is_itself_accepted_and_means_two_times() -> None:
    problem = parse_publish_at("2027-10-31T02:30", BERLIN)
    assert isinstance(problem, TimeProblem)
    offered = problem.remedy.removeprefix("Say which one: ").removesuffix(".").split(" or ")
    first, second = (parse_publish_at(text, BERLIN) for text in offered)
    assert isinstance(first, datetime)
    assert isinstance(second, datetime)
    assert second - first == timedelta(hours=1)


@settings(deadline=None, max_examples=100)
@given(
    st.datetimes(datetime(2001, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),
    st.sampled_from([BERLIN, "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "UTC"]),
)
def test_a_time_shown_in_a_zone_is_read_back_or_asked_about(at: datetime, zone: str) -> None:
    local = at.astimezone(ZoneInfo(zone))
    read = parse_publish_at(local.replace(tzinfo=None).isoformat(), zone)
    if isinstance(read, datetime):
        assert read.astimezone(UTC) == at
    else:
        assert read.code == "time-fold"
    assert parse_publish_at(local.replace(microsecond=0).isoformat(), None) == at.replace(microsecond=0)


@settings(deadline=None, max_examples=100)
@given(st.text(max_size=30), st.sampled_from([None, BERLIN]))
def test_no_text_raises(text: str, zone: str | None) -> None:
    assert isinstance(parse_publish_at(text, zone), datetime | TimeProblem)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0s", 0),
        ("30s", 30),
        ("15m", 900),
        ("24h", 86_400),
        ("7d", 604_800),
        ("2w", 1_209_600),
        ("99999w", 60_479_395_200),
    ],
)
def test_durations(text: str, seconds: int) -> None:
    assert parse_duration(text) == timedelta(seconds=seconds)
    assert datetime(2999, 1, 1, tzinfo=UTC) + parse_duration(text), "no setting leads beyond the calendar"


@pytest.mark.parametrize(
    "text", ["", "1", "h", "1.5h", "-1h", "1 h", "1H", "1y", "100000s", "٣h", "1h30m", "1h\n"]
)
def test_no_durations(text: str) -> None:
    with pytest.raises(ValueError, match="isn't a duration"):
        parse_duration(text)
