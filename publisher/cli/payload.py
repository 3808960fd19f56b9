"""``publisher payload``: the exact JSON bodies, offline."""

import click

from publisher.cli.console import print_json
from publisher.cli.keys import key_argument
from publisher.cli.main import Options
from publisher.cli.project import read_project
from publisher.errors import UsageError
from publisher.networks.linkedin.payloads import encode_post, placeholders
from publisher.project.pipeline import require_valid


@click.command()
@key_argument("keys", many=True, metavar="[KEY]...")
@click.pass_obj
def command(options: Options, keys: tuple[str, ...]) -> None:
    """Print the exact JSON bodies that publish would send, offline.

    One KEY prints its body; none or several print a JSON object from key to body. What LinkedIn has yet to give is
    a visible placeholder, such as {asset:images/a.png}.

    \b
    publisher payload 2026-11-hello
    """
    project = read_project(options)
    require_valid(project)
    posts = {post.key: post for post in project.posts}
    for key in keys:
        if key not in posts:
            raise UsageError(f"No post has the key {key!r}.", "`publisher plan` lists the keys.")
    api = project.config.api
    bodies = {key: encode_post(posts[key], api, placeholders(posts[key])) for key in keys or sorted(posts)}
    print_json(bodies[keys[0]] if len(keys) == 1 else bodies)
