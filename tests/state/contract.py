"""What every store must do, whatever it keeps the state in; each store's tests subclass `StoreContract`."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from publisher.errors import StateConflict
from publisher.model.state import (
    Attempt,
    Entry,
    Event,
    Failure,
    Held,
    Pause,
    State,
    Status,
    UploadedMedia,
    known_urns,
)
from publisher.state.edits import (
    DeferEdit,
    EventEdit,
    FailureEdit,
    HeldEdit,
    PauseEdit,
    PostEdit,
    SlotEdit,
    UploadEdit,
)
from publisher.state.store import Store

AT = datetime(2026, 11, 23, 9, 0, 0, 123_000, tzinfo=UTC)

PENDING = Entry(
    status=Status.PENDING,
    author="urn:li:person:AbC_123456",
    digest="sha256:" + "a" * 64,
    text_digest="sha256:" + "b" * 64,
    api="ugcPosts",
    source="content/hello.md",
    attempt=Attempt("a1", AT, "sha256:" + "a" * 64),
    media=(UploadedMedia("c" * 64, "urn:li:digitalmediaAsset:D1"),),
    text="Hello 👋\nworld \x7f",
    rest_digest="sha256:" + "d" * 64,
)
PUBLISHED = Entry(
    status=Status.PUBLISHED,
    author=PENDING.author,
    digest=PENDING.digest,
    text_digest=PENDING.text_digest,
    api="posts",
    source=PENDING.source,
    urn="urn:li:share:7445298278914641920",
    permalink="https://www.linkedin.com/feed/update/urn:li:share:7445298278914641920/",
    published_at=AT.replace(microsecond=0),
    deleted_at=AT,
)

LIVE = PUBLISHED._replace(
    urn="at://did:plc:z72i7/app.bsky.feed.post/3lbqta5lnck2i",
    deleted_at=None,
    network="bluesky",
    ids={"cid": "bafyreib2rxk3"},
    extra='{"new": [1]}',
)
EDITING = LIVE._replace(
    status=Status.PENDING,
    text="Edited",
    attempt=Attempt(
        "a2",
        AT,
        "sha256:e",
        AT + timedelta(minutes=5, microseconds=7),
        "update",
        "3lbq",
        '{"a": "é"}',
        '{"new": 2}',
    ),
    media=(UploadedMedia("c" * 64, "urn:li:image:D1", "posts", '{"new": 3}'),),
    before=LIVE,
)


class StoreContract:
    """Subclass it and give a ``reopen`` fixture: a function that opens the same place anew each time."""

    @pytest.fixture
    def reopen(self) -> Callable[[], Store]:
        raise NotImplementedError

    def test_nothing_kept_is_an_empty_state(self, reopen: Callable[[], Store]) -> None:
        assert reopen().read() == State()

    def test_what_is_written_is_read_back_by_another(self, reopen: Callable[[], Store]) -> None:
        with reopen().session() as session:
            after = session.write(
                PostEdit("hello", None, PENDING),
                PostEdit("done#first_comment", None, PUBLISHED),
                SlotEdit("later", AT),
                UploadEdit("hello", PENDING.media),
                EventEdit(Event(AT, "resolve", "hello", "absent")),
            )
            assert session.state == after
        state = reopen().read()
        assert state == after
        assert state.posts == {"hello": PENDING, "done#first_comment": PUBLISHED}
        assert state.slots == {"later": AT}
        assert state.uploads == {"hello": PENDING.media}
        assert state.history == (Event(AT, "resolve", "hello", "absent"),)

    def test_a_write_is_durable_at_once(self, reopen: Callable[[], Store]) -> None:
        with reopen().session() as session:
            session.write(PostEdit("hello", None, PENDING))
            assert reopen().read().posts == {"hello": PENDING}
            session.write(PostEdit("hello", PENDING, PUBLISHED))
            assert reopen().read().posts == {"hello": PUBLISHED}

    def test_things_can_be_taken_back(self, reopen: Callable[[], Store]) -> None:
        with reopen().session() as session:
            session.write(
                PostEdit("hello", None, PENDING), SlotEdit("later", AT), UploadEdit("hello", PENDING.media)
            )
            session.write(PostEdit("hello", PENDING, None), SlotEdit("later", None), UploadEdit("hello", ()))
        state = reopen().read()
        assert (state.posts, state.slots, state.uploads, state.past) == ({}, {}, {}, {})

    def test_what_a_key_was_is_remembered(self, reopen: Callable[[], Store]) -> None:
        with reopen().session() as session:
            session.write(PostEdit("gone", None, PUBLISHED), PostEdit("old", None, LIVE))
            session.write(
                PostEdit("gone", PUBLISHED, None),
                PostEdit("old", LIVE, None, "new"),
                PostEdit("new", None, LIVE),
            )
        state = reopen().read()
        assert sorted(state.posts) == ["new"]
        (gone,), (old,) = state.past["gone"], state.past["old"]
        assert (gone.urn, gone.deleted_at, gone.moved_to) == (PUBLISHED.urn, PUBLISHED.deleted_at, None)
        assert (old.urn, old.moved_to) == (LIVE.urn, "new")
        assert known_urns(state) == {PUBLISHED.urn, LIVE.urn}

    def test_every_fact_of_an_intent_is_kept(self, reopen: Callable[[], Store]) -> None:
        """A live post keeps its URN and what it was while an edit is pending, and unknown fields are kept."""
        with reopen().session() as session:
            session.write(PostEdit("hello", None, LIVE))
            session.write(
                PostEdit("hello", LIVE, EDITING),
                HeldEdit("twice", Held("sha256:1", AT, LIVE.urn, "Content is a duplicate.")),
                DeferEdit("app", AT),
                PauseEdit(Pause(AT, AT + timedelta(days=1), "holidays")),
                FailureEdit("other", Failure(AT, "403", "No.", '{"new": 1}')),
                EventEdit(Event(AT, "resolve", "hello", "", '{"new": 1}')),
            )
            assert session.state.posts["hello"] == EDITING
        state = reopen().read()
        assert state.posts == {"hello": EDITING}
        assert state.held["twice"].urn == LIVE.urn
        assert state.deferred == {"app": AT}
        assert state.pause == Pause(AT, AT + timedelta(days=1), "holidays")
        assert state.failures["other"].extra == state.history[0].extra == '{"new": 1}'
        with reopen().session() as session:
            session.write(DeferEdit("app", AT - timedelta(hours=1)))
            assert session.state.deferred == {"app": AT}, "an earlier end does not shorten a rate limit"
            session.write(DeferEdit("app", None), PauseEdit(None), PostEdit("hello", EDITING, LIVE))
        state = reopen().read()
        assert (state.posts, state.deferred, state.pause) == ({"hello": LIVE}, {}, None)

    @pytest.mark.parametrize(("before", "there"), [(None, PENDING), (PUBLISHED, PENDING), (PENDING, None)])
    def test_an_edit_that_finds_something_else_changes_nothing(
        self, reopen: Callable[[], Store], before: Entry | None, there: Entry | None
    ) -> None:
        with reopen().session() as session:
            if there is not None:
                session.write(PostEdit("hello", None, there))
            kept = reopen().read()
            with pytest.raises(StateConflict, match="hello"):
                session.write(PostEdit("other", None, PUBLISHED), PostEdit("hello", before, PUBLISHED))
        assert reopen().read() == kept

    def test_two_sessions_one_after_the_other_see_each_other(self, reopen: Callable[[], Store]) -> None:
        with reopen().session() as session:
            session.write(PostEdit("hello", None, PENDING))
        with reopen().session() as session:
            assert session.state.posts == {"hello": PENDING}

    def test_a_failure_is_kept_until_its_key_is_settled(self, reopen: Callable[[], Store]) -> None:
        first = Failure(AT, "EXPIRED_ACCESS_TOKEN", "The token expired.")
        with reopen().session() as session:
            session.write(FailureEdit("hello", first), FailureEdit("other", first))
        assert reopen().read().failures == {"hello": first, "other": first}
        with reopen().session() as session:
            session.write(FailureEdit("hello", replace(first, at=AT + timedelta(hours=1))))
            assert session.state.failures["hello"] == first, "the same failure again is not news"
            other = replace(first, code="403", message="Not enough permissions.")
            session.write(FailureEdit("hello", other), FailureEdit("other", None))
            session.write(PostEdit("hello", None, PENDING))
            assert reopen().read().failures == {"hello": other}, "an intent settles nothing"
            session.write(PostEdit("hello", PENDING, PUBLISHED))
        assert reopen().read().failures == {}

    def test_the_location_is_known(self, reopen: Callable[[], Store]) -> None:
        assert reopen().location
