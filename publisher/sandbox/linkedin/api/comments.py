"""``socialActions/<post>/comments``, by ``/v2`` and by ``/rest``."""

import re
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from publisher.sandbox.linkedin import api_errors
from publisher.sandbox.linkedin.api.attributes import ATTRIBUTES, mentions
from publisher.sandbox.linkedin.api.authors import check_author, speaks_for
from publisher.sandbox.linkedin.api.rest_posts_content import check_length
from publisher.sandbox.linkedin.call import Call, Route
from publisher.sandbox.linkedin.schema import Text, Urn, record
from publisher.sandbox.messages import Response, json_response
from publisher.sandbox.store import Store
from publisher.sandbox.values import Comment, Post

# Publishing tools limit comments to 1,250 characters (observed, 2026).
TEXT_LIMIT = 1_250
# The number of the activity differs from that of the share (observed, 2026).
_COMMENT_URN = re.compile(r"urn:li:comment:\((urn:li:activity:\d+),(\d+)\)")

COMMENT = record(
    {
        "actor": Urn(("person", "organization")),
        "object": Urn(("share", "ugcPost", "activity")),
        "message": record({"text": Text()}, {"attributes": ATTRIBUTES}),
    },
    {"parentComment": Urn(("comment",))},
    closed=("id", "content", "created", "lastModified"),
)


def create(call: Call) -> Response:
    """Comment on a post. The text is plain. The answer names the post by its activity URN."""
    body = call.document(COMMENT, _actor)
    post = _post(call, call.key)
    named = call.store.post(body["object"])
    if named is None or named.urn != post.urn:
        raise api_errors.input_error(
            400, "INVALID_VALUE_FOR_FIELD", f"object can't be set to {body['object']}", "object"
        )
    text = body["message"]["text"]
    # Inferred from the Posts API, which refuses blank texts with this code (learn.microsoft.com, 2026-09).
    if not text.strip():
        raise api_errors.input_error(
            400, "INVALID_VALUE_BLANK_FIELD", "message/text can't be blank", "message/text"
        )
    check_length("message/text", text, TEXT_LIMIT)
    # under one lock with the commit, or parallel comments would all be the first of their minute
    with call.store.lock:
        _throttle(call, body["actor"])
        comment = replace(
            new_comment(call.store, post, body["actor"], text),
            parent=_parent(call, post, body.get("parentComment", "")),
            attributes=mentions(body["message"].get("attributes", [])),
        )
        call.store.add_comment(comment)
    call.committed = comment.urn
    location = f"/socialActions/{quote(call.key, safe='')}/comments/{comment.id}"
    return json_response(201, _document(post, comment), {"x-restli-id": comment.id, "location": location})


def new_comment(store: Store, post: Post, author: str, text: str) -> Comment:
    """Return a comment with an id of its own, not yet added."""
    number = str(store.ids.snowflake())
    return Comment(
        urn=f"urn:li:comment:({post.activity},{number})",
        id=number,
        post=post.urn,
        author=author,
        text=text,
        created_at=store.clock.milliseconds(),
    )


def _actor(call: Call, body: Any) -> None:
    actor = body.get("actor") if isinstance(body, dict) else None
    if isinstance(actor, str):
        check_author(call, actor, "/actor", feed=call.route.versioned)


def _post(call: Call, key: str) -> Post:
    """Return the post of a key: a share, ugcPost or activity URN, or the URN of a comment under it."""
    match = _COMMENT_URN.fullmatch(key)
    post = call.store.post(match[1] if match else key)
    if post is None or not post.shown:
        raise api_errors.not_found()
    return post


def _parent(call: Call, post: Post, urn: str) -> str:
    if urn and all(comment.urn != urn for comment in call.store.comments(post.urn)):
        raise api_errors.input_error(400, "INVALID_URN_ID", "The URN ID provided is invalid", "parentComment")
    return urn


def _throttle(call: Call, actor: str) -> None:
    """Raise a 429 if one author comments more than a few times a minute."""
    now, store = call.store.clock.now(), call.store
    # The refusal within a minute is observed. The number of comments is inferred (2026).
    recent = [at for at in store.comment_times.get(actor, ()) if 0 <= now - at < 60]
    if len(recent) >= store.settings.comments_per_minute:
        message = "Comment create throttled: creation rate limit exceeded for member"
        raise api_errors.refuse(429, message, "TOO_MANY_REQUESTS", 101)
    store.comment_times[actor] = (*recent, now)


def _document(post: Post, comment: Comment) -> dict[str, Any]:
    stamp = {"actor": comment.author, "time": comment.created_at}
    return {
        "actor": comment.author,
        # The answer names the activity, whatever URN the request used (observed, 2026).
        "object": post.activity,
        "message": {"text": comment.text, "attributes": []},
        "created": stamp,
        "lastModified": stamp,
        "id": comment.id,
        "$URN": comment.urn,
        "commentUrn": comment.urn,
        **({"parentComment": comment.parent} if comment.parent else {}),
    }


def find_all(call: Call) -> Response:
    """Return the comments under a post, for tokens that may read."""
    post = _post(call, call.key)
    elements = [_document(post, comment) for comment in call.store.comments(post.urn)]
    paging = {"start": 0, "count": len(elements), "links": [], "total": len(elements)}
    return json_response(200, {"elements": elements, "paging": paging})


def delete(call: Call) -> Response:
    """Delete one's own comment. The answer is 204, the second time too."""
    post = _post(call, call.key)
    comment = next((item for item in call.store.comments(post.urn) if item.id == call.keys[1]), None)
    # A second delete is not an error (observed, 2026).
    if comment is None:
        return Response(204)
    if not speaks_for(call, comment.author, "w_organization_social", "w_organization_social_feed"):
        raise api_errors.not_permitted(f"{call.route.gate}.DELETE.{call.suffix}")
    call.store.remove_comment(comment)
    return Response(204)


_WRITE = frozenset(
    {"w_member_social", "w_organization_social", "w_member_social_feed", "w_organization_social_feed"}
)
_WRITE_FEED = frozenset({"w_member_social_feed", "w_organization_social_feed"})
_READ = frozenset({"r_member_social", "r_organization_social", "r_organization_social_feed"})
_RESOURCE = "socialActions/comments"

UNVERSIONED = (
    Route(_RESOURCE, "CREATE", create, "socialActions", _WRITE),
    Route(_RESOURCE, "GET_ALL", find_all, "socialActions", _READ),
    Route(_RESOURCE, "DELETE", delete, "socialActions", _WRITE),
)

VERSIONED = (
    # The versioned path needs a scope of Community Management (observed 2026-09-30).
    Route(_RESOURCE, "CREATE", create, "partnerApiSocialActions", _WRITE_FEED, versioned=True),
    Route(_RESOURCE, "GET_ALL", find_all, "partnerApiSocialActions", _READ, versioned=True),
    Route(_RESOURCE, "DELETE", delete, "partnerApiSocialActions", _WRITE_FEED, versioned=True),
)
