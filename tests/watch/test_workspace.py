"""A workspace is, after every change, what a fresh reading would be, and reads no more than it must."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from publisher.model.state import State
from publisher.project.pipeline import check_against, load_project
from publisher.watch.workspace import View, Workspace
from tests.support.pictures import write_picture

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
CONFIG = 'authors:\n  me: {urn: "urn:li:person:AbC_123456"}\n'


class Files:
    """A project on disk and a workspace that looks at it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.write("publisher.yaml", CONFIG)
        (root / "content").mkdir()
        self.workspace = Workspace(root, {})
        self._clock = 0

    def write(self, name: str, text: str) -> None:
        """Write a file as editors do: beside it, then renamed over it."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f".{path.name}.new")
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(path)

    def look(self) -> View:
        """Refresh; the outcome must be that of a fresh reading."""
        view = self.workspace.refresh(NOW)
        assert not view.trouble, view.trouble
        fresh = check_against(load_project(self.root, {}, NOW), State())
        assert view.project.posts == fresh.posts
        assert view.project.diagnostics == fresh.diagnostics
        return view


@pytest.fixture
def files(tmp_path: Path) -> Files:
    """A project with three posts."""
    made = Files(tmp_path)
    for name in ("one", "two", "three"):
        made.write(f"content/{name}.md", f"The post {name}.")
    assert len(made.look().read) == 3
    return made


def keys(view: View) -> list[str]:
    """The posts' keys."""
    return [post.key for post in view.project.posts]


def test_nothing_is_read_where_nothing_changed(files: Files) -> None:
    assert files.look().read == ()


def test_only_the_changed_document_is_read(files: Files) -> None:
    files.write("content/two.md", "Another text.")
    view = files.look()
    assert (view.read, view.changed) == (("content/two.md",), ("content/two.md",))
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
    assert view.read == ("content/deep/er/four.md",)
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
    assert files.look().read == ()


def test_media_bring_their_documents_along(files: Files) -> None:
    files.write("content/two.md", "![A mountain](images/a.png)\n\nWith a picture")
    assert files.look().project.diagnostics[0].code.startswith("media-")
    write_picture(files.root / "content/images/a.png", width=600, height=400)
    view = files.look()
    assert view.read == ("content/two.md",)
    (post,) = (post for post in view.project.posts if post.key == "two")
    write_picture(files.root / "content/images/a.png", width=700, height=400, number=2)
    view = files.look()
    assert view.read == ("content/two.md",)
    assert view.project.posts[2].media[0].sha256 != post.media[0].sha256
    (files.root / "content/images/a.png").unlink()
    assert files.look().project.diagnostics[0].code.startswith("media-")


def test_settings_and_templates_concern_every_post(files: Files) -> None:
    files.write("publisher.yaml", CONFIG + "defaults: {hashtags: [python]}\n")
    view = files.look()
    assert len(view.read) == 3
    assert view.project.posts[0].text.plain.endswith("#python")
    files.write("templates/base.md.j2", "{{ body }}!")
    assert len(files.look().read) == 3


def test_what_cannot_be_used_leaves_the_last_good_view(files: Files) -> None:
    files.write("publisher.yaml", "authors: [")
    view = files.workspace.refresh(NOW)
    assert "publisher.yaml" in view.trouble
    assert view.causes[0].path == "publisher.yaml"
    assert keys(view) == ["one", "three", "two"]
    files.write("publisher.yaml", CONFIG)
    assert keys(files.look()) == ["one", "three", "two"]
    shutil.rmtree(files.root / "content")
    assert "content" in files.workspace.refresh(NOW).trouble
    files.write("content/new.md", "A new beginning.")
    assert keys(files.look()) == ["new"]


def test_the_state_is_followed_too(files: Files) -> None:
    files.write("publisher.state.json", "{broken")
    assert "publisher.state.json" in files.workspace.refresh(NOW).trouble
    files.write("publisher.state.json", '{"version": 1, "posts": {}}\n')
    assert files.look().read == ()


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
def test_whatever_happens_a_workspace_is_what_a_fresh_reading_is(
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
