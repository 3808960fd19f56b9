"""``publisher doctor``: everything publishing needs, looked at before it is needed."""

import os
from collections.abc import Iterable

import click

from publisher.auth.vault import Vault, config_directory
from publisher.cli.console import print_json
from publisher.cli.main import Options
from publisher.cli.project import format_option
from publisher.doctor.checks import diagnose, worst
from publisher.doctor.facts import Finding, Level
from publisher.doctor.gather import Subject, gather
from publisher.doctor.report import report_json
from publisher.errors import EXIT_FAILED, EXIT_OK, ConfigError, PublisherError
from publisher.networks.linkedin.transport import Runtime
from publisher.project import load
from publisher.settings.config import load_config

_STYLES = {Level.OK: ("ok", "green"), Level.WARNING: ("warning", "yellow"), Level.ERROR: ("error", "red")}


@click.command()
@click.option("--offline", is_flag=True, help="Send nothing; check only this machine.")
@format_option("text", "json")
@click.pass_obj
def command(options: Options, offline: bool, output_format: str) -> int:
    """Check everything that publishing needs, and print a remedy for each problem.

    Checks the settings, the content, the connection to LinkedIn, the clock, every author's token and scopes, the API
    version, the state, git and the workflow. Changes nothing. Exits 1 if there is an error.

    \b
    publisher doctor
    publisher doctor --format json
    """
    findings = _examine(options, online=not offline)
    if output_format == "json":
        print_json(report_json(findings))
    else:
        _show(findings, quiet=options.quiet)
    return EXIT_FAILED if worst(findings) is Level.ERROR else EXIT_OK


def _examine(options: Options, *, online: bool) -> tuple[Finding, ...]:
    try:
        config = load_config(options.root, os.environ)
    except ConfigError as error:
        # without settings nothing else can be judged
        places = [f"{item.location}: {item.message} {item.remedy}".strip() for item in error.diagnostics]
        return tuple(_broken("config", place) for place in places or [error.message])
    vault = Vault(config_directory(os.environ))
    subject = Subject(options.root, config, os.environ, vault, Runtime(attempts=2))
    try:
        project = load(options.root)
    except PublisherError as error:
        rest = diagnose(gather(subject, None, (), online=online))
        return (_broken("content", error.message, error.remedy), *rest)
    return diagnose(gather(subject, project.posts, project.diagnostics, online=online))


def _broken(name: str, message: str, remedy: str = "") -> Finding:
    return Finding(name, Level.ERROR, message, remedy or "Correct it, then look again.")


def _show(findings: Iterable[Finding], *, quiet: bool) -> None:
    """One line a finding, and its remedy below; with ``--quiet`` only what is not well."""
    for finding in findings:
        if quiet and finding.level is Level.OK:
            continue
        word, color = _STYLES[finding.level]
        click.echo(f"{click.style(f'{word:7}', fg=color)}  {finding.name}: {finding.message}")
        if finding.remedy:
            click.echo(f"         {finding.remedy}")
