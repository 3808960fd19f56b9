"""The calendar: valid by another implementation's reading, folded by octets, with UIDs that stay."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from publisher.model.config import Config
from publisher.model.plan import Plan
from publisher.model.post import Author, Post, Text
from publisher.model.state import State
from publisher.planning.options import PlanOptions
from publisher.planning.plan import make_plan
from publisher.reports.ical import plan_ical
from tests.support.posts import NOW, make_entry, make_post

TEXTS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=200)
AT = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)


def plan(*posts: Post, state: State | None = None) -> Plan:
    return make_plan(posts, state or State(), Config(), NOW, PlanOptions())


def events(text: str) -> list[dict[str, object]]:
    """What the `icalendar` package reads, which follows RFC 5545 strictly enough to raise."""
    calendar = Calendar.from_ical(text)
    assert (calendar["VERSION"], "PRODID" in calendar, calendar.errors) == ("2.0", True, [])
    for event in calendar.walk("VEVENT"):
        assert event.errors == []
        assert {"UID", "DTSTAMP", "DTSTART"} <= set(event)
    return [{str(name): value for name, value in event.items()} for event in calendar.walk("VEVENT")]


def test_what_has_a_time_and_is_not_published_is_an_event() -> None:
    done = make_post("done", publish_at=NOW - timedelta(days=3))
    posts = [
        make_post("hello", "\nHello; world, \\o/\nSecond line.", publish_at=AT, first_comment=Text("More.")),
        make_post("draft", publish_at=AT, draft=True),
        make_post("due", publish_at=NOW - timedelta(hours=1), author=Author("urn:li:organization:1", "acme")),
        make_post("at-once"),
        done,
    ]
    found = {
        str(e["SUMMARY"]): e
        for e in events(plan_ical(plan(*posts, state=State({"done": make_entry(done)})), NOW))
    }
    assert set(found) == {"Hello; world, \\o/", "The text of draft.", "The text of due."}
    hello = found["Hello; world, \\o/"]
    assert hello["DTSTART"].dt == AT  # type: ignore[attr-defined]
    assert hello["DTSTAMP"].dt == NOW  # type: ignore[attr-defined]
    assert str(hello["DESCRIPTION"]).startswith("scheduled: due 2026-12-01T09:30+00:00\ncontent/hello.md\n\n")
    assert [str(found[name]["STATUS"]) for name in sorted(found)] == ["CONFIRMED", "TENTATIVE", "CONFIRMED"]
    assert "acme" in found["The text of due."]["CATEGORIES"].to_ical().decode()  # type: ignore[attr-defined]


def test_an_event_is_the_same_one_after_its_post_was_edited_and_moved_in_time() -> None:
    first = events(plan_ical(plan(make_post("a", "One.", publish_at=AT)), NOW))
    later = make_post("a", "Two.", publish_at=AT + timedelta(days=1))
    second = events(plan_ical(plan(later, make_post("b", publish_at=AT)), NOW + timedelta(days=1)))
    assert first[0]["UID"] in [event["UID"] for event in second]
    assert len({event["UID"] for event in second}) == 2


def test_a_plan_without_times_is_an_empty_calendar() -> None:
    assert events(plan_ical(plan(make_post("a")), NOW)) == []


@given(TEXTS)
@settings(deadline=None, max_examples=60)
def test_lines_are_folded_and_texts_survive(text: str) -> None:
    written = plan_ical(plan(make_post("a", text, publish_at=AT)), NOW)
    lines = written.split("\r\n")
    assert lines[-1] == ""
    assert all(len(line.encode()) <= 75 for line in lines)
    assert not any(set(line) & set(map(chr, (*range(9), *range(10, 32), 127))) for line in lines)
    (event,) = events(written)
    kept = "".join(c for c in text if c in "\n\t" or not (ord(c) < 32 or ord(c) == 127))
    assert str(event["DESCRIPTION"]).split("\n\n", 1)[1] == kept
