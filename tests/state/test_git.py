"""The state on a branch: the contract of every store, with and without a remote, and what only git can do wrong."""

import json
import os
import subprocess
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from publisher.errors import StateConflict, StateError, UsageError
from publisher.model.state import State
from publisher.state import folder, open_store, statefile
from publisher.state.edits import PostEdit, SlotEdit
from publisher.state.git.branch import Branch, Tip
from publisher.state.git.command import without_credentials
from publisher.state.git.store import GitStore
from publisher.state.store import Store
from tests.state.contract import AT, PENDING, PUBLISHED, StoreContract
from tests.support.repository import (
    add_hook,
    clone,
    commit_all,
    git,
    make_server,
    untouched,
)

BRANCH = "publisher-state"
REF = f"refs/heads/{BRANCH}"


def store(root: Path) -> GitStore:
    return GitStore(BRANCH, root)


def write(root: Path, key: str = "hello") -> None:
    with store(root).session() as session:
        session.write(PostEdit(key, None, PUBLISHED))


def on_server(server: Path) -> State:
    names = git(server, "ls-tree", "-r", "--name-only", f"{REF}:publisher.state").splitlines()
    return folder.combine(
        ((name, git(server, "show", f"{REF}:publisher.state/{name}").encode()) for name in names), "f"
    )


class TestWithoutRemote(StoreContract):
    """A local branch does what every store does."""

    @pytest.fixture
    def reopen(self, lone: Path) -> Callable[[], Store]:
        return lambda: store(lone)


class TestWithRemote(StoreContract):
    """A branch of a remote does what every store does."""

    @pytest.fixture
    def reopen(self, work: Path) -> Callable[[], Store]:
        return lambda: store(work)


class TestFromAnotherMachine(StoreContract):
    """What one machine writes, a fresh shallow clone reads and goes on with."""

    @pytest.fixture
    def reopen(self, work: Path, server: Path, tmp_path: Path) -> Callable[[], Store]:
        clones = iter(range(100))
        return lambda: store(clone(server, tmp_path / f"clone{next(clones)}", "--depth=1"))


@pytest.mark.parametrize("place", ["lone", "work"])
def test_the_work_tree_and_the_index_are_never_touched(place: str, request: pytest.FixtureRequest) -> None:
    root: Path = request.getfixturevalue(place)
    (root / "staged.md").write_text("Staged.\n")
    git(root, "add", "staged.md")
    (root / "loose.md").write_text("Loose.\n")
    git(root, "status")  # refreshes the index
    before = untouched(root)
    write(root)
    write(root, "other")
    assert sorted(store(root).read().posts) == ["hello", "other"]
    assert untouched(root) == before
    assert not (root / ".git" / "FETCH_HEAD").exists()


def test_the_branch_is_an_orphan_with_the_folder_and_a_commit_for_each_write(
    work: Path, server: Path
) -> None:
    with store(work).session() as session:
        session.write(PostEdit("hello", None, PENDING))
        session.write(PostEdit("hello", PENDING, PENDING))
        session.write(PostEdit("hello", PENDING, PUBLISHED), SlotEdit("later", AT))
    assert git(server, "ls-tree", "--name-only", BRANCH).split() == [".gitattributes", "publisher.state"]
    assert git(server, "log", "--format=%s", BRANCH).splitlines() == [
        "publisher: hello published, later at 2026-11-23T09:00:00.123Z",
        "publisher: hello pending",
    ]
    assert git(server, "rev-list", "--max-parents=0", BRANCH, "main").count("\n") == 1, "two roots"


def test_other_files_of_the_branch_are_kept(work: Path, server: Path, tmp_path: Path) -> None:
    write(work)
    other = clone(server, tmp_path / "other", "--branch", BRANCH)
    (other / "README.md").write_text("What this branch is.\n")
    (other / "sub").mkdir()
    (other / "sub" / "ü.txt").write_text("x")
    commit_all(other)
    git(other, "push", "--quiet")
    write(work, "second")
    names = git(server, "-c", "core.quotePath=false", "ls-tree", "-r", "--name-only", BRANCH).splitlines()
    assert {"README.md", "sub/ü.txt"} < set(names)


def test_a_lost_race_starts_from_what_the_winner_wrote(work: Path, server: Path, tmp_path: Path) -> None:
    other = clone(server, tmp_path / "other")
    with store(work).session() as first, store(other).session() as second:
        first.write(PostEdit("a", None, PENDING))
        second.write(PostEdit("b", None, PENDING))
        assert sorted(second.state.posts) == ["a", "b"]
        with pytest.raises(StateConflict, match="'b'"):
            first.write(PostEdit("b", None, PUBLISHED))
        assert sorted(first.state.posts) == ["a", "b"]
        first.write(PostEdit("a", PENDING, PUBLISHED))
    assert on_server(server).posts == {"a": PUBLISHED, "b": PENDING}


def test_a_claim_looks_again(work: Path, server: Path, tmp_path: Path) -> None:
    other = clone(server, tmp_path / "other")
    with store(work).session() as first, store(other).session() as second:
        assert second.claim("a")
        first.write(PostEdit("a", None, PUBLISHED))
        assert not second.claim("a")
        assert second.state.posts == {"a": PUBLISHED}


@pytest.mark.parametrize("place", ["lone", "work"])
def test_many_writers_at_once_lose_nothing(place: str, request: pytest.FixtureRequest) -> None:
    root: Path = request.getfixturevalue(place)
    start = threading.Barrier(4)

    def run(number: int) -> int:
        won = 0
        with store(root).session() as session:
            start.wait()
            for step in range(3):
                session.write(PostEdit(f"own-{number}-{step}", None, PUBLISHED))
            try:
                session.write(PostEdit("shared", None, PUBLISHED), PostEdit(f"won-{number}", None, PENDING))
                won = 1
            except StateConflict:
                pass
        return won

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(run, range(4))) == 1, "one of them got the shared key"
    posts = store(root).read().posts
    assert len(posts) == 4 * 3 + 2


def test_a_write_between_two_looks_is_no_loss(lone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The branch is read, then somebody writes, then the branch's mark is read: it is ahead of what was seen."""
    write(lone)
    look_up, raced = Branch._commit, False

    def raced_by_another(branch: Branch, name: str) -> str | None:
        nonlocal raced
        found = look_up(branch, name)
        if not raced:
            raced = True
            with store(lone).session() as session:
                session.write(PostEdit("other", None, PENDING))
        return found

    monkeypatch.setattr(Branch, "_commit", raced_by_another)
    with store(lone).session() as session:
        assert sorted(session.state.posts) == ["hello", "other"]


@pytest.mark.parametrize(
    ("said", "why", "remedy"),
    [
        ("error: GH006: Protected branch update failed for refs/heads/x.", "GH006", "is protected"),
        ("no pushes on Mondays", "no pushes on Mondays", "hooks and rules"),
        ("Permission to me/posts.git denied to github-actions[bot].", "denied", "contents: write"),
    ],
)
def test_a_push_that_is_refused_says_what_to_do(
    work: Path, server: Path, said: str, why: str, remedy: str
) -> None:
    add_hook(server, "pre-receive", f'echo "{said}" >&2; exit 1')
    with store(work).session() as session:
        with pytest.raises(StateError) as caught:
            session.write(PostEdit("hello", None, PENDING))
        assert session.state == State(), "what was not kept is not believed"
    assert why in caught.value.message
    assert BRANCH in caught.value.message
    assert remedy in caught.value.remedy
    assert store(work).read() == State()


def test_a_push_whose_answer_is_lost_is_found_out(work: Path, server: Path, tmp_path: Path) -> None:
    """The server takes the push, and then the way back breaks."""
    proxy = tmp_path / "receive"
    proxy.write_text('#!/bin/sh\ngit receive-pack "$@"\nexit 1\n')  # taken for a broken connection
    proxy.chmod(0o755)
    git(work, "config", "remote.origin.receivepack", str(proxy))
    with store(work).session() as session:
        session.write(PostEdit("hello", None, PENDING))
        session.write(PostEdit("hello", PENDING, PUBLISHED))
    assert on_server(server).posts == {"hello": PUBLISHED}


@pytest.mark.parametrize("login", ["user:s3cret", "s3cret", "user:x@s3cret", "user:%2Fs3cret%40"])
def test_a_server_that_is_gone_is_named_without_its_password(work: Path, login: str) -> None:
    git(work, "remote", "set-url", "origin", f"http://{login}@127.0.0.1:9/posts.git")
    with pytest.raises(StateError) as caught:
        store(work).read()
    assert "s3cret" not in f"{caught.value.message} {caught.value.remedy} {caught.value.__context__}"
    assert "127.0.0.1:9" in caught.value.message


@pytest.mark.parametrize("login", ["u:p@ss", "u:a/b", "u:/@/", "u:a'b", "token"])
def test_no_part_of_a_login_is_repeated(login: str) -> None:
    said = f"fatal: unable to access 'https://{login}@example.org/p.git/': no; see 'git@example.org'"
    shown = "fatal: unable to access 'https://***@example.org/p.git/': no; see 'git@example.org'"
    assert without_credentials(said) == shown


def test_a_branch_that_vanished_from_the_server_is_not_an_empty_state(work: Path, server: Path) -> None:
    write(work)
    git(server, "update-ref", "-d", REF)
    with pytest.raises(StateError, match="deleted") as caught:
        store(work).read()
    command = caught.value.remedy.split("`")[1]
    git(work, *command.split()[1:])
    assert sorted(store(work).read().posts) == ["hello"]


@pytest.mark.parametrize("rewrite", [False, True])
@pytest.mark.parametrize("depth", [(), ("--depth=1",)])
def test_a_branch_that_was_set_back_is_not_believed(
    work: Path, server: Path, tmp_path: Path, rewrite: bool, depth: tuple[str, ...]
) -> None:
    write(work)
    before = git(server, "rev-parse", REF)
    machine = clone(server, tmp_path / "machine", *depth)
    write(machine, "second")
    git(server, "update-ref", REF, before)
    if rewrite and not depth:  # a shallow clone can't tell where ways have parted
        write(clone(server, tmp_path / "other"), "third")
    for _ in range(2):
        with pytest.raises(StateError, match="set back or rewritten") as caught:
            store(machine).read()
    bring_back, go_on = caught.value.remedy.split("`")[1::2]
    git(machine, *bring_back.split()[1:])
    assert sorted(store(machine).read().posts) == ["hello", "second"]
    git(server, "update-ref", REF, before)
    git(machine, *go_on.split()[1:])
    assert sorted(store(machine).read().posts) == ["hello"]


def test_a_lost_answer_is_found_out_in_a_shallow_clone_though_others_went_on(
    work: Path, server: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(work)
    shallow = clone(server, tmp_path / "shallow", "--depth=1")
    swap = Branch.swap

    def lose_the_answer(branch: Branch, tip: Tip, new: str) -> bool:
        monkeypatch.undo()
        assert swap(branch, tip, new)
        write(work, "other")
        return False

    with store(shallow).session() as session:
        monkeypatch.setattr(Branch, "swap", lose_the_answer)
        session.write(PostEdit("second", None, PENDING))
        session.write(PostEdit("second", PENDING, PUBLISHED))
    assert sorted(on_server(server).posts) == ["hello", "other", "second"]
    assert on_server(server).posts["second"] == PUBLISHED


def test_a_project_that_gets_a_remote_takes_its_state_along(lone: Path, server: Path) -> None:
    write(lone)
    git(lone, "remote", "add", "origin", str(server))
    assert sorted(store(lone).read().posts) == ["hello"]
    write(lone, "second")
    assert sorted(on_server(server).posts) == ["hello", "second"]


def test_two_memories_are_not_taken_for_one(work: Path, lone: Path, server: Path) -> None:
    write(work)
    with store(lone).session() as session:
        session.write(PostEdit("other", None, PUBLISHED._replace(urn="urn:li:share:7445298278914641921")))
    git(lone, "remote", "add", "origin", str(server))
    with pytest.raises(StateError, match="diverged"):
        store(lone).read()


def test_a_local_branch_that_stayed_behind_does_not_matter(work: Path) -> None:
    write(work)
    git(work, "branch", BRANCH, f"origin/{BRANCH}")
    write(work, "second")
    assert sorted(store(work).read().posts) == ["hello", "second"]


def test_a_detached_head_and_a_shallow_clone_change_nothing(work: Path, server: Path, tmp_path: Path) -> None:
    write(work)
    git(work, "commit", "--quiet", "--allow-empty", "--message", "second")
    git(work, "push", "--quiet")
    shallow = clone(server, tmp_path / "shallow", "--depth=1")
    git(shallow, "checkout", "--quiet", "--detach")
    write(shallow, "second")
    assert sorted(on_server(server).posts) == ["hello", "second"]
    assert git(server, "rev-list", "--count", BRANCH) == "2", "the whole history is still there"
    assert git(work, "rev-parse", "--is-shallow-repository") == "false"


def test_without_a_name_publisher_commits_as_itself(
    work: Path, server: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "nobody"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    for name in [name for name in os.environ if name.startswith(("GIT_AUTHOR", "GIT_COMMITTER", "EMAIL"))]:
        monkeypatch.delenv(name)
    write(work)
    assert (
        git(server, "log", "-1", "--format=%an <%ae> %cn", BRANCH)
        == "publisher <publisher@localhost> publisher"
    )
    git(work, "config", "user.name", "Author")
    git(work, "config", "user.email", "author@example.org")
    write(work, "second")
    assert git(server, "log", "-1", "--format=%an <%ae>", BRANCH) == "Author <author@example.org>"


def test_the_environment_of_a_hook_does_not_lead_astray(
    work: Path, server: Path, lone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = (lone / ".git" / "index").read_bytes()
    monkeypatch.setenv("GIT_DIR", str(lone / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(lone))
    monkeypatch.setenv("GIT_INDEX_FILE", str(lone / ".git" / "index"))
    monkeypatch.setenv("GIT_PREFIX", "sub/")
    monkeypatch.setenv("GIT_OBJECT_DIRECTORY", str(lone / ".git" / "objects"))
    monkeypatch.setenv("GIT_QUARANTINE_PATH", str(lone / ".git"))
    monkeypatch.setenv("GIT_AUTHOR_DATE", "2001-01-01T00:00:00Z")
    write(work)
    assert sorted(on_server(server).posts) == ["hello"]
    assert git(server, "log", "-1", "--format=%ad", "--date=format:%Y", BRANCH) != "2001"
    assert git(lone, "branch", "--list", BRANCH) == ""
    assert (lone / ".git" / "index").read_bytes() == index


def test_hooks_of_the_repository_are_not_run(work: Path, lone: Path) -> None:
    for root in (work, lone):
        for name in ("pre-push", "pre-commit", "reference-transaction", "post-commit"):
            hook = root / ".git" / "hooks" / name
            hook.parent.mkdir(exist_ok=True)
            hook.write_text("#!/bin/sh\nexit 1\n")
            hook.chmod(0o755)
        write(root)


def test_a_project_below_the_top_has_its_state_on_the_branch(work: Path, server: Path) -> None:
    (work / "posts").mkdir()
    write(work / "posts")
    write(work / "posts", "second")
    assert sorted(on_server(server).posts) == ["hello", "second"]
    assert git(server, "ls-tree", "--name-only", BRANCH).split() == [".gitattributes", "publisher.state"]


def test_the_remote_is_origin_or_the_branch_s_upstream(work: Path, server: Path, tmp_path: Path) -> None:
    second = make_server(tmp_path / "second")
    git(work, "remote", "rename", "origin", "here")
    git(work, "remote", "add", "there", str(second))
    write(work)
    assert sorted(on_server(server).posts) == ["hello"], "the upstream of main"
    git(work, "checkout", "--quiet", "--detach")
    with pytest.raises(StateError, match="none is origin"):
        store(work).read()
    git(work, "remote", "rename", "there", "origin")
    write(work, "other")
    assert sorted(on_server(second).posts) == ["other"]


def test_a_broken_file_on_the_branch_is_refused_and_left_alone(lone: Path) -> None:
    write(lone)
    blob = subprocess.run(
        ["git", "hash-object", "-w", "--stdin"], cwd=lone, input=b"{", capture_output=True, check=True
    ).stdout.decode()
    tree = subprocess.run(
        ["git", "mktree"],
        cwd=lone,
        input=f"100644 blob {blob.strip()}\tpublisher.state.json\n".encode(),
        capture_output=True,
        check=True,
    ).stdout.decode()
    broken = git(lone, "commit-tree", tree.strip(), "-m", "broken")
    git(lone, "update-ref", REF, broken)
    with pytest.raises(StateError, match=f"{BRANCH} is not valid JSON"), store(lone).session():
        pytest.fail("a broken state gave a session")
    assert git(lone, "rev-parse", BRANCH) == broken


def test_what_can_not_work_is_refused_before_anything_is_written(
    tmp_path: Path, lone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    with pytest.raises(UsageError, match="work tree") as caught:
        open_store(f"git+branch:{BRANCH}", outside).read()
    assert "git init" in caught.value.remedy
    with monkeypatch.context() as foreign:
        foreign.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
        with pytest.raises(UsageError, match="dubious ownership") as caught:
            store(lone).read()
        assert caught.value.remedy == f"If it is yours: `git config --global --add safe.directory {lone}`."
    with pytest.raises(UsageError, match="checked out"):
        open_store("git+branch:main", lone).read()
    for name in ("", "a b", "-x..y", "x.lock"):
        with pytest.raises(UsageError, match="a valid branch name"):
            open_store(f"git+branch:{name}", lone).read()
    monkeypatch.setenv("PATH", str(outside))
    with pytest.raises(UsageError, match="no `git` command"):
        open_store(f"git+branch:{BRANCH}", lone).read()


def test_a_branch_of_an_older_version_is_read_and_gets_the_folder_with_the_next_write(
    work: Path, server: Path
) -> None:
    old = statefile.to_json(State({"hello": PUBLISHED}))
    (work / "publisher.state.json").write_text(json.dumps(old))
    git(work, "checkout", "--quiet", "--orphan", BRANCH)
    commit_all(work)
    git(work, "push", "--quiet", "origin", BRANCH)
    git(work, "checkout", "--quiet", "main")
    git(work, "branch", "--quiet", "-D", BRANCH)
    assert sorted(store(work).read().posts) == ["hello"]
    write(work, "second")
    assert sorted(on_server(server).posts) == ["hello", "second"]
    assert sorted(store(work).read().posts) == ["hello", "second"]
    left = git(server, "show", f"{BRANCH}:publisher.state.json").encode()
    with pytest.raises(
        StateError, match="version 2"
    ):  # older versions refuse it, too, and begin nothing anew
        statefile.decode(left, "f")
