"""``publisher state migrate`` and ``upgrade``: move a state between stores, and make a database ready."""

import os
from dataclasses import replace

import click

from publisher.cli.console import say
from publisher.cli.main import Options
from publisher.errors import StateError, UsageError
from publisher.model.state import State
from publisher.settings.config import load_config
from publisher.state import open_store, statefile
from publisher.state.edits import Edit, IdentityEdit, PostEdit
from publisher.state.marks import losses
from publisher.state.moved import moved_to, with_mark
from publisher.state.replay import replayed
from publisher.state.store import Numbered, Store


@click.command()
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
@click.option("--dry-run", is_flag=True, help="Show the changes and write nothing.")
@click.pass_obj
def migrate(options: Options, source: str, target: str, dry_run: bool) -> None:
    """Copy the state to another place, and compare both.

    FROM and TO are locations as in `state:` of publisher.yaml. TO must be empty, say the same already, or have been
    moved away before. FROM is marked as moved: nothing is published from it any more. Set `state:` to TO afterwards.

    \b
    publisher state migrate publisher.state.json postgresql://publisher@db.example.org/publisher
    publisher state migrate postgresql://publisher@db.example.org/publisher publisher.state.json
    """
    project = load_config(options.root, os.environ).project
    old, new = (open_store(place, options.root, project=project, alone=False) for place in (source, target))
    if dry_run:
        state = old.read()
        _require_source(state, old, new)
        _require_room(new.read(), state, new)
        click.echo(f"would copy {_count(state)} to {new.location}")
        return
    # no run may publish from the old place while its state is copied
    with old.session() as held:
        state = with_mark(held.state, "")
        _require_source(held.state, old, new)
        with new.session() as session:
            there = session.state
            if not _require_room(there, state, new):
                session.write(*_becoming(there, state))
                if isinstance(session, Numbered):  # another database may have come further
                    session.renumber()
        _require_same(new.read(), state, new, anew=there == State())
        marked = with_mark(state, new.location)
        held.write(IdentityEdit(marked.lineage, marked.service, marked.extra))
    click.echo(f"copied {_count(state)} to {new.location}, and compared")
    say(f"Now set `state: {new.location}` in publisher.yaml, in every checkout.", quiet=options.quiet)


@click.command()
@click.option("--workers", is_flag=True, help="Also create or upgrade the queue of `publisher worker`.")
@click.pass_obj
def upgrade(options: Options, workers: bool) -> None:
    """Create or upgrade the database's tables. Needs the role that owns them."""
    config = load_config(options.root, os.environ)
    store = open_store(config.state, options.root, project=config.project)
    if not config.state.startswith(("postgresql:", "postgres:")):
        raise UsageError(f"{config.state} needs no upgrade; only a database does.")
    from publisher.state.postgres.store import PostgresStore

    assert isinstance(store, PostgresStore)  # noqa: S101 - by its location
    steps = store.upgrade()
    if workers:
        from publisher.worker.queue_tables import upgrade_queue

        steps += upgrade_queue(store.database.location)
    click.echo(f"{store.location}: {steps} steps applied" if steps else f"{store.location}: up to date")


def _require_source(state: State, old: Store, new: Store) -> None:
    place = moved_to(state)
    if place and place != new.location:
        raise UsageError(
            f"{old.location} was moved to {place} before.",
            f"Migrate from there: `publisher state migrate {place} …`.",
        )


def _require_room(there: State, state: State, place: Store) -> bool:
    """Whether TO says the same already. Raises `UsageError` where it says something else and is in use."""
    if _facts(there) == _facts(with_mark(state, "")):
        return True
    if there != State() and not moved_to(there):
        raise UsageError(
            f"{place.location} is not empty: it has {_count(there)}.",
            "Choose another place, or another project name.",
        )
    return False


def _becoming(there: State, state: State) -> list[Edit]:
    """The edits that make an empty state, or one that was moved away before, this one."""
    gone = [PostEdit(key, entry, None) for key, entry in there.posts.items() if key not in state.posts]
    left = replace(there, posts={key: entry for key, entry in there.posts.items() if key in state.posts})
    identity = IdentityEdit(state.lineage, state.service, state.extra)
    return [*gone, *replayed(left, state, left), identity]


def _require_same(there: State, state: State, place: Store, *, anew: bool) -> None:
    # a state that comes back keeps what it remembers of its keys
    same = _facts(there) == _facts(state) if anew else there.posts == state.posts and not losses(there, state)
    if not same:
        raise StateError(
            f"{place.location} differs from the original after the copy.",
            "Another process writes to it: stop that process, empty the place, and migrate again. FROM is unchanged.",
        )


def _facts(state: State) -> object:
    """What a state file would say; places differ in how exactly they keep times beyond that."""
    return statefile.to_json(replace(state, claimed=frozenset()))


def _count(state: State) -> str:
    return f"{len(state.posts)} entries and {len(state.history)} lines of history"
