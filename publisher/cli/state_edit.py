"""What commands share that change the state by hand: they make edits under the store's lock and say what changes."""

import os
from collections.abc import Callable, Sequence

import click

from publisher.cli.console import say
from publisher.cli.main import Options
from publisher.cli.project import store_for
from publisher.model.state import Entry, State
from publisher.settings.config import load_config
from publisher.state.edits import Edit, PostEdit
from publisher.state.store import Store

dry_run_option = click.option("--dry-run", is_flag=True, help="Show the changes and write nothing.")


def state_store(options: Options, service: str | None = None) -> Store:
    """The project's store. ``service`` replaces the one that the settings name; with ``""`` nothing is checked."""
    return store_for(load_config(options.root, os.environ), options.root, service=service)


def write_edits(options: Options, make: Callable[[State], Sequence[Edit]], *, dry_run: bool) -> None:
    """Make the edits under the store's lock and say what they change."""
    store = state_store(options)
    if dry_run:
        tell_edits(make(store.read()), "would ", options)
        return
    with store.session() as session:
        edits = make(session.state)
        session.write(*edits)
    tell_edits(edits, "", options)


def tell_edits(edits: Sequence[Edit], prefix: str, options: Options) -> None:
    """Print which entries edits add, change and remove."""
    changes = [edit for edit in edits if isinstance(edit, PostEdit)]
    for edit in changes:
        click.echo(f"{prefix}{_change(edit.before, edit.after):<8} {edit.key}")
    if not changes:
        say("Nothing to do.", quiet=options.quiet)


def _change(before: Entry | None, after: Entry | None) -> str:
    if after is None:
        return "remove"
    return "add" if before is None else "change"
