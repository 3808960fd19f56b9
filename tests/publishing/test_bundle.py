"""What LinkedIn refuses is made ready for posting by hand, and nothing of it is called published."""

import hashlib
import json
import re
import shlex
from pathlib import Path

import pytest

from tests.support.pictures import picture
from tests.support.project import ProjectDir

TEXT = "Hello **Acme**, meet @[Acme Corp](urn:li:organization:4711)!\n\nSecond paragraph."
PASTED = b"Hello Acme, meet Acme Corp!\n\nSecond paragraph."


@pytest.fixture
def refused(project: ProjectDir) -> ProjectDir:
    """Two posts and a token that LinkedIn does not know."""
    (project.root / "content" / "images").mkdir()
    (project.root / "content" / "images" / "a.png").write_bytes(picture(64, 64))
    front = "media: {path: ../images/a.png, alt: A plan}\nfirst_comment: The first\nvisibility: connections"
    project.write("content/releases/one.md", f"---\n{front}\n---\n{TEXT}\n")
    project.write("content/two.md", "Two\n")
    return ProjectDir(project.root, project.sandbox, {"LINKEDIN_ACCESS_TOKEN": "AQX" + "9" * 40})


def publish(project: ProjectDir, *arguments: str) -> tuple[int, dict[str, Path]]:
    """The exit code, and key -> folder."""
    result = project.publisher("publish", "--on-refusal", "bundle", "--format", "json", *arguments)
    made = json.loads(result.out).get("bundles", [])
    return result.code, {line["key"]: project.root / line["path"] for line in made}


def test_text_media_and_steps_are_ready(refused: ProjectDir, tmp_path: Path) -> None:
    code, made = publish(refused, "--bundle-dir", str(tmp_path / "by hand"))
    assert (code, sorted(made)) == (1, ["releases/one", "two"])
    one = made["releases/one"]
    assert one == tmp_path / "by hand" / "releases+one"
    assert sorted(path.name for path in one.iterdir()) == [
        "01-a.png",
        "README.md",
        "first-comment.txt",
        "post.txt",
    ]
    assert (one / "post.txt").read_bytes() == PASTED
    assert (one / "first-comment.txt").read_bytes() == b"The first"
    original = (refused.root / "content" / "images" / "a.png").read_bytes()
    assert hashlib.sha256((one / "01-a.png").read_bytes()).digest() == hashlib.sha256(original).digest()
    steps = (one / "README.md").read_text("utf-8")
    for said in (
        "Connections only",
        "A plan",
        "Mention Acme Corp",
        "state resolve releases/one --published LINK",
        "auth login",
    ):
        assert said in steps
    assert (made["two"] / "post.txt").read_bytes() == b"Two"


def test_nothing_is_recorded_as_published_until_a_person_tells_the_link(refused: ProjectDir) -> None:
    publish(refused)
    assert json.loads(refused.state_path.read_text("utf-8"))["posts"] == {}
    url = "https://www.linkedin.com/feed/update/urn:li:share:7445298278914641920/"
    assert refused.publisher("state", "resolve", "releases/one", "--published", url).code == 0
    _, made = publish(refused)
    assert sorted(made) == ["two"]
    assert refused.publisher("status").code == 1
    assert refused.publisher("state", "import", "two", url.replace("share:7", "share:6")).code == 0
    assert publish(refused) == (0, {})
    assert refused.publisher("status").code == 0, "what was refused is settled"


def test_commands_to_paste_run_nothing_that_a_file_is_called(
    refused: ProjectDir, project: ProjectDir
) -> None:
    key = "a;touch$IFS'pwned'&$(id)"
    refused.write(f"content/{key}.md", "Hello\n")
    _, made = publish(refused)
    said = (made[key] / "README.md").read_text("utf-8")
    project.sandbox.fault("drop-after-body", resource="ugcPosts")
    assert project.publisher("publish", "--key", key).code == 3
    for text in (said, project.publisher("status").out, project.publisher("plan").out):
        (command,) = re.findall(r"`(publisher state resolve .*?) --published", text)
        assert shlex.split(command, comments=True) == ["publisher", "state", "resolve", key]


def test_without_the_option_nothing_is_written(refused: ProjectDir) -> None:
    assert refused.publisher("publish").code == 1
    assert not (refused.root / "publisher-bundle").exists()


@pytest.mark.parametrize(
    ("status", "bundled"), [(403, True), (426, True), (422, False), (500, False), (429, False)]
)
def test_only_refusals_of_who_asks_are_bundled(project: ProjectDir, status: int, bundled: bool) -> None:
    project.write("content/a.md", "Hello\n")
    project.sandbox.fault("error", status=status, resource="ugcPosts")
    code, made = publish(project)
    assert (code, bool(made)) == (3 if status == 500 else 1, bundled)
    assert not bundled or (made["a"] / "post.txt").read_bytes() == b"Hello"


def test_a_comment_that_is_refused_alone_is_bundled_alone(project: ProjectDir) -> None:
    project.write("content/a.md", "---\nfirst_comment: The first\n---\nHello\n")
    project.sandbox.fault("error", status=403, resource="socialActions/comments")
    code, made = publish(project)
    assert (code, list(made)) == (1, ["a#first_comment"])
    assert {path.name for path in made["a#first_comment"].iterdir()} == {"README.md", "first-comment.txt"}
    assert json.loads(project.state_path.read_text("utf-8"))["posts"]["a"]["status"] == "published"


def test_what_can_t_be_written_is_said_and_the_report_still_comes(refused: ProjectDir) -> None:
    refused.write("publisher-bundle", "a file in the way")
    result = refused.publisher("publish", "--on-refusal", "bundle", "--bundle-dir", "publisher-bundle/x")
    assert (result.code, "can't be written" in result.err, "failed" in result.out) == (1, True, True)


def test_the_report_as_markdown(refused: ProjectDir) -> None:
    said = refused.publisher("publish", "--on-refusal", "bundle", "--format", "markdown").out
    assert "Ready to post by hand" in said
    assert "❌ failed" in said
