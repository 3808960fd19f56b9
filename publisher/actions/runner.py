"""The runner's side of a step: its log, its outputs and its summary."""

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import click


def write_outputs(environ: Mapping[str, str], outputs: Mapping[str, str]) -> None:
    """Set the step's outputs. A value can't set another output, because it ends at a random mark."""
    lines = []
    for name, value in outputs.items():
        # GitHub's form for values of several lines; a fixed mark in a post's text could end its value
        # early.
        mark = f"end-{secrets.token_hex(16)}"
        lines.append(f"{name}<<{mark}\n{value}\n{mark}\n")
    _append(environ.get("GITHUB_OUTPUT"), "".join(lines))


def write_summary(environ: Mapping[str, str], markdown: str) -> None:
    """Add to the step's summary."""
    _append(environ.get("GITHUB_STEP_SUMMARY"), markdown + "\n")


@contextmanager
def without_commands() -> Iterator[None]:
    """Stop workflow commands while text of posts and answers is printed."""
    mark = secrets.token_hex(16)
    click.echo(f"::stop-commands::{mark}")
    try:
        yield
    finally:
        click.echo(f"::{mark}::")


def warn(text: str) -> None:
    """Show a warning on the run's page."""
    _annotate("warning", text)


def fail(text: str) -> None:
    """Show an error on the run's page."""
    _annotate("error", text)


def _annotate(level: str, text: str) -> None:
    escaped = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    click.echo(f"::{level}::{escaped}")


def _append(path: str | None, text: str) -> None:
    if path:
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(text)
