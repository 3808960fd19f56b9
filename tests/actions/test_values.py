"""Events, outputs and sources as values."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.actions.__main__ import main
from publisher.actions.child import publisher
from publisher.actions.event import Event, PullRequest, read_event
from publisher.actions.lock import is_pinned, lock_path
from publisher.actions.reports import token_alarms
from publisher.actions.runner import write_outputs
from publisher.actions.workflows import NAMES, requirement_of, workflow_files
from tests.actions.runner import _outputs

COMMIT = "a" * 40


def event(tmp_path: Path, payload: object, name: str = "pull_request") -> Event:
    path = tmp_path / "event.json"
    path.write_text(json.dumps(payload))
    environ = {"GITHUB_EVENT_PATH": str(path), "GITHUB_EVENT_NAME": name, "GITHUB_REPOSITORY": "octo/posts"}
    return read_event(environ)


@pytest.mark.parametrize(
    ("head", "fork"),
    [
        ({"sha": COMMIT, "repo": {"full_name": "octo/posts"}}, False),
        ({"sha": COMMIT, "repo": {"full_name": "stranger/posts"}}, True),
        ({"sha": COMMIT, "repo": None}, True),
    ],
)
def test_a_pull_request(tmp_path: Path, head: object, fork: bool) -> None:
    found = event(tmp_path, {"pull_request": {"number": 7, "head": head}}).pull_request
    assert found == PullRequest(7, COMMIT, fork)


@pytest.mark.parametrize(
    "payload", [[], {}, {"pull_request": None}, {"pull_request": {"number": "7; x"}}, "x"]
)
def test_other_payloads_are_no_pull_request(tmp_path: Path, payload: object) -> None:
    assert event(tmp_path, payload) == Event("pull_request", "octo/posts")


def test_a_strange_commit_or_repository_is_left_out(tmp_path: Path) -> None:
    found = event(tmp_path, {"pull_request": {"number": 1, "head": {"sha": "<b>", "repo": {}}}}).pull_request
    assert found == PullRequest(1, "", True)
    assert read_event({"GITHUB_REPOSITORY": "../x/y"}) == Event("", "")


@given(st.dictionaries(st.from_regex(r"[a-z-]{1,8}", fullmatch=True), st.text(st.characters(codec="utf-8"))))
@settings(deadline=None, max_examples=50)
def test_no_value_sets_another_output(
    tmp_path_factory: pytest.TempPathFactory, values: dict[str, str]
) -> None:
    path = tmp_path_factory.mktemp("output") / "out"
    lines = {name: f"{value}x" for name, value in values.items()}
    write_outputs({"GITHUB_OUTPUT": str(path)}, lines)
    read = _outputs(path.read_text("utf-8"))
    assert read == {name: "\n".join(value.splitlines()) for name, value in lines.items()}


def test_the_source_of_an_installed_commit_is_known() -> None:
    noted = {"url": "https://example.org/p.git", "vcs_info": {"vcs": "git", "commit_id": COMMIT}}
    assert requirement_of(json.dumps(noted)) == f"posts-as-code @ git+https://example.org/p.git@{COMMIT}"
    for other in (
        None,
        "",
        "[]",
        json.dumps({"url": "file:///home/me/publisher", "dir_info": {"editable": True}}),
        json.dumps({**noted, "url": "https://me:secret@example.org/p.git"}),
        json.dumps({**noted, "url": "ssh://git@example.org/p.git"}),
    ):
        assert requirement_of(other) is None


@pytest.mark.parametrize(
    "source", [None, "posts-as-code @ git+https://example.org/p.git@" + COMMIT, 'a "quoted": #x']
)
def test_the_workflows_name_their_source_in_one_place(source: str | None) -> None:
    files = workflow_files(source)
    assert [path.rsplit("/", 1)[1] for path in files] == list(NAMES)
    for text in files.values():
        given_source = yaml.load(text, yaml.BaseLoader)["env"]["PUBLISHER_SOURCE"]
        assert given_source == (source or "${{ vars.PUBLISHER_SOURCE }}")
        assert "pip install publisher" not in text, "on an index the name may be somebody else's"


@pytest.mark.parametrize(
    ("source", "pinned"),
    [
        ("posts-as-code==0.2.0", True),
        ("posts-as-code[postgres,cards]==0.2.0", True),
        (f"posts-as-code @ git+https://example.org/p.git@{COMMIT}", True),
        (f"posts-as-code[postgres] @ git+https://example.org/p.git@{COMMIT}", True),
        ("./vendor/posts_as_code-0.2.0-py3-none-any.whl", True),
        ("posts-as-code", False),
        ("posts-as-code[postgres]", False),
        ("posts-as-code>=0.2", False),
        ("posts-as-code ~= 0.2", False),
        ("git+https://example.org/p.git", False),
        ("posts-as-code @ git+https://example.org/p.git@main", False),
    ],
)
def test_a_source_names_a_version_or_a_commit(source: str, pinned: bool) -> None:
    assert is_pinned(source) is pinned


def test_the_lock_of_a_source_has_its_extras() -> None:
    assert "psycopg==" not in lock_path("posts-as-code==0.2.0").read_text("utf-8")
    assert "psycopg==" in lock_path("posts-as-code[postgres]==0.2.0").read_text("utf-8")


@pytest.mark.parametrize(
    ("arguments", "environ", "said"),
    [
        (["publish"], {"GITHUB_EVENT_NAME": "pull_request_target"}, "was not merged"),
        (["publish"], {"PUBLISHER_ACTION_ARGUMENTS": "--key '"}, "arguments: No closing quotation"),
        (["publish"], {"PUBLISHER_ACTION_ARGUMENTS": "--dry-run"}, "arguments: --dry-run is set"),
        (["publish"], {"PUBLISHER_ACTION_ARGUMENTS": "--key a --format text"}, "arguments: --format is set"),
        (["plan"], {"PUBLISHER_ACTION_ARGUMENTS": "--out=plan.json"}, "arguments: --out is set"),
        (["deploy"], {}, "validate, plan, preview, publish, pause, resume, status, tokens"),
        ([], {}, "validate, plan, preview, publish, pause, resume, status, tokens"),
    ],
)
def test_misuse_is_an_error_on_the_run_s_page(
    arguments: list[str],
    environ: dict[str, str],
    said: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    output, summary = tmp_path / "output", tmp_path / "summary"
    files = {"GITHUB_OUTPUT": str(output), "GITHUB_STEP_SUMMARY": str(summary)}
    assert main(arguments, {**environ, **files}) == 2
    assert said in summary.read_text("utf-8")
    assert _outputs(output.read_text("utf-8")) == {"exit-code": "2", "published": "0", "urns": "[]"}
    out = capsys.readouterr().out
    assert out.startswith("::error::")
    assert said in out


def test_the_log_s_silence_ends_whatever_a_command_ends_with(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "program"))
    for said in ("no end of line", "a line\\n"):
        Path(sys.executable).write_text(f"#!/bin/sh\nprintf '{said}' >&2\n")
        Path(sys.executable).chmod(0o755)
        publisher(".", {})
        first, *_, last = capsys.readouterr().out.splitlines()
        assert last == f"::{first.removeprefix('::stop-commands::')}::"


def account(**facts: object) -> dict[str, object]:
    """An account as ``publisher auth status --format json`` reports it."""
    return {
        "alias": "me", "author": "urn:li:person:a", "problem": "", "remedy": "", "refreshable": False,
        "expires_at": "2026-12-24T00:00:00Z", **facts,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("facts", "alarms", "remarks"),
    [
        ({}, 0, 0),
        ({"expires_at": "2026-12-07T23:59:59Z"}, 1, 0),
        ({"expires_at": "2026-12-08T00:00:01Z"}, 0, 0),
        ({"expires_at": "2026-12-01T00:00:00Z", "refreshable": True}, 0, 0),
        ({"problem": "LinkedIn says it was revoked."}, 1, 0),
        ({"expires_at": None}, 0, 1),
    ],
)
def test_tokens_that_end_within_two_weeks_are_an_alarm(
    facts: dict[str, object], alarms: int, remarks: int
) -> None:
    found = token_alarms([account(**facts)], datetime(2026, 11, 24, tzinfo=UTC))
    assert tuple(map(len, found)) == (alarms, remarks)
