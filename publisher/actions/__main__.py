"""``python -P -m publisher.actions COMMAND``: one step of a workflow."""

import os
import sys
from collections.abc import Mapping, Sequence

from publisher.actions.commands import COMMANDS, NOTHING_PUBLISHED, settings
from publisher.actions.event import read_event
from publisher.actions.runner import fail, write_outputs, write_summary
from publisher.errors import EXIT_USAGE


def main(arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    """Run one command and return its exit code."""
    if len(arguments) != 1 or arguments[0] not in COMMANDS:
        return _misused(environ, f"The command must be one of {', '.join(COMMANDS)}.")
    try:
        step = settings(environ, read_event(environ))
    except ValueError as error:
        return _misused(environ, f"arguments: {error}")
    return COMMANDS[arguments[0]](step)


def _misused(environ: Mapping[str, str], why: str) -> int:
    fail(why)
    write_summary(environ, f"**{why}**")
    write_outputs(environ, {"exit-code": str(EXIT_USAGE), **NOTHING_PUBLISHED})
    return EXIT_USAGE


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
