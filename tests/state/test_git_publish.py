"""Publishing from machines that share nothing but a repository: each post is created once, whoever is killed."""

import json
import os
import random
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from publisher.sandbox.server import Sandbox
from tests.support.project import ProjectDir
from tests.support.repository import add_hook, clone, git, make_server, start_repository

BRANCH = "publisher-state"
WAYS = {
    "branch": (f"state: git+branch:{BRANCH}\n", ("publish",)),
    "file": ("", ("publish", "--commit-state")),
}


class Fleet:
    """A server with a project in it, and machines that each have a clone."""

    def __init__(self, root: Path, sandbox: Sandbox, way: str) -> None:
        settings, self.publish = WAYS[way]
        self.root, self.sandbox, self.server = root, sandbox, make_server(root)
        self.author = ProjectDir(root / "author", sandbox)
        self.author.root.mkdir()
        self.author.configure(settings)
        self.count = 0

    def write(self, *keys: str) -> None:
        """Posts on the server's main branch."""
        for key in keys:
            self.author.write(f"content/{key}.md", f"Words of {key}.\n")
        start_repository(self.author.root, self.server)

    def machine(self, *flags: str) -> ProjectDir:
        """A machine that was not there before."""
        self.count += 1
        return ProjectDir(clone(self.server, self.root / f"machine{self.count}", *flags), self.sandbox)

    def init(self) -> None:
        """Start the state, which a clone of one commit would not do by itself."""
        machine = self.machine()
        made = machine.publisher("state", "init")
        assert made.code == 0, made.text
        if self.publish != ("publish",):
            git(machine.root, "add", "publisher.state.json")
            git(machine.root, "commit", "--quiet", "--message", "Start the state")
            git(machine.root, "push", "--quiet")

    def requests(self) -> int:
        """Creates that arrived."""
        return len(self.sandbox.requests(resource="ugcPosts"))


@pytest.fixture(params=sorted(WAYS))
def fleet(request: pytest.FixtureRequest, tmp_path: Path, sandbox: Sandbox) -> Fleet:
    return Fleet(tmp_path, sandbox, request.param)


def wait_until(process: subprocess.Popen[str], done: Callable[[], bool]) -> None:
    """Until ``done``, or the process has ended."""
    while process.poll() is None and not done():
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.01)


def kill(process: subprocess.Popen[str]) -> str:
    process.send_signal(signal.SIGKILL)
    return "".join(process.communicate())


def settle(machine: ProjectDir) -> int:
    """What a person does after looking at the author's page; how many keys were in doubt."""
    listed = json.loads(machine.publisher("state", "list", "--format", "json").out)["posts"]
    unknown = [key for key, entry in listed.items() if entry["status"] == "pending"]
    live = {post.text: post.urn for post in machine.sandbox.posts()}
    for key in unknown:
        urn = live.get(f"Words of {key}.")
        verdict = ["--published", urn] if urn else ["--absent", "--force"]
        assert machine.publisher("state", "resolve", key, *verdict).code == 0
    return len(unknown)


def test_two_machines_at_once_create_each_post_once(fleet: Fleet) -> None:
    keys = [f"p{number}" for number in range(6)]
    fleet.write(*keys)
    runs = [fleet.machine().start(*fleet.publish) for _ in range(2)]
    said = [process.communicate() for process in runs]
    assert sorted(fleet.author.created_texts()) == [f"Words of {key}." for key in keys], said
    # who comes second may have seen the other one's intents, which are in doubt to everyone else
    assert {process.returncode for process in runs} <= {0, 1, 3}, said
    after = fleet.machine().publisher(*fleet.publish)
    assert (after.code, "Nothing to do." in after.out) == (0, True), after.text


def when_an_intent_arrives(fleet: Fleet, other: ProjectDir) -> None:
    """A hook that lets ``other`` publish while the first push waits, which so comes second."""
    names = (
        "PUBLISHER_LINKEDIN_API_URL",
        "PUBLISHER_LINKEDIN_OAUTH_URL",
        "LINKEDIN_ACCESS_TOKEN",
        "PATH",
        "HOME",
    )
    given = shlex.join(f"{name}={other.environ[name]}" for name in names)
    command = shlex.join([sys.executable, "-m", "publisher", "-C", str(other.root), *fleet.publish])
    add_hook(fleet.server, "update", f"test ! -e once || exit 0; touch once; env -i {given} {command} >&2")


def test_a_run_that_loses_a_race_goes_on_with_what_remains(fleet: Fleet) -> None:
    fleet.author.write("content/a.md", "---\nfirst_comment: More\n---\nWords of a.\n")
    fleet.write("b")
    slow, fast = fleet.machine(), fleet.machine()
    slow.write("content/c.md", "Words of c.\n")
    when_an_intent_arrives(fleet, fast)
    result = slow.publisher(*fleet.publish, "--format", "json")
    outcomes = {line["key"]: line["outcome"] for line in json.loads(result.out)["results"]}
    taken = dict.fromkeys(("a", "a#first_comment", "b"), "taken")
    assert (result.code, outcomes) == (0, {**taken, "c": "done"}), result.text
    assert fleet.author.created_texts() == ["Words of a.", "Words of b.", "Words of c."]
    assert len(fleet.sandbox.requests(resource="socialActions/comments")) == 1


def test_a_run_that_loses_a_race_plans_from_what_the_other_has_left(fleet: Fleet) -> None:
    """The faster one had older words: they are live, and what the loser's checkout says about that is done."""
    fleet.write("a")
    slow, fast = fleet.machine(), fleet.machine()
    fast.write("content/a.md", "Older words.\n")
    settings = (slow.root / "publisher.yaml").read_text()
    slow.write("publisher.yaml", settings + "on_change: update\napi: posts\n")
    when_an_intent_arrives(fleet, fast)
    result = slow.publisher(*fleet.publish, "--format", "json")
    (line,) = json.loads(result.out)["results"]
    assert (result.code, line["action"], line["outcome"]) == (0, "update", "done"), result.text
    assert [post.text for post in fleet.sandbox.posts()] == ["Words of a."]
    assert fleet.author.created_texts() == ["Older words."]


def test_a_machine_killed_while_a_create_is_out_leaves_it_in_doubt_for_all(fleet: Fleet) -> None:
    fleet.write("a", "b")
    fleet.sandbox.fault("slow", seconds=60, resource="ugcPosts")  # one of them
    running = fleet.machine().start(*fleet.publish)
    wait_until(running, lambda: fleet.requests() == 1)
    said = kill(running)
    assert fleet.requests() == 1, said
    other = fleet.machine("--depth=1")
    later = json.loads(other.publisher("plan", "--at", "+5m", "--format", "json").out)
    assert {change["key"]: change["action"] for change in later["changes"]} == {"a": "unknown", "b": "create"}
    result = other.publisher(*fleet.publish)  # until the intent expires, another run may be sending it
    assert result.code == 0, result.text
    assert "another run may be sending it now" in result.text
    assert fleet.author.created_texts() == ["Words of a.", "Words of b."]


def test_machines_that_die_at_random_moments_create_each_post_once(fleet: Fleet) -> None:
    keys = [f"p{number}" for number in range(5)]
    fleet.write(*keys)
    fleet.init()
    chance, unknown, said = random.Random(6), 0, "nothing"
    for _ in range(20):
        if fleet.requests() >= len(keys):
            break
        machine, goal = fleet.machine("--depth=1"), fleet.requests() + chance.randint(1, 3)
        running = machine.start(*fleet.publish)
        wait_until(running, lambda goal=goal: fleet.requests() >= goal)  # type: ignore[misc]
        said = kill(running)
        witness = fleet.machine()
        unknown += settle(witness)
        if fleet.publish != ("publish",):
            with suppress(AssertionError):  # nothing to commit where nothing was in doubt
                git(witness.root, "commit", "--quiet", "--message", "Settle", "--", "publisher.state.json")
            git(witness.root, "push", "--quiet")
    assert fleet.requests() >= len(keys), said
    assert fleet.machine().publisher(*fleet.publish).code == 0
    assert sorted({post.text for post in fleet.sandbox.posts()}) == [f"Words of {key}." for key in keys]
    assert len(fleet.sandbox.posts()) == len(keys)
    assert fleet.requests() - len(keys) <= unknown


def test_a_push_that_is_refused_lets_no_create_leave(fleet: Fleet) -> None:
    fleet.write("a")
    add_hook(fleet.server, "pre-receive", 'echo "error: GH006: Protected branch update failed" >&2; exit 1')
    result = fleet.machine().publisher(*fleet.publish)
    assert (result.code, "is protected" in result.err) == (2, True), result.text
    assert fleet.requests() == 0


def test_a_record_that_can_not_be_pushed_tells_the_urn(fleet: Fleet) -> None:
    fleet.write("a", "b")
    script = 'test ! -e once || { echo "The disk is full." >&2; exit 1; }; touch once'
    add_hook(fleet.server, "pre-receive", script)
    result = fleet.machine().publisher(*fleet.publish, "--format", "json")
    assert result.code == 3, result.text
    (post,) = fleet.sandbox.posts()
    results = {line["key"]: line for line in json.loads(result.out)["results"]}
    assert {key: line["outcome"] for key, line in results.items()} == {"a": "unknown", "b": "skipped"}
    assert results["a"]["remedy"].endswith(f"`publisher state resolve a --published {post.urn}`.")
    assert "The disk is full" in results["b"]["message"]
    assert fleet.requests() == 1, "nothing else was sent"


def test_a_bare_runner(tmp_path: Path, sandbox: Sandbox) -> None:
    """No name, no home, a detached head, a clone of one commit: what a workflow's checkout may give."""
    fleet = Fleet(tmp_path, sandbox, "branch")
    fleet.write("a")
    fleet.init()
    machine = fleet.machine("--depth=1")
    git(machine.root, "checkout", "--quiet", "--detach")
    bare = {"HOME": str(tmp_path / "nobody"), "GIT_CONFIG_NOSYSTEM": "1", "XDG_CONFIG_HOME": str(tmp_path)}
    runner = replace(machine, env=bare)
    hidden = [name for name in os.environ if name.startswith(("GIT_AUTHOR", "GIT_COMMITTER", "EMAIL"))]
    assert not hidden, "this test wants an environment without a name"
    before = git(machine.root, "status", "--porcelain")
    result = runner.publisher("publish")
    assert result.code == 0, result.text
    assert git(machine.root, "status", "--porcelain") == before
    assert git(fleet.server, "log", "--format=%s %an", BRANCH).splitlines()[:2] == [
        "publisher: a published publisher",
        "publisher: a pending publisher",
    ]
    again = fleet.machine().publisher("publish")
    assert (again.code, "Nothing to do." in again.out) == (0, True)


def test_a_rehearsal_commits_nothing(tmp_path: Path, sandbox: Sandbox) -> None:
    fleet = Fleet(tmp_path, sandbox, "file")
    fleet.write("a")
    machine = fleet.machine()
    assert machine.publisher(*fleet.publish, "--sandbox").code == 0
    assert git(fleet.server, "rev-list", "--count", "main") == "1"
    assert git(machine.root, "status", "--porcelain") == ""


def test_the_option_is_for_files_only(tmp_path: Path, sandbox: Sandbox) -> None:
    fleet = Fleet(tmp_path, sandbox, "branch")
    fleet.write("a")
    result = fleet.machine().publisher("publish", "--commit-state")
    assert (result.code, "by itself" in result.err) == (2, True)


def test_a_state_moves_from_the_file_to_the_branch(tmp_path: Path, sandbox: Sandbox) -> None:
    fleet = Fleet(tmp_path, sandbox, "file")
    fleet.write("a")
    machine = fleet.machine()
    assert machine.publisher(*fleet.publish).code == 0
    moved = machine.publisher("state", "migrate", "publisher.state.json", f"git+branch:{BRANCH}")
    assert moved.code == 0, moved.text
    machine.configure(f"state: git+branch:{BRANCH}\n")
    result = machine.publisher("publish")
    assert (result.code, "Nothing to do." in result.out) == (0, True), result.text


@pytest.mark.parametrize("command", [("plan",), ("status",), ("state", "list")])
def test_a_remote_that_is_gone_is_said_as_what_it_is(
    command: tuple[str, ...], tmp_path: Path, sandbox: Sandbox
) -> None:
    fleet = Fleet(tmp_path, sandbox, "branch")
    fleet.write("a")
    machine = fleet.machine()
    git(machine.root, "remote", "set-url", "origin", str(tmp_path / "gone.git"))
    result = machine.publisher(*command)
    assert (result.code, f"could not be read from {BRANCH} of origin" in result.err) == (2, True), result.text


def test_commits_of_the_state_are_signed_where_git_is_set_to(tmp_path: Path, sandbox: Sandbox) -> None:
    """`commit-tree` ignores commit.gpgsign, which rules of a repository may depend on."""
    key = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    server = make_server(tmp_path)
    machine = ProjectDir(tmp_path / "machine", sandbox)
    machine.root.mkdir()
    machine.configure()
    machine.write("content/hello.md", "Hello\n")
    start_repository(machine.root, server)
    for name, value in (("gpg.format", "ssh"), ("user.signingkey", str(key)), ("commit.gpgsign", "true")):
        git(machine.root, "config", name, value)
    assert machine.publisher("publish", "--commit-state").code == 0
    assert "-----BEGIN SSH SIGNATURE-----" in git(server, "cat-file", "commit", "main")
