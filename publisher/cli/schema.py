"""``publisher schema``: print a JSON Schema."""

import click

from publisher.cli.console import print_json
from publisher.content.schemas import NAMES, SchemaName, load_schema


@click.command()
@click.argument("name", type=click.Choice(NAMES), default="post")
def command(name: SchemaName) -> None:
    """Print the JSON Schema of posts, publisher.yaml, the state, plans, or ugcPosts payloads.

    \b
    publisher schema config > publisher.schema.json
    """
    print_json(load_schema(name))
