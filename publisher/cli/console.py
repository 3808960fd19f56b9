"""Writing to the terminal: data to stdout, everything else to stderr, colour only where it is wanted."""

import json
import sys
from collections.abc import Iterable
from typing import Any

import click

from publisher.errors import ConfigError, ContentError, PublisherError
from publisher.model.diagnostic import Diagnostic, Severity
from publisher.reports.style import Paint, plain
from publisher.reports.visible import one_line, visible

_COLORS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "blue"}


def show_error(error: PublisherError) -> None:
    """An error, its diagnostics and its remedy, on stderr."""
    if isinstance(error, ConfigError | ContentError):
        show_diagnostics(error.diagnostics)
    click.echo(click.style("error: ", fg="red", bold=True) + visible(error.message), err=True)
    if error.remedy:
        click.echo(f"  {visible(error.remedy)}", err=True)


def show_diagnostics(diagnostics: Iterable[Diagnostic], *, err: bool = True) -> None:
    """One diagnostic a paragraph: ``path:line:column: severity: message [code]`` and the remedy."""
    for diagnostic in diagnostics:
        severity = click.style(diagnostic.severity.value, fg=_COLORS[diagnostic.severity], bold=True)
        line = f"{diagnostic.location}: {severity}: {one_line(diagnostic.message)} [{diagnostic.code}]"
        click.echo(line, err=err)
        if diagnostic.remedy:
            click.echo(f"    {one_line(diagnostic.remedy)}", err=err)


def paint(text: str, style: str) -> str:
    """Colour for reports (`publisher.reports.style.Paint`); click drops it where stdout is not a terminal."""
    if style in ("bold", "dim"):
        return click.style(text, bold=style == "bold" or None, dim=style == "dim" or None)
    return click.style(text, fg=style)


def stdout_paint() -> Paint:
    """`paint` where stdout takes colour; else what does nothing, for reports of thousands of lines."""
    context = click.get_current_context(silent=True)
    colored = context.color if context else None
    if colored is None:
        colored = sys.stdout is not None and sys.stdout.isatty()
    return paint if colored else plain


def print_json(document: Any) -> None:
    """A JSON document on stdout: two-space indent, UTF-8 as it is, a newline at the end."""
    click.echo(json.dumps(document, indent=2, ensure_ascii=False))


def say(text: str, *, quiet: bool = False) -> None:
    """A remark for people, on stderr."""
    if not quiet:
        click.echo(text, err=True)


def counted(number: int, thing: str) -> str:
    """A number of things in words: ``1 error``, ``2 errors``."""
    return f"{number} {thing}{'' if number == 1 else 's'}"
