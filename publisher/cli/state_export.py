"""``publisher state import --from-export``: adopt and settle what a LinkedIn member's own data export shows."""

from datetime import UTC, datetime
from pathlib import Path

import click

from publisher.cli.console import say
from publisher.cli.main import Options
from publisher.cli.project import read_project
from publisher.cli.state_edit import write_edits
from publisher.errors import UsageError
from publisher.model.config import Config
from publisher.model.state import State
from publisher.networks.linkedin.export import read_shares
from publisher.networks.linkedin.permalinks import permalink
from publisher.planning.exported import Links, Matches, Unmatched, match_export
from publisher.publishing.evidence import urn_time
from publisher.reports.visible import one_line
from publisher.state.edits import Edit

_SHOWN = 60
"""Characters of a text that a list shows."""


def import_export(options: Options, path: Path, alias: str | None, *, dry_run: bool) -> None:
    """Adopt every match of the export, and list what was not matched."""
    shares = read_shares(options.cwd / path)
    project = read_project(options)
    author, now, found = _member(project.config, alias), datetime.now(UTC), Matches()

    def edits(state: State) -> list[Edit]:
        nonlocal found
        links = Links(permalink, urn_time)
        found = match_export(shares, project.posts, state, author, project.config.api, links, now)
        return found.edits

    write_edits(options, edits, dry_run=dry_run)
    for one in found.unmatched:
        click.echo(one_line(f"unmatched {_line(one)}"))
    for name in found.open:
        click.echo(f"not there {name}")
    say(
        f"{len(shares)} posts in the export: {len(found.matched)} matched, {found.known} known before, "
        f"{len(found.unmatched)} without a match. {len(found.open)} posts here are not in the export.",
        quiet=options.quiet,
    )


def _member(config: Config, alias: str | None) -> str:
    """The URN of the member whose export it is; pages have none."""
    persons = {
        name: author.urn
        for name, author in config.authors.items()
        if author.urn.startswith("urn:li:person:") and (alias is None or alias in (name, author.urn))
    }
    if len(set(persons.values())) == 1:
        return next(iter(persons.values()))
    if not persons:
        what = f"no person {alias!r}" if alias else "no person"
        raise UsageError(
            f"`authors:` has {what}, and only members have a data export.",
            "Add yourself to `authors:`, or name an alias of it with --author.",
        )
    raise UsageError(f"{len(persons)} persons are in `authors:`.", f"Add --author: {', '.join(persons)}.")


def _line(one: Unmatched) -> str:
    share = one.share
    text = " ".join(share.text.split())
    shown = text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
    return f"line {share.line}: {share.urn or share.link or 'no link'} {shown!r}: {one.reason}"
