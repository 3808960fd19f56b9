"""``publisher sandbox``: run the LinkedIn emulator until it is stopped."""

from dataclasses import fields
from pathlib import Path
from typing import Any

import click

from publisher.errors import UsageError
from publisher.sandbox.faults import KINDS, Fault, parse_fault
from publisher.sandbox.launch import DEFAULT_PORT, OPTIONS, CannotStartError, Launch, run
from publisher.sandbox.settings import Settings, parse_setting


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
_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command("sandbox", epilog=_EPILOG)
@click.option(
    "--port", type=click.IntRange(0, 65_535), default=DEFAULT_PORT, show_default=True, help=OPTIONS["port"]
)
@click.option("--host", default="127.0.0.1", show_default=True, help=OPTIONS["host"])
@click.option("--seed", type=int, help=OPTIONS["seed"])
@click.option("--clock", metavar="TIME", help=OPTIONS["clock"])
@click.option("--freeze", is_flag=True, help=OPTIONS["freeze"])
@click.option("--db", type=_FILE, help=OPTIONS["db"])
@click.option(
    "--config", type=click.Path(exists=True, dir_okay=False, path_type=Path), help=OPTIONS["config"]
)
@click.option(
    "--fault",
    "faults",
    callback=_faults,
    multiple=True,
    metavar="KIND[,NAME=VALUE…]",
    help=OPTIONS["fault"],
)
@click.option(
    "--set",
    "settings",
    callback=_settings,
    multiple=True,
    metavar="NAME=VALUE",
    help=f"{OPTIONS['set'].removesuffix('.')}: {_NAMES}.",
)
@click.option("--tls", is_flag=True, help=OPTIONS["tls"])
@click.option("--tls-dir", type=click.Path(file_okay=False, path_type=Path), help=OPTIONS["tls-dir"])
@click.option("--proxy", is_flag=True, help=OPTIONS["proxy"])
@click.option("--public-url", default="", metavar="URL", help=OPTIONS["public-url"])
@click.option("--trust-forwarded", is_flag=True, help=OPTIONS["trust-forwarded"])
@click.option("--allow-host", "allowed_hosts", multiple=True, metavar="NAME", help=OPTIONS["allow-host"])
@click.option(
    "--format", "output_format", type=click.Choice(["text", "json"]), default="text", help=OPTIONS["format"]
)
def command(**options: Any) -> int:
    """Run the emulator of LinkedIn and the other networks, with its feed page.

    It prints the environment variables that connect a client, and runs until you stop it. Nothing reaches
    linkedin.com.

    \b
    publisher sandbox
    publisher sandbox --db demo.sqlite --clock 2027-01-04T09:00:00Z
    publisher sandbox --fault commit-then-hang,resource=ugcPosts
    publisher sandbox --proxy
    """
    try:
        return run(Launch(**options))
    except CannotStartError as error:
        raise UsageError(str(error), error.remedy) from None
