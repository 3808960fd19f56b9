"""``publisher plan`` as users and scripts see it."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from publisher.auth.grant import Grant
from publisher.auth.vault import Vault
from publisher.content.schemas import load_schema
from publisher.project import load
from tests.support.project import ProjectDir

GUARD = """
import os, sys

WRITES = ("os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.link", "os.symlink", "os.truncate")
allowed = sys.argv.pop(1)

def guard(event, arguments):
    if event.startswith("socket."):
        raise AssertionError(f"{event} {arguments}")
    if event == "open" and isinstance(arguments[0], (str, bytes)):
        path, mode, flags = arguments
        writing = flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT) if isinstance(flags, int) else False
        if writing and not os.fsdecode(path).startswith((allowed, os.devnull)):
            raise AssertionError(f"writes {path}")
    if event in WRITES and not str(arguments[0]).startswith(allowed):
        raise AssertionError(f"{event} {arguments}")

from publisher.cli.main import run
sys.addaudithook(guard)
sys.exit(run(sys.argv[1:]))
"""


def guarded(
    project: ProjectDir, *arguments: str, may_write: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command that dies where it opens a socket, or writes anywhere but into the cache."""
    cache = str(project.root.parent / f"{project.root.name}-cache")
    command = [sys.executable, "-c", GUARD, str(may_write or cache), "-C", str(project.root), *arguments]
    env = {**project.environ, "PYTHONDONTWRITEBYTECODE": "1", "PUBLISHER_CACHE_DIR": cache}
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False)


def snapshot(project: ProjectDir) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in project.root.rglob("*") if path.is_file()}


@pytest.mark.parametrize("command", ["plan", "validate", "payload"])
def test_planning_opens_no_socket_and_writes_nothing(project: ProjectDir, command: str) -> None:
    project.write("content/a.md", "---\nhashtags: [x]\n---\nHello **you** {{ 1 + 1 }} https://example.org\n")
    project.write("content/b.yaml", "text: Hi\npublish_at: 2030-01-01T00:00:00Z\n")
    before = snapshot(project)
    result = guarded(project, command)
    assert result.returncode == 0, result.stderr
    assert snapshot(project) == before
    assert project.sandbox.requests() == []


def test_the_guard_notices_a_request(project: ProjectDir) -> None:
    project.write("content/a.md", "Hello\n")
    assert "AssertionError: socket." in guarded(project, "publish", may_write=project.root).stderr


def test_the_guard_notices_a_write(project: ProjectDir) -> None:
    project.write("content/a.md", "Hello\n")
    out = str(project.root / "publish.plan")
    assert "AssertionError: writes" in guarded(project, "plan", "--out", out).stderr


def test_the_json_plan_matches_its_schema_and_is_the_same_each_time(project: ProjectDir) -> None:
    project.write("content/a.md", "Hello\n")
    project.write("content/b.md", "---\ndraft: true\n---\nLater\n")
    first = project.publisher("plan", "--format", "json")
    Draft202012Validator(load_schema("plan")).validate(json.loads(first.out))
    assert project.publisher("plan", "--format", "json").out == first.out
    assert json.loads(first.out)["summary"] == {"create": 1, "draft": 1}


def test_the_detailed_exit_code_tells_pending_changes(project: ProjectDir) -> None:
    project.write("content/a.md", "Hello\n")
    assert project.publisher("plan").code == 0
    assert project.publisher("plan", "--detailed-exitcode").code == 4
    assert project.publisher("publish").code == 0
    assert project.publisher("plan", "--detailed-exitcode").code == 0


def test_the_plan_says_what_to_type_next(project: ProjectDir) -> None:
    project.write("content/a.md", "Hello\n")
    assert "publisher publish" in project.publisher("plan").out
    assert project.publisher("publish").code == 0
    assert "Nothing to do" in project.publisher("plan").out


def test_an_unknown_key_is_a_usage_error(project: ProjectDir) -> None:
    project.write("content/a.md", "Hello\n")
    result = project.publisher("plan", "--key", "nope")
    assert (result.code, "'nope'" in result.err) == (2, True)


def test_a_dry_run_is_the_plan(project: ProjectDir) -> None:
    project.write("content/a.md", "Hello\n")
    dry = project.publisher("publish", "--dry-run", "--format", "json")
    assert dry.out == project.publisher("plan", "--format", "json").out
    assert project.sandbox.requests() == []
    assert not project.state_path.exists()


def test_without_any_author_posts_are_shown_but_not_published(project: ProjectDir) -> None:
    (project.root / "publisher.yaml").unlink()
    project.write("content/a.md", "Hello\n")
    body = json.loads(project.publisher("payload", "a").out)
    assert body["author"] == "{author}"
    assert project.publisher("plan").code == 0
    result = project.publisher("publish")
    assert (result.code, "auth login" in result.err) == (2, True)
    assert project.sandbox.requests() == []


def test_a_rehearsal_needs_nothing_and_remembers(project: ProjectDir) -> None:
    (project.root / "publisher.yaml").unlink()
    project.write("content/a.md", "Hello\n")
    first = project.publisher("publish", "--sandbox")
    assert (first.code, "1 published." in first.out) == (0, True)
    assert "Nothing to do." in project.publisher("publish", "--sandbox").out
    assert not project.state_path.exists()
    assert project.sandbox.requests() == []


def test_a_configuration_error_is_a_usage_error_with_its_place(project: ProjectDir) -> None:
    project.write("publisher.yaml", "limits:\n  creates_per_rum: 5\ntoken: abc\n")
    result = project.publisher("plan")
    assert result.code == 2
    assert "publisher.yaml:2:3" in result.err
    assert "did you mean 'creates_per_run'" in result.err.lower()
    assert "don't put secrets in" in result.err


def test_a_project_without_content_is_a_usage_error(project: ProjectDir) -> None:
    (project.root / "content").rmdir()
    result = project.publisher("plan")
    assert (result.code, "publisher init" in result.err) == (2, True)


def test_posts_due_after_the_tokens_end_are_warned_of(project: ProjectDir, tmp_path: Path) -> None:
    urn = project.sandbox.member.urn
    project.write("content/soon.md", "---\npublish_at: 2030-01-01T00:00:00Z\n---\nSoon\n")
    project.write("content/later.md", "---\npublish_at: 2031-01-01T00:00:00Z\n---\nLater\n")
    grant = Grant(urn, "secret", expires_at=datetime(2030, 6, 1, tzinfo=UTC))
    config = tmp_path / "config"
    Vault(config, lambda: None).put(project.sandbox.url, grant)
    env = {"PUBLISHER_CONFIG_DIR": str(config), "LINKEDIN_ACCESS_TOKEN": ""}
    logged_in = ProjectDir(project.root, project.sandbox, env)
    result = logged_in.publisher("plan")
    assert "the token of me ends 2030-06-01, before later is due" in result.err
    assert "secret" not in result.text
    assert "token" not in project.publisher("plan").err


@pytest.mark.parametrize(
    ("today", "said"),
    [("2026-11-30", ""), ("2026-12-02", "ends on 2027-01-15"), ("2027-02-01", "ended on 2027-01-15")],
)
def test_a_version_is_warned_of_before_its_sunset(project: ProjectDir, today: str, said: str) -> None:
    project.configure('api: posts\nlinkedin: {version: "202601"}\n')
    now = datetime.fromisoformat(f"{today}T00:00:00+00:00")
    found = [d.message for d in load(project.root, {}, now).diagnostics if d.code == "version-sunset"]
    assert [said in message for message in found] == ([True] if said else [])
