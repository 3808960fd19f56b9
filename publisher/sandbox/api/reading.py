"""Reading posts by either API: one that readers see, or several at once."""

from collections.abc import Callable, Mapping
from typing import Any

from publisher.sandbox import refusals
from publisher.sandbox.call import Call
from publisher.sandbox.exchange import Answer, json_answer
from publisher.sandbox.restli import read_list
from publisher.sandbox.values import Post

NOT_FOUND: Mapping[str, object] = {"status": 404, "message": "Could not find entity"}
"""What stands in a batch for a post that can't be read."""


def shown_post(call: Call) -> Post:
    """The post named by the key, if readers may see it."""
    post = call.world.post(call.key)
    if post is None or not post.shown:
        raise refusals.not_found()
    return post


def read_batch(
    call: Call, document: Callable[[Post], dict[str, Any]], missing: Mapping[str, object] = NOT_FOUND
) -> Answer:
    """The posts of ``ids=List(...)``, each as ``document`` gives it; ``missing`` for each that can't be read."""
    results: dict[str, Any] = {}
    errors: dict[str, Any] = {}
    for urn in read_list(call.request, "ids"):
        post = call.world.post(urn)
        if post and post.shown:
            results[urn] = document(post)
        else:
            errors[urn] = missing
    statuses = {**dict.fromkeys(results, 200), **dict.fromkeys(errors, 404)}
    return json_answer(200, {"results": results, "statuses": statuses, "errors": errors})
