"""``publisher worker``: publish what is due, for ever, with any number of others."""

import contextlib
import logging
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from publisher.cli.console import say
from publisher.cli.main import Options
from publisher.errors import UsageError
from publisher.model.config import Config

if TYPE_CHECKING:
    from publisher.networks.gateway import Gateway
    from publisher.publishing.due import Services
    from publisher.worker.checkout import Source


@click.command()
@click.option("--git", "remote", metavar="URL", help="Follow a git remote instead of the project's folder.")
@click.option("--branch", default="main", show_default=True, metavar="B", help="The remote's branch.")
@click.option(
    "--scan-every", "minutes", type=click.IntRange(1, 59), default=5, show_default=True, metavar="MINUTES"
)
@click.option(
    "--concurrency", type=click.IntRange(1, 64), default=4, show_default=True, help="Posts at a time."
)
@click.option(
    "--max-creates", type=click.IntRange(0), metavar="N", help="Instead of limits.creates_per_run, per scan."
)
@click.option("--listen", metavar="HOST:PORT", help="Serve /healthz and /metrics there.")
@click.option("--drain", is_flag=True, help="End when nothing is left to do.")
@click.pass_obj
def command(
    options: Options,
    remote: str | None,
    branch: str,
    minutes: int,
    concurrency: int,
    max_creates: int | None,
    listen: str | None,
    drain: bool,
) -> None:
    """Publish what is due, for ever. Any number of workers, on any machines, share the posts of one database.

    Needs `state: postgresql://…` and, once, `publisher state upgrade --workers`. SIGTERM ends it after the posts at
    hand.

    \b
    publisher worker --listen 0.0.0.0:9180
    publisher worker --git https://git.example.org/team/posts.git --scan-every 1
    """
    _log(options)
    with contextlib.ExitStack() as stack:
        source = _source(options.root, remote, branch, stack)
        _serve(source, minutes, concurrency, max_creates, listen, drain, stack, options)


def _source(root: Path, remote: str | None, branch: str, stack: contextlib.ExitStack) -> "Source":
    from publisher.worker.checkout import Folder, Remote

    if remote is None:
        return Folder(root)
    folder = stack.enter_context(
        tempfile.TemporaryDirectory(prefix="publisher-worker-", ignore_cleanup_errors=True)
    )
    return Remote(remote, branch, Path(folder))


def _serve(
    source: "Source",
    minutes: int,
    concurrency: int,
    max_creates: int | None,
    listen: str | None,
    drain: bool,
    stack: contextlib.ExitStack,
    options: Options,
) -> None:
    from datetime import timedelta

    from publisher.state.service import service_of
    from publisher.worker.content import Content
    from publisher.worker.health import Health, served
    from publisher.worker.jobs import Work
    from publisher.worker.queue_tables import open_app, require_queue
    from publisher.worker.serve import Settings, Worker
    from publisher.worker.stores import Stores

    stores = Stores()
    stack.callback(stores.close)
    content = Content(source, os.environ, _open_services)
    config = content.refresh().config
    if not config.state.startswith(("postgresql:", "postgres:")):
        raise UsageError(
            f"A worker needs a database, and state is {config.state}.",
            "`publisher state migrate` moves the state.",
        )
    store = stores.of(config.state, config.project, service_of(config.linkedin.api_url))
    place, project = store.database.location, store.project
    store.database.prepare()
    require_queue(store.database)
    health = Health()
    if listen:
        host, _, port = listen.rpartition(":")
        bound = stack.enter_context(served(health, host or "127.0.0.1", int(port)))
        say(f"http://{host or '127.0.0.1'}:{bound}/healthz", quiet=options.quiet)
    work = Work(content, stores.mine, timedelta(minutes=minutes + 1), max_creates)
    settings = Settings(project, concurrency, minutes, drain)
    Worker(lambda: open_app(place, connections=concurrency + 4), work, health, settings).run()


def _open_services(config: Config, root: Path) -> "Services":
    """Return what a worker publishes with. Tokens are looked up for each post: people log in again meanwhile."""
    from publisher.auth.tokens import TokenSource
    from publisher.networks.linkedin.open_gateway import open_gateway
    from publisher.networks.linkedin.permalinks import permalink
    from publisher.networks.linkedin.transport import Runtime
    from publisher.publishing.due import Guard, Services, Tokens

    def connect(tokens: Tokens, guard: Guard) -> "Gateway":
        runtime = Runtime(sending=guard.sending, leaving=guard.leaving)
        return open_gateway(config, root, tokens, runtime=runtime)

    return Services(lambda author: TokenSource(config, os.environ)(author), connect, permalink)


def _log(options: Options) -> None:
    level = logging.WARNING if options.quiet else logging.INFO
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("publisher.worker").setLevel(level)
    logging.getLogger("procrastinate.worker").addFilter(_expected)


def _expected(record: logging.LogRecord) -> bool:
    """Take the traceback off what is no error of the program's: its message says everything."""
    from publisher.errors import PublisherError
    from publisher.worker.retry import NotDone

    error = record.exc_info[1] if record.exc_info else None
    if isinstance(error, PublisherError | NotDone):
        record.exc_info = None
        record.msg = f"{record.msg}: {error}"
    return True
