"""Both fsyncs of a write happen, and in the order that a crash of the machine needs."""

import os
import stat
from pathlib import Path

import pytest

from publisher.errors import StateError
from publisher.state.durable import private_dir, remove_leftovers, write_durably


def test_the_bytes_are_synced_before_the_rename_and_the_folder_after_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target, seen = tmp_path / "state.json", list[tuple[str, bool]]()
    sync = os.fsync

    def watched(descriptor: int) -> None:
        kind = "folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file"
        seen.append((kind, target.exists()))
        assert kind == "folder" or os.fstat(descriptor).st_size == len(
            b"new"
        )  # the bytes have left the process
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", watched)
    write_durably(target, b"new", temporary=tmp_path)
    assert seen == [("file", False), ("folder", True)]
    assert target.read_bytes() == b"new"


def test_what_a_killed_process_left_is_removed(tmp_path: Path) -> None:
    (tmp_path / "abc.state.tmp").write_bytes(b"half")
    (tmp_path / "mine.txt").write_bytes(b"kept")
    remove_leftovers(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_file_in_a_new_folder_survives_with_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced, sync = list[Path](), os.fsync

    def watched(descriptor: int) -> None:
        synced.append(Path(f"/proc/self/fd/{descriptor}").readlink())
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", watched)
    target = tmp_path / "a" / "b" / "x.json"
    write_durably(target, b"new", temporary=tmp_path)
    assert [path for path in synced if path.is_dir()] == [tmp_path, tmp_path / "a", tmp_path / "a" / "b"]


def test_the_permissions_stay_and_a_new_file_is_readable(tmp_path: Path) -> None:
    target = tmp_path / "x.json"
    write_durably(target, b"1", temporary=tmp_path)
    assert stat.S_IMODE(target.stat().st_mode) == 0o644
    target.chmod(0o600)
    write_durably(target, b"2", temporary=tmp_path)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_a_write_that_fails_leaves_nothing_and_no_open_file(tmp_path: Path) -> None:
    target = tmp_path / "x.json"
    target.mkdir()
    with pytest.raises(StateError, match=r"x\.json can't be written"):
        write_durably(target, b"1", temporary=tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["x.json"]
    before = len(list(Path("/proc/self/fd").iterdir()))
    for number in range(9):
        write_durably(tmp_path / f"{number}.json", b"1", temporary=tmp_path)
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_the_temporary_file_is_where_leftovers_are_looked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "place"
    place.mkdir()
    seen, replace = list[str](), Path.replace

    def watched(self: Path, target: Path) -> Path:
        seen.append(str(self))
        assert self.read_bytes() == b"1"
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", watched)
    write_durably(tmp_path / "x.json", b"1", temporary=place)
    (name,) = seen
    assert Path(name).parent == place
    assert name.endswith(".state.tmp")


def test_the_private_folder_ignores_itself(tmp_path: Path) -> None:
    folder = private_dir(tmp_path / "a" / "b")
    assert (folder / ".gitignore").read_text() == "*\n"
    (folder / ".gitignore").write_text("mine\n")
    assert private_dir(tmp_path / "a" / "b") == folder
    assert (folder / ".gitignore").read_text() == "mine\n"
    (tmp_path / "file").write_text("")
    with pytest.raises(StateError, match="can't be made"):
        private_dir(tmp_path / "file")
