"""The payload of a change: the exact body publish would send, with placeholders for what isn't known."""

from publisher.model.config import Api
from publisher.model.plan import Action, Change
from publisher.model.state import COMMENT_SUFFIX
from publisher.networks.linkedin.payloads import encode_comment, encode_post, encode_text_update, placeholders


def with_payload(line: Change, api: Api) -> Change:
    """The change with its payload, where publish would send one."""
    post = line.post
    if post is None:
        return line
    if line.key.endswith(COMMENT_SUFFIX):
        if line.action is Action.CREATE and post.first_comment is not None:
            payload = encode_comment(post.first_comment, post.author.urn, f"{{urn:{post.key}}}")
            return line._replace(payload=payload)
    elif line.action in (Action.CREATE, Action.REPLACE):
        return line._replace(payload=encode_post(post, api, placeholders(post)))
    elif line.action is Action.UPDATE:
        return line._replace(payload=encode_text_update(post.text))
    return line
