"""The command as a process under odd conditions: a clear message and the documented exit code, never a traceback."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

CONFIG = """\
authors:
  me: {urn: "urn:li:person:AbC_123", token_env: LINKEDIN_ACCESS_TOKEN}
defaults: {author: me}
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project of one post with an emoji."""
    (tmp_path / "content").mkdir()
    (tmp_path / "content/a.md").write_text("Hello 😀\n", encoding="utf-8")
    (tmp_path / "publisher.yaml").write_text(CONFIG, encoding="utf-8")
    return tmp_path


def shell(line: str, root: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run a line of shell with ``$P`` as the command, as on a machine that is not a CI runner."""
    inherited = {name: value for name, value in os.environ.items() if name != "CI"}
    return subprocess.run(
        ["/bin/sh", "-c", line],
        cwd=root,
        env={**inherited, "P": f"{sys.executable} -m publisher", **environ},
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        ("$P pln", 2, "Did you mean 'plan'"),
        ("$P plan > /dev/full", 1, "No space left on device"),
        ("$P schema > /dev/full", 1, "No space left on device"),
        ("$P --help > /dev/full", 1, "No space left on device"),
        ("mkdir gone && cd gone && rmdir ../gone && $P plan", 2, "working directory is gone"),
        ("$P plan >&-", 0, ""),
        (": > .publisher; LINKEDIN_ACCESS_TOKEN=t $P publish", 2, "can't be made"),
        ("$P -C nope plan", 2, "does not exist"),
    ],
)
def test_odd_condition(root: Path, line: str, code: int, said: str) -> None:
    done = shell(line, root)
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr
    assert said in done.stderr
    assert done.returncode == code, done.stderr
    assert not (root / "publisher.state.json").exists()


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_another_encoding_changes_no_byte(root: Path, encoding: str) -> None:
    line = "$P plan --format json"
    assert shell(line, root, PYTHONIOENCODING=encoding).stdout == shell(line, root).stdout != ""
