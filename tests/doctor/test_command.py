"""``publisher doctor`` on real projects: files, git, a sandbox, and what happens when each of them is broken."""

import json
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from publisher.sandbox.defaults import CLIENT_ID, CLIENT_SECRET
from publisher.sandbox.server import Sandbox
from tests.networks.linkedin.raw import RawServer, answers, closed_port, http
from tests.support.project import ProjectDir, Result


def git(root: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=Test", "-c", "user.email=test@example.com")
    subprocess.run(["git", *identity, "-C", root, *arguments], check=True, capture_output=True)


@pytest.fixture
def healthy(project: ProjectDir, tmp_path_factory: pytest.TempPathFactory) -> ProjectDir:
    """A project with one published post, committed, with a workflow."""
    project.write("content/hello.md", "Hello from the doctor's patient\n")
    project.write(".github/workflows/publish.yml", "jobs: {publish: {steps: [{run: publisher publish}]}}\n")
    assert project.publisher("publish").code == 0
    git(project.root, "init", "-q")
    git(project.root, "add", "publisher.state.json", "content", "publisher.yaml")
    git(project.root, "commit", "-q", "-m", "Begin")
    home = str(tmp_path_factory.mktemp("home"))
    app = {"LINKEDIN_CLIENT_ID": CLIENT_ID, "LINKEDIN_CLIENT_SECRET": CLIENT_SECRET}
    return replace(project, env={"PUBLISHER_CONFIG_DIR": home, **app})


def levels(result: Result) -> dict[str, str]:
    """name -> level, of a JSON report."""
    report = json.loads(result.out)
    assert report["format_version"] == 1
    return {check["name"]: check["level"] for check in report["checks"]}


def doctor(project: ProjectDir, *arguments: str, **env: str) -> tuple[int, dict[str, str]]:
    result = replace(project, env={**project.env, **env}).publisher("doctor", "--format", "json", *arguments)
    return result.code, levels(result)


def test_a_healthy_project(healthy: ProjectDir) -> None:
    code, found = doctor(healthy)
    assert code == 0
    assert found == {
        "config": "ok", "content": "ok", "api_url": "warning", "oauth_url": "warning", "api": "ok", "oauth": "ok",
        "clock": "ok", "token me": "ok", "scopes me": "ok", "state": "ok", "git": "ok", "workflow": "ok",
    }  # fmt: skip
    text = healthy.publisher("doctor")
    assert text.out.count("\n") >= len(found)
    quiet = replace(healthy).publisher("-q", "doctor")
    assert "ok " not in quiet.out


def test_nothing_is_changed(healthy: ProjectDir, sandbox: Sandbox) -> None:
    before = {
        path: path.read_bytes()
        for path in healthy.root.rglob("*")
        if path.is_file() and ".git/" not in str(path)
    }
    made = len([request for request in sandbox.requests() if request["committed"]])
    doctor(healthy)
    after = {
        path: path.read_bytes()
        for path in healthy.root.rglob("*")
        if path.is_file() and ".git/" not in str(path)
    }
    assert before == after
    assert len([request for request in sandbox.requests() if request["committed"]]) == made


def test_offline_nothing_is_sent(healthy: ProjectDir, sandbox: Sandbox) -> None:
    before = len(sandbox.requests())
    code, found = doctor(healthy, "--offline")
    assert code == 0
    assert "api" not in found
    assert len(sandbox.requests()) == before


def test_broken_settings_are_all_told(healthy: ProjectDir) -> None:
    healthy.write("publisher.yaml", "authors: {me: {urn: x}}\nnonsense: 1\n")
    result = healthy.publisher("doctor")
    assert result.code == 1
    assert result.out.count("config: publisher.yaml:") == 2


def test_broken_content_is_an_error(healthy: ProjectDir) -> None:
    healthy.write("content/bad.md", "---\nnonsense: 1\n---\nText\n")
    code, found = doctor(healthy)
    assert (code, found["content"]) == (1, "error")


def test_a_host_that_is_not_there(healthy: ProjectDir) -> None:
    code, found = doctor(healthy, PUBLISHER_LINKEDIN_API_URL=closed_port())
    assert (code, found["api"]) == (1, "error")


def test_a_host_that_is_not_linkedin_and_whose_clock_is_off(healthy: ProjectDir) -> None:
    page = http(200, "<html>Sign in to the guest network</html>", Date="Mon, 23 Nov 2020 12:00:00 GMT")
    with RawServer(answers(page)) as portal:
        code, found = doctor(healthy, PUBLISHER_LINKEDIN_API_URL=portal.url)
    assert code == 1
    assert (found["api"], found["clock"]) == ("warning", "error")


def test_a_missing_token(healthy: ProjectDir) -> None:
    code, found = doctor(healthy, LINKEDIN_ACCESS_TOKEN="")
    assert (code, found["token me"]) == (1, "error")
    assert "scopes me" not in found


def test_a_token_that_can_only_read(healthy: ProjectDir, sandbox: Sandbox) -> None:
    weak = sandbox.token(scopes=("openid", "profile"))
    code, found = doctor(healthy, LINKEDIN_ACCESS_TOKEN=weak)
    assert (code, found["scopes me"]) == (1, "error")


def test_a_token_of_somebody_else(healthy: ProjectDir, sandbox: Sandbox) -> None:
    other = sandbox.store.add_member(given_name="Someone", family_name="Else")
    code, found = doctor(healthy, LINKEDIN_ACCESS_TOKEN=sandbox.token(other.urn))
    assert (code, found["identity me"]) == (1, "error")


@pytest.mark.parametrize(("version", "level"), [("202609", "ok"), ("202501", "error"), ("202509", "error")])
def test_linkedin_is_asked_whether_a_version_is_active(version: str, level: str, healthy: ProjectDir) -> None:
    text = (healthy.root / "publisher.yaml").read_text()
    healthy.write("publisher.yaml", f'{text}\napi: posts\nlinkedin: {{version: "{version}"}}\n')
    code, found = doctor(healthy)
    assert found["version"] == level
    assert code == (1 if level == "error" else 0)


def test_a_broken_state(healthy: ProjectDir) -> None:
    healthy.state_path.write_text("<<<<<<< HEAD\n")
    code, found = doctor(healthy)
    assert (code, found["state"]) == (1, "error")


def test_an_outcome_in_doubt(healthy: ProjectDir, sandbox: Sandbox) -> None:
    sandbox.fault("commit-then-error", status=502)
    healthy.write("content/second.md", "A second post\n")
    assert healthy.publisher("publish").code == 3
    code, found = doctor(healthy)
    assert (code, found["state"]) == (1, "error")
    assert found["git"] == "warning"


def test_a_state_that_git_ignores(healthy: ProjectDir) -> None:
    git(healthy.root, "rm", "-q", "--cached", "publisher.state.json")
    assert doctor(healthy)[1]["git"] == "warning"
    healthy.write(".gitignore", "*.json\n")
    code, found = doctor(healthy)
    assert (code, found["git"]) == (1, "error")


def test_a_run_that_holds_the_state(healthy: ProjectDir) -> None:
    from publisher.state import open_store

    with open_store("publisher.state.json", healthy.root).session():
        assert doctor(healthy)[1]["lock"] == "warning"
    assert "lock" not in doctor(healthy)[1]


def test_an_empty_folder(tmp_path: Path, sandbox: Sandbox) -> None:
    bare = ProjectDir(tmp_path, sandbox, {"PUBLISHER_CONFIG_DIR": str(tmp_path / "home")})
    code, found = doctor(bare)
    assert code == 1
    assert found["config"] == "warning"
    assert found["authors"] == "error"
    assert found["workflow"] == "warning"
