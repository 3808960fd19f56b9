"""Commands work from any folder of a project, and take paths for keys."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from publisher.cli.locate import find_root
from publisher.cli.new import slug
from publisher.errors import UsageError
from tests.support.project import ProjectDir

POST = "---\nvisibility: public\n---\n{}\n"


@pytest.fixture
def posts(project: ProjectDir) -> ProjectDir:
    """A project with two posts in files, and two in one file."""
    project.configure()
    project.write("content/2026/hello.md", "Hello.\n")
    project.write("content/other.md", "Other.\n")
    project.write("content/pair.yaml", "posts:\n- {id: one, text: First.}\n- {id: two, text: Second.}\n")
    return project


def inside(project: ProjectDir, folder: str) -> ProjectDir:
    return ProjectDir(project.root / folder, project.sandbox, project.env)


@pytest.mark.parametrize("folder", [".", "content", "content/2026"])
def test_the_project_is_found_upwards(posts: ProjectDir, folder: str) -> None:
    assert "4 create" in inside(posts, folder).publisher("plan").out


def test_content_alone_marks_a_project(tmp_path: Path) -> None:
    (tmp_path / "content" / "deep").mkdir(parents=True)
    assert find_root(tmp_path / "content" / "deep") == tmp_path


def test_the_settings_win_over_a_nearer_folder_called_content(tmp_path: Path) -> None:
    (tmp_path / "publisher.yaml").touch()
    (tmp_path / "posts" / "content").mkdir(parents=True)
    assert find_root(tmp_path / "posts") == tmp_path


def test_the_search_ends_at_the_repository(tmp_path: Path) -> None:
    (tmp_path / "publisher.yaml").touch()
    repository = tmp_path / "repository"
    (repository / ".git").mkdir(parents=True)
    (repository / "sub").mkdir()
    assert find_root(repository / "sub") == repository / "sub"


@pytest.mark.skipif(not hasattr(os, "chown") or os.geteuid() != 0, reason="only root can give files away")
def test_a_folder_of_somebody_else_is_no_project(tmp_path: Path) -> None:
    (tmp_path / "publisher.yaml").touch()
    (tmp_path / "mine").mkdir()
    os.chown(tmp_path, 65534, 65534)
    assert find_root(tmp_path / "mine") == tmp_path / "mine"


@pytest.mark.parametrize(
    ("folder", "path"),
    [(".", "content/2026/hello.md"), ("content", "2026/hello.md"), ("content", "content/2026/hello.md")],
)
def test_a_path_is_a_key(posts: ProjectDir, folder: str, path: str) -> None:
    result = inside(posts, folder).publisher("show", path)
    assert (result.code, "Hello." in result.out) == (0, True), result.text


def test_a_file_of_several_posts_is_all_of_them_or_a_question(posts: ProjectDir) -> None:
    planned = posts.publisher("plan", "--key", "content/pair.yaml", "--format", "json").out
    assert [change["key"] for change in json.loads(planned)["changes"]] == ["one", "two"]
    refused = posts.publisher("show", "content/pair.yaml")
    assert (refused.code, "has 2 posts.\n  Name one of them: one, two." in refused.err) == (2, True)


def test_publishing_a_file_publishes_that_post_only(posts: ProjectDir) -> None:
    result = posts.publisher("publish", "content/other.md")
    assert result.code == 0, result.text
    assert posts.created_texts() == ["Other."]


def test_publishing_a_key_without_the_option_says_how(posts: ProjectDir) -> None:
    result = posts.publisher("publish", "other")
    assert result.code == 2
    assert "`publisher publish --key other`" in result.err
    assert posts.created_texts() == []


def test_the_state_takes_paths_of_files_that_are_gone(posts: ProjectDir) -> None:
    posts.publisher("publish", "content/2026/hello.md")
    (posts.root / "content/2026/hello.md").unlink()
    result = posts.publisher("state", "show", "content/2026/hello.md")
    assert (result.code, "urn:li:share:" in result.out) == (0, True), result.text


def test_a_new_post_is_a_valid_draft(posts: ProjectDir) -> None:
    result = posts.publisher("new", "Straße: 1.0 & more?", "--at", "2031-05-06T09:00")
    assert (result.code, Path(result.out.strip()).name) == (0, "strasse-1-0-more.md"), result.text
    assert posts.publisher("validate", "--strict").code == 0
    plan = posts.publisher("plan", "--full").out
    assert ". draft     strasse-1-0-more" in plan
    assert "Straße: 1.0 & more?" in plan
    again = posts.publisher("new", "Strasse 1.0 more")
    assert (again.code, "exists already" in again.err) == (2, True)


def test_a_new_post_of_an_unknown_author_is_refused(posts: ProjectDir) -> None:
    result = posts.publisher("new", "Title", "--author", "nobody")
    assert (result.code, "has no author 'nobody'" in result.err, "It has: me." in result.err) == (
        2,
        True,
        True,
    )
    assert not (posts.root / "content/title.md").exists()


def test_the_editor_opens_the_new_file(posts: ProjectDir, tmp_path: Path) -> None:
    editor = tmp_path / "editor"
    editor.write_text('#!/bin/sh\nprintf "Edited.\\n" >> "$1"\n')
    editor.chmod(0o755)
    there = ProjectDir(posts.root, posts.sandbox, {"EDITOR": str(editor), "VISUAL": ""})
    assert there.publisher("new", "Title", "--edit").code == 0
    assert (posts.root / "content/title.md").read_text().endswith("Title\nEdited.\n")


def test_a_title_without_letters_is_refused() -> None:
    with pytest.raises(UsageError, match="no Latin letter"):
        slug("日本語")
    assert slug("CON") == "post-con"


def test_open_prints_the_live_address_and_opens_nothing_else(posts: ProjectDir) -> None:
    assert "is not published" in posts.publisher("open", "other").err
    posts.publisher("publish", "content/other.md")
    there = ProjectDir(posts.root, posts.sandbox, {"BROWSER": "true", "PATH": ""})
    result = there.publisher("open", "content/other.md")
    assert (result.code, result.out.startswith("https://www.linkedin.com/feed/update/urn:li:share:")) == (
        0,
        True,
    )
    state = posts.state_path.read_text()
    posts.state_path.write_text(state.replace("https://www.linkedin.com/feed", "file:///etc"))
    refused = there.publisher("open", "other")
    assert (refused.code, "isn't a web page" in refused.err) == (2, True), refused.text


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_completion_script_names_the_command(posts: ProjectDir, shell: str) -> None:
    result = posts.publisher("completion", shell)
    assert (result.code, "_PUBLISHER_COMPLETE" in result.out) == (0, True), result.text


def test_keys_and_paths_are_completed(posts: ProjectDir) -> None:
    def completed(words: str, cwd: Path) -> list[str]:
        environ = posts.environ | {
            "_PUBLISHER_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(words.count(" ")),
        }  # fmt: skip
        command = [sys.executable, "-c", "from publisher.cli.main import main; main()"]
        answer = subprocess.run(command, cwd=cwd, env=environ, capture_output=True, text=True, check=True)
        return [line.removeprefix("plain,") for line in answer.stdout.splitlines()]

    assert completed("publisher show o", posts.root) == ["one", "other"]
    assert completed("publisher show content/", posts.root) == [
        "content/2026/hello.md", "content/other.md", "content/pair.yaml",
    ]  # fmt: skip
    assert completed("publisher show 2026/", posts.root / "content") == ["2026/hello", "2026/hello.md"]
    assert completed(f"publisher -C {posts.root} publish --key tw", posts.root.parent) == ["two"]


def test_plans_show_new_texts_shortened(posts: ProjectDir) -> None:
    posts.write("content/long.md", "\n\n".join(f"Paragraph {n}." for n in range(9)) + "\n")
    short, full = posts.publisher("plan").out, posts.publisher("plan", "--full").out
    assert "Paragraph 1." in short
    assert "Paragraph 8." not in short
    assert "Paragraph 8." in full


def test_a_held_change_is_not_called_nothing(posts: ProjectDir) -> None:
    posts.publisher("publish")
    posts.write("content/other.md", "Edited.\n")
    plan, run = posts.publisher("plan"), posts.publisher("publish")
    assert "Nothing is published until you decide: 1 changed" in plan.out
    assert "Nothing was published: 1 changed." in run.out
    assert "Nothing to do" not in plan.out + run.out


def test_an_empty_project_says_so(project: ProjectDir) -> None:
    project.configure()
    assert "No posts in content/." in project.publisher("plan").out
    assert "No posts in content/." in project.publisher("publish").out


def test_quiet_says_nothing_of_success(posts: ProjectDir) -> None:
    result = posts.publisher("-q", "publish")
    assert (result.code, result.text) == (0, ""), result.text


def test_a_plan_of_the_rehearsal_writes_nothing_and_remembers(posts: ProjectDir) -> None:
    assert "4 create" in posts.publisher("plan", "--sandbox").out
    assert not (posts.root / ".publisher").exists()
    posts.publisher("publish", "--sandbox")
    assert "Nothing to do: 4 of 4" in posts.publisher("plan", "--sandbox").out
    assert "4 create" in posts.publisher("plan").out
