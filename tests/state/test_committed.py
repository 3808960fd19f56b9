"""``--commit-state``: the file in the work tree, committed and pushed with every record."""

from collections.abc import Callable
from pathlib import Path

import pytest

from publisher.errors import StateConflict, StateError, UsageError
from publisher.model.state import Event, State
from publisher.state import commit_to_git, open_store, statefile
from publisher.state.committed import CommittedStore
from publisher.state.edits import EventEdit, PostEdit
from publisher.state.filestore import FileStore
from publisher.state.store import Store
from tests.state.contract import AT, PENDING, PUBLISHED, StoreContract
from tests.support.repository import add_hook, clone, commit_all, git

FILE = "publisher.state.json"
STAMP = Event(AT, "stamp", "c")


def store(root: Path) -> CommittedStore:
    return CommittedStore(FileStore(root / FILE, location=FILE))


def write(root: Path, key: str = "hello") -> None:
    with store(root).session() as session:
        session.write(PostEdit(key, None, PUBLISHED))


def keys_on_server(server: Path) -> list[str]:
    return sorted(statefile.decode(git(server, "show", f"main:{FILE}").encode(), "f").posts)


def status(root: Path) -> str:
    return git(root, "status", "--porcelain")


class TestWithRemote(StoreContract):
    """A committed and pushed file does what every store does."""

    @pytest.fixture
    def reopen(self, work: Path) -> Callable[[], Store]:
        return lambda: store(work)


class TestWithoutRemote(StoreContract):
    """So does one that is only committed."""

    @pytest.fixture
    def reopen(self, lone: Path) -> Callable[[], Store]:
        return lambda: store(lone)


def test_every_record_is_pushed_before_the_write_returns(work: Path, server: Path) -> None:
    with store(work).session() as session:
        for before, after in ((None, PENDING), (PENDING, PUBLISHED)):
            session.write(PostEdit("hello", before, after))
            pushed = git(server, "show", f"main:{FILE}").encode()
            assert statefile.decode(pushed, "f").posts == {"hello": after}
            assert (work / FILE).read_bytes().rstrip() == pushed.rstrip()
    assert git(server, "log", "--format=%s", "main").splitlines()[:2] == [
        "publisher: hello published [skip ci]",
        "publisher: hello pending [skip ci]",
    ]


@pytest.mark.parametrize("place", ["lone", "work"])
def test_only_the_state_file_is_committed(place: str, request: pytest.FixtureRequest) -> None:
    root: Path = request.getfixturevalue(place)
    (root / "tracked.md").write_text("one\n")
    commit_all(root)
    (root / "tracked.md").write_text("two\n")
    (root / "staged.md").write_text("Staged.\n")
    git(root, "add", "staged.md")
    (root / "loose.md").write_text("Loose.\n")
    write(root)
    assert status(root).splitlines() == ["A  staged.md", " M tracked.md", "?? loose.md"]
    assert git(root, "show", "--format=", "--name-only", "HEAD") == FILE


def test_a_branch_that_went_on_is_followed(work: Path, server: Path, tmp_path: Path) -> None:
    write(work)
    other = clone(server, tmp_path / "other")
    with store(work).session() as session:
        (other / "new.md").write_text("New.\n")
        commit_all(other)
        git(other, "push", "--quiet")
        write(other, "b")
        session.write(PostEdit("c", None, PENDING))
        session.write(PostEdit("c", PENDING, PUBLISHED))
        assert sorted(session.state.posts) == ["b", "c", "hello"]
        assert not (work / "new.md").exists(), "content stays as it was planned"
        with pytest.raises(StateConflict):
            session.write(PostEdit("b", None, PENDING))
    assert keys_on_server(server) == ["b", "c", "hello"]
    assert (work / "new.md").read_text() == "New.\n"
    assert (status(work), git(work, "rev-parse", "HEAD")) == ("", git(server, "rev-parse", "main"))
    assert git(server, "log", "--merges", "main") == ""


def test_what_only_the_file_knew_is_committed_first(work: Path, server: Path, tmp_path: Path) -> None:
    write(work, "a")
    other = clone(server, tmp_path / "other")
    write(other, "b")
    with FileStore(work / FILE).session() as session:  # such as `state stamp`, or a run without the option
        session.write(PostEdit("c", None, PUBLISHED), EventEdit(STAMP))
    with store(work).session() as committed:
        assert sorted(committed.state.posts) == ["a", "b", "c"]
        assert committed.state.history == (STAMP,)
    assert keys_on_server(server) == ["a", "b", "c"]
    assert status(work) == ""


def test_two_truths_about_a_post_need_a_person(work: Path, server: Path, tmp_path: Path) -> None:
    write(work, "a")
    other = clone(server, tmp_path / "other")
    with store(other).session() as session:
        session.write(PostEdit("a", PUBLISHED, None))
    with FileStore(work / FILE).session() as session:
        session.write(PostEdit("a", PUBLISHED, PUBLISHED._replace(source="content/renamed.md")))
    before = (work / FILE).read_bytes()
    with pytest.raises(StateError, match="differs from the pushed one"), store(work).session():
        pytest.fail("one of two truths was taken")
    assert (work / FILE).read_bytes() == before


def test_the_author_s_own_commits_go_along_and_are_tested(work: Path, server: Path) -> None:
    (work / "post.md").write_text("A post.\n")
    mine = commit_all(work)
    write(work)
    assert git(server, "rev-parse", "main^") == mine
    assert git(server, "log", "-1", "--format=%s", "main") == "publisher: hello published"


def test_branches_that_went_different_ways_are_refused(work: Path, server: Path, tmp_path: Path) -> None:
    other = clone(server, tmp_path / "other")
    write(other)
    (work / "post.md").write_text("A post.\n")
    commit_all(work)
    with pytest.raises(StateError, match="diverged") as caught, store(work).session():
        pytest.fail("a session without a common ground")
    assert "git pull --rebase" in caught.value.remedy


def test_what_was_taken_off_the_branch_is_not_pushed_again(work: Path, server: Path) -> None:
    """Where somebody set the branch back, neither the state nor their decision is lost in silence."""
    before = git(server, "rev-parse", "main")
    write(work)
    git(server, "update-ref", "refs/heads/main", before)
    with pytest.raises(StateError, match="set back or rewritten"):
        write(work, "second")
    assert git(server, "rev-parse", "main") == before


def test_a_shallow_clone_of_a_branch_that_went_on(work: Path, server: Path, tmp_path: Path) -> None:
    write(work, "a")
    shallow = clone(server, tmp_path / "shallow", "--depth=1")
    (work / "new.md").write_text("New.\n")
    commit_all(work)
    write(work, "b")
    write(shallow, "c")
    assert keys_on_server(server) == ["a", "b", "c"]
    assert int(git(server, "rev-list", "--count", "main")) == 5, "the whole history is still there"
    assert git(server, "show", "main:new.md") == "New."


def test_a_refused_push_writes_nothing(work: Path, server: Path) -> None:
    add_hook(server, "pre-receive", 'echo "error: GH006: Protected branch update failed" >&2; exit 1')
    head = git(work, "rev-parse", "HEAD")
    with store(work).session() as session, pytest.raises(StateError) as caught:
        session.write(PostEdit("hello", None, PENDING))
    assert "git+branch:publisher-state" in caught.value.remedy
    assert (git(work, "rev-parse", "HEAD"), status(work)) == (head, "")
    assert not (work / FILE).exists()


def test_a_file_that_is_committed_and_missing_is_not_an_empty_state(work: Path) -> None:
    write(work)
    (work / FILE).unlink()
    with pytest.raises(StateError, match="missing here") as caught, store(work).session():
        pytest.fail("a session without memory")
    assert "git restore" in caught.value.remedy


def test_a_state_below_the_top_and_another_upstream(work: Path, server: Path) -> None:
    git(work, "push", "--quiet", "origin", "main:release")
    git(work, "config", "branch.main.merge", "refs/heads/release")
    (work / "posts").mkdir()
    with CommittedStore(FileStore(work / "posts" / FILE)).session() as session:
        session.write(PostEdit("hello", None, PUBLISHED))
    assert git(server, "ls-tree", "-r", "--name-only", "release").splitlines() == [
        ".gitignore",
        f"posts/{FILE}",
    ]
    assert status(work) == ""


def test_where_nothing_can_be_committed(work: Path, tmp_path: Path) -> None:
    git(work, "checkout", "--quiet", "--detach")
    with pytest.raises(UsageError, match="no branch"), store(work).session():
        pytest.fail("a session on no branch")
    git(tmp_path, "init", "--quiet", "empty")
    with pytest.raises(UsageError, match="no commit yet"), store(tmp_path / "empty").session():
        pytest.fail("a session on an unborn branch")
    with pytest.raises(UsageError, match="by itself"):
        commit_to_git(open_store("git+branch:publisher-state", work))
    assert store(work).read() == State()
