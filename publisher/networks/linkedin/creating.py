"""Creates: sent once, and success only with the URN of what was made."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from publisher.errors import OutcomeUnknown
from publisher.networks.bodies import json_body
from publisher.networks.gateway import Created, Payload
from publisher.networks.linkedin.access import Access
from publisher.networks.messages import Answer, Request, encode

# an answer may name the author as well, and that is not a post
_URN = re.compile(r"urn:li:(?:share|ugcPost|activity|groupPost):[^\s,()]+")
_COMMENT = re.compile(r"urn:li:comment:\([^\s()]+,[^\s()]+\)")
# learn.microsoft.com, Share on LinkedIn, read 2026, names the first. Older clients read the second
# (observed).
_ID_HEADERS = ("x-restli-id", "x-linkedin-id")


def create_post(
    access: Access, path: str, payload: Payload, headers: Mapping[str, str], token: str
) -> Created:
    """POST a post's body once.

    The URN comes from the header, else from the body. Raise `OutcomeUnknown` if neither names one, else the
    errors of `Transport.once`.
    """
    answer = access.transport.once(_request(access, path, payload, headers, token))
    # the header comes first: it arrives even where the body breaks off
    for candidate in (*_header_ids(answer), answer.document.get("id")):
        if isinstance(candidate, str) and _URN.fullmatch(candidate):
            return Created(candidate, access.link(candidate))
    raise _nameless(answer)


def create_comment(
    access: Access, urn: str, payload: Payload, headers: Mapping[str, str], token: str
) -> Created:
    """POST a comment under ``urn`` once, on ``/v2``: the versioned path is closed to self-serve apps.

    LinkedIn answers with the comment's number and the post's activity URN. The comment's URN consists of
    both. Raise the errors of `create_post`.
    """
    path = f"/v2/socialActions/{encode(urn)}/comments"
    answer = access.transport.once(_request(access, path, payload, headers, token))
    found = _comment_urn(answer, urn)
    if found is None:
        raise _nameless(answer)
    return Created(found, access.link(found))


def _request(access: Access, path: str, payload: Payload, headers: Mapping[str, str], token: str) -> Request:
    own = {"Content-Type": "application/json", **headers}
    return Request("POST", access.transport.url + path, own, json_body(payload), token)


def _header_ids(answer: Answer) -> tuple[str, ...]:
    return tuple(unquote(answer.headers[name]).strip() for name in _ID_HEADERS if answer.headers.get(name))


def _comment_urn(answer: Answer, post_urn: str) -> str | None:
    document: Mapping[str, Any] = answer.document
    candidates = (document.get("commentUrn"), document.get("$URN"), *_header_ids(answer), document.get("id"))
    for candidate in candidates:
        text = str(candidate) if isinstance(candidate, str | int) else ""
        if _COMMENT.fullmatch(text):
            return text
        # isdigit alone takes digits of any script
        if text.isascii() and text.isdigit():
            parent = document.get("object")
            return f"urn:li:comment:({parent if isinstance(parent, str) else post_urn},{text})"
    return None


def _nameless(answer: Answer) -> OutcomeUnknown:
    return OutcomeUnknown(
        f"LinkedIn answered {answer.status}, but named no URN; whether it was created is unknown.",
        "Look at the author's page, then `publisher state resolve`.",
        status=answer.status,
        request_id=answer.request_id,
    )
