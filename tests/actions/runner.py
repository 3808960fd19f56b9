"""A small runner of our own for workflows and composite actions: real bash, real git, real pip, the runner's files.

It does what GitHub's runner does with the few things that the workflows here use, and fails on everything else.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.actions.expressions import condition, interpolate
from tests.support.repository import git

ROOT = Path(__file__).parents[2]


@dataclass
class Outcome:
    """What a job left behind."""

    code: int = 0
    log: str = ""
    summary: str = ""
    outputs: dict[str, dict[str, str]] = field(default_factory=dict)
    ran: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether no step failed."""
        return self.code == 0

    def annotations(self, level: str) -> list[str]:
        """The workflow commands of a level that the runner would obey: not those between stop-commands and its end."""
        found, stopped = [], None
        for line in self.log.splitlines():
            if stopped:
                stopped = None if line == f"::{stopped}::" else stopped
            elif line.startswith("::stop-commands::"):
                stopped = line.removeprefix("::stop-commands::")
            elif line.lstrip().startswith(f"::{level}"):
                found.append(line)
        return found


@dataclass(frozen=True)
class Event:
    """What GitHub knows about a run: the event's name and payload, the ref that is checked out."""

    name: str
    ref: str
    payload: Mapping[str, Any]


@dataclass(frozen=True)
class Runner:
    """One machine. ``server`` is the repository it checks out, ``environ`` what every step sees."""

    home: Path
    server: Path
    event: Event
    environ: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)
    api_url: str = "http://127.0.0.1:9"

    @property
    def workspace(self) -> Path:
        """Where the repository is checked out."""
        return self.home / "workspace"

    def run(self, workflow: str, **edits: Any) -> Outcome:
        """Run the only job of a workflow's text; ``edits`` replace ``with`` of its last step."""
        document = yaml.load(workflow, yaml.BaseLoader)
        assert self.event.name in document["on"], f"{self.event.name} does not start it"
        (job,) = document["jobs"].values()
        permissions = job.get("permissions", document["permissions"])
        steps = job["steps"]
        if edits:
            steps[-1]["with"] = {**steps[-1].get("with", {}), **edits}
        for name in ("workspace", "temp", "files"):
            (self.home / name).mkdir(parents=True, exist_ok=True)
        outcome = Outcome()
        contexts = {
            "github": {**self._github(), "token": "ghs_" + "-".join(sorted(permissions))},
            "secrets": self.secrets,
            "vars": self.variables,
            "env": {},
            "inputs": self.event.payload.get("inputs") or {},
        }
        self._steps(steps, contexts, self._resolve(document.get("env", {}), contexts, outcome), outcome)
        return outcome

    def _github(self) -> dict[str, Any]:
        return {
            "ref": self.event.ref,
            "event_name": self.event.name,
            "event": self.event.payload,
            "job": "plan",
            "action": "self",
        }

    def _steps(
        self, steps: list[dict[str, Any]], contexts: dict[str, Any], env: dict[str, str], outcome: Outcome
    ) -> dict[str, dict[str, str]]:
        outputs: dict[str, dict[str, str]] = {}
        for number, step in enumerate(steps):
            scope = {**contexts, "steps": {name: {"outputs": values} for name, values in outputs.items()}}
            if not condition(step.get("if"), scope, _functions(outcome)):
                continue
            name = step.get("name") or step.get("uses") or step["run"]
            outcome.ran.append(name)
            own = env | self._resolve(step.get("env", {}), scope, outcome)
            values = (
                self._uses(step, scope, own, outcome) if "uses" in step else self._bash(step, own, outcome)
            )
            outputs[step.get("id") or f"step-{number}"] = values
            outcome.outputs.setdefault(step.get("id") or name, {}).update(values)
        return outputs

    def _uses(
        self, step: dict[str, Any], scope: dict[str, Any], env: dict[str, str], outcome: Outcome
    ) -> dict[str, str]:
        action, given = step["uses"], self._resolve(step.get("with", {}), scope, outcome)
        if action.startswith("actions/"):
            assert re.fullmatch(r"actions/[\w-]+@[0-9a-f]{40}", action), f"{action} is not pinned"
        if action.startswith("actions/checkout@"):
            self._checkout(given.get("ref") or self.event.ref, int(given.get("fetch-depth", "1")))
            return {}
        if action.startswith("actions/setup-python@"):
            assert re.fullmatch(r"3\.\d+", given["python-version"])
            return {}
        if action.startswith("actions/upload-artifact@"):
            assert Path(given["path"]).is_file()
            return {"artifact-url": "https://github.com/octo/posts/actions/runs/1/artifacts/2"}
        assert action == "./", f"this runner has no {action}"
        return self._composite(ROOT / "action.yml", given, scope, env, outcome)

    def _composite(
        self, path: Path, given: dict[str, str], scope: dict[str, Any], env: dict[str, str], outcome: Outcome
    ) -> dict[str, str]:
        action = yaml.load(path.read_text("utf-8"), yaml.BaseLoader)
        assert set(given) <= set(action["inputs"]), given
        inputs = {name: given.get(name, each.get("default", "")) for name, each in action["inputs"].items()}
        # a composite action sees neither secrets nor variables
        inner = {"github": scope["github"], "inputs": inputs, "env": {}}
        assert all(step.get("shell") == "bash" for step in action["runs"]["steps"] if "run" in step)
        made = self._steps(
            action["runs"]["steps"], inner, {**env, "GITHUB_ACTION_PATH": str(path.parent)}, outcome
        )
        inner["steps"] = {name: {"outputs": values} for name, values in made.items()}
        values = {name: each["value"] for name, each in action["outputs"].items()}
        return {name: value for name, value in self._resolve(values, inner, outcome).items() if value}

    def _checkout(self, ref: str, depth: int) -> None:
        """As actions/checkout: ``depth`` commits (0: all), a branch where the ref is one, else detached."""
        git(self.workspace, "init", "--quiet")
        git(self.workspace, "remote", "add", "origin", self.server.as_uri())
        name = ref.removeprefix("refs/heads/")
        target = f"refs/remotes/origin/{name}" if ref.startswith("refs/heads/") else "refs/remotes/pull/merge"
        limit = [f"--depth={depth}"] if depth else []
        git(self.workspace, "fetch", "--quiet", *limit, "--no-tags", "origin", f"+{ref}:{target}")
        if ref.startswith("refs/heads/"):
            git(self.workspace, "checkout", "--quiet", "--force", "-B", name, target)
        else:
            git(self.workspace, "checkout", "--quiet", "--force", target)

    def _bash(self, step: dict[str, Any], env: dict[str, str], outcome: Outcome) -> dict[str, str]:
        assert "${{" not in step["run"], "an expression inside a script lets titles and branches be run"
        script = self.home / "files" / "step.sh"
        script.write_text(step["run"])
        files = {
            f"GITHUB_{name}": self.home / "files" / name for name in ("OUTPUT", "ENV", "PATH", "STEP_SUMMARY")
        }
        for path in files.values():
            path.write_text("")
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)],
            cwd=self.workspace / step.get("working-directory", "."),
            env={**self._environment(), **env, **{name: str(path) for name, path in files.items()}},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        outcome.log += done.stdout
        outcome.code = outcome.code or done.returncode
        outcome.summary += files["GITHUB_STEP_SUMMARY"].read_text("utf-8")
        assert not files["GITHUB_ENV"].read_text(), "no step sets variables for the next ones"
        return _outputs(files["GITHUB_OUTPUT"].read_text("utf-8"))

    def _environment(self) -> dict[str, str]:
        payload = self.home / "files" / "event.json"
        payload.write_text(json.dumps(self.event.payload))
        inherited = {name: os.environ[name] for name in ("LANG", "SSL_CERT_FILE", "TZ") if name in os.environ}
        return {
            **inherited,
            "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
            "HOME": str(self.home),
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_API_URL": self.api_url,
            "GITHUB_EVENT_NAME": self.event.name,
            "GITHUB_EVENT_PATH": str(payload),
            "GITHUB_REF": self.event.ref,
            "GITHUB_REPOSITORY": "octo/posts",
            "GITHUB_WORKSPACE": str(self.workspace),
            "RUNNER_TEMP": str(self.home / "temp"),
            **self.environ,
        }

    def _resolve(
        self, values: Mapping[str, str], contexts: Mapping[str, Any], outcome: Outcome
    ) -> dict[str, str]:
        return {name: interpolate(value, contexts, _functions(outcome)) for name, value in values.items()}


def _functions(outcome: Outcome) -> dict[str, Any]:
    return {
        "success": lambda: outcome.ok,
        "failure": lambda: not outcome.ok,
        "always": lambda: True,
        "cancelled": lambda: False,
    }


def _outputs(text: str) -> dict[str, str]:
    """The runner's format: ``name=value``, or ``name<<mark`` up to the mark."""
    found, lines = {}, iter(text.splitlines())
    for line in lines:
        if "<<" in line:
            name, mark = line.split("<<", 1)
            value = []
            for each in lines:
                if each == mark:
                    break
                value.append(each)
            found[name] = "\n".join(value)
        elif "=" in line:
            name, _, value_ = line.partition("=")
            found[name] = value_
    return found
