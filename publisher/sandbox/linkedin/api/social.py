"""What others do with a post: reactions, and the summaries of reactions and comments."""

from collections import Counter
from typing import Any
from urllib.parse import quote

from publisher.sandbox.linkedin import api_errors
from publisher.sandbox.linkedin.api.authors import check_author, speaks_for
from publisher.sandbox.linkedin.call import Call, Route
from publisher.sandbox.linkedin.restli import read_compound
from publisher.sandbox.linkedin.schema import Choice, Urn, record
from publisher.sandbox.messages import Response, json_response
from publisher.sandbox.values import Post

# learn.microsoft.com, Reactions API, read 2026-09.
REACTIONS = ("LIKE", "PRAISE", "EMPATHY", "INTEREST", "APPRECIATION", "ENTERTAINMENT")

REACTION = record(
    {"root": Urn(("share", "ugcPost", "activity", "comment")), "reactionType": Choice(REACTIONS)}, {}
)


def _post(call: Call, urn: str) -> Post:
    post = call.store.post(urn)
    if post is None or not post.shown:
        raise api_errors.not_found()
    return post


def summary(call: Call) -> Response:
    """Answer ``socialActions/{post}`` with the numbers of likes and comments."""
    post = _post(call, call.key)
    reactions = call.store.reactions(post.urn)
    comments = call.store.comments(post.urn)
    # learn.microsoft.com, Social Metadata API, read 2026-09: replies count in one total only.
    top_level = [comment for comment in comments if not comment.parent]
    likes = {
        "totalLikes": len(reactions),
        "aggregatedTotalLikes": len(reactions),
        "likedByCurrentUser": any(item["actor"] == call.bearer.member for item in reactions),
        "selectedLikes": [],
    }
    said = {
        "totalFirstLevelComments": len(top_level),
        "aggregatedTotalComments": len(comments),
        "selectedComments": [],
        "commentsState": "OPEN",
    }
    return json_response(
        200, {"$URN": post.urn, "target": post.urn, "likesSummary": likes, "commentsSummary": said}
    )


def metadata(call: Call) -> Response:
    """Answer ``socialMetadata/{post}`` with the numbers by kind of reaction."""
    post = _post(call, call.key)
    counts = Counter(item["reactionType"] for item in call.store.reactions(post.urn))
    comments = call.store.comments(post.urn)
    return json_response(
        200,
        {
            "entity": post.urn,
            "commentsState": "OPEN",
            "reactionSummaries": {
                kind: {"reactionType": kind, "count": count} for kind, count in sorted(counts.items())
            },
            "commentSummary": {
                "count": len(comments),
                "topLevelCount": sum(1 for comment in comments if not comment.parent),
            },
        },
    )


def react(call: Call) -> Response:
    """Answer ``POST reactions?actor=``. An actor has one reaction; another one replaces it."""
    actor = call.request.parameters.get("actor", "")
    body = call.document(REACTION)
    check_author(call, actor, "/actor", feed=call.route.versioned)
    post = _post(call, body["root"])
    call.store.react(post.urn, actor, body["reactionType"])
    key = f"(actor:{quote(actor, safe='')},entity:{quote(post.urn, safe='')})"
    document = {
        # The URN names the activity, as that of a comment does (learn.microsoft.com, Reactions API, read
        # 2026-09).
        "id": f"urn:li:reaction:({actor},{post.activity})",
        "root": post.urn,
        "reactionType": body["reactionType"],
    }
    return json_response(201, document, {"x-restli-id": key, "location": f"/reactions/{key}"})


def unreact(call: Call) -> Response:
    """Answer ``DELETE reactions/(actor:…,entity:…)`` with 204, the second time too."""
    key = read_compound(call.key, "actor", "entity")
    if not speaks_for(call, key["actor"], "w_organization_social", "w_organization_social_feed"):
        raise api_errors.not_permitted(f"{call.route.gate}.DELETE.{call.suffix}")
    call.store.unreact(_post(call, key["entity"]).urn, key["actor"])
    return Response(204)


def reactions_of(call: Call) -> Response:
    """Answer ``reactions?q=entity&entity=(value:urn)`` with all reactions and their actors."""
    given = call.request.parameters.get("entity", "")
    urn = read_compound(given, "value")["value"] if given.startswith("(") else given
    post = _post(call, urn)
    elements: list[dict[str, Any]] = [
        {
            "id": f"urn:li:reaction:({item['actor']},{post.activity})",
            "root": post.urn,
            "reactionType": item["reactionType"],
            "created": {"actor": item["actor"], "time": item["time"]},
        }
        for item in call.store.reactions(post.urn)
    ]
    paging = {"start": 0, "count": len(elements), "links": [], "total": len(elements)}
    return json_response(200, {"elements": elements, "paging": paging})


_READ = frozenset(
    {"r_member_social", "r_organization_social", "r_member_social_feed", "r_organization_social_feed"}
)
_WRITE = frozenset({"w_member_social", "w_organization_social"})
_WRITE_FEED = frozenset({"w_member_social_feed", "w_organization_social_feed"})

UNVERSIONED = (
    Route("socialActions", "GET", summary, "socialActions", _READ),
    Route("socialMetadata", "GET", metadata, "socialMetadata", _READ),
    Route("reactions", "CREATE", react, "reactions", _WRITE),
    Route("reactions", "DELETE", unreact, "reactions", _WRITE),
    Route("reactions", "FINDER-entity", reactions_of, "reactions", _READ),
)
VERSIONED = (
    Route("socialActions", "GET", summary, "partnerApiSocialActions", _READ, versioned=True),
    Route("socialMetadata", "GET", metadata, "partnerApiSocialMetadata", _READ, versioned=True),
    Route("reactions", "CREATE", react, "partnerApiReactions", _WRITE_FEED, versioned=True),
    Route("reactions", "DELETE", unreact, "partnerApiReactions", _WRITE_FEED, versioned=True),
    Route("reactions", "FINDER-entity", reactions_of, "partnerApiReactions", _READ, versioned=True),
)
