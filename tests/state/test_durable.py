"""Both fsyncs of a write happen, and in the order that a crash of the machine needs."""

import os
import stat
from pathlib import Path

import pytest

from publisher.state.durable import remove_leftovers, write_durably


def test_the_bytes_are_synced_before_the_rename_and_the_folder_after_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target, seen = tmp_path / "state.json", list[tuple[str, bool]]()
    sync = os.fsync

    def watched(descriptor: int) -> None:
        kind = "folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file"
        seen.append((kind, target.exists()))
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
