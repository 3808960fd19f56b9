"""The workflows of `init` and the action in `act`, a runner that is not ours, against a git server over HTTP.

Only `.ci/full` installs act. GitHub's own actions are taken from the cache that `tests/support/install-actions` fills;
where that could not reach GitHub, stand-ins take their place, and `.ci/full` fails and names the actions.
"""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from publisher.actions.workflows import workflow_files
from tests.actions.conftest import Place
from tests.actions.git_server import GitServer
from tests.actions.github import REPOSITORY
from tests.actions.runner import ROOT, Event
from tests.support.repository import git, make_server

CACHE = Path.home() / ".cache" / "publisher-tests"
ACT = CACHE / "act" / "bin" / "act"
STAND_INS = Path(__file__).parent / "stand_ins"
TOKEN = "ghs_0123456789"

MISSING = "act is not installed: tests/support/install-act"
pytestmark = pytest.mark.skipif(
    not ACT.exists() and not os.environ.get("PUBLISHER_REQUIRE_ACT"), reason=MISSING
)


@dataclass
class Acting:
    """The scene of `Place`, with its server behind HTTP, and act as the machine."""

    place: Place
    served: GitServer
    home: Path

    def run(self, workflow: str, event: Event, *, secret: bool = True) -> tuple[int, str]:
        """Run a workflow's text on act; its exit code and log."""
        self.home.mkdir(exist_ok=True)
        (self.home / "event.json").write_text(json.dumps(event.payload))
        (self.home / "workflow.yml").write_text(workflow)
        place = self.place
        environ = {
            "GITHUB_API_URL": place.github.url,
            "GITHUB_SERVER_URL": self.served.url,
            "GITHUB_REPOSITORY": REPOSITORY,
            "PUBLISHER_LINKEDIN_API_URL": place.sandbox.url,
            "PUBLISHER_LINKEDIN_OAUTH_URL": place.sandbox.url,
        }
        command = [
            str(ACT), event.name, "-C", str(place.author.root), "-W", str(self.home / "workflow.yml"),
            "-e", str(self.home / "event.json"), "-P", "ubuntu-latest=-self-hosted",
            "--no-skip-checkout", "--no-cache-server", "--action-cache-path", str(self.home / "actions"),
            "--var", f"PUBLISHER_SOURCE={place.wheel}", "-s", f"GITHUB_TOKEN={TOKEN}",
        ]  # fmt: skip
        if secret:
            command += ["-s", f"LINKEDIN_ACCESS_TOKEN={place.token}"]
        for name, value in environ.items():
            command += ["--env", f"{name}={value}"]
        text = workflow + (ROOT / "action.yml").read_text("utf-8")
        for used in sorted(set(re.findall(r"uses: (actions/[\w-]+@[0-9a-f]{40})", text))):
            command += ["--local-repository", f"{used}={source_of(used)}"]
        machine = {
            "PATH": f"{place.installed}/bin:/usr/bin:/bin",
            "HOME": str(self.home),
            "TMPDIR": str(self.home),
            **{name: value for name, value in os.environ.items() if name.startswith("PIP_")},
        }
        done = subprocess.run(
            command, env=machine, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
        )
        assert place.token not in done.stdout
        assert TOKEN not in done.stdout
        return done.returncode, done.stdout

    def workflow(self, name: str, directory: str = ".") -> str:
        """The text of a workflow that init writes."""
        (found,) = (
            text for path, text in workflow_files(None, directory).items() if f"publisher-{name}" in path
        )
        return found

    def state(self, path: str = "publisher.state.json") -> dict[str, object]:
        """The state on the server."""
        document: dict[str, object] = json.loads(git(self.place.server, "show", f"main:{path}"))
        return document


def source_of(used: str) -> Path:
    """Where the sources of an action are: the real ones at their commit, else a stand-in."""
    real = CACHE / "actions" / used
    return real if real.exists() else STAND_INS / used.partition("@")[0].removeprefix("actions/")


@pytest.fixture
def acting(place: Place, tmp_path: Path) -> Iterator[Acting]:
    served = tmp_path / "served"
    server = make_server(served / "octo")
    server = server.rename(served / REPOSITORY)
    git(server, "config", "http.receivepack", "true")
    git(server, "config", "uploadpack.allowAnySHA1InWant", "true")
    place.server = server
    with GitServer(served, TOKEN) as running:
        git(place.author.root, "remote", "set-url", "origin", str(server))
        place.push()
        yield Acting(place, running, tmp_path / "act")


def test_a_push_publishes_and_pushes_the_state(acting: Acting) -> None:
    acting.place.write("content/hello.md", "Hello\n")
    acting.place.push()
    code, log = acting.run(acting.workflow("publish"), acting.place.event("push"))
    assert code == 0, log
    (post,) = acting.place.sandbox.posts()
    assert post.urn in json.dumps(acting.state())


def test_a_pull_request_is_commented_on_and_one_from_a_fork_is_not(acting: Acting) -> None:
    acting.place.write("content/hello.md", "Hello\n")
    code, log = acting.run(
        acting.workflow("plan"), acting.place.event("pull_request", fork=True), secret=False
    )
    assert code == 0, log
    assert acting.place.bodies() == []
    assert "gets no comment" in log
    code, log = acting.run(acting.workflow("plan"), acting.place.event("pull_request"), secret=False)
    assert code == 0, log
    (body,) = acting.place.bodies()
    assert "**This pull request:** 1 new post." in body
    assert "[Preview of every post]" in body
    assert acting.place.sandbox.requests() == []


def test_the_clock_publishes_what_is_due_and_alarms(acting: Acting) -> None:
    acting.place.write("content/due.md", "Due\n")
    acting.place.write("content/later.md", "---\npublish_at: 2099-01-01T00:00:00Z\n---\nLater\n")
    acting.place.push()
    code, log = acting.run(acting.workflow("schedule"), acting.place.event("schedule"))
    assert code == 0, log
    assert len(acting.place.sandbox.posts()) == 1
    acting.place.token = "AQX" + "9" * 40
    code, log = acting.run(acting.workflow("schedule"), acting.place.event("schedule"))
    assert code == 1, "nothing is due, and the token is refused"
    assert "Look for tokens that end soon" in log


def test_publishing_is_paused_and_resumed_by_hand(acting: Acting) -> None:
    acting.place.write("content/due.md", "Due\n")
    acting.place.push()
    pause = acting.place.event("workflow_dispatch", action="pause", reason='"; touch pwned; $(touch pwned)')
    code, log = acting.run(acting.workflow("publish"), pause)
    assert code == 0, log
    assert "pause" in acting.state()
    code, log = acting.run(acting.workflow("publish"), acting.place.event("push"))
    assert code == 1, log
    assert acting.place.sandbox.posts() == []
    resume = acting.place.event("workflow_dispatch", action="resume")
    assert acting.run(acting.workflow("publish"), resume)[0] == 0
    assert acting.run(acting.workflow("publish"), acting.place.event("push"))[0] == 0
    assert len(acting.place.sandbox.posts()) == 1
    assert not list(acting.home.rglob("pwned"))


def test_a_project_in_a_folder_has_workflows_of_its_own(acting: Acting) -> None:
    place = acting.place
    for name in ("publisher.yaml", "publisher.state.json"):
        (place.author.root / "docs" / "posts" / "content").mkdir(parents=True, exist_ok=True)
        shutil.copyfile(place.author.root / name, place.author.root / "docs" / "posts" / name)
    place.write("docs/posts/content/hello.md", "Hello\n")
    place.push()
    code, log = acting.run(acting.workflow("publish", "docs/posts"), place.event("push"))
    assert code == 0, log
    assert len(place.sandbox.posts()) == 1
    assert "posts" in acting.state("docs/posts/publisher.state.json")
    assert acting.state()["posts"] == {}
