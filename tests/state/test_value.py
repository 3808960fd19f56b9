"""The state as a value: the names of copies, the URNs it has seen, and exactly which fields its JSON has."""

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from publisher.model.state import (
    Attempt,
    Entry,
    Event,
    Failure,
    Held,
    Name,
    Past,
    Pause,
    State,
    Status,
    UploadedMedia,
    copies_of,
    known_urns,
    name_copies,
    split_name,
)
from publisher.state import records, statefile

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
ENTRY = Entry(
    Status.PUBLISHED, "urn:li:person:a", "sha256:d", "sha256:t", "ugcPosts", "content/a.md", "urn:li:share:1"
)
MINIMAL = {
    "status": "published",
    "author": "urn:li:person:a",
    "digest": "sha256:d",
    "text_digest": "sha256:t",
    "api": "ugcPosts",
    "source": "content/a.md",
    "urn": "urn:li:share:1",
}
ME, ACME, SKY = ("p", "me", "linkedin"), ("o", "acme", "linkedin"), ("did", "sky", "bluesky")


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("a/b", ("a/b", "", "")),
        ("a@sky", ("a", "sky", "")),
        ("a#first_comment", ("a", "", "first_comment")),
        ("a@sky#2", ("a", "sky", "2")),
        ("a#x\ny", ("a", "", "x\ny")),
        ("a@b@c", ("a@b@c", "", "")),
    ],
)
def test_a_name_is_split_into_its_parts_and_put_together_again(
    name: str, parts: tuple[str, str, str]
) -> None:
    assert split_name(name) == parts
    assert str(Name(*parts)) == name


def test_copies_are_those_of_the_key_without_comments_and_other_keys() -> None:
    sky = ENTRY._replace(author="did")
    state = State(
        {
            "a": ENTRY,
            "a@sky": sky,
            "a@sky2": sky,
            "a#first_comment": ENTRY,
            "ab": ENTRY._replace(author="x"),
            "a/c": ENTRY,
            "b": ENTRY,
        }
    )
    assert copies_of(state, "a") == {"urn:li:person:a": "a", "did": "a@sky"}
    assert copies_of(state, "c") == {}


@pytest.mark.parametrize(
    ("known", "authors", "taken", "names"),
    [
        ({}, [ME], (), {"p": "a"}),
        ({}, [ME, ACME, SKY], (), {"p": "a", "o": "a@acme", "did": "a@sky"}),
        ({}, [SKY, ME], (), {"did": "a@sky", "p": "a"}),
        ({}, [SKY], (), {"did": "a"}),
        ({}, [SKY, ("did2", "more", "bluesky")], (), {"did": "a", "did2": "a@more"}),
        ({"did": "a"}, [ME, SKY], (), {"did": "a", "p": "a@me"}),
        ({"gone": "a"}, [ME], (), {"p": "a@me"}),
        ({"gone": "a@sky"}, [ME, SKY], (), {"p": "a", "did": "a@sky-2"}),
        ({}, [ME, SKY], ("a@sky", "a@sky-2"), {"p": "a", "did": "a@sky-3"}),
        ({}, [ME], ("a",), {"p": "a@me"}),
        ({}, [ME, ME, ("o", "me", "linkedin")], (), {"p": "a", "o": "a@me"}),
        (
            {},
            [ME, ("x", "me", "linkedin"), ("y", "me", "linkedin")],
            (),
            {"p": "a", "x": "a@me", "y": "a@me-2"},
        ),
        ({}, [ME, ("o", "", "linkedin")], (), {"p": "a", "o": "a@o"}),
        ({}, [ME, ("did:x#y@z", "", "bluesky")], (), {"p": "a", "did:x#y@z": "a@did:x-y-z"}),
        ({"p": "old", "o": "a"}, [ME, ACME], (), {"p": "old", "o": "a"}),
        (
            {},
            [ME, ("y", "me", "linkedin"), ("x", "me", "linkedin")],
            (),
            {"p": "a", "y": "a@me", "x": "a@me-2"},
        ),
        ({"gone": "a"}, [("y", "me", "bluesky"), ME], (), {"p": "a@me", "y": "a@me-2"}),
        ({"p": "old"}, [ME, ACME], (), {"p": "old", "o": "a"}),
        ({}, [], (), {}),
    ],
)
def test_copies_are_named(
    known: dict[str, str], authors: list[tuple[str, str, str]], taken: tuple[str, ...], names: dict[str, str]
) -> None:
    assert name_copies(known, "a", authors, taken) == names


def test_the_authors_may_come_from_a_generator() -> None:
    assert name_copies({}, "a", (one for one in (SKY, ME))) == {"did": "a@sky", "p": "a"}


def test_known_urns_are_live_replaced_and_past_ones() -> None:
    entry = ENTRY._replace(urn="urn:2", before=ENTRY._replace(urn="urn:1"))
    silent = ENTRY._replace(urn=None)
    past = (Past("a", "d", "t", "urn:3"), Past("a", "d", "t"))
    assert known_urns(State({"a": entry, "b": silent}, past={"c": past})) == {"urn:1", "urn:2", "urn:3"}


def test_absent_facts_are_not_written() -> None:
    assert records.entry_to_json(ENTRY) == MINIMAL
    assert records.attempt_to_json(Attempt("i", AT, "d")) == {
        "id": "i",
        "started_at": "2026-11-23T09:00:00Z",
        "digest": "d",
    }
    assert records.past_to_json(Past("a", "d", "t")) == {"author": "a", "digest": "d", "text_digest": "t"}
    assert records.held_to_json(Held("d", AT)) == {"digest": "d", "at": "2026-11-23T09:00:00Z"}
    assert records.pause_to_json(Pause(AT)) == {"since": "2026-11-23T09:00:00Z"}
    assert records.event_to_json(Event(AT, "publish", "a")) == {
        "at": "2026-11-23T09:00:00Z",
        "action": "publish",
        "key": "a",
    }
    assert records.media_to_json((UploadedMedia("s", "u"),)) == [{"sha256": "s", "urn": "u"}]
    assert statefile.to_json(State()) == {"version": 1, "posts": {}}


def test_unknown_fields_are_kept_in_order_and_in_their_script() -> None:
    unknown = {"z": "é", **dict.fromkeys("ygxcwb", 1)}  # seven: by chance they are hardly ever in order
    entry = records.entry_from_json({**MINIMAL, **unknown})
    assert entry.extra == '{"b": 1, "c": 1, "g": 1, "w": 1, "x": 1, "y": 1, "z": "é"}'
    assert records.entry_to_json(entry) == {**MINIMAL, **unknown}


def test_every_fact_is_written_and_read_back() -> None:
    later = AT + timedelta(minutes=5)
    attempt = Attempt("i", AT, "d", later, "replace", "token", "record", '{"new": 1}')
    entry = Entry(
        Status.PENDING,
        "did",
        "d",
        "t",
        "bluesky",
        "content/a.md",
        "at://x",
        "https://x",
        AT,
        later,
        attempt,
        (UploadedMedia("s", "u", "posts", '{"n": 1}'),),
        "Text",
        "r",
        "bluesky",
        {"cid": "c"},
        ENTRY,
        '{"new": [1]}',
    )
    state = State(
        {"a": entry},
        {"s": AT},
        {"u": (UploadedMedia("s", "u"),)},
        (Event(AT, "publish", "a", "detail", '{"n": 1}'),),
        {"f": Failure(AT, "422", "no", '{"n": 1}')},
        {"p": (Past("a", "d", "t", "urn", AT, "i", "b", '{"n": 1}'),)},
        {"h": Held("d", AT, "urn", "why", '{"n": 1}')},
        {"app": later},
        Pause(AT, later, "holiday", '{"n": 1}'),
        "line",
        "linkedin",
        '{"n": 1}',
    )
    document = statefile.to_json(state)
    assert statefile.from_json(document, "f") == state
    assert set(document) == statefile.KNOWN | {"n"}
    assert document["posts"]["a"]["before"] == MINIMAL
    assert document["posts"]["a"]["attempt"] == {
        "id": "i",
        "started_at": "2026-11-23T09:00:00Z",
        "digest": "d",
        "expires_at": "2026-11-23T09:05:00Z",
        "action": "replace",
        "token": "token",
        "record": "record",
        "new": 1,
    }


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (AT, "2026-11-23T09:00:00Z"),
        (AT.replace(microsecond=120_000), "2026-11-23T09:00:00.120Z"),
        (AT.replace(microsecond=120_001), "2026-11-23T09:00:00.120001Z"),
        (AT.astimezone(timezone(timedelta(hours=2))), "2026-11-23T09:00:00Z"),
    ],
)
def test_times_are_written_in_utc_with_the_digits_they_have(at: datetime, text: str) -> None:
    assert records.format_time(at) == text
    assert records.parse_time(text) == at


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"author": None}, "author must be a string"),
        ({"urn": 1}, "urn must be a string"),
        ({"text": None}, "text must be a string"),
        ({"status": "live"}, "'live' is not a valid Status"),
        ({"status": "pending"}, "needs an attempt"),
        ({"published_at": "2026-11-23T09:00:00"}, "has no offset"),
        ({"network": 1}, "network must be a string"),
        ({"ids": []}, "ids must be a mapping"),
        ({"ids": {"cid": 1}}, "ids.cid must be a string"),
        ({"media": [{"sha256": "s", "urn": 1}]}, "urn must be a string"),
        ({"media": [{"sha256": "s", "urn": "u", "api": None}]}, "api must be a string"),
        (
            {"attempt": {"id": "i", "started_at": "2026-11-23T09:00:00Z", "digest": "d", "action": "x"}},
            "isn't an action",
        ),
        ({"before": {"status": "published"}}, "author is missing"),
    ],
)
def test_a_field_of_the_wrong_type_is_named(changed: dict[str, Any], why: str) -> None:
    with pytest.raises((KeyError, TypeError, ValueError), match=why):
        records.entry_from_json({**MINIMAL, **changed})


@pytest.mark.parametrize("field", ["author", "digest", "text_digest", "api", "source"])
def test_a_missing_field_is_named(field: str) -> None:
    document = {name: value for name, value in MINIMAL.items() if name != field}
    with pytest.raises(ValueError, match=f"^{field} is missing$"):
        records.entry_from_json(document)


def test_the_digest_knows_everything_but_failures_history_and_names() -> None:
    state = State({"a": ENTRY})
    digest = statefile.state_digest(state)
    same = replace(
        state,
        failures={"a": Failure(AT, "1", "m")},
        history=(Event(AT, "x", "a"),),
        lineage="l",
        service="linkedin",
    )
    assert statefile.state_digest(same) == digest
    for other in (
        State({"b": ENTRY}),
        replace(state, slots={"a": AT}),
        replace(state, pause=Pause(AT)),
        replace(state, extra='{"n": 1}'),
    ):
        assert statefile.state_digest(other) != digest
    # saved plans of every version hold this form
    entry = '{"api":"ugcPosts","author":"urn:li:person:a","digest":"sha256:d","source":"content/é.md"'
    text = (
        '{"posts":{"é":'
        + entry
        + ',"status":"published","text_digest":"sha256:t","urn":"urn:li:share:1"}},"version":1}'
    )
    written = statefile.state_digest(State({"é": ENTRY._replace(source="content/é.md")}))
    assert written == "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def test_bytes_are_sorted_indented_and_keep_other_scripts() -> None:
    data = statefile.encode(State({"b": ENTRY._replace(text="你好"), "a": ENTRY}))
    assert data.index(b'"a"') < data.index(b'"b"') < data.index(b'"version"')
    assert b'\n  "posts": {\n    "a": {\n      "api"' in data
    assert "你好".encode() in data


@pytest.mark.parametrize("marker", ["<<<<<<< HEAD", "=======", ">>>>>>> other", "||||||| base"])
def test_a_conflict_marker_is_named_with_its_line(marker: str) -> None:
    with pytest.raises(statefile.StateError, match=r"f:3 has a merge conflict marker"):
        statefile.parse(f"{{\n\n{marker}\n}}".encode(), "f")


def test_the_line_of_a_marker_counts_from_the_first_byte() -> None:
    with pytest.raises(statefile.StateError, match=r"f:2 has"):
        statefile.parse(b"\n=======\n{}", "f")


def test_what_only_looks_like_a_conflict_marker_is_data() -> None:
    assert statefile.parse(b'{"a": "=======", "b": "x\\n======="}', "f") == {
        "a": "=======",
        "b": "x\n=======",
    }
    assert json.loads("[]") == statefile.parse(b"[\n]", "f")


def test_removed_keys_are_no_entries() -> None:
    posts = {"a": {"status": "forgotten"}, "b": {"status": "moved", "to": "c"}, "c": MINIMAL}
    state = statefile.from_json({"version": 1, "posts": posts}, "f")
    assert dict(state.posts) == {"c": ENTRY}


@pytest.mark.parametrize(
    ("part", "value", "why"),
    [
        ("slots", {"a": "soon"}, "slots: a: "),
        ("lineage", 1, "lineage must be a string"),
        ("service", None, "service must be a string"),
        ("past", {"a": [{}]}, "past: a: 'author'"),
        ("history", [{}], "'at'"),
    ],
)
def test_a_broken_part_is_named(part: str, value: object, why: str) -> None:
    with pytest.raises(statefile.StateError, match=f"does not match the state's schema \\(.*{why}"):
        statefile.from_json({"version": 1, "posts": {}, part: value}, "f")
