"""Facts about media files are remembered, and never change a result."""

import json
import os
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from publisher.media import fingerprint, library
from publisher.model.post import Media
from publisher.project import load
from publisher.project.media_cache import CACHE_VARIABLE, MAX_PROJECTS
from tests.support.pictures import write_picture

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
POST = "---\nmedia: {path: p.png, alt: A}\n---\nLook\n"


class Files:
    """A project with one picture, its cache folder, and which files were opened to be measured."""

    def __init__(self, folder: Path) -> None:
        self.root, self.cache = folder / "project", folder / "cache"
        (self.root / "content").mkdir(parents=True)
        (self.root / "publisher.yaml").write_text('authors:\n  me: {urn: "urn:li:person:AbC_123456"}\n')
        (self.root / "content/a.md").write_text(POST)
        self.picture = self.root / "content/p.png"
        write_picture(self.picture, width=600, height=400)
        self.opened: list[str] = []

    def load(self, cache: Path | None = None) -> tuple[Media, int]:
        """The picture as it is now, and how many files had to be opened for that."""
        before = len(self.opened)
        project = load(self.root, {CACHE_VARIABLE: str(cache or self.cache)}, NOW)
        opened = len(self.opened) - before
        fresh = load(self.root, {CACHE_VARIABLE: ""}, NOW)
        assert (project.posts, project.diagnostics) == (fresh.posts, fresh.diagnostics)
        return project.posts[0].media[0], opened

    @property
    def stored(self) -> Path:
        """The one cache file."""
        (path,) = self.cache.glob("*.media.json")
        return path


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Files:
    made, look_at = Files(tmp_path), library.look_at
    monkeypatch.setattr(fingerprint, "SETTLED_NS", -(10**18))

    def counting(path: Path, name: str) -> library.Inspection:
        made.opened.append(name)
        return look_at(path, name)

    monkeypatch.setattr(library, "look_at", counting)
    return made


def test_a_second_load_opens_no_picture(files: Files) -> None:
    first, opened = files.load()
    assert opened == 1
    assert files.load() == (first, 0)


def test_the_file_is_private_plain_and_outside_the_project(files: Files) -> None:
    files.load()
    assert files.stored.stat().st_mode & 0o777 == 0o600
    assert files.cache.stat().st_mode & 0o777 == 0o700
    (row,) = json.loads(files.stored.read_bytes())["files"]
    assert row[0] == "content/p.png"


def test_a_project_with_no_media_writes_nothing(files: Files) -> None:
    (files.root / "content/a.md").write_text("No picture")
    load(files.root, {CACHE_VARIABLE: str(files.cache)}, NOW)
    assert not files.cache.exists()


def test_a_replaced_picture_with_equal_size_and_mtime_is_read_again(files: Files) -> None:
    before, _ = files.load()
    status = files.picture.stat()
    write_picture(files.picture, width=600, height=400, number=2)
    padded = files.picture.read_bytes()[: status.st_size].ljust(status.st_size, b"\0")
    files.picture.write_bytes(padded)
    os.utime(files.picture, ns=(status.st_atime_ns, status.st_mtime_ns))
    after, opened = files.load()
    assert opened == 1
    assert after.sha256 != before.sha256


def test_a_picture_that_just_changed_is_not_remembered(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fingerprint, "SETTLED_NS", 10**18)
    files.load()
    assert not files.cache.exists()


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(path.read_bytes()[:-3]),
        lambda path: path.write_text("[" * 100_000),
        lambda path: path.write_text('{"format_version": 2}'),
        lambda path: path.write_text(path.read_text().replace('"format_version": 2', '"format_version": 3')),
        lambda path: path.write_text(path.read_text().replace('"publisher": "', '"publisher": "9')),
        lambda path: path.write_text(path.read_text().replace('"image"', '"song"')),
        lambda path: path.write_text(path.read_text().replace("[[", "[[7, ")),
        lambda path: path.chmod(0o666),
        lambda path: path.rename(path.with_name("real")) and path.symlink_to("real"),
    ],
    ids=["empty", "cut", "deep", "no files", "newer", "version", "kind", "long row", "writable", "link"],
)
def test_a_file_that_cannot_be_trusted_is_replaced(files: Files, damage: Callable[[Path], object]) -> None:
    files.load()
    damage(files.stored)
    assert files.load()[1] == 1
    assert files.load()[1] == 0


def test_a_cache_folder_inside_the_project_is_not_used(files: Files) -> None:
    for _ in range(2):
        assert files.load(files.root / "cache")[1] == 1
    assert not (files.root / "cache").exists()


def test_a_folder_that_cannot_be_written_costs_only_time(files: Files) -> None:
    files.cache.write_text("a file")
    assert files.load()[1] == 1


def test_old_projects_are_forgotten(files: Files) -> None:
    files.cache.mkdir(mode=0o700)
    for number in range(MAX_PROJECTS + 5):
        path = files.cache / f"{number}.media.json"
        path.write_text("{}")
        os.utime(path, (number, number))
    files.load()
    left = {path.name for path in files.cache.iterdir()}
    assert len(left) == MAX_PROJECTS
    assert "5.media.json" not in left


def test_two_runs_at_once_leave_a_whole_file(files: Files) -> None:
    def work() -> None:
        for _ in range(10):
            load(files.root, {CACHE_VARIABLE: str(files.cache)}, NOW)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert files.load()[1] == 0


def test_what_several_processes_found_is_remembered(files: Files) -> None:
    for number in range(320):
        (files.root / f"content/p{number}.md").write_text(POST.replace("Look", f"Look at number {number}"))
    load(files.root, {CACHE_VARIABLE: str(files.cache)}, NOW)
    assert len(json.loads(files.stored.read_bytes())["files"]) == 1
