"""``publisher auth login`` for Bluesky, Mastodon and Zernio: ask for the secret, check it, keep it."""

import os
import sys
import webbrowser

import click

from publisher.auth.copies import Secret, open_with, place_of
from publisher.auth.copy_login import check_secret, keep, mastodon_token
from publisher.auth.vault import Vault
from publisher.cli.console import say
from publisher.errors import EXIT_OK, Forbidden, UntrustedHost
from publisher.model.post import Author
from publisher.networks.opening import network_of
from publisher.networks.zernio.client import ZernioGateway
from publisher.reports.visible import one_line


def login_copy(author: Author, vault: Vault, *, no_browser: bool, timeout: float, quiet: bool) -> int:
    """Log an author in and keep the secret for exactly this address. Prints the account."""
    network = network_of(author.network)
    if author.network == "mastodon":
        ask = _ask_code if no_browser else None
        secret, bound = mastodon_token(author, os.environ, _show, ask, timeout), True
    else:
        say(f"Make one at {network.secret_page(author)}", quiet=quiet)
        secret, bound = _ask(f"{network.title} {network.secret} of {author.alias}"), False
    try:
        identity = _checked(author, secret, vault, bound=bound)
    except Forbidden:  # the key has other accounts
        _list_accounts(author, secret, vault)
        raise
    if author.network == "zernio":
        _list_accounts(author, secret, vault)
    kept = keep(author, secret, identity, os.environ, vault)
    say(f"Logged in as {identity}; the {network.secret} is in {kept}.", quiet=quiet)
    if os.environ.get(author.token_env):
        say(f"warning: {author.token_env} is set and takes precedence over the stored token.")
    click.echo(identity)
    return EXIT_OK


def _checked(author: Author, secret: str, vault: Vault, *, bound: bool) -> str:
    """Check a secret. A host that only the project's files name gets it if the person at the terminal says so."""
    try:
        return check_secret(author, secret, os.environ, vault, bound=bound)
    except UntrustedHost:
        address = place_of(author, os.environ).partition(" ")[2]
        question = (
            f"publisher.yaml sends it to {one_line(address)}, which is not the network's own. Send it there?"
        )
        if not sys.stdin.isatty() or not click.confirm(question, err=True):
            raise
    return check_secret(author, secret, os.environ, vault, bound=True)


def _list_accounts(author: Author, secret: str, vault: Vault) -> None:
    """Show which accounts a key of Zernio can post to."""
    gateway = open_with(author, Secret(secret, bound=False), os.environ, vault)
    if not isinstance(gateway, ZernioGateway):
        return
    for account in gateway.accounts():
        words = (account.get("platform"), account.get("_id"), account.get("username"))
        say(one_line("  ".join(str(word) for word in words if word)))


def _ask(question: str) -> str:
    if sys.stdin.isatty():
        return str(click.prompt(question, hide_input=True, err=True)).strip()
    return sys.stdin.readline().strip()


def _ask_code() -> str:
    return _ask("Code that the page shows (is not shown)")


def _show(link: str) -> None:
    opened = webbrowser.open(link)
    say("Allow access on the page in your browser:" if opened else "Open this link in a browser:")
    say(f"  {link}")
