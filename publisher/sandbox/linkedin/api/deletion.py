"""Reaching one's own posts, and deleting them, by either API."""

from publisher.sandbox.linkedin import api_errors
from publisher.sandbox.linkedin.api.authors import speaks_for
from publisher.sandbox.linkedin.call import Call
from publisher.sandbox.messages import Response
from publisher.sandbox.values import Post


def delete(call: Call) -> Response:
    """Delete a post: 204. The second time, ``/v2`` answers 204 and ``/rest`` 404 (observed 2026-09)."""
    post = _reachable(call)
    if post.deleted_at is not None and call.route.versioned:
        raise api_errors.not_found()
    if post.deleted_at is None:
        call.store.delete_post(post)
        call.committed = post.urn
    return Response(204)


def own_post(call: Call) -> Post:
    """Return the post named by the key, if it is there and the token may change it."""
    post = _reachable(call)
    if post.deleted_at is not None:
        raise api_errors.not_found()
    return post


def _reachable(call: Call) -> Post:
    post = call.store.post(call.key)
    if post is None:
        raise api_errors.not_found()
    if not speaks_for(call, post.author, "w_organization_social"):
        raise api_errors.not_permitted(f"{call.route.gate}.{call.route.method}.{call.suffix}")
    return post
