"""Messages name the variable, the file or the extra, and what to do."""

import subprocess
import sys
from pathlib import Path

import pytest

from publisher.errors import ConfigError
from publisher.networks.environment import environment_token
from tests.support.project import ProjectDir


@pytest.mark.parametrize(
    ("value", "remedy"),
    [("Bearer AQX", "Paste the token only, without 'Bearer'."), ("AQX\nAQY", "Paste the token only.")],
)
def test_a_token_with_whitespace_names_its_variable(value: str, remedy: str) -> None:
    with pytest.raises(ConfigError, match=r"^ACME_TOKEN contains whitespace\.$") as raised:
        environment_token("ACME_TOKEN", {"ACME_TOKEN": value})
    assert raised.value.remedy == remedy
    assert "AQX" not in str(raised.value)


def test_whitespace_in_a_token_stops_a_run_before_it_sends(project: ProjectDir) -> None:
    project.configure()
    project.write("content/hello.md", "Hello.\n")
    there = ProjectDir(project.root, project.sandbox, {"LINKEDIN_ACCESS_TOKEN": "Bearer secret"})
    result = there.publisher("publish")
    assert result.code in (1, 2)
    assert "LINKEDIN_ACCESS_TOKEN contains whitespace" in result.text
    assert "secret" not in result.text
    assert project.created_texts() == []


def test_a_command_without_its_extra_says_what_to_install(tmp_path: Path) -> None:
    script = (
        "import sys; sys.modules['procrastinate'] = sys.modules['prometheus_client'] = None; "
        "from publisher.cli.main import run; sys.exit(run(['worker']))"
    )
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "pip install 'posts-as-code[postgres]'" in done.stderr


def test_a_plan_of_another_time_says_so(project: ProjectDir) -> None:
    project.configure()
    assert "Plan as of 2031-01-01T09:00+00:00" in project.publisher("plan", "--at", "2031-01-01T09:00").err
