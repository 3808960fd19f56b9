"""``publisher worker``: publish what is due, forever, with any number of others."""

import contextlib
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from publisher.cli.console import say
from publisher.cli.main import Options
from publisher.errors import UsageError
from publisher.model.config import Config
from publisher.model.post import Author

if TYPE_CHECKING:
    from publisher.networks.gateway import CopyGateway, Gateway
    from publisher.publishing.due import Services
    from publisher.publishing.receipts import Receipt
    from publisher.state.postgres.store import PostgresStore
    from publisher.worker.checkout import Source
    from publisher.worker.content import Content
    from publisher.worker.health import Health
    from publisher.worker.metrics import ProjectMetrics


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
    "--max-creates",
    type=click.IntRange(0),
    metavar="N",
    help="Override limits.creates_per_run, for each scan.",
)
@click.option("--listen", metavar="HOST:PORT", help="Serve /livez, /readyz and /metrics there.")
@click.option(
    "--log",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    envvar="PUBLISHER_WORKER_LOG",
    help="Lines for people, or JSON objects for programs. PUBLISHER_WORKER_LOG sets it, too.",
)
@click.option("--drain", is_flag=True, help="Stop when nothing is left to do.")
@click.pass_obj
def command(
    options: Options,
    remote: str | None,
    branch: str,
    minutes: int,
    concurrency: int,
    max_creates: int | None,
    listen: str | None,
    form: str,
    drain: bool,
) -> None:
    """Run continuously; add workers to scale. All workers share the posts of one database.

    Needs `state: postgresql://…` and, once, `publisher state upgrade --workers`. SIGTERM stops it after the current
    hand.

    \b
    publisher worker --listen 0.0.0.0:9180
    publisher worker --git https://git.example.org/team/posts.git --scan-every 1
    """
    from publisher.worker.logs import start_logging

    start_logging(form, quiet=options.quiet)
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
    from publisher.worker.logs import log_receipt
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
            f"`publisher state migrate {config.state} postgresql://HOST/DATABASE`, then write the latter to `state:`.",
        )
    store = stores.of(config.state, config.project, service_of(config.linkedin.api_url))
    place, project = store.database.location, store.project
    store.database.prepare()
    require_queue(store.database)
    health = Health(project)
    if listen:
        host, _, port = listen.rpartition(":")
        health.registry.register(_metrics(store, content, health, stack))
        bound = stack.enter_context(served(health, host or "127.0.0.1", int(port)))
        say(f"http://{host or '127.0.0.1'}:{bound}/readyz", quiet=options.quiet)

    def report(receipt: "Receipt") -> None:
        log_receipt(project, receipt)
        if receipt.status == 429:
            health.limited.labels(project).inc()

    work = Work(content, stores.mine, timedelta(minutes=minutes + 1), max_creates, report)
    settings = Settings(project, concurrency, minutes, drain)
    Worker(lambda: open_app(place, connections=concurrency + 4), work, health, settings).run()


def _metrics(
    store: "PostgresStore", content: "Content", health: "Health", stack: contextlib.ExitStack
) -> "ProjectMetrics":
    """Return the project's gauges, with a connection of their own that waits for nothing."""
    from publisher.state.postgres.database import Database
    from publisher.worker.metrics import ProjectMetrics

    database = Database(store.database.location, patience=0)
    stack.callback(database.close)
    app = os.environ.get("LINKEDIN_CLIENT_ID", "")
    return ProjectMetrics(
        database, store.project, app, lambda: content.newest().config, os.environ, lambda: not health.problem
    )


def _open_services(config: Config, root: Path) -> "Services":
    """Return what a worker publishes with. Tokens are looked up for each post: people log in again meanwhile."""
    from publisher.auth.copies import open_copy
    from publisher.auth.tokens import TokenSource
    from publisher.auth.vault import Vault, config_directory
    from publisher.networks.linkedin.open_gateway import open_gateway
    from publisher.networks.linkedin.permalinks import permalink
    from publisher.networks.linkedin.transport import Runtime
    from publisher.networks.wire import WireRuntime
    from publisher.publishing.due import Guard, Services, Tokens

    def connect(tokens: Tokens, guard: Guard) -> "Gateway":
        runtime = Runtime(sending=guard.sending, leaving=guard.leaving)
        return open_gateway(config, root, tokens, runtime=runtime)

    def connect_copy(author: Author, guard: Guard) -> "CopyGateway":
        runtime = WireRuntime(sending=guard.sending, leaving=guard.leaving)
        return open_copy(author, os.environ, Vault(config_directory(os.environ)), runtime)

    return Services(
        lambda author: TokenSource(config, os.environ)(author),
        connect,
        permalink,
        root=root,
        connect_copy=connect_copy,
    )
