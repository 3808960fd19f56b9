"""``publisher payload``: the exact JSON bodies, offline."""

from collections.abc import Mapping, Sequence
from typing import Any

import click

from publisher.cli.console import print_json
from publisher.cli.keys import key_argument
from publisher.cli.main import Options
from publisher.cli.project import read_project
from publisher.errors import ContentError, UsageError
from publisher.model.config import Config
from publisher.model.diagnostic import has_errors
from publisher.model.post import Post
from publisher.model.state import COMMENT_SUFFIX, split_name
from publisher.networks.registry import facts_of
from publisher.planning.payloads import comment_payload, post_payload
from publisher.project.loading import Project
from publisher.project.pipeline import no_such_key, require_valid
from publisher.render.threads import part_of


@click.command()
@key_argument("keys", many=True, metavar="[KEY]...")
@click.pass_obj
def command(options: Options, keys: tuple[str, ...]) -> None:
    """Print the JSON bodies that publish would send, offline.

    One KEY prints its body, also if other posts are invalid; KEY@ALIAS that of another author's copy,
    KEY#first_comment that of its first comment, KEY#2 that of a thread's second part. None or several print a JSON
    object from name to body. What the network has yet to give is a visible placeholder, such as {asset:images/a.png}.

    \b
    publisher payload 2026-11-hello
    publisher payload 2026-11-hello@sky
    """
    project = read_project(options)
    posts = {post.key: post for post in project.posts}
    if not keys:
        require_valid(project)
    for key in keys:
        if key.partition("#")[0] not in posts:
            raise _refused(project, key)
    bodies = {
        key: _body(posts[key.partition("#")[0]], key, project.config) for key in keys or _names(project.posts)
    }
    print_json(bodies[keys[0]] if len(keys) == 1 else bodies)


def _names(posts: Sequence[Post]) -> list[str]:
    """Return the names of all posts and of the further parts of threads that are sent by themselves."""
    return [
        name
        for post in posts
        for name in (post.key, *(f"{post.key}#{n}" for n in range(2, _parts(post) + 1)))
    ]


def _parts(post: Post) -> int:
    return len(post.parts) if post.parts and facts_of(post.author).traits(post.author).replies else 1


def _body(post: Post, key: str, config: Config) -> Mapping[str, Any]:
    part = key.partition("#")[2]
    if not part:
        return post_payload(post, config)
    if part.isdecimal() and 2 <= int(part) <= _parts(post):
        return post_payload(part_of(post, int(part)), config)
    body = comment_payload(post, config) if key.endswith(COMMENT_SUFFIX) else None
    if body is None:
        what = "first comment" if key.endswith(COMMENT_SUFFIX) else f"part {part}"
        raise UsageError(f"{post.key!r} has no {what}.", "`publisher plan` lists the keys.")
    return body


def _refused(project: Project, key: str) -> UsageError | ContentError:
    """Why there is no body: the post is invalid, or there is none. Other posts' errors don't matter here."""
    own = tuple(one for one in project.diagnostics if one.key in (key.partition("#")[0], split_name(key).key))
    if has_errors(own):
        return ContentError(f"{key!r} has errors, so there is no body.", diagnostics=own)
    return no_such_key(key, [post.key for post in project.posts])
