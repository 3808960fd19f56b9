"""``publisher validate``: every diagnostic at once."""

from collections.abc import Sequence
from pathlib import Path

import click

from publisher.cli.console import counted, print_json, say, show_diagnostics
from publisher.cli.main import Options
from publisher.cli.project import format_option, read_project, store_of
from publisher.errors import EXIT_FAILED, EXIT_OK, ConfigError
from publisher.model.diagnostic import Diagnostic, Severity, has_errors
from publisher.project import Project
from publisher.project.pipeline import check_against
from publisher.reports.diagnostics import diagnostics_github, diagnostics_json, diagnostics_sarif


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path), metavar="[PATH]...")
@format_option("text", "json", "github", "sarif")
@click.option("--strict", is_flag=True, help="Exit 1 for warnings, too.")
@click.pass_obj
def command(options: Options, paths: tuple[Path, ...], output_format: str, strict: bool) -> int:
    """Report all problems in the content.

    Without PATH everything below content/ is checked. Exits 1 if there is an error.

    \b
    publisher validate
    publisher validate content/2026-11-hello.md
    publisher validate --format sarif > results.sarif
    """
    try:
        project = read_project(options, paths=[path.resolve() for path in paths] or None)
    except ConfigError as error:
        if error.diagnostics and output_format != "text":
            _print(error.diagnostics, output_format)
        raise
    if not paths:
        project = check_against(project, store_of(project).read())
    _report(project, output_format, options)
    worst = any(d.severity is Severity.WARNING for d in project.diagnostics) and strict
    return EXIT_FAILED if worst or has_errors(project.diagnostics) else EXIT_OK


def _report(project: Project, output_format: str, options: Options) -> None:
    diagnostics = project.diagnostics
    if output_format != "text":
        _print(diagnostics, output_format)
        return
    show_diagnostics(diagnostics, err=False)
    errors = sum(d.severity is Severity.ERROR for d in diagnostics)
    warnings = sum(d.severity is Severity.WARNING for d in diagnostics)
    documents = len({post.document_key for post in project.posts})
    posts = counted(documents, "valid post")
    if documents < len(project.posts):
        posts += f" with {len(project.posts)} copies"
    say(f"{posts}, {counted(errors, 'error')}, {counted(warnings, 'warning')}.", quiet=options.quiet)


def _print(diagnostics: Sequence[Diagnostic], output_format: str) -> None:
    """The diagnostics for a machine: ``json``, ``sarif`` or ``github``."""
    if output_format == "json":
        print_json(diagnostics_json(diagnostics))
    elif output_format == "sarif":
        print_json(diagnostics_sarif(diagnostics))
    else:
        click.echo(diagnostics_github(diagnostics), nl=False)
