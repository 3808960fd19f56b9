"""``/rest/posts``: the versioned API for posts."""

from dataclasses import replace
from typing import Any
from urllib.parse import quote

from publisher.sandbox.linkedin import api_errors, little_text
from publisher.sandbox.linkedin.api import deletion
from publisher.sandbox.linkedin.api.authors import check_author, speaks_for
from publisher.sandbox.linkedin.api.publishing import commit_post
from publisher.sandbox.linkedin.api.reading import NOT_FOUND, post_page, read_batch, shown_post
from publisher.sandbox.linkedin.api.rest_posts_content import check_length, read_content
from publisher.sandbox.linkedin.api.rest_posts_schema import PATCH, POST
from publisher.sandbox.linkedin.call import Call, Route
from publisher.sandbox.messages import Response, json_response
from publisher.sandbox.values import Member, Post


def create(call: Call) -> Response:
    """Publish a post. The 201 has an empty body and names the post in ``x-restli-id`` only."""
    body = call.document(POST, _values)
    # the schema knows more states, for reading
    if body["lifecycleState"] != "PUBLISHED":
        message = f"lifecycleState can't be set to {body['lifecycleState']}"
        raise api_errors.input_error(400, "INVALID_VALUE_FOR_FIELD", message, "lifecycleState")
    _check_commentary(call, body["commentary"], body.get("content", {}))
    content = read_content(call, body)
    reading = little_text.read(body["commentary"], lambda urn: _names(call, urn))
    # LinkedIn's answers name videos as ugcPost, everything else as share
    video = any(":video:" in item["urn"] for item in content.get("media", ()))
    post = commit_post(
        call,
        author=body["author"],
        text=reading.text,
        sent_text=body["commentary"],
        visibility=body["visibility"],
        content=content,
        payload=body,
        attributes=reading.attributes,
        kind="ugcPost" if video else "share",
    )
    return Response(201, headers={"x-restli-id": post.urn, "location": f"/posts/{quote(post.urn, safe='')}"})


def _values(call: Call, body: Any) -> None:
    author = body.get("author") if isinstance(body, dict) else None
    if not isinstance(author, str):
        return
    check_author(call, author, "/author", versioned=True)
    distribution = body.get("distribution")
    dark = isinstance(distribution, dict) and distribution.get("feedDistribution") == "NONE"
    if dark and author.startswith("urn:li:person:"):
        raise api_errors.field_value(["/distribution/feedDistribution"])


def _check_commentary(call: Call, commentary: str, content: dict[str, Any]) -> None:
    if not commentary.strip() and "poll" not in content:
        raise api_errors.input_error(
            400, "INVALID_VALUE_BLANK_FIELD", "commentary can't be blank", "commentary"
        )
    check_length("commentary", commentary, call.store.settings.text_limit)


def _names(call: Call, urn: str) -> tuple[str, ...]:
    """Return the names under which LinkedIn links a mention.

    A page has its whole name. A person has the whole, the first and the last name.
    """
    entity = call.store.author(urn)
    if entity is None:
        return ()
    if isinstance(entity, Member):
        return (entity.name, entity.given_name, entity.family_name)
    return (entity.name,)


def update(call: Call) -> Response:
    """Change the text, or one of the few other fields that can be changed. The answer is 204."""
    post = deletion.own_post(call)
    changes = call.document(PATCH)["patch"]["$set"]
    text, attributes = post.text, post.attributes
    sent = changes.get("commentary", post.sent_text)
    if "commentary" in changes:
        _check_commentary(call, sent, post.payload.get("content", {}))
        reading = little_text.read(sent, lambda urn: _names(call, urn))
        text, attributes = reading.text, reading.attributes
    call.store.edit_post(
        replace(
            post,
            text=text,
            sent_text=sent,
            attributes=attributes,
            payload={**post.payload, **changes},
            edited_at=call.store.clock.milliseconds(),
        )
    )
    call.committed = post.urn
    return Response(204)


def get(call: Call) -> Response:
    """Return one post, for tokens that may read."""
    return json_response(200, _document(call, shown_post(call)))


def batch_get(call: Call) -> Response:
    """Return several posts by ``ids=List(...)``."""
    return read_batch(call, lambda post: _document(call, post), {**NOT_FOUND, "code": "NOT_FOUND"})


def find_by_author(call: Call) -> Response:
    """Return an author's posts, newest first, by ``start`` and ``count`` (10, at most 100)."""
    parameters = call.request.parameters
    author = parameters.get("author", "")
    if not author:
        raise api_errors.input_error(400, "PARAM_INVALID", "author is required but missing", "author")
    if not speaks_for(call, author, "r_organization_social"):
        raise api_errors.not_permitted(f"{call.route.gate}.FINDER-author.{call.suffix}")
    own = [post for post in call.store.posts_newest_first() if post.author == author]
    return post_page(call, own, lambda post: _document(call, post))


def _document(call: Call, post: Post) -> dict[str, Any]:
    """Return a post as ``GET /rest/posts`` gives it: the text as little text, whichever API it came by."""
    kept = {
        name: post.payload[name]
        for name in ("content", "distribution", "isReshareDisabledByAuthor", "reshareContext")
        if name in post.payload
    }
    if poll := kept.get("content", {}).get("poll"):
        kept["content"] = {"poll": _poll_results(poll, call.store.votes(post.urn), call.bearer.member)}
    return {
        "id": post.urn,
        "author": post.author,
        "commentary": little_text.write(post.text, post.attributes),
        "visibility": post.visibility,
        "lifecycleState": post.lifecycle,
        "lifecycleStateInfo": {"isEditedByAuthor": post.edited_at is not None},
        "createdAt": post.created_at,
        "publishedAt": post.created_at,
        "lastModifiedAt": post.edited_at or post.created_at,
        **kept,
    }


def _poll_results(poll: dict[str, Any], votes: dict[str, int], viewer: str) -> dict[str, Any]:
    """Return a poll as it is read: with the number of votes for each option."""
    options = [
        {
            **option,
            "voteCount": list(votes.values()).count(index),
            "isVotedByViewer": votes.get(viewer) == index,
        }
        for index, option in enumerate(poll["options"])
    ]
    return {**poll, "options": options, "uniqueVotersCount": len(votes)}


# The resource's name in LinkedIn's permission messages (observed 2026-06).
_GATE = "partnerApiPostsExternal"
_WRITE = frozenset({"w_member_social", "w_organization_social"})
_READ = frozenset({"r_member_social", "r_organization_social"})

ROUTES = (
    Route("posts", "CREATE", create, _GATE, _WRITE, versioned=True),
    Route("posts", "PARTIAL_UPDATE", update, _GATE, _WRITE, versioned=True),
    Route("posts", "DELETE", deletion.delete, _GATE, _WRITE, versioned=True),
    Route("posts", "GET", get, _GATE, _READ, versioned=True),
    Route("posts", "BATCH_GET", batch_get, _GATE, _READ, versioned=True),
    Route("posts", "FINDER-author", find_by_author, _GATE, _READ, versioned=True),
)
