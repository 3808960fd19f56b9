"""The commands of a step. Each runs publisher and reports the result on GitHub's pages."""

import json
import os
import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import click

from publisher.actions.alarm import set_alarm
from publisher.actions.base import base_project
from publisher.actions.child import Answer, publisher, told
from publisher.actions.credentials import with_git_credentials
from publisher.actions.event import Event
from publisher.actions.reports import diagnostics_of, findings_markdown, result_lines, token_alarms
from publisher.actions.review import comment_on
from publisher.actions.runner import fail, warn, write_outputs, write_summary
from publisher.errors import EXIT_FAILED, EXIT_OK, EXIT_USAGE, PublisherError
from publisher.reports.diagnostics import diagnostics_github
from publisher.reports.markdown import block, inline
from publisher.reports.results_markdown import results_markdown
from publisher.reports.visible import visible
from publisher.settings.config import load_config

NOTHING_PUBLISHED = {"published": "0", "urns": "[]"}
"""The outputs of a step that published nothing; later steps compare with them."""

_LIVE = ("done", "adopted")

# with these a step could not read what the command says, and would report something else than was done
_OWN_OPTIONS = ("--format", "--out", "--dry-run")


@dataclass(frozen=True, slots=True)
class Step:
    """A step's settings: the project's ``directory``, whether to ``comment``, and further ``arguments``.

    ``branch`` is the one that is published by hand; empty for the repository's default branch.
    """

    environ: Mapping[str, str]
    event: Event
    directory: str
    comment: bool
    arguments: tuple[str, ...]
    branch: str = ""

    def publisher(self, *arguments: str) -> Answer:
        """Run publisher in the project."""
        return publisher(self.directory, self.environ, *arguments)

    @property
    def temporary(self) -> Path:
        """The runner's folder for files that nothing needs later."""
        return Path(self.environ.get("RUNNER_TEMP") or os.curdir).resolve()

    def end(self, code: int, **outputs: str) -> int:
        """Return the step's exit code, with its outputs set."""
        write_outputs(self.environ, {"exit-code": str(code), **outputs})
        return code


def settings(environ: Mapping[str, str], event: Event) -> Step:
    """Return the step of a runner's environment.

    Raise ValueError where the arguments' quotes don't match, or one of them is the step's own.
    """
    arguments = tuple(shlex.split(environ.get("PUBLISHER_ACTION_ARGUMENTS", "")))
    for own in _OWN_OPTIONS:
        if any(given == own or given.startswith(f"{own}=") for given in arguments):
            raise ValueError(f"{own} is set by the action itself; leave it out")
    return Step(
        environ,
        event,
        environ.get("PUBLISHER_ACTION_DIRECTORY", "") or ".",
        environ.get("PUBLISHER_ACTION_COMMENT", "") != "false",
        arguments,
        environ.get("PUBLISHER_ACTION_BRANCH", ""),
    )


def validate(step: Step) -> int:
    """Annotate the lines of a pull request, and list the problems in the summary."""
    code, said = _validated(step, step.arguments)
    write_summary(step.environ, said)
    return step.end(code)


def plan(step: Step) -> int:
    """Write the plan to the summary and to the pull request's one comment."""
    code, findings = _validated(step, ())
    step = replace(step, environ=with_git_credentials(step.environ))
    said = findings
    # a folder of its own: a job may plan several projects, and each plan is an output
    path = Path(mkdtemp(prefix="publisher-", dir=step.temporary)) / "publisher-plan.json"
    if code == EXIT_OK:
        with base_project(step.event, step.directory, step.temporary) as base:
            compared = ["--base", str(base)] if base else []
            answer = step.publisher(
                "-q", "plan", "--format", "markdown", "--out", str(path), *compared, *step.arguments
            )
        code = answer.code
        planned = answer.out or _failure("The plan could not be made.", answer)
        # compared with its base, each post has its own findings beside it
        said = f"{findings}\n\n{planned}" if findings and not (base and answer.out) else planned
    said += _preview_link(step)
    write_summary(step.environ, said)
    if step.comment:
        comment_on(step.event, step.environ, step.directory, said, news=bool(findings) or _has_news(path))
    return step.end(code, **({"plan-json": str(path)} if path.exists() else {}))


def preview(step: Step) -> int:
    """Write the preview page, to be uploaded and linked. A project that can't be read has none."""
    path = Path(mkdtemp(prefix="publisher-", dir=step.temporary)) / "preview.html"
    answer = step.publisher("preview", "--out", str(path))
    return step.end(EXIT_OK, **({"path": str(path)} if answer.code == EXIT_OK else {}))


def publish(step: Step) -> int:
    """Publish what is due, keep the state, and list what is live with its links."""
    unmerged = _unmerged(step)
    if unmerged:
        fail(unmerged)
        write_summary(step.environ, f"**Nothing was published.** {inline(unmerged)}")
        return step.end(EXIT_USAGE, **NOTHING_PUBLISHED)
    answer = step.publisher("publish", "--format", "json", *_keep(step), *step.arguments)
    try:
        document: dict[str, Any] = json.loads(answer.out)
    except ValueError:
        write_summary(step.environ, _failure("Nothing was published.", answer))
        return step.end(answer.code or EXIT_FAILED, **NOTHING_PUBLISHED)
    told(result_lines(document))
    write_summary(step.environ, results_markdown(document))
    urns = [
        line["urn"]
        for line in document["results"]
        if line["outcome"] in _LIVE and line["action"] in ("create", "replace") and "#" not in line["key"]
    ]
    return step.end(answer.code, published=str(len(urns)), urns=json.dumps(urns))


def pause(step: Step) -> int:
    """Stop publishing for everyone who shares the state."""
    given = {"--until": "PUBLISHER_ACTION_UNTIL", "--reason": "PUBLISHER_ACTION_REASON"}
    # one argument each: what somebody typed is a value, whatever it begins with
    told_so = [
        f"{name}={step.environ[variable]}" for name, variable in given.items() if step.environ.get(variable)
    ]
    return _switch(step, "pause", *told_so)


def resume(step: Step) -> int:
    """Let everyone who shares the state publish again."""
    return _switch(step, "resume")


def _switch(step: Step, command: str, *arguments: str) -> int:
    unmerged = _unmerged(step)
    if unmerged:
        fail(unmerged)
        write_summary(step.environ, f"**Nothing was changed.** {inline(unmerged)}")
        return step.end(EXIT_USAGE, **NOTHING_PUBLISHED)
    answer = step.publisher(command, *_keep(step), *arguments, *step.arguments)
    said = answer.err.strip()
    write_summary(
        step.environ, inline(said, 600) if answer.code == EXIT_OK else _failure("It failed.", answer)
    )
    return step.end(answer.code, **NOTHING_PUBLISHED)


def status(step: Step) -> int:
    """Return the exit code of the status, and keep one issue open while something needs a person."""
    answer = step.publisher("status", "--format", "markdown", *step.arguments)
    said = answer.out or _failure("The status is not known.", answer)
    write_summary(step.environ, said)
    set_alarm(step.event, step.environ, step.directory, said if answer.code else "")
    if answer.code:
        warn("publisher status: something needs a person; the summary says what.")
    return step.end(answer.code)


def tokens(step: Step) -> int:
    """Fail if an author's token is refused, is missing, or ends within two weeks."""
    answer = step.publisher("auth", "status", "--format", "json", *step.arguments)
    try:
        accounts = json.loads(answer.out)["accounts"]
    except (ValueError, KeyError):
        write_summary(step.environ, _failure("The tokens are not known.", answer))
        return step.end(answer.code or EXIT_FAILED)
    alarms, remarks = token_alarms(accounts, datetime.now(UTC))
    for text in alarms:
        fail(text)
    for text in remarks:
        warn(text)
    if alarms or remarks:
        write_summary(step.environ, "\n".join(f"- {inline(text, 600)}" for text in (*alarms, *remarks)))
    return step.end(EXIT_FAILED if alarms else EXIT_OK)


COMMANDS = {
    "validate": validate,
    "plan": plan,
    "preview": preview,
    "publish": publish,
    "pause": pause,
    "resume": resume,
    "status": status,
    "tokens": tokens,
}


def _validated(step: Step, arguments: Sequence[str]) -> tuple[int, str]:
    """Return the exit code of validating, and its findings as Markdown; annotations go to the log."""
    answer = step.publisher("validate", "--format", "json", *arguments)
    try:
        found = diagnostics_of(json.loads(answer.out), _prefix(step))
    except ValueError:
        return answer.code or EXIT_FAILED, _failure("The project can't be read.", answer)
    click.echo(diagnostics_github(found), nl=False)
    failed = answer.code != EXIT_OK
    return answer.code, findings_markdown(found, failed=failed) if failed or found else ""


def _unmerged(step: Step) -> str:
    """Return why what is checked out must not be published, nor its state changed; empty if it may be."""
    event, wanted = step.event, step.branch or step.event.default_branch
    if event.name.startswith("pull_request"):
        return "A pull request is not published: what is in it was not merged yet."
    # every other event names its branch in the workflow, or is always about the default branch
    if event.name == "workflow_dispatch" and wanted and event.branch != wanted:
        started = event.branch or "something other than a branch"
        return f"Started by hand on {started}: only what was merged to {wanted} is published."
    return ""


def _preview_link(step: Step) -> str:
    """Return the link to the uploaded preview page, as Markdown; empty if there is none."""
    url = step.environ.get("PUBLISHER_ACTION_PREVIEW", "")
    if not re.fullmatch(r"https://[\w.-]+/[\w.-]+/[\w.-]+/actions/runs/\d+/artifacts/\d+", url):
        return ""
    return f"\n\n[Preview of every post]({url}): one page, in a ZIP file."


def _has_news(plan: Path) -> bool:
    """Return whether a plan says more than that everything is published, or could not be made."""
    return not plan.exists() or bool(json.loads(plan.read_text("utf-8"))["summary"].keys() - {"none"})


def _prefix(step: Step) -> str:
    """Return the project's folder in its repository, as annotations need it."""
    root = Path(step.environ.get("GITHUB_WORKSPACE") or os.curdir).resolve()
    place = Path(step.directory).resolve()
    return place.relative_to(root).as_posix() if place.is_relative_to(root) else "."


def _keep(step: Step) -> list[str]:
    """Return the option that keeps a state file, which would end with the runner.

    A state on a branch or in a database needs no such option.
    """
    try:
        location = load_config(Path(step.directory).resolve(), step.environ).state
    except PublisherError:
        return []  # publisher itself says better what is wrong
    # A branch and a database are shared already; a file or folder must be committed by this step.
    return [] if location.startswith(("git+branch:", "postgres")) else ["--commit-state"]


def _failure(what: str, answer: Answer) -> str:
    return f"**{what}**\n\n{block(visible(answer.err.strip())[-20_000:])}"
