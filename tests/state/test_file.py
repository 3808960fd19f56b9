"""The state file: its format, its durability, its lock, and what it refuses."""

import json
import resource
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from publisher.content.schemas import load_schema
from publisher.errors import StateConflict, StateError, StateLocked, UsageError
from publisher.model.state import (
    Attempt,
    Entry,
    Event,
    Failure,
    Held,
    Past,
    Pause,
    State,
    Status,
    UploadedMedia,
)
from publisher.state import open_store, statefile
from publisher.state.edits import PostEdit
from publisher.state.filestore import FileStore
from publisher.state.store import Store
from tests.state.contract import AT, PENDING, PUBLISHED, StoreContract

TEXT = st.text(st.characters(codec="utf-8"), max_size=20)
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
TIMES = st.integers(0, 10**12).map(lambda ms: EPOCH + timedelta(milliseconds=ms))
EXTRA = st.sampled_from(["", '{"new": [1, "é"]}'])
MEDIA = st.lists(st.builds(UploadedMedia, TEXT, TEXT, st.none() | TEXT, EXTRA), max_size=2).map(tuple)
ENTRIES = st.builds(
    Entry,
    status=st.sampled_from([Status.PUBLISHED, Status.STAMPED, Status.DELETED]),
    author=TEXT,
    digest=TEXT,
    text_digest=TEXT,
    api=TEXT,
    source=TEXT,
    urn=st.none() | TEXT,
    permalink=st.none() | TEXT,
    published_at=st.none() | TIMES,
    deleted_at=st.none() | TIMES,
    attempt=st.none()
    | st.builds(
        Attempt,
        TEXT,
        TIMES,
        TEXT,
        st.none() | TIMES,
        st.sampled_from(["create", "update"]),
        st.none() | TEXT,
        st.none() | TEXT,
        EXTRA,
    ),
    media=MEDIA,
    text=st.none() | TEXT,
    rest_digest=st.none() | TEXT,
    network=st.sampled_from(["linkedin", "bluesky"]),
    ids=st.dictionaries(TEXT, TEXT, max_size=1),
    before=st.none(),
    extra=EXTRA,
)
PASTS = st.builds(
    Past, TEXT, TEXT, TEXT, st.none() | TEXT, st.none() | TIMES, st.none() | TEXT, st.none() | TEXT, EXTRA
)
STATES = st.builds(
    State,
    posts=st.dictionaries(TEXT, ENTRIES, max_size=4),
    slots=st.dictionaries(TEXT, TIMES, max_size=2),
    uploads=st.dictionaries(
        TEXT,
        st.lists(st.builds(UploadedMedia, TEXT, TEXT, st.none(), EXTRA), min_size=1, max_size=2).map(tuple),
        max_size=2,
    ),
    history=st.lists(st.builds(Event, TIMES, TEXT, TEXT, TEXT, EXTRA), max_size=2).map(tuple),
    failures=st.dictionaries(TEXT, st.builds(Failure, TIMES, TEXT, TEXT, EXTRA), max_size=1),
    past=st.dictionaries(TEXT, st.lists(PASTS, min_size=1, max_size=2, unique=True).map(tuple), max_size=2),
    held=st.dictionaries(TEXT, st.builds(Held, TEXT, TIMES, st.none() | TEXT, TEXT, EXTRA), max_size=1),
    deferred=st.dictionaries(TEXT, TIMES, max_size=1),
    pause=st.none() | st.builds(Pause, TIMES, st.none() | TIMES, TEXT, EXTRA),
    lineage=TEXT,
    service=TEXT,
    extra=EXTRA,
)


class TestFileStore(StoreContract):
    """The file does what every store does."""

    @pytest.fixture
    def reopen(self, tmp_path: Path) -> Callable[[], Store]:
        return lambda: FileStore(tmp_path / "publisher.state.json")


@given(STATES)
@settings(deadline=None)
def test_decoding_gives_back_what_was_encoded(state: State) -> None:
    data = statefile.encode(state)
    assert statefile.decode(data, "f") == state
    assert statefile.encode(statefile.decode(data, "f")) == data
    assert data.endswith(b"\n")


def test_the_file_is_what_the_schema_says() -> None:
    state = State({"hello": PENDING, "done": PUBLISHED}, {"x": AT}, {"hello": PENDING.media})
    Draft202012Validator(load_schema("state")).validate(json.loads(statefile.encode(state)))


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "not valid JSON"),
        (b"{", "not valid JSON"),
        (b"\xff", "not valid JSON"),
        (b"[]", "not a publisher state"),
        (b'{"version": 4, "serial": 1, "resources": []}', "not a publisher state"),
        (b'{"version": 2, "posts": {}}', "version 2"),
        (b'{"version": 0, "posts": {}}', "version 0"),
        (b'{"version": true, "posts": {}}', "version True"),
        (b'{"version": 1, "posts": []}', "schema"),
        (b'{"version": 1, "posts": {"a": {"status": "published"}}}', "posts: a: author is missing"),
        (b'{"version": 1, "posts": {"a": 1}}', "posts: a"),
        (
            b'<<<<<<< HEAD\n{"version": 1, "posts": {}}',
            "f:1 has a merge conflict marker".replace("f:", "json:"),
        ),
        (b'{"version": 1, "posts": {}, "posts": {}}', "'posts' appears twice"),
        (b'{"version": 1, "posts": {"a": 1, "a": 2}}', "'a' appears twice"),
        (b"[" * 100_000, "not valid JSON"),
    ],
)
def test_what_is_broken_newer_or_foreign_is_refused_by_name_and_left_alone(
    tmp_path: Path, data: bytes, why: str
) -> None:
    path = tmp_path / "publisher.state.json"
    path.write_bytes(data)
    store = FileStore(path, location="publisher.state.json")
    with pytest.raises(StateError, match=why) as caught:
        store.read()
    assert "publisher.state.json" in str(caught.value)
    with pytest.raises(StateError), store.session():
        pytest.fail("a broken state gave a session")
    assert path.read_bytes() == data


LIVE = PUBLISHED._replace(deleted_at=None, text="Hello", rest_digest="sha256:00")


@pytest.mark.parametrize("entry", [LIVE, PUBLISHED, PENDING], ids=["live", "deleted", "pending"])
@pytest.mark.parametrize(
    "name", ["status", "author", "digest", "source", "api", "urn", "text", "published_at"]
)
@pytest.mark.parametrize("value", [1, None, ["x"]])
def test_a_fact_that_is_no_text_is_refused_by_its_key(entry: Entry, name: str, value: object) -> None:
    document = statefile.to_json(State({"a": entry}))
    document["posts"]["a"][name] = value
    with pytest.raises(StateError, match="posts: a: "):
        statefile.decode(json.dumps(document).encode(), "f")


def test_a_byte_order_mark_does_no_harm() -> None:
    state = State({"a": PUBLISHED})
    assert statefile.decode(b"\xef\xbb\xbf" + statefile.encode(state), "f") == state


def test_a_status_nobody_knows_is_refused(tmp_path: Path) -> None:
    document = statefile.to_json(State({"a": PUBLISHED}))
    document["posts"]["a"]["status"] = "maybe"
    with pytest.raises(StateError, match="maybe"):
        statefile.from_json(document, "f")


def test_a_pending_entry_without_attempt_is_refused() -> None:
    document = statefile.to_json(State({"a": PENDING}))
    del document["posts"]["a"]["attempt"]
    with pytest.raises(StateError, match="needs an attempt"):
        statefile.from_json(document, "f")


def test_nothing_is_written_when_nothing_changes(tmp_path: Path) -> None:
    path = tmp_path / "s.json"
    with FileStore(path).session() as session:
        session.write()
        assert not path.exists()
        session.write(PostEdit("a", None, PUBLISHED))
        before = path.stat().st_mtime_ns
        session.write(PostEdit("a", PUBLISHED, PUBLISHED))
        assert path.stat().st_mtime_ns == before


def test_a_second_session_is_refused_while_the_first_lasts(tmp_path: Path) -> None:
    path = tmp_path / "s.json"
    with FileStore(path).session(), pytest.raises(StateLocked), FileStore(path).session():
        pytest.fail("two sessions at once")
    with FileStore(path).session():
        pass


def test_an_edit_by_someone_who_ignores_the_lock_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "s.json"
    with FileStore(path).session() as session:
        session.write(PostEdit("a", None, PUBLISHED))
        path.write_bytes(statefile.encode(State({"a": PUBLISHED, "b": PUBLISHED})))
        session.write(PostEdit("c", None, PUBLISHED))
        assert sorted(session.state.posts) == ["a", "b", "c"]
        path.write_bytes(statefile.encode(State({"c": PUBLISHED._replace(source="x")})))
        with pytest.raises(StateConflict):
            session.write(PostEdit("c", PUBLISHED, None))


def test_a_full_disk_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "s.json"
    with FileStore(path).session() as session:
        session.write(PostEdit("a", None, PUBLISHED))
        before = path.read_bytes()
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (16, limits[1]))
        try:
            with pytest.raises(StateError, match="can't be written"):
                session.write(PostEdit("b", None, PUBLISHED))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert path.read_bytes() == before
    assert [item.name for item in tmp_path.iterdir() if item.name.startswith(".s.json")] == []


def test_the_files_mode_is_kept_and_a_link_followed(tmp_path: Path) -> None:
    real = tmp_path / "real.json"
    with FileStore(real).session() as session:
        session.write(PostEdit("a", None, PUBLISHED))
    real.chmod(0o600)
    link = tmp_path / "link.json"
    link.symlink_to(real)
    with FileStore(link).session() as session:
        session.write(PostEdit("b", None, PUBLISHED))
    assert link.is_symlink()
    assert real.stat().st_mode & 0o777 == 0o600
    assert sorted(FileStore(real).read().posts) == ["a", "b"]


def test_branches_that_publish_different_posts_merge(tmp_path: Path) -> None:
    def git(*arguments: str) -> None:
        identity = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "init.defaultBranch=main"]
        subprocess.run(["git", *identity, *arguments], cwd=tmp_path, check=True, capture_output=True)

    def publish(key: str) -> None:
        with FileStore(path).session() as session:
            session.write(PostEdit(key, None, PUBLISHED))
        git("add", "publisher.state.json")
        git("commit", "-m", key)

    path = tmp_path / "publisher.state.json"
    git("init")
    for key in ("b", "h", "p"):
        publish(key)
    git("checkout", "-b", "other")
    publish("d")
    git("checkout", "main")
    publish("m")
    git("merge", "other")
    assert sorted(FileStore(path).read().posts) == ["b", "d", "h", "m", "p"]


def test_unknown_places_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="s3"):
        open_store("s3://bucket/state", tmp_path)
    assert isinstance(open_store("sub/state.json", tmp_path), FileStore)
