"""``publisher auth login``: the authorization, in a browser here or anywhere."""

import os
import sys
import webbrowser
from contextlib import ExitStack

import click

from publisher.auth.callback import DEFAULT_REDIRECT, CallbackServer
from publisher.auth.choice import FIRST_ALIAS, choose_author
from publisher.auth.client import find_client, remember_client
from publisher.auth.configure import write_author
from publisher.auth.login import Login, Outcome, finish, new_state, organizations
from publisher.auth.redirect import read_redirect
from publisher.auth.scopes import LISTS_ORGANIZATIONS, wanted
from publisher.auth.trust import require_api, require_oauth
from publisher.auth.vault import Vault, config_directory
from publisher.cli.console import say
from publisher.cli.main import Options
from publisher.errors import EXIT_OK, ApiError
from publisher.model.post import Author
from publisher.networks.linkedin.transport import Runtime
from publisher.settings.config import load_config


@click.command()
@click.option("--author", metavar="ALIAS", help="The account: an alias from publisher.yaml, or a URN.")
@click.option("--scope", "scopes", multiple=True, metavar="S", help="Request these scopes (can be repeated).")
@click.option(
    "--redirect-uri",
    default=DEFAULT_REDIRECT,
    show_default=True,
    metavar="URL",
    help="The redirect URL registered with the app; publisher listens at its port and path.",
)
@click.option(
    "--no-browser", is_flag=True, help="Show the link, and ask for the address LinkedIn sends you to."
)
@click.option("--timeout", type=click.FloatRange(1), default=300.0, show_default=True, metavar="S",
              help="Seconds to wait for the browser.")  # fmt: skip
@click.option("--write-config", is_flag=True, help="Write the author's URN into publisher.yaml.")
@click.option(
    "--org", "list_organizations", is_flag=True, help="List the pages that the member can post for."
)
@click.pass_obj
def login(
    options: Options,
    author: str | None,
    scopes: tuple[str, ...],
    redirect_uri: str,
    no_browser: bool,
    timeout: float,
    write_config: bool,
    list_organizations: bool,
) -> int:
    """Get a token in the browser and keep it safe; for Bluesky and Zernio, ask for an app password or key.

    The app's id and secret come from LINKEDIN_CLIENT_ID and LINKEDIN_CLIENT_SECRET, the keyring, or a question.
    The token is stored in the system's keyring, or in a file that only you can read. Prints the URN.

    \b
    publisher auth login --write-config
    publisher auth login --author acme --scope w_organization_social
    publisher auth login --no-browser           # on a machine without one
    publisher auth login --author sky           # an app password of Bluesky, read from the terminal or stdin
    """
    config, vault = load_config(options.root, os.environ), Vault(config_directory(os.environ))
    chosen = choose_author(
        config, author, vault.facts(config.linkedin.api_url), new=write_config or author is None
    )
    if chosen.network != "linkedin":
        from publisher.cli.copy_login import login_copy  # here, because LinkedIn does not need it

        return login_copy(chosen, vault, no_browser=no_browser, timeout=timeout, quiet=options.quiet)
    require_api(config, os.environ)
    require_oauth(config, os.environ)
    client, asked = find_client(config, os.environ, vault, _ask if sys.stdin.isatty() else None)
    state = new_state()
    with ExitStack() as stack:
        server = None if no_browser else stack.enter_context(CallbackServer(redirect_uri, state))
        request = Login(
            config,
            chosen,
            client,
            wanted(scopes, chosen.urn),
            server.redirect_uri if server else redirect_uri,
            state,
        )
        _warn_of_other_tokens(request, vault)
        code = _code_by_browser(request, server, timeout) if server else _code_by_hand(request)
    outcome = finish(request, code, Runtime())
    kept = vault.put(config.linkedin.api_url, outcome.grant)
    if asked and remember_client(client, config, vault):
        say("The app's id and secret are in the keyring now.", quiet=options.quiet)
    _report_login(request, outcome, kept, options)
    if write_config:
        _write_config(options, chosen, outcome)
    if list_organizations:
        _list_organizations(request, outcome)
    click.echo(outcome.grant.author)
    return EXIT_OK


def _ask(question: str, hidden: bool) -> str:
    return str(click.prompt(question, hide_input=hidden, err=True))


def _code_by_browser(request: Login, server: CallbackServer, timeout: float) -> str:
    opened = webbrowser.open(request.link)
    say(
        "Allow access on LinkedIn's page in your browser."
        if opened
        else "Open this link in a browser of this machine:"
    )
    say(f"  {request.link}")
    return server.wait(timeout)


def _code_by_hand(request: Login) -> str:
    say(f"Open this link in any browser and allow access:\n  {request.link}")
    say("The browser opens an address that may show an error. Copy the whole address and paste it here.")
    if sys.stdin.isatty():
        answer = click.prompt("Address (not shown)", hide_input=True, err=True)
    else:
        answer = sys.stdin.readline()
    return read_redirect(answer, request.state)


def _warn_of_other_tokens(request: Login, vault: Vault) -> None:
    """LinkedIn ends a member's earlier tokens of an app when another scope set is granted."""
    wanted_scopes = sorted(request.scopes)
    for urn, facts in vault.facts(request.config.linkedin.api_url).items():
        if facts.get("client_id") == request.client.id and sorted(facts.get("scopes", ())) != wanted_scopes:
            say(
                f"note: the stored token of {urn} has other scopes ({' '.join(facts.get('scopes', ()))}). LinkedIn "
                "ends a member's earlier tokens of an app when other scopes are granted."
            )


def _report_login(request: Login, outcome: Outcome, kept: str, options: Options) -> None:
    grant = outcome.grant
    ends = f"{grant.ends_at:%Y-%m-%d}" if grant.ends_at else "an unknown date"
    say(
        f"Logged in as {grant.name or grant.author}; the token is in {kept} and lasts until {ends}.",
        quiet=options.quiet,
    )
    if outcome.remark:
        say(f"warning: {outcome.remark}")
    if outcome.missing_scopes:
        say(f"warning: LinkedIn did not grant {' '.join(outcome.missing_scopes)}.")
    if request.author.urn and request.author.urn != grant.author:
        say(
            f"warning: publisher.yaml says {request.author.urn}, but this app knows the member as "
            f"{grant.author}: posts would be refused. --write-config corrects it."
        )
    if os.environ.get(request.author.token_env):
        say(f"warning: {request.author.token_env} is set and takes precedence over the stored token.")


def _write_config(options: Options, chosen: Author, outcome: Outcome) -> None:
    alias = chosen.alias or FIRST_ALIAS
    written = write_author(options.root, alias, outcome.grant.author)
    say(
        f"publisher.yaml {'now has' if written else 'had'} {alias}: {outcome.grant.author}.",
        quiet=options.quiet,
    )


def _list_organizations(request: Login, outcome: Outcome) -> None:
    try:
        found = organizations(request, outcome, Runtime())
    except ApiError as error:
        say(f"warning: the pages can't be listed: {error.message}")
        return
    if found is None:
        say(f"Listing pages needs {' or '.join(sorted(LISTS_ORGANIZATIONS))}; add it with --scope.")
        return
    say("The member can post for:" if found else "The member can't post for any page.")
    for organization in found:
        say(f"  {organization.urn}  {organization.role}")
