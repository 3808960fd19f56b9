"""A URN's own time is what tells our attempt from an older post."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.publishing.evidence import is_our_attempt, urn_time

START = datetime(2026, 11, 23, 12, tzinfo=UTC)


def urn_at(at: datetime, kind: str = "share", tail: int = 0) -> str:
    return f"urn:li:{kind}:{(round(at.timestamp() * 1000) << 22) + tail}"


@given(st.datetimes(datetime(2010, 1, 1), datetime(2060, 1, 1)), st.integers(0, 2**22 - 1))
def test_the_time_is_in_the_id(at: datetime, tail: int) -> None:
    at = at.replace(tzinfo=UTC, microsecond=0)
    for kind in ("share", "ugcPost", "activity"):
        assert urn_time(urn_at(at, kind, tail)) == at


def test_a_documented_sample_fits() -> None:
    made = urn_time("urn:li:share:7445298278914641920")
    assert made is not None
    assert made.date().isoformat() == "2026-04-02"


@pytest.mark.parametrize(
    "urn", ["urn:li:person:1", "urn:li:share:x", "urn:li:share:" + "9" * 40, "", "7445298"]
)
def test_other_things_have_no_time(urn: str) -> None:
    assert urn_time(urn) is None
    assert not is_our_attempt(urn, START, START)


@pytest.mark.parametrize(
    ("seconds", "ours"),
    [(-3600, False), (-1, False), (0, True), (9, True), (10, True), (11, False)],
)
def test_only_the_attempts_own_window_counts(seconds: int, ours: bool) -> None:
    urn = urn_at(START + timedelta(seconds=seconds))
    assert is_our_attempt(urn, START, START + timedelta(seconds=10)) is ours


def test_a_missing_urn_proves_nothing() -> None:
    assert not is_our_attempt(None, START, START)
