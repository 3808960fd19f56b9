"""A sandbox that is kept on disk: everything is there again, and foreign files are left alone."""

import sqlite3
from pathlib import Path

import pytest

from publisher.sandbox.database import APPLICATION_ID, FileInUse, ForeignFile
from publisher.sandbox.server import Sandbox

from .conftest import PNG, Client, encoded, register


def fill(sandbox: Sandbox) -> tuple[str, str]:
    """A post with an image and a comment, and an edited one; the image's and the first post's URNs."""
    client = Client(sandbox)
    asset, url = register(client)
    client.upload(url, PNG)
    urn = client.create_ugc(
        "Kept", shareMediaCategory="IMAGE", media=[{"status": "READY", "media": asset}]
    ).json()["id"]
    body = {"actor": sandbox.member.urn, "object": urn, "message": {"text": "First!"}}
    assert client.send("POST", f"/v2/socialActions/{encoded(urn)}/comments", body).status_code == 201
    page = sandbox.organization
    client.create_post(f"By @[{page.name}]({page.urn})")
    gone = client.create("Deleted").json()["id"]
    client.send("DELETE", f"/v2/ugcPosts/{encoded(gone)}")
    client.session.close()
    return asset, urn


def test_everything_is_there_after_a_restart(tmp_path: Path) -> None:
    with Sandbox(db=tmp_path / "db.sqlite") as sandbox:
        asset, urn = fill(sandbox)
        before = sandbox.store.snapshot()
    with Sandbox(db=tmp_path / "db.sqlite") as sandbox:
        assert sandbox.store.snapshot() == before
        assert [post.text for post in sandbox.posts()] == ["By Example Works", "Kept"]
        stored = sandbox.store.media(asset)
        assert stored is not None
        assert stored.read() == PNG
        (comment,) = sandbox.store.comments(urn)
        assert comment.text == "First!"
        client = Client(sandbox, token=next(iter(before["tokens"])))
        assert client.create("Kept").status_code == 422
        assert client.create("New").status_code == 201
        client.session.close()


def test_a_kept_sandbox_gives_no_id_twice(tmp_path: Path) -> None:
    found: set[str] = set()
    for _ in range(2):
        with Sandbox(db=tmp_path / "db.sqlite") as sandbox:
            client = Client(sandbox)
            found.add(register(client)[0])
            client.session.close()
    assert len(found) == 2


def test_the_first_start_is_the_same_with_and_without_a_file(tmp_path: Path) -> None:
    with Sandbox(db=tmp_path / "db.sqlite") as kept, Sandbox() as other:
        assert (kept.member, kept.token()) == (other.member, other.token())


def test_a_reset_is_kept_too(tmp_path: Path) -> None:
    with Sandbox(db=tmp_path / "db.sqlite") as sandbox:
        fill(sandbox)
        sandbox.reset()
    with Sandbox(db=tmp_path / "db.sqlite") as sandbox:
        assert len(sandbox.store.posts) == 0
        assert sandbox.member.name == "Mira Example"


def test_it_can_be_moved(tmp_path: Path) -> None:
    with Sandbox(db=tmp_path / "db.sqlite") as sandbox:
        asset, _ = fill(sandbox)
    moved = tmp_path / "moved"
    moved.mkdir()
    for path in list(tmp_path.glob("db.sqlite*")):
        path.rename(moved / path.name)
    with Sandbox(db=moved / "db.sqlite") as sandbox:
        stored = sandbox.store.media(asset)
        assert stored is not None
        assert stored.read() == PNG


def test_one_sandbox_at_a_time(tmp_path: Path) -> None:
    with Sandbox(db=tmp_path / "db.sqlite"), pytest.raises(FileInUse, match="can't be used now"):
        Sandbox(db=tmp_path / "db.sqlite")
    with Sandbox(db=tmp_path / "db.sqlite") as again:
        assert again.posts() == []


def test_a_start_that_fails_lets_go_of_the_file(tmp_path: Path) -> None:
    with Sandbox() as other, pytest.raises(OSError, match="Address already in use"):
        Sandbox(db=tmp_path / "db.sqlite", port=int(other.url.rpartition(":")[2]))
    with Sandbox(db=tmp_path / "db.sqlite") as sandbox:
        assert sandbox.posts() == []


def test_foreign_files_are_left_alone(tmp_path: Path) -> None:
    text, other, newer = tmp_path / "notes.txt", tmp_path / "other.sqlite", tmp_path / "newer.sqlite"
    text.write_text("These are my notes, and they are longer than a header.\n" * 20)
    with sqlite3.connect(other) as database:
        database.execute("CREATE TABLE mine (x)")
    database.close()
    with sqlite3.connect(newer) as database:
        database.execute("CREATE TABLE kept (x)")
        database.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        database.execute("PRAGMA user_version = 99")
    database.close()
    for path, reason in (
        (text, "not a sandbox's file"),
        (other, "not a sandbox's file"),
        (newer, "newer version"),
    ):
        before = path.read_bytes()
        with pytest.raises(ForeignFile, match=reason):
            Sandbox(db=path)
        assert path.read_bytes() == before
