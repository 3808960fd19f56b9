"""After every change a reloaded project equals a fresh load, and only changed files are built again."""

import hashlib
import os
import shutil
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from publisher.content.files import SourceFile
from publisher.media import fingerprint
from publisher.model.state import State
from publisher.project import load, memo
from publisher.project.file_builder import FileBuilder, FileResult
from publisher.project.parallel import build_all
from publisher.project.pipeline import check_against
from publisher.watch.reload import Reloader, View
from tests.support.pictures import write_picture

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
CONFIG = 'authors:\n  me: {urn: "urn:li:person:AbC_123456"}\n'


class Files:
    """A project on disk and a reloader of it. ``built`` counts the files that each refresh built."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.write("publisher.yaml", CONFIG)
        (root / "content").mkdir()
        self.reloader = Reloader(root, {})
        self.built: list[set[str]] = []

    def write(self, name: str, text: str) -> None:
        """Write a file as editors do: beside it, then renamed over it."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f".{path.name}.new")
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(path)

    def look(self, now: datetime = NOW) -> View:
        """Refresh; the outcome must be that of a fresh reading."""
        view = self.reloader.refresh(now)
        assert not view.trouble, view.trouble
        fresh = check_against(load(self.root, {}, now), State())
        assert view.project.posts == fresh.posts
        assert view.project.diagnostics == fresh.diagnostics
        return view


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Files:
    """A project with three posts, whose files count as settled at once."""
    made = Files(tmp_path)
    monkeypatch.setattr(fingerprint, "SETTLED_NS", -(10**18))

    def counting(missing: Sequence[SourceFile], builder: FileBuilder) -> list[FileResult]:
        made.built.append({file.name for file in missing})
        return build_all(missing, builder)

    monkeypatch.setattr(memo, "build_all", counting)
    for name in ("one", "two", "three"):
        made.write(f"content/{name}.md", f"The post {name}.")
    made.look()
    assert len(made.built[-1]) == 3
    return made


def keys(view: View) -> list[str]:
    """The posts' keys."""
    return [post.key for post in view.project.posts]


def test_nothing_is_read_where_nothing_changed(files: Files) -> None:
    files.look()
    assert files.built[-1] == set()


def test_only_the_changed_document_is_read(files: Files) -> None:
    files.write("content/two.md", "Another text.")
    view = files.look()
    assert files.built[-1] == {"content/two.md"}
    assert view.project.posts[2].text.plain == "Another text."


def test_a_document_that_gives_no_post_holds_its_key_all_the_same(files: Files) -> None:
    files.write("content/a.md", "---\nid: same\n---\nText with {{ nothing }}.")
    files.look()
    files.write("content/b.md", "---\nid: same\n---\nText.")
    view = files.look()
    assert "same" not in keys(view)
    assert "key-duplicate" in {found.code for found in view.project.diagnostics}


def test_documents_come_and_go_and_move(files: Files) -> None:
    (files.root / "content/one.md").unlink()
    files.write("content/deep/er/four.md", "The post four.")
    view = files.look()
    assert keys(view) == ["deep/er/four", "three", "two"]
    assert files.built[-1] == {"content/deep/er/four.md"}
    (files.root / "content/deep").rename(files.root / "content/moved")
    assert keys(files.look()) == ["moved/er/four", "three", "two"]
    shutil.rmtree(files.root / "content/moved")
    assert keys(files.look()) == ["three", "two"]


def test_broken_files_are_told_and_mended(files: Files) -> None:
    files.write("content/two.md", "---\nvisibilty: public\n---\nHello")
    view = files.look()
    assert [d.code for d in view.project.diagnostics] == ["unknown-field"]
    (files.root / "content/three.md").write_bytes(b"\xff\xfe\x00")
    assert len(files.look().project.diagnostics) == 2
    files.write("content/two.md", "Hello")
    files.write("content/three.md", "Hello too, and more")
    assert keys(files.look()) == ["one", "three", "two"]


def test_a_key_that_two_files_have_is_told_until_one_gives_way(files: Files) -> None:
    files.write("content/a.md", "---\nid: two\n---\nThe other two.")
    assert [d.code for d in files.look().project.diagnostics] == ["key-duplicate"]
    files.write("content/two.md", "---\nid: second\n---\nThe post two.")
    assert files.look().project.diagnostics == ()
    files.look()
    assert files.built[-1] == set()


def test_media_bring_their_documents_along(files: Files) -> None:
    files.write("content/two.md", "![A mountain](images/a.png)\n\nWith a picture")
    assert files.look().project.diagnostics[0].code.startswith("media-")
    write_picture(files.root / "content/images/a.png", width=600, height=400)
    view = files.look()
    assert files.built[-1] == {"content/two.md"}
    (post,) = (post for post in view.project.posts if post.key == "two")
    write_picture(files.root / "content/images/a.png", width=700, height=400, number=2)
    view = files.look()
    assert files.built[-1] == {"content/two.md"}
    assert view.project.posts[2].media[0].sha256 != post.media[0].sha256
    (files.root / "content/images/a.png").unlink()
    assert files.look().project.diagnostics[0].code.startswith("media-")


def test_a_picture_replaced_with_equal_size_and_mtime_is_read_again(files: Files) -> None:
    picture = files.root / "content/images/a.png"
    write_picture(picture, width=600, height=400, number=1)
    files.write("content/two.md", "![A mountain](images/a.png)\n\nWith a picture")
    before = files.look().project.posts[2].media[0]
    status, data = picture.stat(), bytearray(picture.read_bytes())
    write_picture(picture, width=600, height=400, number=2)
    other = picture.read_bytes()
    picture.write_bytes(other[: len(data)].ljust(len(data), b"\0"))
    os.utime(picture, ns=(status.st_atime_ns, status.st_mtime_ns))
    after = files.look().project.posts[2].media[0]
    assert (after.path, after.size) == (before.path, before.size)
    assert after.sha256 == hashlib.sha256(picture.read_bytes()).hexdigest() != before.sha256


def test_a_time_that_goes_by_changes_the_advice(files: Files) -> None:
    files.write("content/two.md", "---\npublish_at: 2026-11-23T13:00:00Z\n---\nSoon\n")
    counts = []
    for minutes in (0, 30, 120, 0):
        files.look(NOW + timedelta(minutes=minutes))
        counts.append(len(files.built[-1]))
    assert counts == [1, 0, 1, 1]


def test_a_file_that_may_change_within_its_time_stamp_is_built_again(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fingerprint, "SETTLED_NS", 10**18)
    files.look()
    files.look()
    assert len(files.built[-1]) == 3


def test_settings_and_templates_concern_every_post(files: Files) -> None:
    files.write("publisher.yaml", CONFIG + "defaults: {hashtags: [python]}\n")
    view = files.look()
    assert len(files.built[-1]) == 3
    assert view.project.posts[0].text.plain.endswith("#python")
    files.write("templates/base.md.j2", "{{ body }}!")
    files.look()
    assert len(files.built[-1]) == 3


def test_what_cannot_be_used_leaves_the_last_good_view(files: Files) -> None:
    files.write("publisher.yaml", "authors: [")
    view = files.reloader.refresh(NOW)
    assert "publisher.yaml" in view.trouble
    assert view.causes[0].path == "publisher.yaml"
    assert keys(view) == ["one", "three", "two"]
    files.write("publisher.yaml", CONFIG)
    assert keys(files.look()) == ["one", "three", "two"]
    shutil.rmtree(files.root / "content")
    assert "content" in files.reloader.refresh(NOW).trouble
    files.write("content/new.md", "A new beginning.")
    assert keys(files.look()) == ["new"]


def test_the_state_is_followed_too(files: Files) -> None:
    files.write("publisher.state.json", "{broken")
    assert "publisher.state.json" in files.reloader.refresh(NOW).trouble
    files.write("publisher.state.json", '{"version": 1, "posts": {}}\n')
    files.look()
    assert files.built[-1] == set()


NAMES = st.sampled_from(["a.md", "b.md", "sub/a.md", "c.yaml"])
TEXTS = st.sampled_from(
    [
        "Hello",
        "Hello again, with more",
        "---\nid: b\n---\nTaken?",
        "---\nunknown: 1\n---\nText",
        "---\nmedia: p.png\n---\nPicture",
        "text: From YAML\nid: a\n",
        "",
    ]
)
EDITS = st.lists(st.tuples(st.sampled_from(["write", "remove", "picture"]), NAMES, TEXTS), max_size=8)


@given(EDITS)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_reload_always_equals_a_fresh_load(
    tmp_path_factory: pytest.TempPathFactory, edits: list[tuple[str, str, str]]
) -> None:
    files = Files(tmp_path_factory.mktemp("workspace"))
    files.look()
    for what, name, text in edits:
        path = files.root / "content" / name
        if what == "write":
            files.write(f"content/{name}", text)
        elif what == "remove":
            path.unlink(missing_ok=True)
        else:
            write_picture(files.root / "content/p.png", width=600, height=400)
        files.look()
