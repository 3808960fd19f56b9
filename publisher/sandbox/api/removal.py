"""Reaching one's own posts, and deleting them, by either API."""

from publisher.sandbox import refusals
from publisher.sandbox.api.authors import speaks_for
from publisher.sandbox.call import Call
from publisher.sandbox.exchange import Answer
from publisher.sandbox.values import Post


def delete(call: Call) -> Answer:
    """204, the second time too."""
    post = _reachable(call)
    if post.deleted_at is None:
        call.world.delete_post(post)
        call.committed = post.urn
    return Answer(204)


def own_post(call: Call) -> Post:
    """The post named by the key, if it is there and the token may change it."""
    post = _reachable(call)
    if post.deleted_at is not None:
        raise refusals.not_found()
    return post


def _reachable(call: Call) -> Post:
    post = call.world.post(call.key)
    if post is None:
        raise refusals.not_found()
    if not speaks_for(call, post.author, "w_organization_social"):
        raise refusals.not_permitted(f"{call.route.gate}.{call.route.method}.{call.suffix}")
    return post
