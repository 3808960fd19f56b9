"""What a run remembers of a refusal, and when it forgets it."""

import json

from jsonschema import Draft202012Validator

from publisher.content.schemas import load_schema
from tests.support.project import ProjectDir


def failures(project: ProjectDir) -> dict[str, dict[str, str]]:
    document = json.loads(project.state_path.read_text("utf-8"))
    Draft202012Validator(load_schema("state")).validate(document)
    found: dict[str, dict[str, str]] = document.get("failures", {})
    return found


def test_a_refusal_is_remembered_until_it_works(project: ProjectDir) -> None:
    project.write("content/hello.md", "Hello\n")
    project.sandbox.fault("error", status=403, resource="ugcPosts")
    assert project.publisher("publish").code == 1
    assert failures(project).keys() == {"hello"}
    assert project.publisher("publish").code == 0
    assert failures(project) == {}


def test_the_same_refusal_again_leaves_the_file_as_it_is(project: ProjectDir) -> None:
    project.write("content/hello.md", "Hello\n")
    project.sandbox.fault("error", status=403, resource="ugcPosts", count=2)
    assert project.publisher("publish").code == 1
    before = project.state_path.read_bytes()
    assert project.publisher("publish").code == 1
    assert project.state_path.read_bytes() == before


def test_a_failure_of_a_post_that_is_gone_is_forgotten(project: ProjectDir) -> None:
    path = project.write("content/hello.md", "Hello\n")
    project.sandbox.fault("error", status=403, resource="ugcPosts")
    assert project.publisher("publish").code == 1
    project.write("content/other.md", "Other\n")
    path.unlink()
    assert project.publisher("publish").code == 0
    assert failures(project) == {}


def test_a_saved_plan_that_was_refused_can_be_tried_again(project: ProjectDir) -> None:
    project.write("content/hello.md", "Hello\n")
    saved = str(project.root / "publish.plan")
    assert project.publisher("plan", "--out", saved).code == 0
    project.sandbox.fault("error", status=403, resource="ugcPosts")
    assert project.publisher("publish", saved).code == 1
    assert project.publisher("publish", saved).code == 0


def test_no_token_reaches_the_state(project: ProjectDir) -> None:
    project.write("content/hello.md", "Hello\n")
    token = "AQX" + "9" * 40
    broken = ProjectDir(project.root, project.sandbox, {"LINKEDIN_ACCESS_TOKEN": token})
    assert broken.publisher("publish").code == 1
    assert failures(project)["hello"]["code"]
    assert token not in project.state_path.read_text("utf-8")
