"""Finding files: what git can't keep in a golden folder, and hostile trees."""

import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from publisher.content import files
from publisher.content.files import MAX_BYTES, SourceFile, find_files, named_file
from publisher.errors import UsageError
from publisher.model.config import Config
from tests.content.conftest import Read
from tests.content.reading import Reading, read_documents


def codes(reading: Reading) -> list[tuple[str, str]]:
    return [(found.path, found.code) for found in reading.diagnostics]


def keys(reading: Reading) -> list[str]:
    return [document.key for document in reading.documents]


@pytest.fixture
def content(tmp_path: Path) -> Path:
    folder = tmp_path / "content"
    folder.mkdir()
    return folder


def test_a_pipe_and_a_socket_are_not_waited_for(content: Path) -> None:
    os.mkfifo(content / "pipe.md")
    (content / "linked.md").symlink_to("pipe.md")
    with socket.socket(socket.AF_UNIX) as listener:
        here = Path.cwd()
        os.chdir(content)  # a socket's path has 108 characters at most
        try:
            listener.bind("socket.yaml")
        finally:
            os.chdir(here)
        found = codes(read_documents(content.parent, Config()))
    assert found == [
        (f"content/{name}", "file-not-regular") for name in ("linked.md", "pipe.md", "socket.yaml")
    ]


UNPRIVILEGED = """
import os, sys
from pathlib import Path
from publisher.project import load
root = Path(sys.argv[1])
if os.getuid() == 0:
    os.setgid(65534)
    os.setuid(65534)
for found in load(root).diagnostics:
    if found.code != "author-unset":
        print(found.path, found.code, found.message, found.remedy, sep="|")
"""


def test_unreadable_files_and_folders() -> None:
    """Read by nobody, since root may read everything; pytest's own folders are closed to others."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        root.chmod(0o755)
        (root / "content" / "closed").mkdir(parents=True)
        (root / "content" / "secret.md").write_text("Hello.")
        (root / "content" / "secret.md").chmod(0)
        (root / "content" / "closed").chmod(0)
        result = subprocess.run(
            [sys.executable, "-c", UNPRIVILEGED, str(root)], capture_output=True, text=True, check=True
        )
        (root / "content" / "closed").chmod(0o700)
    assert result.stdout.splitlines() == [
        "content/closed|file-unreadable|The folder can't be read: Permission denied.|Check its permissions.",
        "content/secret.md|file-unreadable|The file can't be read: Permission denied.|Check its permissions.",
    ]


def test_a_file_far_too_large(read: Read) -> None:
    assert codes(read({"large.md": b"x" * (MAX_BYTES + 1)})) == [("content/large.md", "file-too-large")]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("new\nline.md", "content/new\\nline.md"),
        ("bell\a.md", "content/bell\\x07.md"),
        ("right\u202eto-left.md", "content/right\\u202eto-left.md"),
        (os.fsdecode(b"latin-\xe4.md"), "content/latin-\\xe4.md"),
    ],
)
def test_names_that_cannot_be_printed(content: Path, name: str, shown: str) -> None:
    """A newline in a path would let a pull request write lines of its own into a CI log."""
    (content / name).write_text("Hello.")
    (content / "other.md").write_text("Hello.")
    assert codes(read_documents(content.parent, Config())) == [(shown, "key-invalid")]
    named = read_documents(content.parent, Config(), [content / name])
    assert codes(named) == [(shown, "key-invalid")]
    assert named.documents == ()


def test_names_that_begin_with_an_underscore_or_a_dot_are_left_out(read: Read) -> None:
    files = dict.fromkeys(
        ("_draft.md", ".hidden.md", "_folder/post.md", ".git/post.yaml", "data.csv"), "Hello."
    )
    assert read(files) == Reading((), ())


def test_other_kinds_of_text_files_are_told_once(read: Read) -> None:
    reading = read(dict.fromkeys(("a.txt", "b.txt", "c/d.MD", "e.mdx", "f.png", "_g.txt"), "Hello."))
    (problem,) = reading.diagnostics
    assert (problem.code, problem.severity) == ("file-skipped", "warning")
    assert problem.message == "These files are not read: 1 .MD, 1 .mdx, 2 .txt."


def test_keys_come_from_paths(read: Read) -> None:
    reading = read(
        {
            "a.md": "A.",
            "2026/b.c.md": "B.",
            "d.yml": "text: D.",
            "e\u0301.md": "E.",
            "x.md": "---\nid: k\n---\nX.",
        }
    )
    assert keys(reading) == ["2026/b.c", "a", "d", "k", "é"]
    assert {document.path for document in reading.documents} >= {"content/2026/b.c.md", "content/a.md"}


@pytest.mark.parametrize("folder", ["posts", "posts/", "./posts", "deep/er//posts"])
def test_the_content_folder_may_be_elsewhere_in_the_project(tmp_path: Path, folder: str) -> None:
    from publisher.settings.config import load_config

    (tmp_path / "publisher.yaml").write_text(f"content: {folder}\n")
    (tmp_path / folder / "sub").mkdir(parents=True)
    (tmp_path / folder / "sub" / "a.md").write_text("A.")
    assert keys(read_documents(tmp_path, load_config(tmp_path, {}))) == ["sub/a"]


def test_the_content_folder_as_a_link(tmp_path: Path) -> None:
    inside, outside = tmp_path / "project", tmp_path / "outside"
    (inside / "posts").mkdir(parents=True)
    outside.mkdir()
    (inside / "posts" / "a.md").write_text("A.")
    (outside / "b.md").write_text("B.")
    (inside / "content").symlink_to("posts")
    assert keys(read_documents(inside, Config())) == ["a"]
    (inside / "content").unlink()
    (inside / "content").symlink_to(outside)
    reading = read_documents(inside, Config())
    assert (keys(reading), codes(reading)) == ([], [("content", "file-link")])


def test_no_content_folder(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="folder content/ doesn't exist"):
        read_documents(tmp_path, Config())
    (tmp_path / "content").write_text("a file")
    with pytest.raises(UsageError, match="folder content/ doesn't exist"):
        read_documents(tmp_path, Config())


def test_links_inside_the_content_folder_are_followed(tmp_path: Path, content: Path) -> None:
    (content / "_shared").mkdir()
    (content / "_shared" / "a.md").write_text("A.")
    (content / "linked").symlink_to("_shared")
    (content / "one.md").symlink_to("_shared/a.md")
    reading = read_documents(tmp_path, Config())
    assert (keys(reading), codes(reading)) == (["linked/a", "one"], [])


def test_links_to_one_folder_do_not_multiply(content: Path) -> None:
    """Ten folders that link to each other twice would be 2 to the 10th ways; each is gone once."""
    for number in range(10):
        folder = content / f"f{number}"
        folder.mkdir()
        (folder / "post.md").write_text(f"{number}")
        for name in ("x", "y"):
            (folder / name).symlink_to(f"../f{(number + 1) % 10}")
    reading = read_documents(content.parent, Config())
    assert len(reading.documents) == 10
    assert len(reading.diagnostics) == 20


def test_a_very_deep_tree(content: Path) -> None:
    """Deeper than Python's recursion and, further down, than the system's paths."""
    here = os.open(content, os.O_RDONLY | os.O_DIRECTORY)
    for _ in range(2100):
        os.mkdir("d", dir_fd=here)
        below = os.open("d", os.O_RDONLY | os.O_DIRECTORY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)
    try:
        reading = read_documents(content.parent, Config())
    finally:
        subprocess.run(["rm", "-rf", str(content)], check=True)  # pytest's own removal recurses
    assert [found.code for found in reading.diagnostics] == ["file-unreadable"]
    assert "File name too long" in reading.diagnostics[0].message


def narrowed(root: Path, *paths: str) -> list[str]:
    return keys(read_documents(root, Config(), [root / path for path in paths]))


def test_narrowing_to_files_and_folders(tmp_path: Path, read: Read) -> None:
    read({"a.md": "A.", "b/c.md": "C.", "b/d.yaml": "text: D.", "bb.md": "B.", "empty.md": ""})
    assert narrowed(tmp_path, "content/a.md") == ["a"]
    assert narrowed(tmp_path, "content/b") == ["b/c", "b/d"]
    assert narrowed(tmp_path, "content/b/../a.md", "content/b/d.yaml") == ["a", "b/d"]
    assert narrowed(tmp_path, ".") == ["a", "b/c", "b/d", "bb"]
    reading = read_documents(tmp_path, Config(), [tmp_path / "content" / "empty.md"])
    assert codes(reading) == [("content/empty.md", "file-empty")]
    with pytest.raises(UsageError, match="not under"):
        narrowed(tmp_path, "README.md")
    with pytest.raises(UsageError, match="not under"):
        narrowed(tmp_path, "contents/a.md")


def test_a_named_file_is_looked_for_alone(
    tmp_path: Path, read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One file of thousands is checked on every save."""
    read({"a.md": "A.", "b/c.md": "C."})
    (tmp_path / "content" / "d").symlink_to("b")
    monkeypatch.setattr(files, "find_files", lambda *_: pytest.fail("all files were looked for"))
    assert narrowed(tmp_path, "content/a.md", "content/b/c.md") == ["a", "b/c"]
    with pytest.raises(pytest.fail.Exception):
        narrowed(tmp_path, "content/d/c.md")


def test_a_file_is_found_again_by_its_name_and_nothing_else_is(tmp_path: Path, read: Read) -> None:
    read({"a.md": "A.", "b/c.yaml": "text: C.", "_no.md": "N.", "b/d.txt": "D.", ".b/e.md": "E."})
    (tmp_path / "outside.md").write_text("O.")
    (tmp_path / "content" / "in.md").symlink_to("a.md")
    (tmp_path / "content" / "out.md").symlink_to(__file__)
    (tmp_path / "content" / "x.md").mkdir()
    found = {file.name for file in find_files(tmp_path, "content") if isinstance(file, SourceFile)}
    names = [*found, "content/_no.md", "content/b/d.txt", "content/.b/e.md", "content/gone.md", "outside.md"]
    names += [
        "content/out.md",
        "content/x.md",
        "content/../outside.md",
        "/etc/passwd.md",
        "content/b/../a.md",
    ]
    again = {name for name in names if named_file(tmp_path, "content", name)}
    assert again == found == {"content/a.md", "content/b/c.yaml", "content/in.md"}


def test_narrowing_through_links(tmp_path: Path) -> None:
    (tmp_path / "posts").mkdir()
    (tmp_path / "posts" / "a.md").write_text("A.")
    (tmp_path / "posts" / "b.md").symlink_to("a.md")
    (tmp_path / "content").symlink_to("posts")
    assert narrowed(tmp_path, "content/a.md") == ["a"]
    assert narrowed(tmp_path, "posts/a.md") == ["a", "b"], "both names are that file"
