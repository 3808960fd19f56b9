"""The documentation: its examples run as they stand, and it names everything there is."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest
import yaml

from publisher.cli.sandbox import command
from publisher.sandbox.config import read_config
from publisher.sandbox.control import ENDPOINTS
from publisher.sandbox.faults import KINDS
from publisher.sandbox.server import Sandbox
from publisher.sandbox.settings import Settings
from publisher.sandbox.values import PRODUCTS

PAGE = (Path(__file__).parents[2] / "docs" / "sandbox.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
PROGRAMS = {
    "sh": ["bash", "-eu", "-o", "pipefail", "-c"],
    "python": [sys.executable, "-W", "error", "-c"],
    "javascript": ["node", "--input-type=module", "-e"],
}
EXAMPLES = [(language, text) for language, text in BLOCKS if language in PROGRAMS]


def program(language: str) -> list[str]:
    """The program that runs a language; where it is missing the test fails in CI and is skipped elsewhere."""
    needed = ["curl", "bash"] if language == "sh" else [PROGRAMS[language][0]]
    missing = [name for name in needed if shutil.which(name) is None]
    if missing and not os.environ.get("CI"):
        pytest.skip(f"{', '.join(missing)} is not installed")
    assert not missing
    return PROGRAMS[language]


@pytest.mark.parametrize(("language", "text"), EXAMPLES, ids=[language for language, _ in EXAMPLES])
def test_examples_run_as_they_stand(language: str, text: str, sandbox: Sandbox) -> None:
    environment = {
        **os.environ,
        "PUBLISHER_LINKEDIN_API_URL": sandbox.url,
        "LINKEDIN_ACCESS_TOKEN": sandbox.token(),
    }
    done = subprocess.run(
        [*program(language), text], env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr


def test_the_pytest_example_passes(tmp_path: Path) -> None:
    (text,) = [text for language, text in EXAMPLES if "def test_publish(linkedin_intercept)" in text]
    (tmp_path / "test_example.py").write_text(text)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "."]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert "1 passed" in done.stdout, done.stdout + done.stderr


def test_the_container_examples_are_yaml() -> None:
    compose, workflow = (yaml.safe_load(text) for language, text in BLOCKS if language == "yml")
    dockerfile = compose["services"]["linkedin"]["build"]["dockerfile"]
    assert (Path(__file__).parents[2] / dockerfile).is_file()
    assert set(compose["services"]["linkedin"]["command"][1::2]) == {"member_quota=none"}
    assert "linkedin" in workflow["jobs"]["test"]["services"]


def test_every_language_has_an_example() -> None:
    assert {language for language, _ in EXAMPLES} == set(PROGRAMS)


def test_the_ids_shown_are_the_real_ones(sandbox: Sandbox) -> None:
    assert f"member        {sandbox.member.urn}  {sandbox.member.name}" in PAGE
    assert f"LINKEDIN_ACCESS_TOKEN={sandbox.token()[:8]}…" in PAGE


def test_the_first_example_publishes(sandbox: Sandbox) -> None:
    program("sh")
    environment = {
        **os.environ,
        "PUBLISHER_LINKEDIN_API_URL": sandbox.url,
        "LINKEDIN_ACCESS_TOKEN": sandbox.token(),
    }
    done = subprocess.run(
        [*PROGRAMS["sh"], EXAMPLES[0][1]],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    (post,) = sandbox.posts()
    assert post.text == "Hello from curl"
    assert post.urn in done.stdout


def test_the_config_file_is_one() -> None:
    (text,) = [text for language, text in BLOCKS if language == "yaml"]
    config = read_config(text)
    assert config.settings == yaml.safe_load(text)["settings"]
    assert [fault.kind for fault in config.faults] == ["sunset"]


@pytest.mark.parametrize(
    "name",
    [
        *KINDS,
        *(item.name for item in fields(Settings)),
        *(f"{verb} {path}" for verb, path in ENDPOINTS),
        *(f"linkedin_sandbox_{name}" for name in ("settings", "clock", "intercept", "session")),
        *PRODUCTS,
        *(option for parameter in command.params for option in parameter.opts if option.startswith("--")),
    ],
)
def test_everything_is_named(name: str) -> None:
    assert re.search(rf"`{re.escape(name)}`", PAGE)
