"""The payload of a change: the exact body publish would send, with placeholders for what isn't known."""

from collections.abc import Mapping
from typing import Any

from publisher.model.config import Config
from publisher.model.plan import Action, Change
from publisher.model.post import Post
from publisher.model.state import COMMENT_SUFFIX
from publisher.networks.linkedin.payloads import encode_comment, encode_text_update
from publisher.networks.registry import facts_of
from publisher.render.threads import comment_of, part_of


def with_payload(line: Change, config: Config) -> Change:
    """Return the change with its payload, where publish would send one."""
    post = line.post
    if post is None or line.action not in (Action.CREATE, Action.REPLACE, Action.UPDATE):
        return line
    if line.key.endswith(COMMENT_SUFFIX):
        return line._replace(payload=comment_payload(post, config))
    if line.action is Action.UPDATE and line.network == "linkedin":
        return line._replace(payload=encode_text_update(post.text))
    return line._replace(payload=post_payload(post, config))


def post_payload(post: Post, config: Config) -> Mapping[str, Any]:
    """Return the body of a post's create.

    A further part of a thread replies to the part before it.
    """
    facts = facts_of(post.author)
    own, _, part = post.key.partition("#")
    number = int(part) if part.isdecimal() else 1
    parent = "" if number == 1 else own if number == 2 else f"{own}#{number - 1}"
    in_parts = facts.traits(post.author).replies
    return facts.payload(part_of(post, 1) if in_parts else post, config, parent)


def comment_payload(post: Post, config: Config) -> Mapping[str, Any] | None:
    """Return the body of a post's first comment, if it has one."""
    if post.first_comment is None:
        return None
    if post.author.network == "linkedin":
        return encode_comment(post.first_comment, post.author.urn, f"{{urn:{post.key}}}")
    return facts_of(post.author).payload(comment_of(post), config, post.key)
