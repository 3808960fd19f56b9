"""``publisher open KEY``: the live post in the browser."""

import os

import click

from publisher.cli.console import say
from publisher.cli.keys import key_argument
from publisher.cli.main import Options
from publisher.cli.project import read_project
from publisher.errors import EXIT_OK, UsageError
from publisher.networks.linkedin.permalinks import permalink
from publisher.project.pipeline import no_such_key
from publisher.settings.config import load_config
from publisher.state import open_store


@click.command("open")
@key_argument(metavar="KEY")
@click.pass_obj
def command(options: Options, key: str) -> int:
    """Open the live post KEY in the browser, and print its address.

    \b
    publisher open 2026-11-hello
    publisher open content/2026-11-hello.md
    """
    config = load_config(options.root, os.environ)
    entry = open_store(config.state, options.root, project=config.project).read().posts.get(key)
    if entry is None:
        known = [name for _, name in read_project(options).keys]
        if key not in known:
            raise no_such_key(key, known)
    if entry is None or not entry.urn:
        raise UsageError(
            f"{key} is not published, so there is no live post to open.",
            "`publisher show` prints its text; `publisher plan` says when it is published.",
        )
    url = entry.permalink or permalink(entry.urn)
    # the state may come from somebody else's branch: only a web page is opened, never a file or an option
    if not url.startswith(("https://", "http://127.0.0.1:", "http://localhost:")):
        raise UsageError(f"The state names {url!r} for {key}, which isn't a web page.", "Open it by hand.")
    click.echo(url)
    if click.launch(url):
        say("No browser could be started; open the address by hand.", quiet=options.quiet)
    return EXIT_OK
