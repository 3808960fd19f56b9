"""``publisher payload``: the exact JSON bodies, offline."""

from collections.abc import Mapping
from typing import Any

import click

from publisher.cli.console import print_json
from publisher.cli.keys import key_argument
from publisher.cli.main import Options
from publisher.cli.project import read_project
from publisher.errors import ContentError, UsageError
from publisher.model.config import Api
from publisher.model.diagnostic import has_errors
from publisher.model.post import Post
from publisher.model.state import COMMENT_SUFFIX
from publisher.networks.linkedin.payloads import encode_comment, encode_post, placeholders
from publisher.project.loading import Project
from publisher.project.pipeline import require_valid


@click.command()
@key_argument("keys", many=True, metavar="[KEY]...")
@click.pass_obj
def command(options: Options, keys: tuple[str, ...]) -> None:
    """Print the exact JSON bodies that publish would send, offline.

    One KEY prints its body, also if other posts are invalid, and KEY#first_comment that of its first comment.
    None or several print a JSON object from key to body. What LinkedIn has yet to give is a visible placeholder,
    such as {asset:images/a.png}.

    \b
    publisher payload 2026-11-hello
    """
    project = read_project(options)
    posts = {post.key: post for post in project.posts}
    if not keys:
        require_valid(project)
    for key in keys:
        if key.removesuffix(COMMENT_SUFFIX) not in posts:
            raise _refused(project, key)
    api = project.config.api
    bodies = {key: _body(posts, key, api) for key in keys or sorted(posts)}
    print_json(bodies[keys[0]] if len(keys) == 1 else bodies)


def _body(posts: Mapping[str, Post], key: str, api: Api) -> dict[str, Any]:
    post = posts[key.removesuffix(COMMENT_SUFFIX)]
    if key == post.key:
        return encode_post(post, api, placeholders(post))
    if post.first_comment is None:
        raise UsageError(f"{post.key!r} has no first comment.", "`publisher plan` lists the keys.")
    return encode_comment(post.first_comment, post.author.urn, f"{{urn of {post.key}}}")


def _refused(project: Project, key: str) -> UsageError | ContentError:
    """Why there is no body: the post is invalid, or there is none. Other posts' errors don't matter here."""
    own = tuple(one for one in project.diagnostics if one.key == key.removesuffix(COMMENT_SUFFIX))
    if has_errors(own):
        return ContentError(f"{key!r} has errors, so there is no body.", diagnostics=own)
    return UsageError(f"No valid post has the key {key!r}.", "`publisher plan` lists the keys.")
