"""Slots, spacing and the look ahead by the commands, against the sandbox."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from icalendar import Calendar

from publisher.model.config import Slot
from publisher.planning.schedule import slot_times
from tests.support.project import ProjectDir

SLOTS = """\
timezone: Europe/Berlin
slots: [{weekday: tuesday, time: "09:30"}, {weekday: friday, time: "17:00"}]
"""
WEEKLY = (Slot(1, "09:30", "Europe/Berlin"), Slot(4, "17:00", "Europe/Berlin"))
WAITING = "---\npublish_at: next-slot\n---\nWords of {}.\n"


@pytest.fixture
def waiting(project: ProjectDir) -> ProjectDir:
    """Two posts that wait for a slot."""
    project.configure(SLOTS)
    for key in "ab":
        project.write(f"content/{key}.md", WAITING.format(key))
    return project


def planned(project: ProjectDir, *arguments: str) -> dict[str, dict[str, str]]:
    result = project.publisher("plan", "--format", "json", *arguments)
    assert result.code == 0, result.err
    return {change["key"]: change for change in json.loads(result.out)["changes"]}


def slots_kept(project: ProjectDir) -> dict[str, datetime]:
    slots = json.loads(project.state_path.read_text()).get("slots", {})
    return {key: datetime.fromisoformat(at) for key, at in slots.items()}


def test_the_plan_shows_what_publish_records_and_writes_nothing(waiting: ProjectDir) -> None:
    changes = planned(waiting)
    assert not waiting.state_path.exists()
    assert {change["action"] for change in changes.values()} == {"scheduled"}
    shown = {key: datetime.fromisoformat(change["publish_at"]) for key, change in changes.items()}
    started = datetime.now(UTC)
    result = waiting.publisher("publish")
    assert (result.code, "Nothing to do." in result.out) == (0, True), result.text
    if all(at > started for at in shown.values()):  # no slot has begun in between
        assert slots_kept(waiting) == shown
    before = waiting.state_path.read_bytes()
    waiting.write("content/0.md", WAITING.format("0"))
    assert {key: planned(waiting)[key]["publish_at"] for key in "ab"} == {
        key: changes[key]["publish_at"] for key in "ab"
    }
    waiting.publisher("publish")
    assert waiting.state_path.read_bytes() != before
    assert waiting.sandbox.requests() == []


def test_the_plan_of_a_time_to_come(waiting: ProjectDir) -> None:
    waiting.write("content/dated.md", "---\npublish_at: 2150-01-01T09:00\n---\nWords.\n")
    first = datetime.fromisoformat(planned(waiting)["a"]["publish_at"])
    changes = planned(waiting, "--at", (first + timedelta(minutes=5)).isoformat())
    assert [changes[key]["action"] for key in "ab"] == ["create", "scheduled"]
    assert planned(waiting, "--at", "2150-01-01T09:01")["dated"]["action"] == "create"
    assert planned(waiting, "--at", "2150-01-01")["dated"]["action"] == "scheduled"
    assert planned(waiting, "--at", "+14d")["b"]["action"] in ("create", "late")
    for wrong in ("tomorrow", "+7y", "2026-13-01"):
        assert waiting.publisher("plan", "--at", wrong).code == 2
    assert waiting.publisher("plan", "--at", "+1d", "--out", "x").code == 2
    assert not waiting.state_path.exists()


def test_a_slot_that_has_come_is_published_and_given_back(waiting: ProjectDir) -> None:
    assert waiting.publisher("publish").code == 0
    document = json.loads(waiting.state_path.read_text())
    kept = dict(document["slots"])
    document["slots"]["a"] = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    waiting.state_path.write_text(json.dumps(document))
    listed = waiting.publisher("state", "list", "--due", "--format", "json")
    assert list(json.loads(listed.out)["due"]) == ["a"]
    result = waiting.publisher("publish")
    assert result.code == 0, result.text
    assert waiting.created_texts() == ["Words of a."]
    document = json.loads(waiting.state_path.read_text())
    assert document["slots"] == {"b": kept["b"]}
    assert waiting.publisher("state", "list", "--due").out == ""


def test_spacing_holds_between_runs(project: ProjectDir) -> None:
    project.write(
        "publisher.yaml",
        f'authors: {{me: {{urn: "{project.sandbox.member.urn}"}}}}\nlimits: {{spacing: 2h}}\n',
    )
    for key in "ab":
        project.write(f"content/{key}.md", f"Words of {key}.\n")
    assert project.publisher("publish").code == 0
    assert project.publisher("publish").code == 0
    assert project.created_texts() == ["Words of a."]
    change = planned(project)["b"]
    published = datetime.fromisoformat(
        json.loads(project.state_path.read_text())["posts"]["a"]["published_at"]
    )
    assert change["action"] == "scheduled"
    assert datetime.fromisoformat(change["publish_at"]) == published + timedelta(hours=2)
    due = project.publisher("state", "list", "--due")
    assert due.out.startswith("b  scheduled")
    assert "limits.spacing" in due.out


def test_the_calendar(waiting: ProjectDir) -> None:
    result = waiting.publisher("plan", "--format", "ical")
    starts = [event["DTSTART"].dt for event in Calendar.from_ical(result.out).walk("VEVENT")]
    times = slot_times(WEEKLY, datetime.now(UTC))
    assert starts == [next(times), next(times)]
    assert waiting.publisher("publish").code == 0
    export = ("plan", "--format", "ical", "--at", "2030-01-01T00:00Z")
    (stamp,) = {
        event["DTSTAMP"].dt for event in Calendar.from_ical(waiting.publisher(*export).out).walk("VEVENT")
    }
    assert stamp == datetime(2030, 1, 1, tzinfo=UTC), "a time that is given makes the same bytes each time"
