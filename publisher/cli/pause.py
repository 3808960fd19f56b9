"""``publisher pause`` and ``publisher resume``: stop all publishing for everyone who shares the state."""

import os
from datetime import UTC, datetime

import click

from publisher.cli.console import say
from publisher.cli.main import Options
from publisher.errors import UsageError
from publisher.model.config import Config
from publisher.model.state import Event, Pause
from publisher.settings.config import load_config
from publisher.state import commit_to_git, open_store
from publisher.state.edits import EventEdit, PauseEdit
from publisher.state.store import Store

_COMMIT = click.option("--commit-state", is_flag=True, help="Commit and push the state file.")


@click.command()
@click.option("--until", metavar="TIME", help="Resume at this time, such as 2026-12-24T09:00 or +2d.")
@click.option("--reason", default="", metavar="TEXT", help="The reason that other runs show.")
@_COMMIT
@click.pass_obj
def command(options: Options, until: str | None, reason: str, commit_state: bool) -> None:
    """Stop publishing for everyone who shares this state. Plans and previews still work.

    \b
    publisher pause --reason "Launch is postponed"
    publisher pause --until +2d
    """
    from publisher.cli.times import read_time

    config, now = load_config(options.root, os.environ), datetime.now(UTC)
    end = read_time(until, config.timezone, now, "--until").astimezone(UTC) if until else None
    if end is not None and end <= now:
        raise UsageError("--until is in the past.", "Give a future time, or leave it out.")
    begin = now.replace(microsecond=0)
    with _store(options, config, commit=commit_state).session() as session:
        detail = f"until {end.isoformat(timespec='minutes')}" if end else ""
        session.write(PauseEdit(Pause(begin, end, reason)), EventEdit(Event(begin, "pause", "", detail)))
    say("Publishing is paused. `publisher resume` ends the pause.", quiet=options.quiet)


@click.command()
@_COMMIT
@click.pass_obj
def resume(options: Options, commit_state: bool) -> None:
    """End a pause for everyone who shares this state.

    \b
    publisher resume
    """
    config, now = load_config(options.root, os.environ), datetime.now(UTC).replace(microsecond=0)
    with _store(options, config, commit=commit_state).session() as session:
        if session.state.pause is None:
            say("Publishing was not paused.", quiet=options.quiet)
            return
        session.write(PauseEdit(None), EventEdit(Event(now, "resume", "")))
    say("The next run publishes again.", quiet=options.quiet)


def _store(options: Options, config: Config, *, commit: bool) -> Store:
    store = open_store(config.state, options.root, project=config.project)
    return commit_to_git(store) if commit else store
