"""``publisher sandbox`` as a process: what it prints, keeps and refuses."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests
from click.testing import CliRunner

from publisher.cli.sandbox import command


@contextmanager
def running(*arguments: str) -> Iterator[tuple[dict[str, Any], subprocess.Popen[str]]]:
    """The command as a process, and the JSON it printed."""
    process = subprocess.Popen(
        [sys.executable, "-m", "publisher", "sandbox", "--port", "0", "--format", "json", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    printed = ""
    while not printed.endswith("\n}\n"):
        line = process.stdout.readline()
        assert line, process.stderr.read()
        printed += line
    try:
        yield json.loads(printed), process
    finally:
        process.kill()
        process.communicate()


def create(told: dict[str, Any], text: str) -> requests.Response:
    body = {
        "author": told["member"],
        "lifecycleState": "PUBLISHED",
        "specificContent": {
            "com.linkedin.ugc.ShareContent": {
                "shareCommentary": {"text": text},
                "shareMediaCategory": "NONE",
            }
        },
        "visibility": {"com.linkedin.ugc.MemberNetworkVisibility": "PUBLIC"},
    }
    headers = {"Authorization": f"Bearer {told['environment']['LINKEDIN_ACCESS_TOKEN']}"}
    return requests.post(f"{told['url']}/v2/ugcPosts", json=body, headers=headers, timeout=20)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_keeps_its_posts_over_a_restart_and_ends_cleanly(number: signal.Signals, tmp_path: Path) -> None:
    kept = ("--db", str(tmp_path / "demo.sqlite"))
    with running(*kept) as (told, process):
        assert create(told, "Kept").status_code == 201
        process.send_signal(number)
        assert process.wait(20) == 0
        assert process.stderr is not None
        assert process.stderr.read() == ""
    with running(*kept) as (told, _):
        (post,) = requests.get(f"{told['url']}/_sandbox/posts", timeout=20).json()["posts"]
        assert post["text"] == "Kept"


def test_clock_faults_settings_and_config(tmp_path: Path) -> None:
    config = tmp_path / "sandbox.yaml"
    config.write_text(
        "settings: {comments_per_minute: 9}\n"
        "members: [{id: AdaByron01, given_name: Ada, family_name: Byron}]\n"
        "organizations: [{id: 77, name: Engines, roles: {'urn:li:person:AdaByron01': ADMINISTRATOR}}]\n"
        "apps: [{client_id: mine, client_secret: hush, name: Mine, scopes: [openid]}]\n"
        "faults: [{kind: no-id, skip: 1}]\n"
    )
    options = ("--clock", "2027-01-04T09:00:00Z", "--freeze", "--seed", "9", "--set", "duplicate_window=5")
    with running(*options, "--config", str(config), "--fault", "error,status=503") as (told, _):
        state = requests.get(f"{told['url']}/_sandbox/state", timeout=20).json()
        assert (state["now"], state["frozen"]) == ("2027-01-04T09:00:00Z", True)
        named = ("comments_per_minute", "duplicate_window", "seed")
        assert [state["settings"][name] for name in named] == [9, 5.0, 9]
        assert state["members"][-1]["urn"] == "urn:li:person:AdaByron01"
        assert state["organizations"][-1]["name"] == "Engines"
        assert state["apps"][-1]["client_id"] == "mine"
        assert [fault["kind"] for fault in state["faults"]] == ["no-id", "error"]
        assert create(told, "Hello").status_code == 503


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[1]", "it must be a mapping"),
        ("{", "not YAML"),
        ("colours: []", "unknown section 'colours'"),
        ("settings: {colour: 1}", "unknown setting 'colour'"),
        ("settings: {seed: x}", "seed needs a number"),
        ("settings: []\nmembers: {}\nfaults: [{kind: x}]", "unknown fault 'x'"),
        ("members: [{colour: red}]", "members: unknown field 'colour'"),
        ("members: [{given_name: 5}]", "members: given_name can't be 5"),
        ("apps: [1]", "apps must be a list of mappings"),
    ],
)
def test_config_files_that_make_no_sense(text: str, reason: str, tmp_path: Path) -> None:
    config = tmp_path / "sandbox.yaml"
    config.write_text(text)
    result = CliRunner().invoke(command, ["--config", str(config)])
    assert result.exit_code != 0
    assert reason in getattr(result.exception, "message", "")


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--fault", "nonsense"], "unknown fault 'nonsense'"),
        (["--set", "colour=red"], "unknown setting 'colour'"),
        (["--set", "ghosts=perhaps"], "ghosts is true or false"),
        (["--set", "seed"], "is not NAME=VALUE"),
        (["--port", "70000"], "is not in the range"),
        (["--set", "part_size=-1"], "part_size can't be negative"),
    ],
)
def test_options_that_make_no_sense(arguments: list[str], reason: str) -> None:
    result = CliRunner().invoke(command, arguments)
    assert result.exit_code == 2
    assert reason in result.output


def test_starts_that_fail_are_explained(tmp_path: Path) -> None:
    notes = tmp_path / "notes.txt"
    notes.write_text("my notes " * 100)
    with running() as (told, _):
        port = told["url"].rpartition(":")[2]
        for arguments in (["--port", port], ["--db", str(notes)], ["--clock", "soon"]):
            result = CliRunner().invoke(command, arguments)
            assert getattr(result.exception, "exit_code", None) == 2


def test_the_text_form_can_be_taken_by_a_shell() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "publisher", "sandbox", "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    lines = [process.stdout.readline().rstrip() for _ in range(5)]
    process.terminate()
    assert process.wait(20) == 0
    process.stdout.close()
    script = "; ".join(lines) + '; echo "$PUBLISHER_LINKEDIN_API_URL $LINKEDIN_CLIENT_ID"'
    shell = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True)
    assert shell.stdout.startswith("http://127.0.0.1:")
    assert shell.stdout.endswith(" sandbox-app\n")
