"""``action.yml``: the composite action as a workflow uses it, built from its own sources."""

import json
from pathlib import Path

import pytest

from publisher.actions.__main__ import main
from tests.actions.conftest import Place
from tests.actions.runner import Outcome, _outputs
from tests.support.project import ProjectDir

WORKFLOW = """
name: posts
on: [{event}]
permissions: {{contents: write}}
jobs:
  posts:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1
        with: {{ref: "${{{{ github.ref }}}}"}}
      - uses: ./
        id: publisher
        env: {{LINKEDIN_ACCESS_TOKEN: "${{{{ secrets.LINKEDIN_ACCESS_TOKEN }}}}"}}
"""


def use(place: Place, event: str, fork: bool = False, **given: str) -> Outcome:
    runner = place.runner(place.event(event, fork=fork))
    outcome = runner.run(WORKFLOW.format(event=event), **given)
    assert not list(runner.workspace.rglob("pwned"))
    assert place.token not in outcome.log
    return outcome


def test_it_validates_and_plans_a_project_in_a_folder(place: Place) -> None:
    place.write("posts/publisher.yaml", (place.author.root / "publisher.yaml").read_text())
    place.write("posts/publisher.state.json", '{"version": 1, "posts": {}}')
    place.write("posts/content/hello.md", "---\nnope: 1\n---\nHello\n")
    folder = {"working-directory": "posts"}
    failed = use(place, "pull_request", **folder, command="validate")
    assert failed.code == 1
    assert any("file=posts/content/hello.md,line=2" in line for line in failed.annotations("error"))
    assert place.github.requests == []
    place.write("posts/content/hello.md", "Hello\n")
    outcome = use(place, "pull_request", **folder, arguments="--key 'hello'")
    assert outcome.ok, outcome.log
    outputs = outcome.outputs["publisher"]
    assert outputs["exit-code"] == "0"
    assert json.loads(Path(outputs["plan-json"]).read_text("utf-8"))["summary"] == {"create": 1}
    (body,) = place.bodies()
    assert body.startswith("<!-- publisher:plan:posts -->")


def test_each_plan_of_a_job_has_a_file_of_its_own(project: ProjectDir, tmp_path: Path) -> None:
    project.write("content/hello.md", "Hello\n")
    broken = project.write("broken/publisher.yaml", "nope: 1\n").parent
    paths = []
    for number, root in enumerate((project.root, project.root, broken)):
        output = tmp_path / str(number)
        step = {"PUBLISHER_ACTION_DIRECTORY": str(root), "GITHUB_OUTPUT": str(output)}
        assert (
            main(["plan"], {**project.environ, **step, "RUNNER_TEMP": str(tmp_path)}) == (root == broken) * 2
        )
        paths.append(_outputs(output.read_text("utf-8")).get("plan-json"))
    assert len({*paths}) == 3
    assert paths[2] is None, "a plan that failed has no file, whatever an earlier step has left"
    assert json.loads(Path(str(paths[0])).read_text("utf-8"))["summary"] == {"create": 1}


def test_it_publishes_and_tells_the_urns(place: Place) -> None:
    place.write("content/a.md", "---\nfirst_comment: First\n---\nHello\n")
    place.push()
    outcome = use(place, "push", command="publish")
    assert outcome.ok, outcome.log
    outputs = outcome.outputs["publisher"]
    (post,) = place.sandbox.posts()
    assert (outputs["published"], json.loads(outputs["urns"]), outputs["exit-code"]) == ("1", [post.urn], "0")
    assert use(place, "push", command="status").ok


def test_a_pull_request_is_never_published(place: Place) -> None:
    place.write("content/a.md", "Hello\n")
    outcome = use(place, "pull_request", command="publish")
    assert (outcome.code, place.sandbox.requests()) == (2, [])
    assert outcome.annotations("error")
    assert outcome.outputs["publisher"] == {"exit-code": "2", "published": "0", "urns": "[]"}


@pytest.mark.parametrize(
    "given",
    [
        {"command": "$(touch pwned); touch pwned"},
        {"arguments": "; touch pwned", "working-directory": "$(touch pwned)", "comment": "false"},
        {"extras": "]; touch pwned; echo [", "command": "nope"},
    ],
    ids=str,
)
def test_nothing_given_is_run(place: Place, given: dict[str, str]) -> None:
    place.write("content/a.md", "Hello\n")
    outcome = use(place, "pull_request", **given)
    assert outcome.code != 0
    assert outcome.outputs["publisher"]["exit-code"] == str(outcome.code)
    assert place.github.requests == []
