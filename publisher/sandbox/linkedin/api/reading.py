"""Reading posts by either API: one that readers see, or several at once."""

from collections.abc import Callable, Mapping
from typing import Any

from publisher.sandbox.linkedin import api_errors
from publisher.sandbox.linkedin.call import Call
from publisher.sandbox.linkedin.restli import read_list
from publisher.sandbox.messages import Response, json_response
from publisher.sandbox.values import Post

NOT_FOUND: Mapping[str, object] = {"status": 404, "message": "Could not find entity"}
"""What stands in a batch for a post that can't be read."""


def shown_post(call: Call) -> Post:
    """Return the post named by the key, if readers may see it."""
    post = call.store.post(call.key)
    if post is None or not post.shown:
        raise api_errors.not_found()
    return post


def read_batch(
    call: Call, document: Callable[[Post], dict[str, Any]], missing: Mapping[str, object] = NOT_FOUND
) -> Response:
    """Return the posts of ``ids=List(...)`` as ``document`` gives them.

    ``missing`` stands for unreadable ones.
    """
    results: dict[str, Any] = {}
    errors: dict[str, Any] = {}
    for urn in read_list(call.request, "ids"):
        post = call.store.post(urn)
        if post and post.shown:
            results[urn] = document(post)
        else:
            errors[urn] = missing
    statuses = {**dict.fromkeys(results, 200), **dict.fromkeys(errors, 404)}
    return json_response(200, {"results": results, "statuses": statuses, "errors": errors})


# learn.microsoft.com, Posts API, read 2026-09: ``count`` is 10 by default and at most 100.
_LARGEST_PAGE = 100


def post_page(call: Call, posts: list[Post], document: Callable[[Post], dict[str, Any]]) -> Response:
    """Return the part of ``posts`` that ``start`` and ``count`` select. ``total`` counts all."""
    parameters = call.request.parameters
    start, count = whole_parameter(parameters, "start", 0), whole_parameter(parameters, "count", 10)
    if count > _LARGEST_PAGE:
        raise api_errors.input_error(400, "PARAM_INVALID", f"count can't exceed {_LARGEST_PAGE}", "count")
    paging = {"start": start, "count": count, "links": [], "total": len(posts)}
    shown = [document(post) for post in posts[start : start + count]]
    return json_response(200, {"elements": shown, "paging": paging})


def whole_parameter(parameters: Mapping[str, str], name: str, default: int) -> int:
    """Return a whole number from the query. Raise ApiError."""
    value = parameters.get(name, str(default))
    if not (value.isascii() and value.isdigit() and len(value) < 10):
        raise api_errors.input_error(400, "PARAM_INVALID", f"{name} is invalid", name)
    return int(value)
