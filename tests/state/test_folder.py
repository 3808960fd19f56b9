"""The folder form: the contract of every store, its paths, and what git makes of it."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.errors import StateError
from publisher.model.state import State
from publisher.state import folder, open_store
from publisher.state.edits import PostEdit
from publisher.state.folderstore import folder_store
from publisher.state.store import Store
from tests.state.contract import LIVE, PUBLISHED, StoreContract
from tests.support.repository import commit_all, git, start_repository

OTHER = LIVE._replace(urn="urn:li:share:7445298278914641999")


class TestFolderStore(StoreContract):
    """A folder does what every store does."""

    @pytest.fixture
    def reopen(self, tmp_path: Path) -> Callable[[], Store]:
        return lambda: folder_store(tmp_path / "publisher.state", location="publisher.state/")


def write(root: Path, *edits: PostEdit) -> None:
    with open_store("publisher.state/", root).session() as session:
        session.write(*edits)


@given(
    st.lists(
        st.text(st.characters(codec="utf-8"), min_size=1, max_size=250), min_size=2, max_size=6, unique=True
    )
)
def test_every_name_has_a_path_of_its_own_also_where_case_is_ignored(names: list[str]) -> None:
    paths = [folder.post_path(name) for name in names]
    assert len({path.lower() for path in paths}) == len(names)
    assert all(len(path.rpartition("/")[2]) <= 155 and ".." not in path.split("/") for path in paths)


@pytest.mark.parametrize("name", ["../../.git/hooks/x", "con", "a/../b", ".hidden", "A", "a b", "x" * 400])
def test_no_key_leads_out_of_the_folder_or_to_a_device(name: str) -> None:
    top, shard, file = folder.post_path(name).split("/")
    assert (top, len(shard)) == ("posts", 2)
    assert not file.startswith((".", "con.json"))


def test_a_file_under_another_keys_path_is_refused(tmp_path: Path) -> None:
    write(tmp_path, PostEdit("a", None, LIVE))
    path = tmp_path / "publisher.state" / folder.post_path("a")
    document = json.loads(path.read_bytes())
    document["posts"] = {"b": document["posts"]["a"]}
    path.write_text(json.dumps(document))
    with pytest.raises(StateError, match="not the file of the key 'b'"):
        open_store("publisher.state/", tmp_path).read()


def test_no_file_is_ever_removed_and_only_one_is_written(tmp_path: Path) -> None:
    write(tmp_path, PostEdit("a", None, LIVE), PostEdit("b", None, OTHER))
    place = tmp_path / "publisher.state"
    before = {path: path.stat().st_mtime_ns for path in place.rglob("*.json")}
    write(tmp_path, PostEdit("a", LIVE, None, "c"), PostEdit("c", None, LIVE))
    after = {path: path.stat().st_mtime_ns for path in place.rglob("*.json")}
    assert before.keys() < after.keys()
    untouched = {path for path in before if before[path] == after[path]}
    assert untouched == {place / "meta.json", place / folder.post_path("b")}
    left = json.loads((place / folder.post_path("a")).read_bytes())
    assert left["posts"] == {"a": {"status": "moved", "to": "c"}}
    assert (tmp_path / ".gitattributes").read_text() == "publisher.state/** -merge\n"


def test_unknown_fields_of_a_file_are_kept(tmp_path: Path) -> None:
    write(tmp_path, PostEdit("a", None, LIVE))
    path = tmp_path / "publisher.state" / folder.post_path("a")
    document = json.loads(path.read_bytes())
    path.write_text(json.dumps(document | {"newer": {"x": 1}}))
    write(tmp_path, PostEdit("a", LIVE, OTHER))
    assert json.loads(path.read_bytes())["newer"] == {"x": 1}


def test_both_forms_at_once_are_refused(tmp_path: Path) -> None:
    write(tmp_path, PostEdit("a", None, LIVE))
    (tmp_path / "publisher.state.json").write_text('{"version": 1, "posts": {}}')
    for location in ("publisher.state.json", "publisher.state/"):
        with pytest.raises(StateError, match="both exist"):
            open_store(location, tmp_path)


def test_a_file_that_goes_during_a_run_stops_it(tmp_path: Path) -> None:
    with open_store("publisher.state/", tmp_path).session() as session:
        session.write(PostEdit("a", None, LIVE))
        (tmp_path / "publisher.state" / folder.post_path("a")).unlink()
        with pytest.raises(StateError, match="while this run held it"):
            session.write(PostEdit("a", LIVE, OTHER))


@pytest.mark.parametrize("way", ["merge", "rebase", "cherry-pick", "squash"])
@pytest.mark.parametrize("swapped", [False, True])
def test_what_git_joins_without_a_conflict_is_right(tmp_path: Path, way: str, swapped: bool) -> None:
    """New posts, moves and removals on both sides, in both directions: nothing is lost and nothing comes back."""
    root = start_repository(tmp_path / "work")
    entries = {
        key: LIVE._replace(urn=f"urn:li:share:744529827891464{n:04}") for n, key in enumerate("abcdefgh")
    }
    write(root, *(PostEdit(key, None, entries[key]) for key in "abcd"))
    commit_all(root)
    mine = [
        PostEdit("a", entries["a"], None, "moved-a"),
        PostEdit("moved-a", None, entries["a"]),
        PostEdit("b", entries["b"], None),
        PostEdit("e", None, entries["e"]),
    ]
    theirs = [
        PostEdit("c", entries["c"], None, "moved-c"),
        PostEdit("moved-c", None, entries["c"]),
        PostEdit("d", entries["d"], None),
        PostEdit("f", None, entries["f"]),
    ]
    if swapped:
        mine, theirs = theirs, mine
    git(root, "checkout", "--quiet", "-b", "other")
    write(root, *theirs)
    commit_all(root, "theirs")
    git(root, "checkout", "--quiet", "main")
    write(root, *mine)
    commit_all(root, "mine")
    commands = {
        "merge": ["merge", "--quiet", "--no-edit", "other"],
        "rebase": ["rebase", "--quiet", "other"],
        "cherry-pick": ["cherry-pick", "other"],
        "squash": ["merge", "--quiet", "--squash", "other"],
    }
    git(root, *commands[way])
    state = open_store("publisher.state/", root).read()
    assert sorted(state.posts) == ["e", "f", "moved-a", "moved-c"]
    assert {key: line[-1].moved_to for key, line in state.past.items()} == {
        "a": "moved-a", "b": None, "c": "moved-c", "d": None,
    }  # fmt: skip


def test_two_changes_of_one_post_conflict(tmp_path: Path) -> None:
    root = start_repository(tmp_path / "work")
    write(root, PostEdit("a", None, LIVE))
    commit_all(root)
    git(root, "checkout", "--quiet", "-b", "other")
    write(root, PostEdit("a", LIVE, None, "x"), PostEdit("x", None, LIVE))
    commit_all(root)
    git(root, "checkout", "--quiet", "main")
    write(root, PostEdit("a", LIVE, None, "y"), PostEdit("y", None, LIVE))
    commit_all(root)
    done = subprocess.run(["git", "merge", "other"], cwd=root, capture_output=True, check=False)
    assert done.returncode != 0


def test_a_state_of_older_tombstones_is_read() -> None:
    files = {folder.post_path("a"): b'{"version": 1, "posts": {"a": {"status": "forgotten"}}}'}
    assert folder.combine(files.items(), "f/") == State()
    assert PUBLISHED.urn
