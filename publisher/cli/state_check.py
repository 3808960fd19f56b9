"""What a network says of one post: whether it is live, and which post a pasted link names."""

import os
from datetime import UTC, datetime

import click

from publisher.auth.copies import open_copy
from publisher.auth.vault import Vault, config_directory
from publisher.cli.main import Options
from publisher.cli.state_edit import state_store, write_edits
from publisher.errors import EXIT_OK, EXIT_UNKNOWN, UsageError
from publisher.model.post import Author
from publisher.model.state import Entry, State, Status
from publisher.networks.gateway import CopyGateway, Created, Frozen, Missing
from publisher.networks.opening import network_of
from publisher.planning import state_edits as settle
from publisher.planning.doubt import how_to_settle, is_in_flight
from publisher.publishing.copies import Copies
from publisher.settings.config import load_config


def check(options: Options, key: str, *, dry_run: bool) -> int:
    """Ask the network for a create whose outcome is unknown; record the post if it is there. Returns the exit code."""
    now = datetime.now(UTC)
    entry = _pending(state_store(options).read(), key, now)
    found = _ask(options, key, entry)
    title = network_of(entry.network).title
    if isinstance(found, Created):
        write_edits(
            options,
            lambda state: settle.resolve_published(state, key, found.urn, found.permalink, None, now),
            dry_run=dry_run,
        )
        click.echo(f"{title} has it: {found.urn}")
        return EXIT_OK
    said = "has no such post" if found is Missing.ABSENT else "cannot tell"
    click.echo(
        f"{title} {said}. `publisher publish` sends it again if that is safe; else {how_to_settle(key, entry)}."
    )
    return EXIT_UNKNOWN


def named_post(text: str, network: str, identity: str) -> tuple[str, str]:
    """Return name and link of the post in what a person pasted. Raises `UsageError` if it names none."""
    speaks = network_of(network)
    urn = speaks.urn_of(text.strip(), identity)
    if urn is None:
        raise UsageError(
            f"{text!r} is not a post of {identity} on {speaks.title}.", "Copy the post's link from its page."
        )
    return urn, speaks.link_of(urn)


def _pending(state: State, key: str, now: datetime) -> Entry:
    entry = state.posts.get(key)
    if entry is None or entry.status is not Status.PENDING or entry.attempt is None:
        raise UsageError(f"{key!r} is not in doubt.", "`publisher status` lists what is.")
    if is_in_flight(entry, now):
        raise UsageError(f"Another run may be sending {key!r} now.", "Ask again when that run is over.")
    if entry.network == "linkedin":
        raise UsageError(
            "LinkedIn does not let posts be looked up.", f"To settle it, {how_to_settle(key, entry)}."
        )
    if (
        entry.attempt.token is None
        or entry.attempt.record is None
        or entry.attempt.action in ("update", "delete")
    ):
        raise UsageError(
            f"Only a create can be looked up, and {key!r} is none.",
            "`publisher publish` sends an edit or a delete again.",
        )
    return entry


def _ask(options: Options, key: str, entry: Entry) -> Created | Missing:
    attempt = entry.attempt
    if attempt is None or attempt.token is None or attempt.record is None:
        raise ValueError(f"{key} was not frozen")
    vault = Vault(config_directory(os.environ))

    def connect(author: Author) -> CopyGateway:
        return open_copy(author, os.environ, vault)

    copies = Copies(load_config(options.root, os.environ).authors, connect)
    gateway = copies.holder(entry.network, entry.author)
    return gateway.find(Frozen(attempt.token, attempt.record), attempt.started_at)
