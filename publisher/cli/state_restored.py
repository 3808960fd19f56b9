"""``publisher state restored``: after a restore, hold what may be live until somebody has looked."""

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime

import click

from publisher.cli.console import say
from publisher.cli.main import Options
from publisher.cli.project import read_project
from publisher.cli.state_edit import dry_run_option, state_store, tell_edits
from publisher.cli.state_init import journal_entries
from publisher.cli.times import read_time
from publisher.model.state import State, Status
from publisher.planning.restored import hold_restored
from publisher.state.edits import Edit, PostEdit
from publisher.state.service import service_of
from publisher.state.store import Numbered


@click.command()
@click.option("--since", metavar="TIME", required=True, help="When the backup was made.")
@dry_run_option
@click.pass_obj
def restored(options: Options, since: str, dry_run: bool) -> None:
    """Hold every post that was due since TIME until somebody has looked, because the state was restored from a backup.

    What the restored state does not know may be live. Each such post is an unknown outcome until it is settled.

    \b
    publisher state restored --since 2026-11-24T03:00Z
    publisher state import --from-export Shares.csv
    publisher state resolve 2026-11-hello --absent
    """
    project, store, now = read_project(options), state_store(options, service=""), datetime.now(UTC)
    now = now.replace(microsecond=0)
    at = read_time(since, project.config.timezone, now, "--since")

    def edits_for(state: State) -> Sequence[Edit]:
        service = service_of(project.config.linkedin.api_url)
        seen = journal_entries(state, str(options.root.resolve()), service)
        return hold_restored(
            project.posts, state, project.config, at, now, lambda: secrets.token_hex(8), seen
        )

    if dry_run:
        tell_edits(edits_for(store.read()), "would ", options)
        return
    with store.session() as session:
        edits = edits_for(session.state)
        session.write(*edits)
        if isinstance(session, Numbered):
            session.renumber()
    tell_edits(edits, "", options)
    held = sum(
        isinstance(edit, PostEdit) and edit.after is not None and edit.after.status is Status.PENDING
        for edit in edits
    )
    say(
        f"{held} posts are held. `publisher status` lists them with the commands that settle each; "
        "`publisher state import --from-export Shares.csv` settles all that LinkedIn's data export shows.",
        quiet=options.quiet,
    )
