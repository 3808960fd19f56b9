"""Bursts of changes: noticed, waited out, taken once, whatever way they are made."""

import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from publisher.watch import settling
from publisher.watch.settling import Changes

PATIENCE = 120.0


@pytest.fixture
def changes(tmp_path: Path) -> Iterator[Changes]:
    """A watched project with a content folder; what made it is over."""
    (tmp_path / "content/deep").mkdir(parents=True)
    (tmp_path / "content/a.md").write_text("One")
    (tmp_path / "node_modules").mkdir()
    with Changes(tmp_path) as running:
        quiet(running)
        yield running


def quiet(changes: Changes) -> None:
    """Wait until events of the past have come through."""
    while changes.settled(0.2):
        pass


def test_a_folder_outside_of_the_project_is_watched_too(tmp_path: Path) -> None:
    for name in ("project", "site/posts"):
        (tmp_path / name).mkdir(parents=True)
    with Changes(tmp_path / "project") as running:
        running.also([tmp_path / "site/posts"])
        quiet(running)
        (tmp_path / "site/posts/a.md").write_text("New")
        assert running.settled(PATIENCE)
        running.also([])
        quiet(running)
        (tmp_path / "site/posts/a.md").write_text("Newer")
        assert not running.settled(0.3)


def write(root: Path) -> None:
    (root / "content/a.md").write_text("Two")


def rename_over(root: Path) -> None:
    (root / "content/.a.swp").write_text("Two")
    (root / "content/.a.swp").replace(root / "content/a.md")


def delete(root: Path) -> None:
    (root / "content/a.md").unlink()


def delete_tree(root: Path) -> None:
    shutil.rmtree(root / "content")


def move_tree(root: Path) -> None:
    (root / "content").rename(root / "contents")


def new_folder(root: Path) -> None:
    (root / "content/deep/er/still").mkdir(parents=True)
    (root / "content/deep/er/still/b.md").write_text("New")


def settings(root: Path) -> None:
    (root / "publisher.yaml").write_text("timezone: UTC")


@pytest.mark.parametrize(
    "act",
    [write, rename_over, delete, delete_tree, move_tree, new_folder, settings],
    ids=lambda act: act.__name__,
)
def test_every_kind_of_change_is_noticed(
    changes: Changes, tmp_path: Path, act: Callable[[Path], None]
) -> None:
    act(tmp_path)
    assert changes.settled(PATIENCE)


def test_a_folder_that_is_made_again_is_watched_again(changes: Changes, tmp_path: Path) -> None:
    for round_ in range(3):
        shutil.rmtree(tmp_path / "content")
        assert changes.settled(PATIENCE)
        (tmp_path / "content").mkdir()
        assert changes.settled(PATIENCE)
        quiet(changes)
        (tmp_path / "content/a.md").write_text(f"Round {round_}")
        assert changes.settled(PATIENCE)
        quiet(changes)


def test_a_moved_tree_is_watched_where_it_went(changes: Changes, tmp_path: Path) -> None:
    (tmp_path / "content/deep").rename(tmp_path / "content/moved")
    assert changes.settled(PATIENCE)
    quiet(changes)
    (tmp_path / "content/moved/c.md").write_text("There")
    assert changes.settled(PATIENCE)


def test_reading_is_no_change_and_hidden_folders_are_not_watched(changes: Changes, tmp_path: Path) -> None:
    (tmp_path / "content/a.md").read_text()
    (tmp_path / "node_modules/x.md").write_text("x")
    assert not changes.settled(0.3)


def git(root: Path, *arguments: str) -> None:
    """One git command."""
    subprocess.run(
        ["git", "-c", "user.name=T", "-c", "user.email=t@example.com", *arguments],
        cwd=root,
        check=True,
        capture_output=True,
    )


def test_a_branch_switch_of_hundreds_of_files_settles_when_it_is_over(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "-b", "main")
    (tmp_path / "content").mkdir()
    for branch in ("main", "other"):
        for number in range(300):
            (tmp_path / f"content/{number}.md").write_text(f"{branch} {number}")
        git(tmp_path, "add", ".")
        git(tmp_path, "commit", "-q", "-m", branch)
        if branch == "main":
            git(tmp_path, "checkout", "-q", "-b", "other")
    with Changes(tmp_path) as changes:
        quiet(changes)
        git(tmp_path, "checkout", "-q", "main")
        assert changes.settled(PATIENCE)
        assert {path.read_text().split()[0] for path in (tmp_path / "content").iterdir()} == {"main"}
        late = 0  # on a busy machine the last events come through after git has gone
        while changes.settled(0.3):
            late += 1
        assert late <= 2


def test_gits_lock_holds_a_burst_open(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "content").mkdir()
    lock = tmp_path / ".git/index.lock"
    with Changes(tmp_path) as changes:
        quiet(changes)
        lock.touch()
        (tmp_path / "content/a.md").write_text("half of a checkout")
        done = threading.Event()
        waiting = threading.Thread(target=lambda: (changes.settled(PATIENCE), done.set()))
        waiting.start()
        assert not done.wait(settling.QUIET * 6)
        lock.unlink()
        assert done.wait(PATIENCE)
        waiting.join()


def test_a_wait_can_be_ended(changes: Changes) -> None:
    changes.wake()
    assert changes.settled(PATIENCE)
    assert not changes.settled(0.01)
