"""``publisher state expire``: delete old lines of the audit, days of usage and jobs from a database."""

import os
from datetime import timedelta
from typing import Any

import click

from publisher.cli.main import Options
from publisher.errors import UsageError
from publisher.settings.config import load_config
from publisher.settings.durations import parse_duration
from publisher.state import open_store


class _Duration(click.ParamType[timedelta]):
    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        """Read ``400d``."""
        if isinstance(value, timedelta):
            return value
        try:
            found = parse_duration(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)
        if found < timedelta(days=2):
            self.fail("at least 2d: budgets and doubts of today are needed", param, ctx)
        return found


_AGE = _Duration()


@click.command()
@click.option(
    "--history", type=_AGE, default="400d", show_default=True, metavar="AGE", help="Keep the audit so long."
)
@click.option(
    "--usage", type=_AGE, default="40d", show_default=True, metavar="AGE", help="Keep daily counts so long."
)
@click.option(
    "--jobs", type=_AGE, default="7d", show_default=True, metavar="AGE", help="Keep ended jobs so long."
)
@click.option("--dry-run", is_flag=True, help="Say what would be deleted; delete nothing.")
@click.pass_obj
def expire(options: Options, history: timedelta, usage: timedelta, jobs: timedelta, dry_run: bool) -> None:
    """Delete old lines of the audit, days of usage, and jobs of the queue from the database.

    What the state itself remembers stays: posts, URNs, intents, and what state commands did. Needs the role that owns
    the tables.

    \b
    publisher state expire --dry-run
    publisher state expire --history 730d
    """
    config = load_config(options.root, os.environ)
    if not config.state.startswith(("postgresql:", "postgres:")):
        raise UsageError(f"{config.state} has nothing that expires; only a database does.")
    from publisher.state.postgres.retention import Retention
    from publisher.state.postgres.store import PostgresStore

    store = open_store(config.state, options.root, project=config.project)
    assert isinstance(store, PostgresStore)  # noqa: S101 - by its location
    counts = store.expire(Retention(history, usage, jobs), dry_run=dry_run)
    for kind, count in counts.items():
        click.echo(f"{'would delete' if dry_run else 'deleted'} {count:,} {kind}")
