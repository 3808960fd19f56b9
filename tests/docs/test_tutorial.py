"""The tutorial, from an empty folder to a merged pull request: every command of the page runs, in its order.

GitHub is a bare repository and a runner that carries out the workflows; LinkedIn is the sandbox.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

from publisher.sandbox.defaults import CLIENT_ID, CLIENT_SECRET
from publisher.sandbox.server import Sandbox
from tests.actions.conftest import github, installed, wheel  # noqa: F401 - fixtures
from tests.actions.github import REPOSITORY, GitHub
from tests.actions.runner import Event, Outcome, Runner
from tests.support.repository import git, make_server

TUTORIAL = Path(__file__).parents[2] / "docs" / "tutorial.md"
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
IDENTITY = {
    "GIT_AUTHOR_NAME": "Mira",
    "GIT_AUTHOR_EMAIL": "mira@example.org",
    "GIT_COMMITTER_NAME": "Mira",
    "GIT_COMMITTER_EMAIL": "mira@example.org",
}
NOT_HERE = ("pipx ", "gh secret set LINKEDIN_CLIENT")  # the package is installed; the runner has the secrets


class Learner:
    """Follows the tutorial, section by section."""

    def __init__(self, root: Path, sandbox: Sandbox, server: Path) -> None:
        root.mkdir()
        self.folder = root
        browser = root / "browser"
        browser.write_text(
            f"#!{sys.executable}\nimport sys, requests\nsys.path.insert(0, {str(TUTORIAL.parents[1])!r})\n"
            "from tests.auth.member import answered\n"
            f"requests.get(answered(sys.argv[1], {sandbox.member.urn!r}), timeout=10)\n"
        )
        browser.chmod(0o755)
        (root / "bin").mkdir()
        (root / "bin" / "gh").write_text(f'#!/bin/sh\ncat > {root}/"$3"\n')  # gh secret set NAME
        (root / "bin" / "gh").chmod(0o755)
        self.home = root
        self.environ = {
            "PATH": f"{root}/bin:{Path(sys.executable).parent}:/usr/bin:/bin",
            "HOME": str(root),
            "LANG": "C.UTF-8",
            "REMOTE": str(server),
            "BROWSER": f"{browser} %s",
            "PUBLISHER_CONFIG_DIR": str(root / "config"),
            "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
            "PUBLISHER_LINKEDIN_API_URL": sandbox.url,
            "PUBLISHER_LINKEDIN_OAUTH_URL": sandbox.url,
            "LINKEDIN_CLIENT_ID": CLIENT_ID,
            "LINKEDIN_CLIENT_SECRET": CLIENT_SECRET,
            **IDENTITY,
        }  # fmt: skip

    def follow(self, section: str) -> dict[str, str]:
        """Do what a section says: write its files and run its commands. Return what each command printed."""
        printed: dict[str, str] = {}
        position = 0
        for fence in FENCE.finditer(section):
            before, (language, body) = section[position : fence.start()], fence.groups()
            position = fence.end()
            if language == "markdown":
                (self.folder / re.findall(r"`(content/[\w.-]+)`", before)[-1]).write_text(body, "utf-8")
            else:
                for line in re.findall(r"^\$ (.+)$", body, re.MULTILINE):
                    printed[line] = self.run(line)
        return printed

    def run(self, line: str) -> str:
        """Type one line. A ``cd`` moves; a line that says "exits with 1" does so."""
        typed, _, remark = line.partition("    #")
        if typed.startswith(NOT_HERE):
            return ""
        if typed.startswith("cd "):
            self.folder /= typed.removeprefix("cd ")
            return ""
        if typed.startswith("publisher auth login"):
            typed += " --redirect-uri http://localhost:0/auth/linkedin/callback"
        done = subprocess.run(
            ["bash", "-c", f"set -o pipefail; {typed}"], cwd=self.folder, env=self.environ, capture_output=True,
            text=True, check=False, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        expected = 1 if "exits with 1" in remark else 0
        if not typed.startswith("publisher doctor"):  # which may find something on this machine
            assert done.returncode == expected, f"{line}\n{done.stdout}{done.stderr}"
        return done.stdout + done.stderr


def sections() -> list[str]:
    """The tutorial's numbered sections."""
    parts = re.split(r"^## \d+\. ", TUTORIAL.read_text("utf-8"), flags=re.MULTILINE)
    return [part.partition("\n## ")[0] for part in parts[1:]]


def test_the_tutorial_leads_to_a_merged_pull_request(
    tmp_path: Path,
    sandbox: Sandbox,
    github: GitHub,  # noqa: F811
    wheel: Path,  # noqa: F811
    installed: Path,  # noqa: F811
) -> None:
    server = make_server(tmp_path)
    learner = Learner(tmp_path / "home", sandbox, server)
    install, create, write, plan, rehearse, connect, push, request, merge = sections()

    for section in (install, create):
        learner.follow(section)
    checked = learner.follow(write)
    wrong = checked["publisher validate    # exits with 1"]
    assert "content/hello.md:2:1" in wrong
    assert "hashtags" in wrong
    assert re.search(r"create +hello", learner.follow(plan)["publisher plan"])
    rehearsed = learner.follow(rehearse)
    assert "1 published" in rehearsed["publisher publish --sandbox"]
    assert "Nothing to do" in rehearsed["publisher publish --sandbox    # a second time"]
    learner.follow(connect)
    assert sandbox.member.urn in (learner.folder / "publisher.yaml").read_text()
    learner.follow(push)
    token = (learner.home / "LINKEDIN_ACCESS_TOKEN").read_text().strip()

    def run(workflow: str, event: Event) -> Outcome:
        home = tmp_path / f"machine-{workflow}-{len(sandbox.posts())}"
        environ = {
            "PUBLISHER_LINKEDIN_API_URL": sandbox.url,
            "PUBLISHER_LINKEDIN_OAUTH_URL": sandbox.url,
            "PATH": f"{installed}/bin:/usr/bin:/bin",
            **{name: value for name, value in os.environ.items() if name.startswith("PIP_")},
        }
        text = (learner.folder / ".github" / "workflows" / f"publisher-{workflow}.yml").read_text()
        secrets = {"LINKEDIN_ACCESS_TOKEN": token}
        runner = Runner(home, server, event, environ, secrets, {"PUBLISHER_SOURCE": str(wheel)}, github.url)
        outcome = runner.run(text)
        assert outcome.ok, outcome.log
        return outcome

    repository = {"full_name": REPOSITORY, "default_branch": "main"}
    pushed = Event("push", "refs/heads/main", {"repository": repository, "head_commit": {"message": "Start"}})
    run("publish", pushed)
    assert ["This post began as a file." in post.text for post in sandbox.posts()] == [True]

    learner.follow(request)
    tip = git(learner.folder, "rev-parse", "HEAD")
    merged = git(
        learner.folder, "commit-tree", "HEAD^{tree}", "-p", "origin/main", "-p", "HEAD", "-m", "Merge"
    )
    git(learner.folder, "push", "--quiet", "origin", f"{tip}:refs/pull/7/head", f"{merged}:refs/pull/7/merge")
    source = {"full_name": REPOSITORY, "fork": False}
    about = {"number": 7, "title": "x", "head": {"ref": "second-post", "sha": tip, "repo": source},
             "base": {"ref": "main", "repo": {"full_name": REPOSITORY}}}  # fmt: skip
    payload = {"action": "opened", "number": 7, "pull_request": about, "repository": repository}
    run("plan", Event("pull_request", "refs/pull/7/merge", payload))
    (comment,) = github.comments[7]
    assert "The second post comes from a branch." in comment["body"]
    assert len(sandbox.posts()) == 1, "a plan publishes nothing"

    git(learner.folder, "push", "--quiet", "origin", f"{merged}:main")
    run("publish", pushed)
    last = learner.follow(merge)
    assert "second" in last["publisher state list"]
    assert "Nothing to do" in last["publisher plan"]
    assert len(sandbox.posts()) == 2
    state = json.loads((learner.folder / "publisher.state.json").read_text())
    assert {key: entry["status"] for key, entry in state["posts"].items()} == {
        "hello": "published",
        "second": "published",
    }
