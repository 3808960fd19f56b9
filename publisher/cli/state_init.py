"""``publisher state init``: start a state, or add what another copy of it has."""

import os
from datetime import UTC, datetime

import click

from publisher.cli.console import say
from publisher.cli.main import Options
from publisher.errors import UsageError
from publisher.model.state import Entry, Event, State, Status, known_urns
from publisher.settings.config import load_config
from publisher.state import journal, open_store
from publisher.state.edits import Edit, EventEdit, IdentityEdit, PostEdit
from publisher.state.filestore import FileStore
from publisher.state.replay import missing_edits
from publisher.state.service import service_of


@click.command()
@click.option("--from", "revision", metavar="REV", help="Add the entries of the state at this git revision.")
@click.option("--from-journal", is_flag=True, help="Add the posts that this machine has published.")
@click.pass_obj
def init(options: Options, revision: str | None, from_journal: bool) -> None:
    """Create an empty state. Make sure first that nothing was published yet.

    --from and --from-journal add lost entries to a state, and remove nothing.
    """
    config = load_config(options.root, os.environ)
    service = service_of(config.linkedin.api_url)
    store = open_store(config.state, options.root, project=config.project, service=service)
    with store.session() as session:
        edits: list[Edit] = []
        now = datetime.now(UTC)
        if revision is not None:
            if not isinstance(store, FileStore):
                raise UsageError(f"--from is about a state in the work tree; {store.location} is elsewhere.")
            edits += missing_edits(session.state, store.state_at(revision))
            edits.append(EventEdit(Event(now, "init", "", f"from {revision}")))
        if from_journal:
            seen = journal_entries(session.state, str(options.root.resolve()), service)
            edits += [
                PostEdit(key, None, entry) for key, entry in seen.items() if key not in session.state.posts
            ]
        lineage = session.state.lineage or journal.new_lineage()
        edits.insert(0, IdentityEdit(lineage, session.state.service or service, session.state.extra))
        before = session.state
        after = session.write(*edits)
    added = len(after.posts) - len(before.posts)
    say(f"{store.location}: {added} entries added, {len(after.posts)} in all.", quiet=options.quiet)


def journal_entries(state: State, root: str, service: str) -> dict[str, Entry]:
    """Name -> entry of what this machine has published and the state does not know; of its content nothing is known."""
    if state.lineage:
        lines = journal.of_lineage(state.lineage)
    else:
        _, lines = journal.of_project(root, service)
    known = known_urns(state)
    return {
        line.key: Entry(
            Status.PUBLISHED,
            line.author,
            "",
            "",
            "",
            "",
            urn=line.urn,
            published_at=datetime.fromisoformat(line.at),
        )
        for line in lines
        if line.service == service and line.urn not in known
    }
