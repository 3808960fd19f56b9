"""``/v2/ugcPosts``: the unversioned API for posts."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from publisher.sandbox.linkedin import api_errors
from publisher.sandbox.linkedin.api import deletion, media
from publisher.sandbox.linkedin.api.attributes import mentions
from publisher.sandbox.linkedin.api.authors import check_author, speaks_for
from publisher.sandbox.linkedin.api.publishing import commit_post
from publisher.sandbox.linkedin.api.reading import post_page, read_batch, shown_post
from publisher.sandbox.linkedin.api.ugc_posts_schema import SHARE_CONTENT, UGC_POST, VISIBILITY
from publisher.sandbox.linkedin.call import Call, Route
from publisher.sandbox.linkedin.restli import read_list
from publisher.sandbox.messages import Response, json_response
from publisher.sandbox.values import Post

_MEDIA = f"/specificContent/{SHARE_CONTENT}/media"
# A member who sends ``distribution`` gets a 403 (observed 2026-06). The other two are inferred.
_ORGANIZATIONS_ONLY = ("distribution", "targetAudience", "containerEntity")
# learn.microsoft.com, Share on LinkedIn, read 2026: the categories that need an upload.
_KINDS = {"IMAGE": "image", "VIDEO": "video"}


def create(call: Call) -> Response:
    """Publish a post. The 201 names it in ``X-RestLi-Id`` and in the body."""
    body = call.document(UGC_POST, _values)
    share = body["specificContent"][SHARE_CONTENT]
    commentary = share.get("shareCommentary", {})
    category = share["shareMediaCategory"]
    content = _content(call, body["author"], category, share.get("media", []))
    text = commentary.get("text", "")
    post = commit_post(
        call,
        author=body["author"],
        text=text,
        sent_text=text,
        visibility=body["visibility"][VISIBILITY],
        content=content,
        payload=body,
        attributes=mentions(commentary.get("attributes", [])),
        kind="ugcPost" if category == "VIDEO" else "share",
    )
    headers = {"x-restli-id": post.urn, "location": f"/ugcPosts/{quote(post.urn, safe='')}"}
    return json_response(201, {"id": post.urn}, headers)


def _values(call: Call, body: Any) -> None:
    """Raise the 403s that depend on the author."""
    author = body.get("author") if isinstance(body, dict) else None
    if not isinstance(author, str):
        return
    if author.startswith("urn:li:person:"):
        # these exist for pages; a member who sends them is told so, rather than that they are unknown
        closed = [f"/{name}" for name in _ORGANIZATIONS_ONLY if name in body]
        if closed:
            raise api_errors.unpermitted_fields(closed)
    check_author(call, author, "/author")


def _content(call: Call, author: str, category: str, items: list[dict[str, Any]]) -> Mapping[str, Any]:
    """Check number, owner and upload of the attachments. Return them in the sandbox's own form."""
    if category == "NONE":
        if items:
            raise api_errors.refuse(
                400, "media can't be set when shareMediaCategory is NONE", "INVALID_VALUE_FOR_FIELD"
            )
        return {}
    if not items:
        raise api_errors.schema_errors([(_MEDIA, "field is required but not found and has no default value")])
    if category == "ARTICLE":
        return {"article": _article(items)}
    if category == "VIDEO" and len(items) > 1:
        raise api_errors.refuse(400, "Only one video can be shared", "INVALID_VALUE_FOR_FIELD")
    return {"media": [_attachment(call, author, category, index, item) for index, item in enumerate(items)]}


def _article(items: list[dict[str, Any]]) -> dict[str, Any]:
    if len(items) > 1:
        raise api_errors.refuse(400, "Only one article can be shared", "INVALID_VALUE_FOR_FIELD")
    item = items[0]
    if "originalUrl" not in item:
        path = f"{_MEDIA}/0/originalUrl"
        raise api_errors.schema_errors([(path, "field is required but not found and has no default value")])
    thumbnails = item.get("thumbnails") or [{}]
    return {
        "url": item["originalUrl"],
        "title": item.get("title", {}).get("text", ""),
        "description": item.get("description", {}).get("text", ""),
        "thumbnail": thumbnails[0].get("url", ""),
    }


def _attachment(call: Call, author: str, category: str, index: int, item: dict[str, Any]) -> dict[str, Any]:
    path = f"{_MEDIA}/{index}/media"
    if "media" not in item:
        raise api_errors.schema_errors([(path, "field is required but not found and has no default value")])
    upload = media.attachable(call, item["media"], author, (_KINDS[category],), path)
    # unlike the versioned API, this one doesn't wait for processing: the post is shown when it is done
    media.uploaded(upload, path)
    return {
        "urn": upload.urn,
        "alt": item.get("description", {}).get("text", ""),
        "title": item.get("title", {}).get("text", ""),
    }


def get(call: Call) -> Response:
    """Return one post, for tokens that may read."""
    return json_response(200, _document(shown_post(call)))


def batch_get(call: Call) -> Response:
    """Return several posts by ``ids=List(...)``; those that can't be read are among ``errors``."""
    return read_batch(call, _document)


def find_by_authors(call: Call) -> Response:
    """Return the posts of ``authors=List(…)``, newest first."""
    authors = read_list(call.request, "authors")
    if not all(speaks_for(call, author, "r_organization_social") for author in authors):
        raise api_errors.not_permitted(f"ugcPosts.FINDER-authors.{call.suffix}")
    return post_page(
        call, [post for post in call.store.posts_newest_first() if post.author in authors], _document
    )


def _document(post: Post) -> dict[str, Any]:
    """Return a post as ``GET /v2/ugcPosts`` gives it."""
    stamp = {"actor": post.author, "time": post.created_at}
    return {
        "id": post.urn,
        "author": post.author,
        "created": stamp,
        "lastModified": {**stamp, "time": post.edited_at or post.created_at},
        "firstPublishedAt": post.created_at,
        "lifecycleState": "PUBLISHED_EDITED" if post.edited_at else post.lifecycle,
        "visibility": {VISIBILITY: post.visibility},
        "versionTag": "1",
        **({"specificContent": post.payload["specificContent"]} if "specificContent" in post.payload else {}),
    }


_WRITE = frozenset({"w_member_social", "w_organization_social"})
_READ = frozenset({"r_member_social", "r_organization_social"})

ROUTES = (
    Route("ugcPosts", "CREATE", create, "ugcPosts", _WRITE),
    Route("ugcPosts", "GET", get, "ugcPosts", _READ),
    Route("ugcPosts", "BATCH_GET", batch_get, "ugcPosts", _READ),
    Route("ugcPosts", "FINDER-authors", find_by_authors, "ugcPosts", _READ),
    Route("ugcPosts", "DELETE", deletion.delete, "ugcPosts", _WRITE),
)
