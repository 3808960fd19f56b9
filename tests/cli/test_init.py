"""``publisher init``: what it writes works as it is, from the first command to the rehearsal."""

import json
import re
from pathlib import Path

import pytest
import yaml

from publisher.actions.workflows import workflow_files
from publisher.cli.init import FILES
from publisher.content.schemas import load_schema
from tests.support.project import ProjectDir

MODELINE = re.compile(r"^# yaml-language-server: \$schema=(\S+)$", re.MULTILINE)


@pytest.fixture
def started(project: ProjectDir) -> ProjectDir:
    """A project that init made, in a folder below the fixture's."""
    assert project.publisher("init", "posts").code == 0
    return ProjectDir(project.root / "posts", project.sandbox)


def test_a_new_project_validates_plans_and_rehearses(started: ProjectDir) -> None:
    assert started.publisher("validate").code == 0
    plan = started.publisher("plan", "--format", "json", "--detailed-exitcode")
    assert plan.code == 4
    assert json.loads(plan.out)["summary"] == {"create": 1}
    rehearsal = started.publisher("publish", "--sandbox")
    assert rehearsal.code == 0
    assert "urn:li:share:" in rehearsal.text
    assert "Nothing to do" in started.publisher("publish", "--sandbox").text


def test_it_says_what_it_wrote_and_what_to_type_next(project: ProjectDir) -> None:
    result = project.publisher("init", "posts")
    names = [*FILES, ".gitignore", *workflow_files()]
    assert [line.removeprefix("wrote ") for line in result.out.splitlines()] == names
    assert all((project.root / "posts" / name).is_file() for name in FILES)
    for command in re.findall(r"^  publisher (\w+)", result.err, re.MULTILINE):
        assert project.publisher(command, "--help").code == 0
    assert "cd posts" in result.err
    assert project.publisher("--quiet", "init", "quiet").err == ""


def test_it_keeps_every_file_and_writes_those_that_are_missing(started: ProjectDir) -> None:
    started.write("publisher.yaml", "timezone: Europe/Berlin\n")
    (started.root / "schemas" / "post.schema.json").unlink()
    again = started.publisher("init")
    assert again.code == 0
    assert "kept publisher.yaml\n" in again.out
    assert "wrote schemas/post.schema.json\n" in again.out
    assert (started.root / "publisher.yaml").read_text() == "timezone: Europe/Berlin\n"


def test_posts_that_are_there_get_no_sample_beside_them(project: ProjectDir) -> None:
    project.write("posts/content/mine.md", "Mine.\n")
    assert project.publisher("init", "posts").code == 0
    assert [path.name for path in (project.root / "posts" / "content").iterdir()] == ["mine.md"]


def test_the_editor_s_settings_are_merged(project: ProjectDir) -> None:
    project.write(
        "posts/.vscode/settings.json", '{"editor.tabSize": 2, "yaml.schemas": {"./a.json": "a.yaml"}}'
    )
    assert "added to .vscode/settings.json" in project.publisher("init", "posts").out
    settings = json.loads((project.root / "posts/.vscode/settings.json").read_text())
    assert settings["editor.tabSize"] == 2
    assert set(settings["yaml.schemas"]) == {
        "./a.json",
        "./schemas/config.schema.json",
        "./schemas/post.schema.json",
    }
    assert "kept .vscode/settings.json" in project.publisher("init", "posts").out


def test_settings_with_comments_are_kept_and_the_lines_are_shown(project: ProjectDir) -> None:
    text = '{\n  // two\n  "editor.tabSize": 2\n}\n'
    project.write("posts/.vscode/settings.json", text)
    result = project.publisher("init", "posts")
    assert (result.code, "can't be merged" in result.err, '"yaml.schemas"' in result.err) == (0, True, True)
    assert (project.root / "posts/.vscode/settings.json").read_text() == text


def test_a_project_in_a_subfolder_has_its_workflows_at_the_repository_s_root(project: ProjectDir) -> None:
    (project.root / ".git").mkdir()
    result = project.publisher("init", "docs/posts")
    assert result.code == 0
    assert "wrote ../../.github/workflows/publisher-plan-docs-posts.yml\n" in result.out
    assert not (project.root / "docs/posts/.github").exists()
    for path in (project.root / ".github/workflows").iterdir():
        workflow = yaml.load(path.read_text(), yaml.BaseLoader)
        assert workflow["env"]["PUBLISHER_ACTION_DIRECTORY"] == "docs/posts"
        assert "docs-posts" in workflow["concurrency"]["group"]
        for event in {"push", "pull_request"} & set(workflow["on"]):
            assert workflow["on"][event]["paths"] == ["docs/posts/**"]


def test_a_dangling_link_is_not_written_through(tmp_path: Path, project: ProjectDir) -> None:
    (project.root / "posts").mkdir()
    (project.root / "posts" / "publisher.yaml").symlink_to(tmp_path / "elsewhere")
    assert "kept publisher.yaml" in project.publisher("init", "posts").out
    assert not (tmp_path / "elsewhere").exists()


def test_a_file_in_the_way_is_a_message(project: ProjectDir) -> None:
    project.write("posts/content", "a file")
    result = project.publisher("init", "posts")
    assert result.code == 2
    assert "can't be written" in result.err


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (None, ".publisher/\npreview.html\n"),
        ("*.pyc", "*.pyc\n.publisher/\npreview.html\n"),
        ("a\n.publisher/\nb\n", "a\n.publisher/\nb\npreview.html\n"),
    ],
)
def test_gitignore_is_extended(project: ProjectDir, before: str | None, after: str) -> None:
    if before is not None:
        project.write("posts/.gitignore", before)
    assert project.publisher("init", "posts").code == 0
    assert (project.root / "posts" / ".gitignore").read_text("utf-8") == after


def test_editors_find_the_schemas_from_any_directory(started: ProjectDir) -> None:
    """A relative modeline is resolved against its own file, so where the editor was started does not matter."""
    for name, schema in (("publisher.yaml", "config"), ("content/hello.md", "post")):
        path = started.root / name
        match = MODELINE.search(path.read_text("utf-8"))
        assert match is not None
        assert json.loads((path.parent / match[1]).read_text("utf-8")) == load_schema(schema)
    settings = json.loads((started.root / ".vscode" / "settings.json").read_text("utf-8"))
    for schema_file in settings["yaml.schemas"]:
        assert (started.root / schema_file).is_file()


def test_the_settings_file_shows_settings_that_are_valid(started: ProjectDir) -> None:
    """What is commented out works too, once the # is gone."""
    path = started.root / "publisher.yaml"
    text = re.sub(r"^# (?=(  )?[a-z_]+:[ \n])", "", path.read_text("utf-8"), flags=re.MULTILINE)
    assert set(yaml.safe_load(text)) >= {"authors", "defaults", "timezone", "limits"}
    path.write_text(text, "utf-8")
    result = started.publisher("validate")
    assert result.code == 0, result.text
    assert "author-unset" not in result.text


def test_the_workflows_are_those_of_the_package(started: ProjectDir) -> None:
    for name, text in workflow_files().items():
        assert (started.root / name).read_text("utf-8") == text


FOREIGN = {
    "hugo": '+++\ntitle = "A"\ndate = 2027-12-01\ncategories = ["Machine Learning"]\n[params]\nx = 1\n+++\nText.\n',
    "jekyll": "---\ntitle: A post\ndate: 2027-12-01 09:00:00 +0100\ncategories: news python\n---\nText.\n",
    "astro": "---\ntitle: A post\npubDate: 2027-12-01T09:00:00Z\nheroImage: ./hero.png\n---\nText.\n",
}


@pytest.mark.parametrize("tool", FOREIGN)
def test_posts_of_another_tool_are_adopted(project: ProjectDir, tool: str) -> None:
    project.write("posts/content/post.md", FOREIGN[tool])
    assert project.publisher("init", "posts", "--from", tool).code == 0
    made = ProjectDir(project.root / "posts", project.sandbox)
    settings = made.root / "publisher.yaml"
    settings.write_text(settings.read_text("utf-8") + "timezone: Europe/Berlin\n", "utf-8")
    assert made.publisher("validate").code == 0, made.publisher("validate").text
    (change,) = json.loads(made.publisher("plan", "--format", "json").out)["changes"]
    assert change["action"] == "scheduled"
    assert change["publish_at"].startswith("2027-12-01")
