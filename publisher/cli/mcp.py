"""``publisher mcp``: offer the project as tools for an assistant."""

import os

import click

from publisher.cli.main import Options
from publisher.errors import UsageError
from publisher.settings.config import load_config


@click.command()
@click.option(
    "--allow-publish", is_flag=True, help="Also offer `publish`, for plans made in the same connection."
)
@click.pass_obj
def command(options: Options, allow_publish: bool) -> None:
    """Serve the project as tools for an assistant (Model Context Protocol over stdio).

    The tools read everything, and write posts in the content folder. Without --allow-publish they publish nothing.

    \b
    publisher mcp
    publisher -C ~/posts mcp --allow-publish
    """
    try:
        from publisher.mcp.server import make_server
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] not in ("mcp", "anyio", "pydantic"):
            raise
        raise UsageError(
            "`publisher mcp` needs the MCP library, which is not installed.",
            "Install the extra: `pip install 'posts-as-code[mcp]'`.",
        ) from None
    root = options.root.resolve()
    load_config(root, os.environ)  # a broken project is reported here, not with the first tool
    make_server(root, lambda: load_config(root, os.environ).content, allow_publish=allow_publish).run(
        transport="stdio"
    )
