"""``publisher auth``: log in once, know when it ends."""

import os
import sys
from datetime import UTC, datetime, timedelta

import click

from publisher.auth.choice import choose_author
from publisher.auth.client import stored_client
from publisher.auth.status import TokenStatus, authors_of, expiring, read_statuses, title
from publisher.auth.tokens import TokenSource
from publisher.auth.trust import require_bound
from publisher.auth.vault import Vault, config_directory
from publisher.cli.console import print_json, say
from publisher.cli.login import login
from publisher.cli.main import Options
from publisher.cli.project import format_option
from publisher.errors import EXIT_FAILED, EXIT_OK
from publisher.model.config import Config
from publisher.model.post import Author
from publisher.networks.linkedin.oauth import revoke
from publisher.networks.linkedin.transport import Runtime, Transport
from publisher.settings.config import load_config
from publisher.settings.durations import parse_duration

_AUTHOR = click.option(
    "--author", metavar="ALIAS", help="The account: an alias from publisher.yaml, or a URN."
)


class Duration(click.ParamType[timedelta]):
    """A length of time such as ``36h``, ``14d`` or ``2w``."""

    name = "duration"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        """The text as a timedelta."""
        if isinstance(value, timedelta):
            return value
        try:
            return parse_duration(str(value).strip())
        except ValueError as error:
            self.fail(f"{error}.", param, ctx)


@click.group()
def command() -> None:
    """Log in and check token expiry.

    \b
    publisher auth login --write-config         in the browser; writes who you are into publisher.yaml
    publisher auth status --fail-if-expires-within 14d
    publisher auth token | gh secret set LINKEDIN_ACCESS_TOKEN
    """


command.add_command(login)


@command.command()
@_AUTHOR
@click.option("--offline", is_flag=True, help="Send nothing; show what was stored at login.")
@click.option("--fail-if-expires-within", "within", type=Duration(), metavar="TIME",
              help="Exit 1 if a token expires sooner, such as 14d, or its expiry is unknown.")  # fmt: skip
@format_option("text", "json")
@click.pass_obj
def status(
    options: Options, author: str | None, offline: bool, within: timedelta | None, output_format: str
) -> int:
    """Show each token's source, scopes and expiry.

    LinkedIn is asked when the token ends if the app's id and secret are known, which costs no quota; else one request
    shows whether it accepts the token. Exits 1 if an author has no usable token.

    \b
    publisher auth status
    publisher auth status --fail-if-expires-within 14d      # for a scheduled job
    """
    config, vault, runtime = (
        load_config(options.root, os.environ),
        Vault(config_directory(os.environ)),
        Runtime(),
    )
    stored = vault.facts(config.linkedin.api_url)
    everyone = author is None and (config.authors or len(stored) != 1)
    authors = authors_of(config, vault) if everyone else (choose_author(config, author, stored),)
    statuses = read_statuses(authors, config, os.environ, vault, runtime, online=not offline)
    demands = [expiring(item, within, runtime.now()) if within else item.problem for item in statuses]
    if output_format == "json":
        print_json({"format_version": 1, "accounts": [_status_json(item) for item in statuses]})
    else:
        for item, demand in zip(statuses, demands, strict=True):
            _show_status(item, demand, runtime.now())
    if not statuses:
        say("Nobody is logged in; run `publisher auth login`.")
    return EXIT_FAILED if any(demands) or not statuses else EXIT_OK


@command.command()
@_AUTHOR
@click.option(
    "--revoke",
    "end_it",
    is_flag=True,
    help="Also ask LinkedIn to revoke the token (LinkedIn doesn't document this call).",
)
@click.pass_obj
def logout(options: Options, author: str | None, end_it: bool) -> int:
    """Forget an author's stored token.

    The token stays valid at LinkedIn until it expires; revoke it under Settings > Data privacy >
    Permitted services.
    """
    config, vault = load_config(options.root, os.environ), Vault(config_directory(os.environ))
    chosen = choose_author(config, author, vault.facts(config.linkedin.api_url))
    if chosen.network != "linkedin":
        from publisher.auth.copy_login import forget

        if end_it:
            say("Only LinkedIn's tokens can be revoked from here; end it in the account's settings.")
        gone = forget(chosen, os.environ, vault)
    else:
        if end_it:
            say(_revoke(config, vault, chosen))
        gone = vault.remove(config.linkedin.api_url, chosen.urn)
    name = chosen.alias or chosen.urn
    say(
        f"The token of {name} is forgotten." if gone else f"No token of {name} was stored.",
        quiet=options.quiet,
    )
    if os.environ.get(chosen.token_env):
        say(f"{chosen.token_env} is still set and is used.")
    return EXIT_OK


@command.command()
@_AUTHOR
@click.option("--yes", is_flag=True, help="Print it on a terminal without asking.")
@click.pass_obj
def token(options: Options, author: str | None, yes: bool) -> int:
    """Print an author's token, for a secret store.

    \b
    publisher auth token | gh secret set LINKEDIN_ACCESS_TOKEN
    """
    config, vault = load_config(options.root, os.environ), Vault(config_directory(os.environ))
    chosen = choose_author(config, author, vault.facts(config.linkedin.api_url))
    if chosen.network != "linkedin":
        from publisher.auth.copies import find_secret, missing

        secret = find_secret(chosen, os.environ, vault)
        if secret is None:
            raise missing(chosen)
        found = secret.value
    else:
        found = TokenSource(config, os.environ, vault=vault)(chosen)
    if sys.stdout.isatty() and not yes:
        question = "Anybody who sees this token can post in your name. Print it here?"
        if not click.confirm(question, err=True):
            say("It was not printed.", quiet=options.quiet)
            return EXIT_FAILED
    click.echo(found)
    return EXIT_OK


def _revoke(config: Config, vault: Vault, chosen: Author) -> str:
    client = stored_client(config, os.environ, vault)
    grant = vault.get(config.linkedin.api_url, chosen.urn)
    if client is None or grant is None:
        return "The token can't be revoked: it is not stored, or the app's id and secret are not known."
    require_bound(grant, config, os.environ)
    done = revoke(Transport(config.linkedin.oauth_url, Runtime()), client, grant.access_token)
    return "LinkedIn says the token is revoked." if done else "LinkedIn did not revoke the token."


def _status_json(item: TokenStatus) -> dict[str, object]:
    return {
        "alias": item.author.alias,
        "author": item.author.urn,
        "source": item.source,
        "name": item.name,
        "scopes": list(item.scopes),
        "expires_at": f"{item.expires_at:%Y-%m-%dT%H:%M:%SZ}" if item.expires_at else None,
        "refreshable": item.refreshable,
        "checked": item.checked,
        "problem": item.problem,
        "remedy": item.remedy,
    }


def _show_status(item: TokenStatus, demand: str, now: datetime) -> None:
    name = " ".join(filter(None, (item.author.alias, item.author.urn, item.name)))
    mark = click.style("failed", fg="red") if demand else click.style("ok", fg="green")
    click.echo(f"{name}: {mark}")
    places = {"environment": f"in the environment ({item.author.token_env})", "keyring": "in the keyring",
              "file": "in your private file", "none": "not found"}  # fmt: skip
    click.echo(
        f"  token:   {places[item.source]}{f', checked with {title(item.author)}' if item.checked else ''}"
    )
    if item.scopes:
        click.echo(f"  scopes:  {' '.join(item.scopes)}")
    if item.source != "none" and not item.endless:
        click.echo(f"  expires: {_ends(item, now)}")
    if demand:
        click.echo(f"  problem: {demand}")
    if item.remedy and demand:
        click.echo(f"  remedy:  {item.remedy}")


def _ends(item: TokenStatus, now: datetime) -> str:
    if item.expires_at is None:
        return "unknown"
    days = (item.expires_at - now).days
    renewed = ", renewed automatically" if item.refreshable else ""
    return f"{item.expires_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC (in {days} days){renewed}"
