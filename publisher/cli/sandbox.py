"""``publisher sandbox``: run the LinkedIn emulator until it is stopped."""

import signal
import threading
from contextlib import contextmanager
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from publisher.cli.console import print_json
from publisher.errors import UsageError
from publisher.sandbox.config import BadConfig, SandboxConfig, read_config
from publisher.sandbox.faults import KINDS, Fault, parse_fault
from publisher.sandbox.settings import Settings, parse_setting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from publisher.sandbox.server import Sandbox

DEFAULT_PORT = 8642


def _faults(_ctx: click.Context, _param: click.Parameter, values: tuple[str, ...]) -> tuple[Fault, ...]:
    try:
        return tuple(parse_fault(value) for value in values)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


def _settings(_ctx: click.Context, _param: click.Parameter, values: tuple[str, ...]) -> dict[str, Any]:
    try:
        return dict(parse_setting(value) for value in values)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


_EPILOG = "\b\nFaults:\n" + "\n".join(f"  {kind:18} {meaning}" for kind, meaning in KINDS.items())
_NAMES = ", ".join(item.name for item in fields(Settings))


@click.command("sandbox", epilog=_EPILOG)
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    default=DEFAULT_PORT,
    show_default=True,
    help="The port; 0 takes a free one.",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--seed", type=int, help="Another seed gives other ids and tokens.")
@click.option("--clock", metavar="TIME", help="Begin at this time (ISO 8601) instead of now.")
@click.option("--freeze", is_flag=True, help="Let the clock stand still.")
@click.option("--db", type=click.Path(dir_okay=False, path_type=Path), help="Keep everything in this file.")
@click.option(
    "--config",
    "config_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="YAML or JSON with settings, members, organizations, apps and faults.",
)
@click.option(
    "--fault", "faults", callback=_faults, multiple=True, metavar="KIND[,NAME=VALUE…]", help="A fault."
)
@click.option(
    "--set",
    "settings",
    callback=_settings,
    multiple=True,
    metavar="NAME=VALUE",
    help=f"A setting: {_NAMES}.",
)
@click.option("--format", "output_format", type=click.Choice(["text", "json"]), default="text")
def command(
    port: int,
    host: str,
    seed: int | None,
    clock: str | None,
    freeze: bool,
    db: Path | None,
    config_file: Path | None,
    faults: tuple[Fault, ...],
    settings: dict[str, Any],
    output_format: str,
) -> int:
    """Run a LinkedIn of your own, with its feed as a page to look at.

    It prints the environment that points any client at it, and answers until it is stopped. Nothing reaches
    linkedin.com.

    \b
    publisher sandbox
    publisher sandbox --db demo.sqlite --clock 2027-01-04T09:00:00Z
    publisher sandbox --fault commit-then-hang,resource=ugcPosts
    """
    from publisher.sandbox.database import ForeignFile
    from publisher.sandbox.server import Sandbox

    config = _config(config_file)
    named = {**config.settings, **settings, **({} if seed is None else {"seed": seed})}
    try:
        sandbox = Sandbox(host=host, port=port, now=_moment(clock), frozen=freeze, db=db, **named)
    except (OSError, ForeignFile) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise UsageError(f"The sandbox can't start on {host}:{port}: {reason}.") from None
    config.populate(sandbox.store)
    for fault in faults:
        sandbox.store.faults.add(fault)
    with sandbox, _until_stopped() as stopped:
        _announce(sandbox, output_format)
        stopped.wait()
    return 0


def _config(path: Path | None) -> SandboxConfig:
    try:
        return read_config(path.read_text(encoding="utf-8")) if path else SandboxConfig()
    except (OSError, UnicodeDecodeError, BadConfig) as error:
        raise UsageError(f"{path} can't be read: {error}.") from None


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"--clock {text}: not a time.", "Write it as 2027-01-04T09:00:00Z.") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


@contextmanager
def _until_stopped() -> "Iterator[threading.Event]":
    """An event that Ctrl-C or SIGTERM sets."""
    stopped = threading.Event()
    numbers = (signal.SIGINT, signal.SIGTERM)
    previous = {number: signal.signal(number, lambda _number, _frame: stopped.set()) for number in numbers}
    try:
        yield stopped
    finally:
        for number, action in previous.items():
            signal.signal(number, action)


def _announce(sandbox: "Sandbox", output_format: str) -> None:
    """The environment on stdout, so that a shell can take it; words for people on stderr."""
    app = sandbox.store.apps.all()[0]
    environment = {
        "PUBLISHER_LINKEDIN_API_URL": sandbox.url,
        "PUBLISHER_LINKEDIN_OAUTH_URL": sandbox.url,
        "LINKEDIN_ACCESS_TOKEN": sandbox.token(app=app.client_id),
        "LINKEDIN_CLIENT_ID": app.client_id,
        "LINKEDIN_CLIENT_SECRET": app.client_secret,
    }
    member, page = sandbox.member, sandbox.organization
    if output_format == "json":
        print_json(
            {
                "format_version": 1,
                "url": sandbox.url,
                "member": member.urn,
                "organization": page.urn,
                "organization_token": sandbox.organization_token(),
                "environment": environment,
            }
        )
        return
    click.echo(f"The sandbox answers on {sandbox.url}; Ctrl-C stops it.\n", err=True)
    click.echo(f"  feed          {sandbox.url}/", err=True)
    click.echo(f"  requests      {sandbox.url}/_sandbox/requests", err=True)
    click.echo(f"  member        {member.urn}  {member.name}", err=True)
    click.echo(f"  organization  {page.urn}  {page.name}\n", err=True)
    for name, value in environment.items():
        click.echo(f"export {name}={value}")
