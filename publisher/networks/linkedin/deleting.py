"""Deletes and edits: safe to repeat, and done when the API itself says so."""

from collections.abc import Mapping

from publisher.networks.bodies import json_body
from publisher.networks.gateway import Payload
from publisher.networks.linkedin.transport import Transport
from publisher.networks.messages import Answer, Request


def delete_post(transport: Transport, path: str, headers: Mapping[str, str], token: str) -> None:
    """DELETE a post.

    Raise `OutcomeUnknown` for a 404: the post may be gone, or hidden from this token.
    """
    request = Request("DELETE", transport.url + path, {"X-RestLi-Method": "DELETE", **headers}, token=token)
    transport.repeatable(request, is_own_success)


def update_post(
    transport: Transport, path: str, payload: Payload, headers: Mapping[str, str], token: str
) -> None:
    """PARTIAL_UPDATE a post with an encoded patch."""
    own = {"Content-Type": "application/json", "X-RestLi-Method": "PARTIAL_UPDATE", **headers}
    request = Request("POST", transport.url + path, own, json_body(payload), token)
    transport.repeatable(request, is_own_success)


def is_own_success(answer: Answer) -> bool:
    """Return whether an answer is the API's own success: 2xx with an empty body or a JSON object.

    Login pages of proxies and LinkedIn's own error pages come with a 200 as well.
    """
    if not 200 <= answer.status < 300 or not answer.complete:
        return False
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind and not kind.endswith("json") and (answer.body or kind == "text/html"):
        return False
    return not answer.body.strip() or bool(answer.document) or answer.body.strip() == b"{}"
