"""``python -P -m publisher.actions COMMAND``: one step of a workflow."""

import os
import sys
from collections.abc import Mapping, Sequence

import click

from publisher.actions.commands import COMMANDS, settings
from publisher.actions.event import read_event
from publisher.errors import EXIT_USAGE


def main(arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    """Run one command and return its exit code."""
    if len(arguments) != 1 or arguments[0] not in COMMANDS:
        click.echo(f"::error::The command must be one of {', '.join(COMMANDS)}.")
        return EXIT_USAGE
    try:
        step = settings(environ, read_event(environ))
    except ValueError as error:
        click.echo(f"::error::arguments: {error}")
        return EXIT_USAGE
    return COMMANDS[arguments[0]](step)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
