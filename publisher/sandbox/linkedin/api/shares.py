"""``/v2/shares``: the API before ugcPosts. Text and links are enough for the clients that still call it."""

from typing import Any
from urllib.parse import quote

from publisher.sandbox.linkedin.api.authors import check_author
from publisher.sandbox.linkedin.api.publishing import commit_post
from publisher.sandbox.linkedin.call import Call, Route
from publisher.sandbox.linkedin.schema import Choice, Flag, List, Text, Urn, record
from publisher.sandbox.messages import Response, json_response

_ENTITY = record(
    {}, {"entityLocation": Text(), "entity": Urn(), "thumbnails": List(record({}, {"resolvedUrl": Text()}))}
)
_CONTENT = record(
    {},
    {
        "title": Text(),
        "description": Text(),
        "contentEntities": List(_ENTITY),
        "shareMediaCategory": Choice(("NONE", "ARTICLE")),
        "landingPageUrl": Text(),
    },
)
_TARGET = record({}, {"visibleToGuest": Flag(), "connectionsOnly": Flag()})
SHARE = record(
    {"owner": Urn(("person", "organization"))},
    {
        # 3,000 UTF-16 units, as for ugcPosts
        "text": record({"text": Text(3_000)}, {}),
        "subject": Text(),
        "content": _CONTENT,
        "distribution": record({}, {"linkedInDistributionTarget": _TARGET}),
    },
    closed=("activity", "created", "id", "lastModified"),
)


def create(call: Call) -> Response:
    """Publish a share. The answer repeats it with its id and the URN of its activity."""
    body = call.document(SHARE, _owner)
    text = body.get("text", {}).get("text", "")
    target = body.get("distribution", {}).get("linkedInDistributionTarget", {})
    post = commit_post(
        call,
        author=body["owner"],
        text=text,
        sent_text=text,
        visibility="CONNECTIONS" if target.get("connectionsOnly") else "PUBLIC",
        content=_article(body.get("content", {})),
        payload=body,
    )
    stamp = {"actor": post.author, "time": post.created_at}
    made = {
        "activity": post.activity,
        "created": stamp,
        "lastModified": stamp,
        "id": post.urn.rpartition(":")[2],
    }
    headers = {"x-restli-id": post.urn.rpartition(":")[2], "location": f"/shares/{quote(post.urn, safe='')}"}
    return json_response(201, {**body, **made}, headers)


def _owner(call: Call, body: Any) -> None:
    owner = body.get("owner") if isinstance(body, dict) else None
    if isinstance(owner, str):
        check_author(call, owner, "/owner")


def _article(content: dict[str, Any]) -> dict[str, Any]:
    entities = content.get("contentEntities") or [{}]
    if not (url := entities[0].get("entityLocation", "")):
        return {}
    return {
        "article": {
            "url": url,
            "title": content.get("title", ""),
            "description": content.get("description", ""),
            "thumbnail": "",
        }
    }


ROUTES = (
    Route("shares", "CREATE", create, "shares", frozenset({"w_member_social", "w_organization_social"})),
)
