"""What git sends to which server in a plan."""

import os
import subprocess
from pathlib import Path

from publisher.actions.credentials import with_git_credentials
from tests.support.repository import git


def header(folder: Path, environ: dict[str, str], url: str) -> str:
    command = ["git", "config", "--get-urlmatch", "http.extraheader", url]
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, **environ}, capture_output=True, text=True, check=False
    )
    return done.stdout.strip()


def test_only_github_s_server_gets_the_token(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "config", "http.https://github.com/.extraheader", "AUTHORIZATION: basic old")
    environ = with_git_credentials({"GITHUB_TOKEN": "ghs_x", "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "a.b",
                                    "GIT_CONFIG_VALUE_0": "c"})  # fmt: skip
    assert environ["GIT_CONFIG_COUNT"] == "3"
    assert (
        header(tmp_path, environ, "https://github.com/o/p.git")
        == "AUTHORIZATION: basic eC1hY2Nlc3MtdG9rZW46Z2hzX3g="
    )
    assert header(tmp_path, environ, "https://github.com.evil.example/o/p.git") == ""
    assert header(tmp_path, environ, "http://github.com/o/p.git") == ""
    assert with_git_credentials({"A": "b"}) == {"A": "b"}
    own = with_git_credentials({"GITHUB_TOKEN": "t", "GITHUB_SERVER_URL": "https://ghe.acme.dev/"})
    assert own["GIT_CONFIG_KEY_1"] == "http.https://ghe.acme.dev/.extraheader"
